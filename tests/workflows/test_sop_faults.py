"""Every fault that the text of an SOP can have: its line, its place, its suggestion."""

# A row of a table reads best on one line.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from tests.workflows.sops import SMALL, VOCABULARY
from workflows.errors import Fault, SopFaults
from workflows.faults import FAULTS
from workflows.reading import expand, read_sop


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def faults_of(text: str, base: dict[str, str] | None = None) -> tuple[Fault, ...]:
    with pytest.raises(SopFaults) as caught:
        read_sop(text, vocabulary=VOCABULARY, base=(base or {}).get)
    return caught.value.faults


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) >= 1
    return SMALL.replace(old, new, 1)


# What is put in place of what; the code; where; the text on whose line it is reported; the
# suggestion.
BROKEN = [
    # The text
    ("  head: {", "  head: {party: office}\n  head: {", "sop.duplicate_key", "lanes.head", "  head: {party: office}\n  agency", None),
    ("title: Jenis", "title: [Jenis", "sop.syntax", "", "  purpose:", None),
    ("title: Jenis", 'title: "a\\0b"', "sop.control_character", "variants.purpose.title", "  purpose:", None),
    ("title: Jenis", "title: Jenis\u202e", "sop.control_character", "", "  purpose:", None),
    ("title: Jenis", "title: Jenis\x07", "sop.control_character", "", "  purpose:", None),
    ("title: Jenis", "title: *it", "sop.alias", "variants.purpose.title", "  purpose:", None),
    ("title: Jenis", "title: &it Jenis", "sop.anchor", "variants.purpose.title", "  purpose:", None),
    ("title: Jenis", "title: !!int 5", "sop.tag", "variants.purpose.title", "  purpose:", None),
    ("title: Jenis", "title: Jenis, ? [a] : b", "sop.key_not_text", "variants.purpose", "  purpose:", None),
    ("sop: small", "---\nsop: small\n---\n", "sop.many_documents", "", "---\n\ntitle", None),
    ("source: Perda 1/2020", "source: " + "[" * 30 + "]" * 30, "sop.too_deep", "source", "source: [", None),
    # Shape
    ("title: {id: Izin kecil, en: Small permit}\n", "", "sop.missing", "title", "sop:", None),
    ("lane: head\n", "lanee: head\n", "sop.unknown_key", "steps.signature.lanee", "lanee", "lane"),
    ("service: {within: 3 working days, starts: accept, stops: [sign]}", "service: 3 days", "sop.not_mapping", "limits.service", "  service", None),
    ("[{do: draft}]", "draft", "sop.not_list", "asks.opinion.steps.drafting.actions", "drafting", None),
    ("source: Perda 1/2020\n", "source: {a: b}\n", "sop.not_text", "source", "source", None),
    ("source: Perda 1/2020\n", "source:\n", "sop.blank", "source", "source", None),
    ("{id: Izin kecil, en: Small permit}", "{id: Izin kecil}", "sop.language_missing", "title.en", "title", None),
    ("step: completion", "step: Completion!", "sop.bad_name", "steps.Completion!.step", "step: Comp", None),
    ("within: 3 working days", "within: 3 days", "sop.bad_time", "limits.service.within", "  service", "3 working days"),
    ("clock: yes", "clock: ya", "sop.bad_flag", "lanes.clock.clock", "  clock:", None),
    ("up_to: 10", "up_to: ten", "sop.bad_number", "scales.class.bands.low.up_to", "  class", None),
    ("{party: agency}", "{party: agenci}", "sop.bad_choice", "lanes.agency_pu.party", "  agency_pu", "agency"),
    ("letter: P", "letter: p", "sop.bad_letter", "lanes.applicant.letter", "  applicant", None),
    ("lanes:\n", "ladder: [{at: later, tell: head}]\nlanes:\n", "sop.bad_rung", "ladder.later.at", "ladder", None),
    ("lanes:\n", "ladder: [{at: 0 working days before, tell: head}]\nlanes:\n", "sop.bad_rung", "ladder.0 working days before.at", "ladder", None),
    ("lanes:\n", "ladder: [{at: breach, tell: head, by: [fax]}]\nlanes:\n", "sop.bad_choice", "ladder.breach.by.#1", "ladder", None),
    ("lanes:\n", "product: {title: a, series: A, valid: always, source: b}\nlanes:\n", "sop.bad_validity", "product.valid", "product", None),
    ("then: drop_it, ", "then: drop_it, warnings: [80, 50], ", "sop.bad_warnings", "steps.completion.answer_within.warnings", "    answer_within", None),
    ("{band: high}", "{band: high, up_to: 5}", "sop.bad_bands", "scales.class.bands", "  class", None),
    ("type: money_idr,", "type: money_idr}\n  - {field: kind, type: choice,", "sop.choices_missing", "fields.kind", "field: kind", None),
    # Names
    ("step: completion", "step: intake", "sop.duplicate_name", "steps.intake", "step: intake\n    lane: app", None),
    ("do: note", "do: file", "sop.reserved_name", "steps.signature.actions.file", "do: file", None),
    ("lane: head\n", "lane: haed\n", "sop.unknown_lane", "steps.signature.lane", "lane: haed", "head"),
    ("  head: {party: office}", "  hed: {party: office}\n  head: {party: office}", "sop.unknown_role", "lanes.hed", "  hed", "head"),
    ("to: signature", "to: signatur", "sop.unknown_step", "steps.intake.actions.accept.to", "to: signatur", "signature"),
    ("starts: accept", "starts: acept", "sop.unknown_action", "limits.service.starts", "  service", "accept"),
    ("opens: opinion", "opens: opinon", "sop.unknown_ask", "steps.signature.opens", "opens: opinon", "opinion"),
    ("documents_complete", "document_complete", "sop.unknown_guard", "steps.intake.actions.accept.only_if", "do: accept", "documents_complete"),
    ("issue_receipt", "issue_receit", "sop.unknown_effect", "steps.intake.actions.accept.then", "do: accept", "issue_receipt"),
    ("lanes:\n", "ladder: [{at: breach, tell: haed}]\nlanes:\n", "sop.unknown_audience", "ladder.breach.tell", "ladder", "head"),
    ("needed: {purpose: [new]}", "needed: {porpose: [new]}", "sop.unknown_variant", "papers.ktp.needed.porpose", "paper: ktp", "purpose"),
    ("needed: {purpose: [new]}", "needed: {purpose: [neu]}", "sop.bad_choice", "papers.ktp.needed.purpose", "paper: ktp", "new"),
    ("by: worth", "by: wort", "sop.unknown_field", "scales.class.by", "  class", "worth"),
    ("counter: {party: office}", "counter: {party: office, letter: P}", "sop.letter_twice", "lanes.counter.letter", "  counter", None),
    ("then: drop_it", "then: resubmit", "sop.not_of_the_clock", "steps.completion.answer_within.then", "    answer_within", None),
    ("then: issue_receipt", "then: [issue_receipt, book_payment]", "sop.effect_of_another", "steps.intake.actions.accept.then", "do: accept", None),
    ("answer: positive", "answer: positive, then: book_payment", "sop.effect_of_another", "asks.opinion.steps.writing.actions.agree.then", "do: agree", None),
    ("reason: required, except: signature", "reason: required, then: reverse_payment, except: signature", "sop.effect_of_another", "everywhere.withdraw.then", "do: withdraw", None),
    # The graph
    ("except: signature", "except: [intake, completion, signature]", "sop.unreachable", "ends.withdrawn", "  withdrawn:", None),
    ("ends:\n", "ends:\n  lost: {outcome: lapsed}\n", "sop.unreachable", "ends.lost", "  lost", None),
    ("{do: return, to: completion, reason: required}", "{do: return, reason: required}", "sop.unreachable", "steps.completion", "step: completion", None),
    ("{do: note, then: list_faults}\n", "{do: note, to: stuck}\n  - {step: stuck, lane: head, within: 1 working day, actions: [{do: wait}]}\n", "sop.dead_end", "steps.stuck", "step: stuck", None),
    ("opens: opinion\n", "output: ada\n", "sop.ask_never_opened", "asks.opinion", "ask: opinion", None),
    # What is to be confirmed, and what an application is about
    ("lanes:\n", "to_confirm: [{at: limits.servce.within, why: x}]\nlanes:\n", "sop.unknown_place", "to_confirm.limits.servce.within.at", "to_confirm", "limits.service.within"),
    ("lanes:\n", "to_confirm: [{at: papers.kpt, why: x}]\nlanes:\n", "sop.unknown_place", "to_confirm.papers.kpt.at", "to_confirm", "papers.ktp"),
    ("lanes:\n", "to_confirm: [{at: steps.completion.answer_within.within.x, why: x}]\nlanes:\n", "sop.unknown_place", "to_confirm.steps.completion.answer_within.within.x.at", "to_confirm", None),
    ("lanes:\n", "to_confirm: [{at: source, why: x}, {at: source, why: y}]\nlanes:\n", "sop.duplicate_name", "to_confirm.source.at", "to_confirm", None),
    ("lanes:\n", "to_confirm: [{at: source}]\nlanes:\n", "sop.missing", "to_confirm.source.why", "to_confirm", None),
    ("lanes:\n", "subject: wort\nlanes:\n", "sop.unknown_subject", "subject", "subject", "worth"),
    ("lanes:\n", "base: ja\nlanes:\n", "sop.bad_flag", "base", "base", None),
    ("lanes:\n", "standard: {facilitys: x}\nlanes:\n", "sop.unknown_key", "standard.facilitys", "standard", "facilities"),
    # Time
    ("lane: head\n    within: 1 working day\n    opens: opinion\n", "lane: head\n", "sop.within_missing", "steps.signature", "step: signature", None),
    ("    within: 2 working days\n", "    within: 5 working days\n", "sop.path_too_long", "limits.service.within", "  service", None),
    ("starts: accept", "starts: sign", "sop.path_missing", "limits.service.stops", "  service", None),
    ("    within: 2 working days\n", "    within: 1 working day\n", "sop.ask_too_long", "asks.opinion.within", "    within: 1 working day\n    steps", None),
    ("within: 3 working days", "within: 6 working days", "sop.longer_than_law", "limits.service.within", "  service", None),
    ("limits:\n", "safety_critical: yes\nlimits:\n  law: {within: 5 working days, silence: deemed_granted, source: x}\n", "sop.deemed_granted", "limits.law.silence", "  law:", None),
    ("limits:\n", "limits:\n  law: {within: 5 working days, silence: deemed_granted, source: x}\n", "sop.deemed_needs_end", "limits.law.silence", "  law:", None),
    ("limits:\n", "limits:\n  delivery: {within: 5 working days, starts: sign, silence: deemed_granted}\n", "sop.silence_of_law", "limits.delivery.silence", "  delivery:", None),
    ("dropped: {outcome: discontinued}", "dropped: {outcome: lapsed}", "sop.lapsed_by_hand", "steps.completion.actions.drop_it.to", "      - {do: drop_it", None),
    ("limits:\n", "limits:\n  law: {within: 5 working days}\n", "sop.missing", "limits.law.source", "  law:", None),
    # Extensions and holds
    ("stops: [sign]}", "stops: [sign], extensions: {office: {at_most: 9 working days, source: P}}}", "sop.extended_past_law", "limits.service.extensions", "  service", None),
    ("stops: [sign]}", "stops: [sign], extensions: {office: {at_most: 1 working hour, source: P}}}", "sop.extension_unit", "limits.service.extensions.office.at_most", "  service", None),
    ("stops: [sign]}", "stops: [sign], extensions: {office: {at_most: 1 working day, by: haed, source: P}}}", "sop.not_of_the_office", "limits.service.extensions.office.by", "  service", "head"),
    ("do: sign, to: issued,", "do: sign, to: issued, then: issue_permit,", "sop.hold_of_own_work", "steps.signature.holds.pause", "      - {do: pause", None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "where", "at", "suggestion"), BROKEN)
