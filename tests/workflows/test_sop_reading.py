"""What a sound SOP is read as, what it follows, and that no text breaks the reader."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflows.sops import SMALL, VOCABULARY, shipped_sop, siup, small
from workflows.build import DEFAULT_LADDER
from workflows.definitions import bases_names, shipped, text_of
from workflows.errors import Fault, SopFaults
from workflows.paths import paths
from workflows.reading import expand, read_sop
from workflows.sop import (
    Condition,
    Outcome,
    Party,
    Rung,
    Silence,
    Sop,
    Standard,
    Within,
)
from workflows.tree import FaultList, dump, parse


def read(text: str, **bases: str) -> Sop:
    return read_sop(text, vocabulary=VOCABULARY, base=bases.get)


class TestWhatIsLeftOut:
    """The defaults of the grammar."""

    def test_a_plain_text_serves_both_languages(self) -> None:
        assert small().variants["purpose"].title == {"id": "Jenis", "en": "Jenis"}

    def test_a_title_left_out_is_the_name(self) -> None:
        assert small().steps["intake"].title == {"id": "Intake", "en": "Intake"}

    def test_a_lane_without_a_letter_gets_a_free_one_of_its_name(self) -> None:
        letters = {lane.name: lane.letter for lane in small().lanes.values()}

        assert letters == {
            "applicant": "P", "counter": "C", "head": "H", "agency_pu": "A", "clock": "L",
        }  # fmt: skip

    def test_the_filing_is_checked_within_five_days_by_any_action_of_the_first_step(self) -> None:
        filing = small().limits["filing"]

        assert (filing.within, filing.starts) == (Within(5), ("file",))
        assert filing.stops == ("accept", "return")
        assert filing.source == "UU 30/2014 Pasal 50(3)-(4)"

    def test_the_law_is_five_days_over_the_same_way_as_the_standard(self) -> None:
        law = small().limits["law"]

        assert (law.within, law.starts, law.stops) == (Within(5), ("accept",), ("sign",))
        assert (law.silence, law.source) == (Silence.FLAG, "UU 30/2014 Pasal 53(2)")

    def test_delivery_has_no_limit_where_none_is_given(self) -> None:
        assert "delivery" not in small().limits

    def test_a_limit_counts_the_days_of_office_and_agency(self) -> None:
        assert small().limits["service"].counts == {Party.OFFICE, Party.AGENCY}

    def test_the_ladder_is_the_default_one(self) -> None:
        assert small().ladder == DEFAULT_LADDER

    def test_a_service_without_a_fee_is_free(self) -> None:
        assert small().fee.tariff is None

    def test_an_action_without_a_target_stays_and_so_does_one_back_to_its_own_step(self) -> None:
        back = SMALL.replace("{do: note, then", "{do: note, to: signature, then")

        assert small().steps["signature"].actions["note"].to is None
        assert read(back).steps["signature"].actions["note"].to is None

    def test_an_ask_goes_on_to_its_next_step_and_closes_after_the_last(self) -> None:
        steps = small().asks["opinion"].steps

        assert steps["drafting"].actions["draft"].to == "writing"
        assert steps["writing"].actions["agree"].to == "answered"
        assert steps["writing"].actions["rework"].to == "drafting"

    def test_an_action_of_everywhere_is_in_every_step_but_those_named(self) -> None:
        having = [step.name for step in small().steps.values() if "withdraw" in step.actions]

        assert having == ["intake", "completion"]

    def test_what_a_step_says_itself_goes_before_what_is_said_everywhere(self) -> None:
        text = SMALL.replace("{do: resubmit, to: intake}", "{do: resubmit, to: intake}\n"
                             "      - {do: withdraw, to: dropped}")  # fmt: skip

        assert read(text).steps["completion"].actions["withdraw"].to == "dropped"


class TestWhatAnApplicationIsAbout:
    """One field says it in a line."""

    def test_is_said_by_the_field_that_is_named(self) -> None:
        assert read(SMALL + "subject: worth\n").subject == "worth"

    def test_is_the_business_where_there_is_one(self) -> None:
        assert siup().subject == "business_name"

    def test_is_left_to_the_applicant_where_there_is_none(self) -> None:
        assert small().subject is None


class TestWhatThePublicReads:
    """The service standard. Source: UU 25/2009 Art 21."""

    TEXT = SMALL + (
        "for_whom: {id: Warga, en: Citizens}\ncategory: {id: Usaha, en: Business}\n"
        "complaints: Loket 5\nstandard: {staff: {id: Tiga orang, en: Three people}}\n"
        "product: {title: Izin, series: IZ, valid: as long as it lasts, source: x,\n"
        "  validity: {id: Untuk satu acara, en: For one event}}\n"
    )

    def test_is_read_in_both_languages(self) -> None:
        sop = read(self.TEXT)

        assert sop.for_whom == {"id": "Warga", "en": "Citizens"}
        assert sop.category == {"id": "Usaha", "en": "Business"}
        assert sop.complaints == {"id": "Loket 5", "en": "Loket 5"}
        assert sop.standard.staff == {"id": "Tiga orang", "en": "Three people"}
        assert sop.product is not None
        assert sop.product.validity == {"id": "Untuk satu acara", "en": "For one event"}

    def test_may_be_left_out(self) -> None:
        sop = small()

        assert (sop.for_whom, sop.category, sop.complaints) == (None, None, None)
        assert (sop.standard, sop.to_confirm, sop.base) == (Standard(), (), False)


class TestScalars:
    """A scalar is a text, and the grammar alone gives it a type."""

    @pytest.mark.parametrize("typed", ["no", "08:30", "010", "1e3", "null", "2026-01-02", "~"])
    def test_what_other_readers_would_turn_into_something_else_stays(self, typed: str) -> None:
        assert read(SMALL.replace("Perda 1/2020", typed, 1)).source == typed

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("3 working days", Within(3)),
            ("1 working day", Within(1)),
            ("4 working hours", Within(4, "working hours")),
            ("1  working hour", Within(1, "working hours")),
        ],
    )
    def test_an_allowed_time(self, typed: str, meant: Within) -> None:
        text = SMALL.replace(
            "lane: counter\n    within: 1 working day", f"lane: counter\n    within: {typed}"
        )

        assert read(text).steps["intake"].within == meant

    @pytest.mark.parametrize("typed", ["0 working days", "-1 working days", "1.5 working days"])
    def test_no_allowed_time(self, typed: str) -> None:
        with pytest.raises(SopFaults, match="is not an allowed time"):
            read(SMALL.replace("within: 3 working days", f"within: {typed}"))

    @pytest.mark.parametrize(
        ("typed", "rung"),
        [
            ("50 %", Rung("50%", 50, None, ("head",))),
            ("5%", Rung("5%", 5, None, ("head",))),
            ("breach", Rung("breach", None, 0, ("head",))),
            ("breach + 1 working day", Rung("breach+1", None, 1, ("head",))),
            ("breach+30 working days", Rung("breach+30", None, 30, ("head",))),
            ("breach + 4 working hours", Rung("breach+4h", None, None, ("head",), None, 4)),
            (
                "1 working day before",
                Rung("-1d", None, None, ("head",), Within(1, "working days")),
            ),
            (
                "4 working hours before",
                Rung("-4h", None, None, ("head",), Within(4, "working hours")),
            ),
        ],
    )
    def test_a_rung(self, typed: str, rung: Rung) -> None:
        text = SMALL.replace("lanes:\n", f"ladder: [{{at: {typed}, tell: head}}]\nlanes:\n")

        assert read(text).ladder == (rung,)

    @pytest.mark.parametrize(
        ("typed", "ways"),
        [
            ("", ("app", "email")),
            (", by: email", ("app", "email")),
            (", by: app", ("app",)),
            (", by: [gateway]", ("app", "gateway")),
            (", by: [email, gateway, email]", ("app", "email", "gateway")),
        ],
    )
    def test_the_ways_of_a_rung_always_begin_in_the_application(
        self, typed: str, ways: tuple[str, ...]
    ) -> None:
        line = f"ladder: [{{at: breach, tell: head{typed}}}]\nlanes:\n"

        assert read(SMALL.replace("lanes:\n", line)).ladder[0].by == ways

    def test_when_an_unanswered_alert_is_passed_on(self) -> None:
        text = SMALL.replace("lanes:\n", "escalate_after: 2 working hours\nlanes:\n")

        assert read(text).escalate_after == Within(2, "working hours")
        assert read(SMALL).escalate_after is None


class TestTime:
    """The longest path fits the standard."""

    def test_hours_are_summed_and_rounded_up_once(self) -> None:
        # The signature waits 2 days for the opinion; 5 steps of 3 hours are 15 hours: 2 days of
        # 7.5 hours, though each alone would be a day.
        steps = "".join(
            f"  - {{step: h{n}, lane: head, within: 3 working hours, actions: "
            f"[{{do: go{n}, to: {f'h{n + 1}' if n < 4 else 'signature'}}}]}}\n"
            for n in range(5)
        )
        text = SMALL.replace("to: signature,", "to: h0,").replace("asks:\n", steps + "asks:\n", 1)
        fitting = text.replace("within: 3 working days", "within: 4 working days")

        assert read(fitting)
        with pytest.raises(SopFaults, match="needs 4 working days; the standard is 3"):
            read(text)
        # A day of 7 hours holds less.
        with pytest.raises(SopFaults, match="needs 5 working days; the standard is 4"):
            read_sop(fitting, vocabulary=VOCABULARY, shortest_day=420)

    def test_a_way_back_is_counted_once(self) -> None:
        back = SMALL.replace("{do: note, then: list_faults}", "{do: note, to: completion}")

        assert read(back)
        with pytest.raises(
            SopFaults, match="longest path signature → completion → intake needs 3 working days"
        ):
            read(back.replace("within: 3 working days", "within: 2 working days"))

    @pytest.mark.parametrize(("party", "fits"), [("applicant", True), ("agency", False)])
    def test_a_hold_counts_when_it_spends_the_days_of_a_counted_party(
        self, party: str, fits: bool
    ) -> None:
        text = SMALL.replace("resume: go_on,", f"resume: go_on, party: {party},")

        if fits:
            assert read(text)
        else:
            with pytest.raises(SopFaults, match="needs 6 working days"):
                read(text)

    def test_days_of_the_applicant_do_not_count(self) -> None:
        assert read(SMALL.replace("within: 3 working days", "within: 2 working days"))

    def test_an_ask_of_the_applicant_does_not_count(self) -> None:
        text = SMALL.replace("{step: drafting, lane: agency_pu", "{step: drafting, lane: applicant")
        text = text.replace("writing\n        lane: agency_pu", "writing\n        lane: applicant")

        assert read(text.replace("    within: 2 working days", "    within: 9 working days"))


class TestFollows:
    """An SOP that says only what differs."""

    CHILD = """\
