"""What an SOP says: frozen values, read from YAML by `workflows.reading`, walked by `machine`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Text = Mapping[str, str]
"""A text in both languages: {"id": …, "en": …}."""

Unit = Literal["working days", "working hours"]


class Party(StrEnum):
    """To whom a working day can belong, in the order in which a shared day is given away."""

    NOBODY = "nobody"
    OFFICE = "office"
    AGENCY = "agency"
    APPLICANT = "applicant"
    BANK = "bank"


class Outcome(StrEnum):
    """How an application can end."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DISCONTINUED = "discontinued"
    LAPSED = "lapsed"


class Silence(StrEnum):
    """What the law makes of a decision that does not come in time."""

    NONE = "none"
    FLAG = "flag"
    DEEMED_GRANTED = "deemed_granted"


@dataclass(frozen=True, slots=True)
class Within:
    """An allowed time: whole working days, or office hours."""

    amount: int
    unit: Unit = "working days"

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit.removesuffix('s')}"


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the swimlane: a pool of people with one role, and whose days it spends."""

    name: str
    title: Text
    party: Party
    letter: str
    """One capital letter that stands for this lane in the ledger: `P` applicant, `V` verifier …"""
    served_by: str | None = None
    """The lane whose people press for this one: the counter serves applicants without a login."""
    clock: bool = False
    """True for the lane of the clock itself: the sweep acts here, no person does."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a paper or a field is needed: every named variant has one of the named choices."""

    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def holds_for(self, variants: Mapping[str, str]) -> bool:
        """Return whether an application with these `variants` meets the condition."""
        return all(variants.get(name) in allowed for name, allowed in self.choices.items())


@dataclass(frozen=True, slots=True)
class Variant:
    """A question whose answer decides which papers and fields apply: purpose, legal form."""

    name: str
    title: Text
    choices: Mapping[str, Text]