def test_a_broken_sop_is_refused_with_line_place_and_suggestion(
    old: str, new: str, code: str, where: str, at: str, suggestion: str | None
) -> None:
    text = changed(old, new)

    found = [fault for fault in faults_of(text) if (fault.code, fault.where) == (code, where)]

    assert [(fault.line, fault.suggestion) for fault in found] == [(line_of(text, at), suggestion)]


@pytest.mark.parametrize(
    ("lane", "allowed"),
    [
        # The bank's own lane, pressed by the bank's own people.
        ("teller: {party: bank}", True),
        ("teller: {party: bank, served_by: bank_supervisor}", True),
        # A lane of the bank that others press, or that nobody of the bank can.
        ("teller: {party: bank, served_by: counter}", False),
        ("teller: {party: bank, clock: yes}", False),
        ("teller: {party: office}", False),
        ("billing: {party: bank}", False),
        ("applicant: {party: applicant}", False),
    ],
)
def test_what_the_bank_books_is_pressed_by_people_of_the_bank_alone(
    lane: str, allowed: bool
) -> None:
    name = lane.partition(":")[0]
    text = changed(
        "  agency_pu: {", f"  {lane}\n  bank_supervisor: {{party: bank}}\n  agency_pu: {{"
    )
    if name == "applicant":
        text = text.replace("  applicant: {party: applicant}\n", "")
    text = text.replace(
        "{do: note, then: list_faults}", f"{{do: note, lane: {name}, then: book_payment}}"
    )

    if allowed:
        read_sop(text, vocabulary=VOCABULARY)
    else:
        assert {fault.code for fault in faults_of(text)} == {"sop.effect_of_another"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "sop.empty"),
        (" \n\t\n", "sop.empty"),
        ("# only a comment", "sop.empty"),
        ("--- ''", "sop.empty"),
        ("- a list", "sop.not_mapping"),
        ("just words", "sop.not_mapping"),
        ("a: b: c", "sop.syntax"),
        ("sop: \ud800", "sop.control_character"),
        ('sop: "\\U00110000"', "sop.syntax"),
        ("sop: x\x00", "sop.control_character"),
        ("sop: " + "x" * 300_000, "sop.too_large"),
        ("a: &a [x, x]\n" + "b: [*a, *a]\n" * 9, "sop.alias"),
        ("[" * 5_000, "sop.too_deep"),
        ("{" * 5_000, "sop.too_deep"),
    ],
)
def test_what_is_no_sop_at_all_is_a_fault_too(text: str, code: str) -> None:
    assert code in {fault.code for fault in faults_of(text)}


