"""The page of one file: what officers see of it, and what they may mark and press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from licensing import identity
from licensing.people import Officer
from licensing.queries.application import ApplicationView, EventView, PaperView
from licensing.queries.file_parts import AskView
from web import formats
from web.action_inputs import inputs_of
from web.ask_panel import AskCard, ask_cards, the_task
from web.file_buttons import Button, file_buttons
from web.file_ledger import file_ledger
from web.filters import in_language
from web.history_lines import History, HistoryLine, history_of, who_words
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import due_view, find_limit, lane_title, place_title
from web.viewmodels import DueView, Form, LedgerView, VerdictKind
from web.visit_panel import VisitCard, visit_cards
from workflows.machine import Offer
from workflows.sop import Party

Marking = Literal["presence", "verdict", ""]

PRESENCE_GUARDS = frozenset({"documents_complete", "faults_listed"})
VERDICT_GUARDS = frozenset({"papers_correct", "faults_listed"})
TELLS_FAULTS = "list_faults"
LETTER_READERS = ("counter", "verifier", "head", "supervisor", "inspectorate", "ombudsman")
"""Who may print the papers of a file."""
ONLY_WATCH = frozenset({"inspectorate", "ombudsman"})
"""Who reads files and works on none."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper as the page shows it; `name` names its fields: `mark_<name>`, `note_<name>`."""

    name: str
    title: str
    hint: str
    kind: VerdictKind
    words: str
    note: str
    judged_by: str
    mark: str
    """The mark that stands, or that was typed and refused."""
    marked_note: str
    choices: tuple[tuple[str, str], ...]
    """Marks to choose from; none where this paper is not to be marked now."""
    paper: PaperView


@dataclass(frozen=True, slots=True)
class FileSeen:
    """What of a file a page has shown, so that a late press is noticed."""

    version: int
    seq: int


@dataclass(frozen=True, slots=True)
class FilePage:
    """Everything the page shows around the view itself."""

    view: ApplicationView
    place: str
    lane: str
    held_words: str
    limits: Sequence[DueView]
    ledger: LedgerView
    papers: tuple[PaperRow, ...]
    marking: Marking
    unmarked: int
    """How many papers are still to be looked at."""
    buttons: tuple[Button, ...]
    asks: tuple[AskCard, ...]
    task: AskCard | None
    """The side path that is all of the reader's work here; it comes first then."""
    may_take: bool
    may_hand_back: bool
    may_reassign: bool
    may_scan: bool
    may_see_nik: bool
    data: tuple[tuple[str, str], ...]
    history: History
    letters: tuple[tuple[str, str], ...]
    """Endpoint and name of each paper that can be printed."""
    visits: tuple[VisitCard, ...]
    seen: FileSeen
    tells_opened: bool
    """Whether colleagues see that the reader has the file open; not who only watches over it."""

    @property
    def right(self) -> int:
        """How many papers are there or found right."""
        return sum(row.kind == "ya" for row in self.papers)

    @property
    def wrong(self) -> int:
        """How many papers are missing or found wrong."""
        return sum(row.kind == "tidak" for row in self.papers)


def file_page(view: ApplicationView, by: Officer, form: Form) -> FilePage:
    """Return the page of `view` for `by`; `form` holds what was typed and refused."""
    marking = marking_of(view, by)
    papers = paper_rows(view, by, form)
    used: set[str] = set()
    buttons = tuple(file_buttons(view, used))
    asks = tuple(ask_cards(view, by, used))
    return FilePage(
        view=view,
        place=place_title(view.sop, view.step),
        lane=lane_title(view.sop, view.lane),
        held_words=_held_words(view, by),
        limits=_limits(view),
        ledger=file_ledger(
            view.sop,
            view.calendar,
            view.days,
            view.totals,
            view.limits,
            view.now,
            ended=view.ended_at is not None,
        ),
        papers=papers,
        marking=marking,
        unmarked=sum(bool(row.choices) and not row.mark for row in papers),
        buttons=buttons,
        asks=asks,
        task=the_task(view, by, asks),
        may_take=view.holder_id is None and not view.frozen and works_here(view, by),
        may_hand_back=view.holder_id is not None
        and view.ended_at is None
        and (view.holder_id == by.id or by.has("supervisor")),
        may_reassign=not view.frozen
        and by.has("supervisor", "head")
        and view.sop.lanes[view.sop.steps[view.step].lane].party is not Party.BANK,
        may_scan=not view.frozen and by.has("counter", "verifier"),
        may_see_nik=view.applicant.nik_cipher is not None
        and by.has("counter", "verifier", "head", "supervisor"),
        data=_data(view),
        history=history_of(view),
        letters=tuple(_letters(view)) if by.has(*LETTER_READERS) else (),
        visits=visit_cards(view, by),
        seen=FileSeen(view.version, view.events[-1].seq),
        tells_opened=not view.frozen and not by.roles <= ONLY_WATCH,
    )