sop: child
follows: small
title: {id: Izin anak, en: Child permit}
limits:
  service: {within: 4 working days}
papers:
  - {paper: kk, title: Kartu keluarga}
  - {paper: npwp, after: ktp}
variants: {purpose: {choices: {renewal: Perpanjang, change: {drop: yes}}}}
steps:
  - step: completion
    actions:
      - {do: resubmit, reason: required}
  - step: signature
    actions:
      - {do: note, drop: yes}
  - {step: seal, after: intake, lane: head, within: 1 working day, actions: [{do: stamp, to: signature}]}
  - step: intake
    actions: [{do: accept, to: seal}]
"""  # noqa: E501

    def test_what_the_child_says_wins_and_the_rest_is_the_parents(self) -> None:
        sop = read(self.CHILD, small=SMALL)

        assert (sop.name, sop.title["en"]) == ("child", "Child permit")
        assert sop.limits["service"].within == Within(4)
        assert sop.limits["service"].starts == ("accept",)
        assert list(sop.papers) == ["ktp", "npwp", "kk"]
        assert list(sop.steps) == ["intake", "seal", "completion", "signature"]
        assert list(sop.variants["purpose"].choices) == ["new", "renewal"]
        assert sop.steps["completion"].actions["resubmit"].reason_required
        assert sop.steps["completion"].actions["resubmit"].to == "intake"
        assert "note" not in sop.steps["signature"].actions
        assert sop.steps["intake"].actions["accept"].only_if == ("documents_complete",)

    def test_the_text_written_out_says_the_same(self) -> None:
        text = expand(self.CHILD, {"small": SMALL}.get)

        assert "follows" not in text
        assert "after" not in text
        assert read(text) == read(self.CHILD, small=SMALL)
        assert expand(self.CHILD, {"small": SMALL}.get) == text

    def test_a_text_that_follows_nothing_stays_as_it_is(self) -> None:
        assert expand(text_of("siup")) == text_of("siup")

    def test_an_sop_may_follow_one_that_follows_another(self) -> None:
        grandchild = "sop: grandchild\nfollows: child\ntitle: Cucu\n"

        sop = read(grandchild, child=self.CHILD, small=SMALL)

        assert (sop.name, "seal" in sop.steps) == ("grandchild", True)

    def test_whoever_follows_a_base_is_a_service_unless_it_says_so(self) -> None:
        base = "base: yes\n" + SMALL

        assert read(base).base is True
        assert read("sop: child\nfollows: small\n", small=base).base is False
        assert read("sop: child\nfollows: small\nbase: yes\n", small=base).base is True

    def test_what_is_to_be_confirmed_is_inherited_added_to_and_dropped(self) -> None:
        base = SMALL + (
            "to_confirm:\n  - {at: source, why: Perda}\n  - {at: papers.ktp, why: lazim}\n"
        )
        child = (
            "sop: child\nfollows: small\npapers: [{paper: kk}]\nto_confirm:\n"
            "  - {at: papers.kk, why: lazim}\n  - {at: source, drop: yes}\n"
        )

        places = [one.at for one in read(child, small=base).to_confirm]

        assert places == ["papers.ktp", "papers.kk"]

    def test_a_place_to_be_confirmed_goes_with_its_paper(self) -> None:
        base = SMALL + "to_confirm: [{at: papers.ktp, why: lazim}]\n"
        child = "sop: child\nfollows: small\npapers: [{paper: ktp, drop: yes}, {paper: kk}]\n"

        with pytest.raises(SopFaults) as caught:
            read(child, small=base)

        assert [(f.code, f.line) for f in caught.value.faults] == [("sop.unknown_place", 2)]

    def test_lanes_can_be_put_in_their_place(self) -> None:
        child = "sop: child\nfollows: small\nlanes: {verifier: {after: counter, party: office}}\n"

        assert list(read(child, small=SMALL).lanes)[:4] == [
            "applicant", "counter", "verifier", "head",
        ]  # fmt: skip
        with pytest.raises(SopFaults, match=r"has no `couter`; did you mean `counter`"):
            read(child.replace("after: counter", "after: couter"), small=SMALL)

    def test_half_a_new_title_does_not_borrow_the_other_half(self) -> None:
        with pytest.raises(SopFaults, match="the language `en` is missing"):
            read("sop: child\nfollows: small\ntitle: {id: Lain}\n", small=SMALL)

    @pytest.mark.parametrize(
        ("right", "wrong"), [("lane: agency_pu", "lane: agencypu"), ("lane: head\n", "papers: x\n")]
    )
    def test_a_fault_of_the_parent_bears_the_line_of_follows(self, right: str, wrong: str) -> None:
        with pytest.raises(SopFaults) as caught:
            read(
                "sop: child\nfollows: small\n" + "# far below\n" * 90,
                small=SMALL.replace(right, wrong),
            )

        assert {fault.line for fault in caught.value.faults} == {2}

    def test_scalars_are_written_out_as_they_were_typed(self) -> None:
        text = expand("sop: child\nfollows: small\nsource: 010\n", {"small": SMALL}.get)

        assert "source: 010\n" in text
        assert "clock: yes\n" in text


@pytest.mark.parametrize("name", bases_names())
class TestEverySopThatComesWithTheProduct:
    """Whatever lies in `definitions`."""

    def test_is_sound(self, name: str) -> None:
        assert shipped_sop(name).name == name

    def test_has_an_end_of_every_way(self, name: str) -> None:
        sop = shipped_sop(name)
        ends = set()
        for way in paths(sop):
            steps = [step for step, _ in way]
            assert len(set(steps)) == len(steps)
            last, action = way[-1]
            ends.add(sop.steps[last].actions[action].to)

        assert ends == set(sop.ends)

    def test_titles_every_step_and_button_itself_in_both_languages(self, name: str) -> None:
        tree = parse(expand(text_of(name), shipped), FaultList())
        assert tree is not None
        parts = [*tree["steps"], *tree.get("everywhere", ()), *tree.get("asks", ())]
        for step in [*tree["steps"], *(s for ask in tree.get("asks", ()) for s in ask["steps"])]:
            parts += [step, *step["actions"]]
        parts += [*tree["lanes"].values(), *tree["papers"], *tree["fields"], *tree["ends"].values()]

        assert [part for part in parts if set(part.get("title", ())) != {"id", "en"}] == []

    def test_says_the_same_when_written_out_anew(self, name: str) -> None:
        tree = parse(expand(text_of(name), shipped), FaultList())
        assert tree is not None

        assert read(dump(tree)) == shipped_sop(name)
        assert dump(parse(dump(tree), FaultList()) or tree) == dump(tree)

    def test_holds_nothing_that_could_be_changed_in_passing(self, name: str) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            shipped_sop(name).name = "other"  # type: ignore[misc]


class TestSiup:
    """The trading permit."""

    def test_is_free_and_done_within_three_working_days(self) -> None:
        """Permendag 36/2007: issued within 3 working days (Art 16: free of charge)."""
        sop = siup()

        assert sop.fee.tariff is None
        assert sop.limits["service"].within == Within(3)
        assert sop.product is not None
        assert sop.product.valid_years is None

    @pytest.mark.parametrize(
        ("net_worth", "band"),
        # Permendag 46/2009.
        [
            (0, "mikro"), (50_000_000, "mikro"), (50_000_001, "kecil"), (500_000_000, "kecil"),
            (500_000_001, "menengah"), (10_000_000_000, "menengah"), (10_000_000_001, "besar"),
        ],
    )  # fmt: skip
    def test_its_class_follows_from_the_net_worth(self, net_worth: int, band: str) -> None:
        assert siup().scales["class"].band_of(net_worth).name == band

    @pytest.mark.parametrize(
        ("purpose", "legal_form", "papers"),
        [
            ("new", "perorangan", "sp_siup ktp npwp neraca domisili pasfoto"),
            ("new", "cv", "sp_siup ktp npwp akta_pendirian neraca domisili pasfoto"),
            ("new", "firma", "sp_siup ktp npwp akta_pendirian neraca domisili pasfoto"),
            ("new", "pt", "sp_siup ktp npwp akta_pendirian sk_kemenkumham neraca domisili pasfoto"),
            ("new", "koperasi",
             "sp_siup ktp npwp akta_pendirian pengesahan_koperasi neraca domisili pasfoto"),
            ("new", "cabang",
             "ktp npwp akta_induk siup_induk surat_penunjukan domisili pasfoto"),
            ("change", "pt", "sp_siup ktp neraca siup_asli bukti_perubahan pasfoto"),
            ("replacement", "pt", "sp_siup ktp bukti_hilang_rusak pasfoto"),
        ],
    )  # fmt: skip
    def test_its_papers_depend_on_purpose_and_legal_form(
        self, purpose: str, legal_form: str, papers: str
    ) -> None:
        variants = {"purpose": purpose, "legal_form": legal_form}
        needed = [p.name for p in siup().papers.values() if p.when.holds_for(variants)]

        assert needed == papers.split()

    @pytest.mark.parametrize(
        ("purpose", "legal_form", "asked"),
        [("new", "pt", True), ("new", "cabang", False), ("replacement", "pt", False)],
    )
    def test_net_worth_is_asked_where_it_matters(
        self, purpose: str, legal_form: str, asked: bool
    ) -> None:
        when: Condition = siup().fields["net_worth"].when

        assert when.holds_for({"purpose": purpose, "legal_form": legal_form}) is asked

    def test_can_end_in_four_ways(self) -> None:
        outcomes = {end.outcome for end in siup().ends.values()}

        assert outcomes == set(Outcome) - {Outcome.LAPSED}


LINES = text_of("siup").split("\n")
TOKENS = sorted({word for line in LINES for word in line.replace(",", " ").split()})
JUNK = st.sampled_from([*"{}[]:,&*!|>'\"%@`#-?\t\x00\u2028", "---", "<<: *a", "yes", ""])


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Return the SIUP with some lines lost, doubled, moved, or with words put in their place."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["lose", "double", "indent", "word", "junk", "cut"]))
        if kind == "lose":
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
        elif kind == "indent":
            lines[at] = " " * draw(st.integers(0, 6)) + lines[at].lstrip()
        elif kind == "cut":
            lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
        else:
            words = lines[at].split(" ")
            new = draw(st.sampled_from(TOKENS) if kind == "word" else JUNK)
            words[draw(st.integers(0, len(words) - 1))] = new
            lines[at] = " ".join(words)
    return "\n".join(lines)


def faults_of(text: str) -> tuple[Fault, ...] | None:
    """Return the faults of a text, or None where it has none; anything else is a failure."""
    try:
        read(text)
    except SopFaults as refused:
        return refused.faults
    return None


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_a_damaged_sop_is_read_or_refused_with_lines_of_its_text(text: str) -> None:
    lines = range(1, text.count("\n") + 3)

    assert all(fault.line in lines for fault in faults_of(text) or ())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_refused_without_a_traceback(text: str) -> None:
    assert faults_of(text)
