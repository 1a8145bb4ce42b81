"""The pages of an application online: its tasks, and what each of them asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from licensing.queries.online import DraftView, OnlineScan
from licensing.services.applicant_drafts import (
    FIELD,
    PERSON,
    PROXY,
    SEEN,
    SHARED,
    VARIANT,
    WITH_PROXY,
    YES,
    OnlineForm,
    variants_of,
)
from web import formats
from web.fault_words import fault_words
from web.filters import in_language
from web.i18n import gettext as _
from web.i18n import lazy_gettext
from web.viewmodels import Form
from workflows.sop import Field, Paper, Sop

TaskState = Literal["belum", "sebagian", "selesai"]

FIELDS_A_PAGE: Final = 4
"""Questions of an SOP on one page: as many as a phone shows without losing the thread."""

STATE_WORDS: Final[Mapping[TaskState, Any]] = {
    "belum": lazy_gettext("Belum"),
    "sebagian": lazy_gettext("Sebagian"),
    "selesai": lazy_gettext("Selesai"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as its page asks it."""

    name: str
    label: str
    type: str
    required: bool = True
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    inputmode: str | None = None
    autocomplete: str = "off"


@dataclass(frozen=True, slots=True)
class Part:
    """One page of questions."""

    key: str
    title: str
    lead: str
    questions: Sequence[Question]

    @property
    def names(self) -> Sequence[str]:
        """The names of its fields."""
        return [question.name for question in self.questions]

    @property
    def labels(self) -> Mapping[str, str]:
        """What each of its fields is called."""
        return {question.name: question.label for question in self.questions}


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of the answers to check."""

    label: str
    text: str
    fault: str


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list."""

    key: str
    title: str
    state: TaskState
    kind: Literal["isi", "dokumen"]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """The task list."""

    view: DraftView
    title: str
    questions: Sequence[Task]
    papers: Sequence[Task]

    @property
    def all(self) -> Sequence[Task]:
        """Every task in the order in which it is best done."""
        return (*self.questions, *self.papers)

    @property
    def done(self) -> int:
        """How many tasks are done."""
        return sum(task.state == "selesai" for task in self.all)

    @property
    def ready(self) -> bool:
        """Whether nothing keeps it from being handed in."""
        return not self.view.faults and self.done == len(self.all)

    def after(self, kind: str, key: str) -> Task | None:
        """Return the next task that is not done, from this one on, else from the beginning."""
        tasks = list(self.all)
        at = next((n for n, one in enumerate(tasks) if (one.kind, one.key) == (kind, key)), -1)
        later = (*tasks[at + 1 :], *tasks[: max(at, 0)])
        return next((one for one in later if one.state != "selesai"), None)


@dataclass(frozen=True, slots=True)
class PaperPage:
    """The page of one paper."""

    name: str
    title: str
    note: str
    required: bool
    scans: Sequence[OnlineScan]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """Everything typed and sent, to be looked through before it is handed in."""

    tasks: TaskPage
    groups: Sequence[tuple[Task, Sequence[Answered]]]
    papers: Sequence[tuple[Task, Sequence[OnlineScan]]]


def task_page(view: DraftView) -> TaskPage:
    """Return the task list of a draft."""
    errors = form_errors(view)
    questions = [
        Task(part.key, part.title, _state(view, part, errors), "isi")
        for part in parts_of(view.sop, view.form)
    ]
    return TaskPage(view, in_language(view.sop.title), questions, list(_paper_tasks(view)))


def check_page(view: DraftView) -> CheckPage:
    """Return the answers to be checked."""
    tasks = task_page(view)
    errors = form_errors(view)
    by_key = {part.key: part for part in parts_of(view.sop, view.form)}
    return CheckPage(
        tasks,
        [
            (
                task,
                [
                    Answered(
                        question.label, _said(view, question), fault_words(errors[question.name])
                    )
                    if question.name in errors
                    else Answered(question.label, _said(view, question), "")
                    for question in by_key[task.key].questions
                ],
            )
            for task in tasks.questions
        ],
        [(task, view.scans.get(task.key, ())) for task in tasks.papers],
    )