def paper_rows(view: ApplicationView, by: Officer, form: Form) -> tuple[PaperRow, ...]:
    """Return the papers as `by` sees and marks them."""
    marking = marking_of(view, by)
    return tuple([_paper(view, paper, marking, form) for paper in view.papers])


def works_here(view: ApplicationView, by: Officer) -> bool:
    """Return whether `by` works in the lane in which the file lies."""
    lane = view.sop.lanes.get(view.lane) if view.lane is not None else None
    return lane is not None and not by.roles.isdisjoint({lane.name, lane.served_by} - {None})


def marking_of(view: ApplicationView, by: Officer) -> Marking:
    """Return what `by` marks on the papers now: whether they are there, whether right, nothing."""
    step = view.sop.steps.get(view.step)
    if step is None or view.frozen or view.holder_id not in (None, by.id):
        return ""
    guards = {guard for action in step.actions.values() for guard in action.only_if}
    if step.lane == "counter" and by.has("counter") and guards & PRESENCE_GUARDS:
        return "presence"
    if step.lane == "verifier" and by.has("verifier") and guards & VERDICT_GUARDS:
        return "verdict"
    return ""


def needs_page(view: ApplicationView, offer: Offer, ask: AskView | None = None) -> bool:
    """Return whether an action asks for something before it is carried out."""
    effects = effects_of(view, offer.action, ask)
    return (
        offer.reason_required
        or offer.confirm
        or TELLS_FAULTS in effects
        or bool(inputs_of(effects))
    )


def effects_of(view: ApplicationView, action: str, ask: AskView | None = None) -> tuple[str, ...]:
    """Return what an action of the present step sets off; a hold sets off nothing."""
    steps, at = (view.sop.steps, view.step)
    if ask is not None:
        steps, at = view.sop.asks[ask.name].steps, ask.step
    step = steps.get(at)
    chosen = step.actions.get(action) if step is not None else None
    return () if chosen is None else chosen.then


def faults_now(view: ApplicationView) -> list[tuple[str, str]]:
    """Return each paper that is missing or wrong, with what is wrong with it."""
    found = []
    for paper in view.papers:
        title = paper_title(view, paper.name)
        if paper.verdict == "faulty":
            found.append((title, paper.verdict_note))
        elif paper.presence in ("missing", "faulty"):
            found.append((title, paper.presence_note or _("belum ada")))
    return found


def paper_title(view: ApplicationView, name: str) -> str:
    """Return what a paper is called."""
    paper = view.sop.papers.get(name)
    return name if paper is None else in_language(paper.title)


def presence_choices() -> list[tuple[str, str]]:
    """Return the marks of the counter."""
    return [
        ("received", _("Ada")),
        ("faulty", _("Cacat")),
        ("missing", _("Tidak ada")),
        ("not_needed", _("Tidak perlu")),
    ]


def verdict_choices() -> list[tuple[str, str]]:
    """Return the marks of the verifier."""
    return [("correct", _("Sesuai")), ("faulty", _("Salah"))]


def _paper(view: ApplicationView, paper: PaperView, marking: Marking, form: Form) -> PaperRow:
    known = view.sop.papers.get(paper.name)
    kind, words, note = _standing(paper)
    if marking == "presence":
        choices = presence_choices()
        mark = "" if paper.presence == "unchecked" else paper.presence
        old_note = paper.presence_note
    elif marking == "verdict" and paper.presence == "received":
        choices, mark, old_note = verdict_choices(), paper.verdict or "", paper.verdict_note
    else:
        choices, mark, old_note = [], "", ""
    return PaperRow(
        name=paper.name,
        title=paper_title(view, paper.name),
        hint=in_language(known.note) if known is not None and known.note else "",
        kind=kind,
        words=words,
        note=note,
        judged_by=paper.judged_by or "",
        mark=form.values.get(f"mark_{paper.name}", mark),
        marked_note=form.values.get(f"note_{paper.name}", old_note),
        choices=tuple(choices),
        paper=paper,
    )