FOLLOWING = "sop: child\nfollows: small\n"
ROUND = {"small": "sop: small\nfollows: other\n", "other": "sop: other\nfollows: child\n"}


@pytest.mark.parametrize(
    ("text", "base", "code", "line", "suggestion"),
    [
        (FOLLOWING, {}, "sop.unknown_base", 2, None),
        ("follows: ../small\n", {}, "sop.bad_name", 1, None),
        (FOLLOWING, ROUND, "sop.base_faulty", 2, None),
        ("sop: small\nfollows: small\n", {"small": SMALL}, "sop.follows_circle", 2, None),
        (FOLLOWING, {"small": "- no"}, "sop.base_faulty", 2, None),
        ("sop: child\nfollows: [small]\n", {"small": SMALL}, "sop.not_text", 2, None),
        (
            FOLLOWING + "lanes:\n  hed: {drop: yes}\n",
            {"small": SMALL},
            "sop.unknown_item",
            4,
            "head",
        ),
        (
            FOLLOWING + "papers:\n  - {paper: ktpp, drop: yes}\n",
            {"small": SMALL},
            "sop.unknown_item",
            4,
            "ktp",
        ),
        (
            FOLLOWING + "papers:\n  - {paper: kk, after: kpt}\n",
            {"small": SMALL},
            "sop.unknown_item",
            4,
            "ktp",
        ),
    ],
)
def test_what_an_sop_follows_must_be_there(
    text: str, base: dict[str, str], code: str, line: int, suggestion: str | None
) -> None:
    found = [fault for fault in faults_of(text, base) if fault.code == code]

    assert [(fault.line, fault.suggestion) for fault in found] == [(line, suggestion)]