def find_part(view: DraftView, key: str) -> Part | None:
    """Return one page of a draft; None where its answers ask for no such page."""
    return next((part for part in parts_of(view.sop, view.form) if part.key == key), None)


def paper_page(view: DraftView, name: str) -> PaperPage | None:
    """Return the page of a paper; None where the answers do not ask for it."""
    paper = view.sop.papers.get(name)
    if paper is None or not _is_asked(view, paper):
        return None
    return PaperPage(
        name,
        in_language(paper.title),
        in_language(paper.note) if paper.note else "",
        paper.required,
        view.scans.get(name, ()),
    )


def part_form(view: DraftView, part: Part, *, with_faults: bool) -> Form:
    """Return the form of one page: what was typed, and what is wrong with it if that is asked."""
    errors = form_errors(view) if with_faults else {}
    return Form(
        {name: view.form.text(name) or _DEFAULTS.get(name, "") for name in part.names},
        {name: [fault_words(errors[name])] for name in part.names if name in errors},
    )


def form_errors(view: DraftView) -> dict[str, str]:
    """Return the faults of a draft by the names of its form."""
    found = {}
    for name, code in view.faults.items():
        if name in view.sop.variants:
            found[f"{VARIANT}{name}"] = code
        elif name in view.sop.fields:
            found[f"{FIELD}{name}"] = code
        else:
            found[name] = code
    return found


def parts_of(sop: Sop, form: OnlineForm) -> Sequence[Part]:
    """Return the pages of questions that these answers ask for."""
    return (*_choices(sop), _person(form), _contact(), _proxy(), *_of_service(sop, form))


def choices_of(sop: Sop) -> Sequence[Question]:
    """Return the questions that decide what else is asked."""
    return [
        Question(
            f"{VARIANT}{name}",
            in_language(variant.title),
            "choice",
            choices=[(key, in_language(text)) for key, text in variant.choices.items()],
        )
        for name, variant in sop.variants.items()
    ]


def _choices(sop: Sop) -> Iterator[Part]:
    if sop.variants:
        yield Part(
            "pilihan",
            _("Yang Anda ajukan"),
            _("Jawaban ini menentukan isian dan dokumen yang diminta."),
            choices_of(sop),
        )


def _person(form: OnlineForm) -> Part:
    company = form.text(f"{PERSON}kind") == "company"
    return Part(
        "pemohon",
        _("Pemohon"),
        _("Isi seperti yang tertulis pada KTP."),
        [
            Question(
                f"{PERSON}kind",
                _("Siapa yang mengajukan?"),
                "choice",
                choices=[
                    ("person", _("Perorangan")),
                    ("company", _("Badan usaha, diwakili pimpinannya")),
                ],
            ),
            Question(
                f"{PERSON}name",
                _("Nama badan usaha") if company else _("Nama lengkap"),
                "text",
                hint=_("Untuk badan usaha: nama badan usahanya."),
                autocomplete="name",
            ),
            Question(
                f"{PERSON}nik",
                _("NIK"),
                "nik",
                hint=_("16 angka pada KTP. Untuk badan usaha: NIK pimpinannya."),
                inputmode="numeric",
            ),
            Question(f"{PERSON}npwp", _("NPWP"), "npwp", required=False, inputmode="numeric"),
            Question(
                f"{PERSON}nib",
                _("Nomor induk berusaha (NIB)"),
                "nib",
                required=False,
                inputmode="numeric",
            ),
        ],
    )


def _contact() -> Part:
    return Part(
        "kontak",
        _("Alamat dan cara memberi kabar"),
        _("Kami mengabari Anda pada setiap giliran, dengan kata-kata yang sama seperti di sini."),
        [
            Question(f"{PERSON}address", _("Alamat"), "long_text", autocomplete="street-address"),
            Question(
                f"{PERSON}phone",
                _("Nomor telepon"),
                "phone",
                hint=_("Misalnya 0812 3456 7890."),
                inputmode="tel",
                autocomplete="tel",
            ),
            Question(
                f"{PERSON}email",
                _("Surel"),
                "email",
                required=False,
                inputmode="email",
                autocomplete="email",
            ),
            Question(
                f"{PERSON}tell_by",
                _("Bagaimana kami mengabari Anda?"),
                "choice",
                hint=_("Setiap surat memuat tautan untuk berhenti."),
                choices=[
                    ("email", _("Surel")),
                    ("phone", _("Pesan ke telepon, bila kantor menyediakannya")),
                    ("page", _("Tidak usah; saya melihat sendiri di halaman lacak")),
                ],
            ),
        ],
    )