def _standing(paper: PaperView) -> tuple[VerdictKind, str, str]:
    """Return how a paper stands: shape, word, and the remark that belongs to it."""
    if paper.verdict == "correct":
        return "ya", _("Sesuai"), paper.verdict_note
    if paper.verdict == "faulty":
        return "tidak", _("Salah"), paper.verdict_note
    words: Mapping[str, tuple[VerdictKind, str]] = {
        "received": ("ya", _("Ada, belum dinilai")),
        "faulty": ("tidak", _("Cacat")),
        "missing": ("tidak", _("Tidak ada")),
        "not_needed": ("belum", _("Tidak perlu")),
    }
    kind, word = words.get(paper.presence, ("belum", _("Belum diperiksa")))
    return kind, word, paper.presence_note


def _held_words(view: ApplicationView, by: Officer) -> str:
    if view.ended_at is not None:
        return _("selesai")
    if view.holder_id == by.id:
        return _("dipegang Anda")
    if view.holder:
        return _("dipegang %(name)s", name=view.holder)
    return _("belum diambil")


def _limits(view: ApplicationView) -> list[DueView]:
    """Return step, service and law as they stand; before acceptance, the filing check."""
    found = [
        find_limit(view.limits, "step", "answer"),
        find_limit(view.limits, "service", "filing", "delivery"),
        find_limit(view.limits, "law"),
    ]
    if view.ended_at is not None:
        return []
    return [due_view(limit, view.sop) for limit in found if limit is not None]


def _data(view: ApplicationView) -> tuple[tuple[str, str], ...]:
    """Return what the application says, in the order of its form."""
    shown = [
        (in_language(variant.title), in_language(variant.choices[view.variants[name]]))
        for name, variant in view.sop.variants.items()
        if view.variants.get(name) in variant.choices
    ]
    for name, field in view.sop.fields.items():
        value = view.fields.get(name)
        if value in (None, ""):
            continue
        if field.type == "choice" and value in field.choices:
            shown.append((in_language(field.title), in_language(field.choices[value])))
        else:
            shown.append((in_language(field.title), _written(field.type, value)))
    return tuple(shown)


def _written(kind: str, value: Any) -> str:
    match kind:
        case "money_idr":
            return formats.rupiah(int(value))
        case "number":
            return formats.number(int(value), lang=current_language())
        case "decimal":
            return formats.exact(Decimal(str(value)), lang=current_language())
        case "npwp":
            return identity.mask_npwp(str(value))
        case "nik":
            return identity.mask_nik(str(value))
        case "phone":
            return identity.show_phone(str(value))
        case "date":
            return formats.plain_date(date.fromisoformat(str(value)), lang=current_language())
        case _:
            return str(value)


def _letters(view: ApplicationView) -> list[tuple[str, str]]:
    """Return the papers that can be printed of this file as it stands."""
    found = []
    if any("promised" in event.detail for event in view.events):
        found.append(("letters.receipt", _("Tanda terima")))
    if any("faults" in event.detail for event in view.events):
        found.append(("letters.return_letter", _("Surat pengembalian")))
    if any(visit.report is not None for visit in view.visits):
        found.append(("visits.report", _("Berita acara peninjauan")))
    if view.outcome == "refused":
        found.append(("letters.refusal", _("Surat penolakan")))
    if view.permit is not None:
        found.append(("letters.permit", _("Surat izin")))
    if view.outcome == "lapsed":
        found.append(("letters.lapse", _("Surat keterangan dikabulkan secara hukum")))
    return found


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to a file after a page was shown."""

    who: str
    at: datetime
    lines: Sequence[HistoryLine]
    """What was pressed meanwhile; none where only papers were marked."""


def changed_since(view: ApplicationView, seen_seq: int) -> Changed:
    """Return what happened after line `seen_seq` of the history."""
    fresh = [event for event in view.events if event.seq > seen_seq]
    last = (fresh or view.events)[-1]
    lines = history_of(view).lines[: len(fresh)]
    return Changed(who_words(last) if fresh else "", last.recorded_at, lines)


def already_done(
    view: ApplicationView, seen_seq: int, action: str, by: Officer, ask: str | None = None
) -> EventView | None:
    """Return the line that an earlier press of the same button by `by` has made, if it has."""
    for event in view.events:
        same = (event.action, event.ask) == (action, ask)
        if event.seq > seen_seq and same and event.actor_id == by.id:
            return event
    return None