def test_a_circle_of_sops_is_named() -> None:
    with pytest.raises(SopFaults, match="child → small → other → child"):
        expand(FOLLOWING, ROUND.get)


def branching(days: int) -> str:
    """Return an SOP of 12 steps that all lead to each other, and two more of which one is taken."""
    names = [f"s{number}" for number in range(12)]
    rows = [
        f"  - {{step: {name}, lane: head, within: 1 working hour, actions: ["
        + ", ".join(
            f"{{do: to_{other}, to: {other}}}" for other in (*names, "a", "b") if other != name
        )
        + "]}"
        for name in names
    ] + [
        f"  - {{step: {name}, lane: head, within: 1 working day, actions: [{{do: sign, to: out}}]}}"
        for name in "ab"
    ]
    return (
        "sop: wide\ntitle: a\nsource: b\nstarts_at: s0\nlanes: {head: {party: office}}\n"
        f"limits: {{service: {{within: {days} working days, starts: file, stops: sign}}}}\n"
        "ends: {out: {outcome: granted}}\nsteps:\n" + "\n".join(rows)
    )


@pytest.mark.parametrize(
    ("days", "code"), [(2, "sop.path_too_long"), (3, "sop.too_many_paths"), (4, None)]
)
def test_an_sop_of_too_many_paths_is_refused_instead_of_searched_for_ever(
    days: int, code: str | None
) -> None:
    if code is None:
        assert read_sop(branching(days), vocabulary=VOCABULARY)
    else:
        assert [fault.code for fault in faults_of(branching(days))] == [code]


