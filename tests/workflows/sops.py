"""What the tests of the SOP engine share: a register, facts, and a small SOP to break."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from workflows.definitions import shipped, text_of
from workflows.errors import GuardRefused
from workflows.machine import CLOCK, Actor, Guard
from workflows.reading import read_sop
from workflows.sop import Party, Sop, Vocabulary

GUARD_NAMES = (
    "documents_complete", "faults_listed", "papers_correct", "applicant_warned", "asks_answered",
    "not_negative", "visit_scheduled", "visit_fits", "second_visit_left", "postponement_left",
    "bill_due", "fee_settled", "bill_open", "paid_today",
)  # fmt: skip
VOCABULARY = Vocabulary(
    guards=frozenset(GUARD_NAMES),
    effects=frozenset(
        {
            "issue_receipt", "issue_permit", "issue_refusal", "record_collector", "list_faults",
            "reopen_papers", "schedule_visit", "postpone_visit", "report_visit", "issue_bill",
            "cancel_bill", "expire_bill", "book_payment", "reverse_payment", "give_opinion",
        }
    ),
    roles=frozenset(
        {
            "applicant", "counter", "verifier", "inspector", "head", "clock", "agency_pu",
            "agency_head_pu", "agency_lh", "agency_head_lh", "billing", "teller",
            "bank_supervisor",
        }
    ),
    parties={"book_payment": Party.BANK, "reverse_payment": Party.BANK},
    people={
        "counter": Party.OFFICE, "billing": Party.OFFICE, "head": Party.OFFICE,
        "agency_pu": Party.AGENCY, "applicant": Party.APPLICANT,
        "teller": Party.BANK, "bank_supervisor": Party.BANK,
    },
    judged=frozenset({"schedule_visit", "report_visit"}),
    own_work=frozenset({"issue_bill", "issue_permit", "issue_refusal"}),
)  # fmt: skip


@dataclass
class KnownFacts:
    """Facts as a test sets them: who acted where, and which guards refuse."""

    acted: dict[str, set[str]] = field(default_factory=dict)
    refusing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def actors_of(self, steps: Collection[str]) -> Collection[str]:
        return set().union(*(self.acted.get(step, set()) for step in steps))


def _guard(name: str) -> Guard:
    def guard(facts: KnownFacts) -> None:
        if name in facts.refusing:
            raise GuardRefused(name, facts.refusing[name])

    return guard


GUARDS: Mapping[str, Guard] = {name: _guard(name) for name in GUARD_NAMES}


def person(name: str, *lanes: str) -> Actor:
    return Actor(name, frozenset(lanes))


def who_may_press(sop: Sop, lane: str, name: str = "somebody") -> Actor:
    return Actor(CLOCK if sop.lanes[lane].clock else name, frozenset({lane}))


def shipped_sop(name: str) -> Sop:
    return read_sop(text_of(name), vocabulary=VOCABULARY, base=shipped)


def siup() -> Sop:
    return shipped_sop("siup")


SMALL = """\
sop: small
title: {id: Izin kecil, en: Small permit}
source: Perda 1/2020
starts_at: intake
limits:
  service: {within: 3 working days, starts: accept, stops: [sign]}
variants:
  purpose: {title: Jenis, choices: {new: Baru, change: Ubah}}
fields:
  - {field: worth, type: money_idr, needed: {purpose: new}}
scales:
  class: {by: worth, source: Perda 1, bands: [{band: low, up_to: 10}, {band: high}]}
papers:
  - {paper: ktp, needed: {purpose: [new]}}
lanes:
  applicant: {party: applicant, letter: P, served_by: counter}
  counter: {party: office}
  head: {party: office}
  agency_pu: {party: agency}
  clock: {party: office, clock: yes}
steps:
  - step: intake
    lane: counter
    within: 1 working day
    actions:
      - {do: accept, to: signature, only_if: documents_complete, then: issue_receipt}
      - {do: return, to: completion, reason: required}
  - step: completion
    lane: applicant
    answer_within: {within: 10 working days, then: drop_it, source: kantor}
    actions:
      - {do: resubmit, to: intake}
      - {do: drop_it, lane: clock, to: dropped}
  - step: signature
    lane: head
    within: 1 working day
    opens: opinion
    holds:
      - {do: pause, resume: go_on, at_most: 5 working days, source: Perda 1/2020}
    actions:
      - {do: sign, to: issued, only_if: asks_answered, not_who_did: [intake, writing]}
      - {do: note, then: list_faults}
asks:
  - ask: opinion
    within: 2 working days
    steps:
      - {step: drafting, lane: agency_pu, within: 1 working day, actions: [{do: draft}]}
      - step: writing
        lane: agency_pu
        within: 1 working day
        actions:
          - {do: agree, answer: positive}
          - {do: rework, to: drafting}
everywhere:
  - {do: withdraw, lane: applicant, to: withdrawn, reason: required, except: signature}
ends:
  issued: {outcome: granted}
  withdrawn: {outcome: withdrawn}
  dropped: {outcome: discontinued}
"""


def small() -> Sop:
    return read_sop(SMALL, vocabulary=VOCABULARY)
