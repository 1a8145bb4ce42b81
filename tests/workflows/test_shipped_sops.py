"""The services that come with the product: walked whole, in time, free where the law says so.

What is verified and what an office has to confirm stands here as a table beside the SOPs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workflows.sops import GUARDS, VOCABULARY, KnownFacts, shipped_sop, who_may_press
from workflows.definitions import bases_names, names, shipped, text_of
from workflows.machine import SopMachine
from workflows.paths import SHORTEST_DAY
from workflows.reading import expand, read_sop
from workflows.sop import Party, Silence, Sop, Within

SNAPSHOT = Path(__file__).parent / "snapshots" / "sip-perawat.yaml"
FACTS = KnownFacts()
SOPS = {name: shipped_sop(name) for name in bases_names()}
every_sop = pytest.mark.parametrize("name", bases_names())
every_service = pytest.mark.parametrize("name", names())

HEALTH = {
    "sip-perawat", "sip-dokter", "sip-dokter-gigi", "sip-dokter-spesialis", "sip-bidan",
    "sip-apoteker", "sip-vokasi-farmasi", "sip-fisioterapis", "sip-laboratorium-medik",
    "sip-radiografer", "sip-gizi", "sip-sanitasi-lingkungan", "sip-perekam-medis",
}  # fmt: skip
VISITED = {"imb", "krk", "paud", "tebang-pohon", "sip-dokter-hewan"}


@dataclass(frozen=True, slots=True)
class Known:
    """What sources say of one service: days, years of validity, and which of it is verified."""

    days: int
    years: int | None
    time_verified: bool = False
    law_verified: bool = True
    validity_verified: bool = True
    source_named: bool = True
    papers: str = ""
    """Papers that a regulation names; all others are only usual."""


# UU 17/2023 Art 264: registration, place of practice, credits; valid 5 years.
SIP = Known(7, 5, law_verified=False, papers="str keterangan_tempat skp")
KNOWN = {
    **dict.fromkeys(HEALTH, SIP),
    # PP 36/2005 Art 14-15 and Permen PU 24/2007; the limit is a region's own.
    "imb": Known(
        7, None, law_verified=False,
        papers="surat_permohonan ktp akta npwp bukti_hak_tanah pbb krk dokumen_lingkungan"
        " surat_kuasa rencana_tapak gambar_arsitektur gambar_utilitas spesifikasi_teknis",
    ),
    # PP 60/2017 Art 7 (annexes), Art 9 (4 working days from a complete file, for the police).
    "keramaian": Known(
        4, None,
        law_verified=False,
        papers="susunan_panitia persetujuan_tempat rekomendasi_instansi surat_pernyataan",
    ),
    # PP 74/2014 Art 81(3): renewed every year.
    "kartu-pengawasan": Known(1, 1),
    # Permendagri 3/2018.
    "penelitian": Known(3, 1, validity_verified=False),
    # UU 9/1961 Art 5-6: what the written application holds, no duty stamp.
    "pub": Known(
        14, None, law_verified=False, validity_verified=False, papers="surat_permohonan"
    ),
    # PP 36/2005 Art 14(3)-(4).
    "krk": Known(3, 1, validity_verified=False),
    "paud": Known(30, None, law_verified=False, validity_verified=False, source_named=False),
    "tebang-pohon": Known(5, None, validity_verified=False, source_named=False),
    # UU 18/2009.
    "sip-dokter-hewan": Known(7, 5, law_verified=False, validity_verified=False),
}  # fmt: skip


def walked(sop: Sop) -> Iterator[tuple[str, str, str]]:
    """Press every action that can be reached from the start; yield line, step and action."""
    machine = SopMachine(sop, GUARDS)
    waiting, seen, opened = [sop.starts_at], {sop.starts_at}, set[str]()
    while waiting:
        step = sop.steps[waiting.pop()]
        for action in step.actions.values():
            by = who_may_press(sop, action.lane)
            move = machine.decide(step.name, action.name, by=by, facts=FACTS, reason="why")
            yield "", step.name, action.name
            opened |= set(move.opens)
            if move.end is None and move.target not in seen:
                seen.add(move.target)
                waiting.append(move.target)
            elif move.end is not None:
                seen.add(move.target)
    assert seen == {*sop.steps, *sop.ends}
    assert opened == set(sop.asks)
    for ask in sop.asks.values():
        seen, waiting = {ask.starts_at}, [ask.starts_at]
        while waiting:
            step = ask.steps[waiting.pop()]
            for action in step.actions.values():
                by = who_may_press(sop, action.lane)
                move = machine.decide_ask(
                    ask.name, step.name, action.name, by=by, facts=FACTS, reason="why"
                )
                yield ask.name, step.name, action.name
                if move.target not in seen and move.target in ask.steps:
                    waiting.append(move.target)
                seen.add(move.target)
        assert seen == {*ask.steps, "answered"}


class TestTheCatalogue:
    def test_has_the_building_permit_the_nurses_licence_and_fourteen_free_services(self) -> None:
        free = [name for name in names() if SOPS[name].fee.tariff is None]

        assert {"siup", "imb", "sip-perawat"} <= set(names())
        assert len(set(free) - {"siup", "sip-perawat"}) >= 14

    def test_of_bases_is_apart_and_each_is_followed(self) -> None:
        followed = {
            found[1]
            for name in bases_names()
            if (found := re.search(r"^follows: (.+)$", text_of(name), re.MULTILINE))
        }

        assert set(bases_names()) - set(names()) == {"izin-sederhana", "izin-tinjauan", "sip"}
        assert followed == {"izin-sederhana", "izin-tinjauan", "sip"}
        assert [name for name, sop in SOPS.items() if sop.base] == sorted(followed)

    def test_knows_no_text_that_is_not_there(self) -> None:
        assert shipped("sip-perwat") is None
        with pytest.raises(KeyError):
            text_of("sip-perwat")

    def test_is_described_whole_by_the_table(self) -> None:
        assert set(KNOWN) == set(names()) - {"siup"}

    def test_numbers_each_product_in_a_series_of_its_own(self) -> None:
        series = [product.series for name in names() if (product := SOPS[name].product)]

        assert len(series) == len(set(series)) == len(names())


@every_sop
class TestEveryShippedSop:
    def test_is_walked_by_every_action_to_every_end(self, name: str) -> None:
        sop = SOPS[name]
        asks = [step for ask in sop.asks.values() for step in ask.steps.values()]
        written = sum(len(step.actions) for step in (*sop.steps.values(), *asks))

        found = list(walked(sop))

        assert len(found) == len(set(found)) == written

    def test_promises_no_more_time_than_the_law_gives(self, name: str) -> None:
        service, law = SOPS[name].limits["service"].within, SOPS[name].limits["law"].within

        assert service.unit == law.unit == "working days"
        assert service.amount <= law.amount

    def test_is_never_granted_by_silence(self, name: str) -> None:
        silences = {limit.silence for limit in SOPS[name].limits.values()}

        assert Silence.DEEMED_GRANTED not in silences
        assert SOPS[name].limits["law"].silence is Silence.FLAG

    def test_fits_its_time_on_short_days_too(self, name: str) -> None:
        """In Ramadan 32.5 hours a week, 6.5 a day. Source: Perpres 21/2023 Art 4."""
        assert SHORTEST_DAY > 390
        assert read_sop(text_of(name), vocabulary=VOCABULARY, base=shipped, shortest_day=390)

    def test_lets_nobody_sign_what_he_checked(self, name: str) -> None:
        sop = SOPS[name]
        working = {
            step.name
            for step in sop.steps.values()
            if step.party is Party.OFFICE and step.lane in ("counter", "verifier", "inspector")
        } - {"handover", "visit_planning"}
        kept_out = set(sop.steps["signature"].actions["sign"].not_who_did)

        assert working <= kept_out

    def test_says_whom_it_is_for_only_where_it_is_a_service(self, name: str) -> None:
        sop = SOPS[name]
        if name not in KNOWN:
            return
        said = (sop.for_whom, sop.category, sop.summary, sop.product, sop.standard.guarantee)

        assert None not in said
        assert sop.subject in sop.fields


@every_service
class TestFees:
    def test_a_free_service_has_no_bill_and_a_charged_one_is_paid_at_the_bank(
        self, name: str
    ) -> None:
        sop = SOPS[name]
        effects = {
            effect
            for step in sop.steps.values()
            for action in step.actions.values()
            for effect in action.then
        }
        bank = {lane.name for lane in sop.lanes.values() if lane.party is Party.BANK}

        if sop.fee.tariff is None:
            assert not effects & {"issue_bill", "book_payment", "cancel_bill"}
            assert (bank, "billing" in sop.lanes) == (set(), False)
        else:
            assert {"issue_bill", "book_payment", "expire_bill", "reverse_payment"} <= effects
            assert bank == {"teller", "bank_supervisor"}

    def test_only_the_building_permit_is_charged_for(self, name: str) -> None:
        """UU 28/2009 Art 141 (building permit); UU 1/2022 Art 88(4) names none of the others."""
        assert SOPS[name].fee.tariff == ("imb" if name == "imb" else None)

    def test_no_person_of_the_office_books_or_reverses(self, name: str) -> None:
        for step in SOPS[name].steps.values():
            for action in step.actions.values():
                if {"book_payment", "reverse_payment"} & set(action.then):
                    assert SOPS[name].lanes[action.lane].party is Party.BANK


@pytest.mark.parametrize("name", sorted(KNOWN))
class TestWhatTheSourcesSay:
    def test_time_and_validity_are_those_of_the_sources(self, name: str) -> None:
        sop, known = SOPS[name], KNOWN[name]

        assert sop.limits["service"].within == Within(known.days)
        assert sop.product is not None
        assert sop.product.valid_years == known.years
        assert sop.product.validity is not None or known.years is not None

    def test_exactly_what_no_source_verifies_is_to_be_confirmed(self, name: str) -> None:
        sop, known = SOPS[name], KNOWN[name]
        expected = {f"papers.{paper}" for paper in sop.papers} - {
            f"papers.{paper}" for paper in known.papers.split()
        }
        expected |= {
            f"steps.{step.name}.answer_within.within"
            for step in sop.steps.values()
            if step.answer_within
        }
        expected |= {f"asks.{ask}.within" for ask in sop.asks}
        expected.add("corrections.at_most")
        if not known.time_verified:
            expected.add("limits.service.within")
        if not known.law_verified:
            expected.add("limits.law.within")
        if not known.validity_verified:
            worded = sop.product is not None and known.years is None and name != "paud"
            expected.add("product.validity" if worded else "product.valid")
        if not known.source_named:
            expected.add("source")

        assert {one.at for one in sop.to_confirm} == expected

    def test_every_reason_is_given_in_both_languages(self, name: str) -> None:
        assert all(set(one.why) == {"id", "en"} for one in SOPS[name].to_confirm)

    def test_a_place_is_visited_where_it_has_to_be_seen(self, name: str) -> None:
        assert ("visit" in SOPS[name].steps) is (name in VISITED)


class TestImb:
    """The building permit: PP 36/2005, Permen PU 24/2007; 7 working days."""

    SOP = SOPS["imb"]

    def test_takes_seven_working_days_and_names_the_rule_that_allows_them(self) -> None:
        law = self.SOP.limits["law"]

        assert (self.SOP.limits["service"].within, law.within) == (Within(7), Within(7))
        assert "Peraturan daerah" in law.source

    @pytest.mark.parametrize(
        ("variants", "papers"),
        [
            ("new low person", ""),
            ("new low company", "akta"),
            ("new high person", "gambar_struktur penyelidikan_tanah"),
            ("renovation low person", "imb_lama"),
            ("renovation high company", "akta imb_lama gambar_struktur"),
            ("conservation low person", "imb_lama rekomendasi_pelestarian"),
        ],
    )
    def test_papers_depend_on_work_storeys_and_owner(self, variants: str, papers: str) -> None:
        chosen = dict(zip(("work", "floors", "owner"), variants.split(), strict=True))
        always = {p.name for p in self.SOP.papers.values() if not p.when.choices}
        needed = {p.name for p in self.SOP.papers.values() if p.when.holds_for(chosen)}

        assert len(always) == 13
        assert needed - always == set(papers.split())

    def test_asks_two_agencies_whose_heads_decide_what_others_drafted(self) -> None:
        for agency in ("pu", "lh"):
            ask = self.SOP.asks[f"opinion_{agency}"]
            draft, decide = ask.steps.values()

            assert (draft.lane, decide.lane) == (f"agency_{agency}", f"agency_head_{agency}")
            assert ask.within == Within(3)
            for name, answer in (("agree", "positive"), ("object", "negative")):
                action = decide.actions[name]
                assert (action.answer, action.not_who_did) == (answer, (draft.name,))
            assert decide.actions["object"].reason_required

    def test_no_way_leads_to_a_grant_past_the_opinions(self) -> None:
        """Without `approve` nothing behind the verification is reached but a refusal."""
        reached, waiting = {self.SOP.starts_at}, [self.SOP.starts_at]
        while waiting:
            for action in self.SOP.steps[waiting.pop()].actions.values():
                target = action.to or ""
                if action.name != "approve" and target in self.SOP.steps:
                    waiting += [target] if target not in reached else []
                    reached.add(target)

        assert reached == {"intake", "completion", "verification", "correction", "early_refusal"}

    def test_waiting_for_the_payment_is_the_applicants_time(self) -> None:
        payment = self.SOP.steps["payment"]

        assert (payment.lane, payment.party) == ("teller", Party.APPLICANT)

    def test_cannot_be_withdrawn_once_it_is_before_the_head(self) -> None:
        without = {s.name for s in self.SOP.steps.values() if "withdraw" not in s.actions}

        assert without == {"signature", "refusal", "early_refusal", "handover"}


class TestSipPerawat:
    """The nurse's practice licence. UU 17/2023 Art 264: valid 5 years, one for each place."""

    SOP = SOPS["sip-perawat"]

    def test_is_free_valid_five_years_and_done_in_seven_days(self) -> None:
        product = self.SOP.product

        assert product is not None
        assert (self.SOP.fee.tariff, product.valid_years) == (None, 5)
        assert self.SOP.limits["service"].within == Within(7)

    @pytest.mark.parametrize(
        ("purpose", "papers", "asked"), [("new", set(), set()),
                                         ("renewal", {"skp"}, {"previous_permit"})],
    )  # fmt: skip
    def test_a_renewal_needs_credits_and_the_number_of_the_old_licence(
        self, purpose: str, papers: set[str], asked: set[str]
    ) -> None:
        chosen = {"purpose": purpose}

        needed = {p.name for p in self.SOP.papers.values() if p.when.holds_for(chosen)}
        fields = {f.name for f in self.SOP.fields.values() if f.when.holds_for(chosen)}

        assert needed == {"ktp", "str", "keterangan_tempat", "pasfoto", "surat_sehat"} | papers
        assert fields & {"previous_permit"} == asked
        assert self.SOP.fields["str_number"].required

    def test_no_more_than_three_places(self) -> None:
        """Permenkes 13/2025 Art 147-150."""
        assert len(self.SOP.fields["practice_order"].choices) == 3

    def test_reads_as_it_did_when_written_out_whole(self) -> None:
        assert expand(text_of("sip-perawat"), shipped) == SNAPSHOT.read_text(encoding="utf-8"), (
            f"if the change is meant: satupintu sop check sip-perawat, then write {SNAPSHOT.name}"
        )