def test_every_fault_is_reported_at_once() -> None:
    text = (
        SMALL.replace("documents_complete", "document_complete")
        .replace("lane: head\n", "lane: head\n    bogus: 1\n")
        .replace("to: issued", "to: isued")
        .replace("within: 3 working days", "within: soon")
    )

    assert {(fault.code, fault.where) for fault in faults_of(text)} == {
        ("sop.unknown_guard", "steps.intake.actions.accept.only_if"),
        ("sop.unknown_key", "steps.signature.bogus"),
        ("sop.unknown_step", "steps.signature.actions.sign.to"),
        ("sop.bad_time", "limits.service.within"),
    }


def test_a_misspelt_target_makes_no_further_faults() -> None:
    for name in ("signatur", "elsewhere"):
        found = faults_of(SMALL.replace("to: signature", f"to: {name}"))

        assert [fault.code for fault in found] == ["sop.unknown_step"]


def test_an_sop_without_ends_is_not_told_of_dead_ends_too() -> None:
    assert [fault.code for fault in faults_of(SMALL[: SMALL.index("ends:")])] == [
        "sop.missing",
        *["sop.unknown_step"] * 3,
    ]


def test_a_fault_reads_as_one_line_in_english_and_has_both_languages() -> None:
    (fault,) = faults_of(SMALL.replace("to: signature", "to: signatur"))

    assert str(fault) == (
        f"line {fault.line}: steps.intake.actions.accept.to: there is no step or end `signatur`; "
        "did you mean `signature`?"
    )
    assert fault.text["id"] == "Tidak ada langkah atau akhir `signatur`."


def test_every_fault_is_in_a_table_above() -> None:
    tables = {row[2] for row in BROKEN}
    elsewhere = {
        "sop.empty", "sop.too_large", "sop.unknown_base", "sop.follows_circle", "sop.base_faulty",
        "sop.unknown_item", "sop.too_many_paths", "sop.deemed_needs_judgement",
    }  # fmt: skip

    assert tables | elsewhere == set(FAULTS)