FieldType = Literal[
    "text", "long_text", "money_idr", "number", "decimal", "date", "phone", "email", "nik",
    "npwp", "nib", "kbli", "choice",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One datum the application form asks for."""

    name: str
    title: Text
    type: FieldType
    required: bool
    when: Condition
    hint: Text | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paper:
    """One document the applicant hands in."""

    name: str
    title: Text
    when: Condition
    required: bool = True
    note: Text | None = None
    """How it is to be handed in: "asli", "salinan, asli diperlihatkan"."""


@dataclass(frozen=True, slots=True)
class Band:
    """One class of a scale, up to and including `up_to`; the last has no upper end."""

    name: str
    title: Text
    up_to: int | None


@dataclass(frozen=True, slots=True)
class Scale:
    """A classification of the application by one of its number fields, from a legal source."""

    name: str
    title: Text
    by: str
    bands: tuple[Band, ...]
    source: str

    def band_of(self, amount: int) -> Band:
        """Return the band that `amount` falls in."""
        return next(band for band in self.bands if band.up_to is None or amount <= band.up_to)


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody may press at a step, and where it leads. `to` is None where nothing moves."""

    name: str
    title: Text
    lane: str
    to: str | None
    only_if: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    """Asks that this action opens."""
    reason_required: bool = False
    not_who_did: tuple[str, ...] = ()
    """Steps: whoever acted in one of them may not press this."""
    answer: str | None = None
    """In an ask: the answer with which it is closed."""
    confirm: bool = False
    """True where the screen asks once more, because it cannot be undone."""
    everywhere: bool = False
    """True for an action that the SOP gives to every step: it is offered during a hold too."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A named pause inside a step: `do` starts it, `resume` ends it."""

    do: str
    resume: str
    title: Text
    resume_title: Text
    party: Party
    at_most: Within
    times: int
    source: str
    lane: str


@dataclass(frozen=True, slots=True)
class AnswerWithin:
    """How long the applicant may take at a step, and what the clock presses when it passes."""

    within: Within
    then: str
    source: str
    warnings: tuple[int, int] = (50, 80)
    """Two shares of the time, in percent, at which the applicant is warned before."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the swimlane. `party` is whose time it is; who acts is said by the lane."""

    name: str
    title: Text
    lane: str
    party: Party
    actions: Mapping[str, Action]
    within: Within | None = None
    opens: tuple[str, ...] = ()
    """Asks opened whenever this step is entered."""
    holds: Mapping[str, Hold] = field(default_factory=dict)
    answer_within: AnswerWithin | None = None
    output: Text | None = None
    """What leaves this step (column `output` of the SOP AP)."""
    papers: Text | None = None
    """What is needed to begin (column `kelengkapan`)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A side path: an opinion of an agency, a question. Straight, with its own limit."""

    name: str
    title: Text
    starts_at: str
    steps: Mapping[str, Step]
    within: Within | None
    answer_within: AnswerWithin | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: when somebody is told, and who."""

    name: str
    """Stable key: `50%`, `-1d`, `-4h`, `breach`, `breach+1`, `breach+4h`."""
    share: int | None
    """Percent of the limit, for a warning before it."""
    after: int | None
    """Working days after the breach (0: at the breach itself)."""
    tell: tuple[str, ...]
    """Audiences: holder, supervisor, head, inspectorate, applicant."""
    before: Within | None = None
    """How much of the limit is left, for a warning before it that is no share."""
    after_hours: int | None = None
    """Working hours after the breach."""
    by: tuple[str, ...] = ("app", "email")
    """Ways by which officers are told; `app` is always one of them."""


@dataclass(frozen=True, slots=True)
class Extension:
    """By how much a limit may be extended before it is due, how often, and who decides."""

    kind: str
    """office: decided by the office alone; consent: the applicant has agreed in writing."""
    at_most: Within
    """What one extension may add, in the unit of the limit."""
    times: int
    by: tuple[str, ...]
    """Roles of the office."""
    source: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """The office's own words on the paper that says what silence has granted."""

    title: Text | None = None
    closing: Text | None = None
    """What stands below the facts: which form such a decision has, and what follows."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit over the whole application, between two actions."""

    name: str
    """filing, service, law, delivery."""
    within: Within
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    counts: frozenset[Party]
    source: str
    silence: Silence = Silence.NONE
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    """By kind; none: it cannot be extended."""
    certificate: Certificate = field(default_factory=Certificate)


@dataclass(frozen=True, slots=True)
class End:
    """A place where an application stops."""

    name: str
    title: Text
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Product:
    """What the applicant receives: its name, how long it is valid, and its series of numbers."""

    title: Text
    series: str
    """Short code in the number: SIUP."""
    valid_years: int | None
    """None: as long as the activity runs."""
    source: str
    validity: Text | None = None
    """How long it is valid in words, where the years alone do not say it."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What the service costs. `tariff` is None where the law makes it free."""

    tariff: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """How far a wrongly recorded time of receipt may be corrected, and how often."""

    at_most: Within
    """Between the day on which the recorded time counts and that of the right one."""
    times: int
    """Confirmed corrections of one application."""
    source: str


DEFAULT_CORRECTIONS = Corrections(Within(1), 1, "Keputusan kepala dinas")
"""What no rule sets: safe figures of the office's own, until it says others."""


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A figure or paper that no verified source sets: the office confirms or changes it."""

    at: str
    """Where it stands in the text: `limits.service.within`, `papers.surat_sehat`."""
    why: Text


@dataclass(frozen=True, slots=True)
class Standard:
    """What a service standard says besides time, cost, papers and steps; None: not said here.

    Source: UU 25/2009 Art 21.
    """

    facilities: Text | None = None
    competence: Text | None = None
    supervision: Text | None = None
    staff: Text | None = None
    guarantee: Text | None = None
    safety: Text | None = None
    evaluation: Text | None = None


@dataclass(frozen=True, slots=True)
class Sop:
    """A whole SOP, checked: every name it uses exists in it or in the vocabulary."""

    name: str
    title: Text
    source: str
    starts_at: str
    lanes: Mapping[str, Lane]
    steps: Mapping[str, Step]
    ends: Mapping[str, End]
    limits: Mapping[str, Limit]
    ladder: tuple[Rung, ...]
    fee: Fee
    product: Product | None
    asks: Mapping[str, Ask] = field(default_factory=dict)
    variants: Mapping[str, Variant] = field(default_factory=dict)
    fields: Mapping[str, Field] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    summary: Text | None = None
    legal_basis: tuple[str, ...] = ()
    safety_critical: bool = False
    base: bool = False
    """True for a text that others follow and that is no service itself."""
    for_whom: Text | None = None
    category: Text | None = None
    """Under what the service is listed: business, buildings, health."""
    complaints: Text | None = None
    """Where to complain about this service, where that differs from the office's own channels."""
    standard: Standard = field(default_factory=Standard)
    subject: str | None = None
    """The field that says in one line what an application is about; None: the applicant's name."""
    to_confirm: tuple[ToConfirm, ...] = ()
    corrections: Corrections = DEFAULT_CORRECTIONS
    escalate_after: Within | None = None
    """How long an alert of a breach may stay without an answer; None: as the installation says."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that an SOP may use, given by whoever runs it: the registers of the domain."""

    guards: frozenset[str]
    effects: frozenset[str]
    roles: frozenset[str]
    """Lane names that stand for roles of people."""
    audiences: frozenset[str] = frozenset(
        {"holder", "supervisor", "head", "inspectorate", "applicant"}
    )
    parties: Mapping[str, Party] = field(default_factory=dict)
    """Effects that belong to one party alone: only its own people may press them."""
    people: Mapping[str, Party] = field(default_factory=dict)
    """The party that the people of a role belong to, where the role has one."""
    judged: frozenset[str] = frozenset()
    """Effects of somebody who went and looked: what needs them is never granted by silence."""
    own_work: frozenset[str] = frozenset()
    """Effects that are work of the office itself: waiting for them is never a hold."""