def _proxy() -> Part:
    return Part(
        "kuasa",
        _("Kuasa"),
        _("Hanya bila orang lain mengurusnya bagi Anda. Bila ya, isi semuanya dari surat kuasa."),
        [
            Question(
                WITH_PROXY,
                _("Apakah permohonan ini diurus oleh kuasa?"),
                "choice",
                choices=[("tidak", _("Tidak, saya sendiri")), (YES, _("Ya, oleh kuasa"))],
            ),
            Question(f"{PROXY}name", _("Nama kuasa"), "text", required=False),
            Question(f"{PROXY}nik", _("NIK kuasa"), "nik", required=False, inputmode="numeric"),
            Question(
                f"{PROXY}letter_on",
                _("Tanggal surat kuasa"),
                "date",
                required=False,
                hint=_("Misalnya 27-11-2026."),
            ),
        ],
    )


def _of_service(sop: Sop, form: OnlineForm) -> Iterator[Part]:
    variants = variants_of(sop, form)
    asked = [one for one in sop.fields.values() if one.when.holds_for(variants)]
    chunks = [asked[at : at + FIELDS_A_PAGE] for at in range(0, len(asked), FIELDS_A_PAGE)]
    for number, chunk in enumerate(chunks, start=1):
        first = in_language(chunk[0].title)
        rest = len(chunk) - 1
        title = _("%(first)s dan %(rest)s isian lain", first=first, rest=rest) if rest else first
        lead = (
            _("Bagian %(number)s dari %(all)s.", number=number, all=len(chunks))
            if len(chunks) > 1
            else ""
        )
        yield Part(f"isian-{number}", title, lead, [_asked(one) for one in chunk])


def _asked(one: Field) -> Question:
    hint = in_language(one.hint) if one.hint else ""
    if one.required and one.type in SHARED:
        hint = f"{hint} {_('Kosongkan bila sama dengan milik pemohon.')}".strip()
    return Question(
        f"{FIELD}{one.name}",
        in_language(one.title),
        one.type,
        required=one.required,
        hint=hint,
        choices=[(key, in_language(text)) for key, text in one.choices.items()],
        inputmode=_INPUTMODES.get(one.type),
    )


def _paper_tasks(view: DraftView) -> Iterator[Task]:
    for paper in view.sop.papers.values():
        if not _is_asked(view, paper):
            continue
        scans = view.scans.get(paper.name, ())
        done = any(one.scan != "infected" for one in scans) or not paper.required
        note = in_language(paper.note) if paper.note else ""
        if not paper.required:
            note = f"{note} {_('Boleh tanpa.')}".strip()
        yield Task(
            paper.name, in_language(paper.title), "selesai" if done else "belum", "dokumen", note
        )


def _is_asked(view: DraftView, paper: Paper) -> bool:
    return paper.when.holds_for(variants_of(view.sop, view.form))


def _state(view: DraftView, part: Part, errors: Mapping[str, str]) -> TaskState:
    if not view.form.text(f"{SEEN}{part.key}"):
        return "belum"
    return "sebagian" if any(name in errors for name in part.names) else "selesai"


def _said(view: DraftView, question: Question) -> str:
    text = view.form.text(question.name)
    if question.type == "choice":
        return dict(question.choices).get(text, "")
    if question.type == "money_idr" and text.isdigit():
        return formats.rupiah(int(text))
    return text


_DEFAULTS: Final[Mapping[str, str]] = {
    f"{PERSON}kind": "person",
    f"{PERSON}tell_by": "email",
    WITH_PROXY: "tidak",
}

_INPUTMODES: Final[Mapping[str, str]] = {
    "money_idr": "numeric",
    "number": "numeric",
    "decimal": "decimal",
    "phone": "tel",
    "email": "email",
    "nik": "numeric",
    "npwp": "numeric",
    "nib": "numeric",
}
