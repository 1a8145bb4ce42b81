"""The counter's form as it is shown: what an SOP asks for, what was typed, what it leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from licensing.queries.counter import COUNTED_TO, CounterDay, Place, Queue
from licensing.queries.intake import About, Hints, IntakeDesk
from licensing.queries.references import BusinessFieldHit
from licensing.queries.search import Hit
from licensing.services.file_application import ApplicantForm, FileApplication, ProxyForm
from web.counter_hints import (
    differences,
    named_fields,
    nik_of,
    nik_tells,
    region_code,
    with_edition,
)
from web.fault_words import worded
from web.filters import in_language
from web.i18n import gettext as _
from web.present import ahead_ledger, due_view, find_limit, most_urgent, place_title
from web.schemas.counter import FIELD, NOTE, PAPER, PRESENCE, VARIANT
from web.viewmodels import DueView, Form, LedgerView
from workflows.sop import Field, Sop

ACCEPTING: Final = ("terima", "terima_catatan")
SHARED: Final = frozenset({"phone", "email", "npwp", "nib"})
"""Types of fields that repeat what is known of the applicant: left empty, they are the same."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One file that the counter is to do something about."""

    href: str
    number: str
    subject: str
    step: str
    since: datetime
    due: DueView
    online: bool = False
    """Filed by the applicant himself."""


@dataclass(frozen=True, slots=True)
class WaitingList:
    """The files of one kind; `count` is in words because counting stops somewhere."""

    place: Place
    count: str
    rows: Sequence[WaitingRow]
    more: bool
    """Whether there are files that the list does not show."""


@dataclass(frozen=True, slots=True)
class AskedField:
    """One question of the SOP."""

    name: str
    label: str
    type: str
    required: bool
    hint: str = ""
    placeholder: str = ""
    choices: Sequence[tuple[str, str]] = ()
    inputmode: str | None = None
    found_at: str = ""
    """Where a list is found that fills it in; empty where it is typed alone."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper on the checklist; `number` is its key on the keyboard."""

    number: int
    name: str
    title: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class IntakePage:
    """The whole form."""

    desk: IntakeDesk
    form: Form
    form_id: str
    services: Sequence[tuple[str, str]]
    variants: Sequence[AskedField]
    fields: Sequence[AskedField]
    papers: Sequence[PaperRow]
    hidden: Sequence[tuple[str, str]]
    """What was typed where the present choices ask for nothing: it stays in the form."""
    ledger: LedgerView | None
    doubles: Sequence[Hit] = ()
    known: str = ""
    """Under which name the office knows the identity number that was typed."""
    nik_tells: str = ""
    """What the identity number says of who has it: to be compared with the card."""
    differences: Sequence[str] = ()
    """What was typed otherwise than the numbers and lists say: looked at again, never refused."""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def present(self) -> int:
        """How many papers are there."""
        return sum(row.state == "ada" for row in self.papers)

    @property
    def unchecked(self) -> Sequence[int]:
        """The keys of the papers that nobody has looked at."""
        return [row.number for row in self.papers if row.state == "belum"]


def waiting_lists(day: CounterDay) -> Mapping[str, WaitingList]:
    """Return the queues of the counter by their place."""
    return {queue.place: _waiting(queue) for queue in day.queues}


def _waiting(queue: Queue) -> WaitingList:
    rows = []
    for one in queue.files:
        away = find_limit(one.limits, "answer") if queue.place == "applicant" else None
        limit = away or most_urgent(one.limits)
        rows.append(
            WaitingRow(
                href=f"/berkas/{one.application_id}",
                number=one.number,
                subject=one.subject,
                step=place_title(one.sop, one.step),
                since=one.since,
                due=DueView("netral") if limit is None else due_view(limit, one.sop),
                online=one.online,
            )
        )
    count = f"{COUNTED_TO}+" if queue.count >= COUNTED_TO else str(queue.count)
    return WaitingList(queue.place, count, rows, more=queue.count > len(rows))


def intake_page(
    desk: IntakeDesk,
    form_id: str,
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    *,
    known: str = "",
) -> IntakePage:
    """Return the form with what was typed and what is wrong with it, by the SOP's own names."""
    sop = desk.sop
    values = with_defaults(sop, typed) | {"layanan": sop.name}
    if desk.hints.region is not None:
        region = desk.hints.region
        values["applicant_region"] = f"{region.code} {region.full_name}"
    nik = nik_of(values.get("applicant_nik", ""), desk.now.date())
    variants = chosen(sop, values)
    fields = [
        _asked(FIELD, one, desk.hints, values)
        for one in sop.fields.values()
        if one.when.holds_for(variants)
    ]
    papers = [
        PaperRow(
            number=number,
            name=f"{PAPER}{paper.name}",
            title=in_language(paper.title),
            note=in_language(paper.note) if paper.note else "",
            state=values.get(f"{PAPER}{paper.name}", "belum"),
        )
        for number, paper in enumerate(
            (paper for paper in sop.papers.values() if paper.when.holds_for(variants)), start=1
        )
    ]
    shown = {one.name for one in fields} | {row.name for row in papers}
    shown |= {f"{row.name}{NOTE}" for row in papers}
    labels = _labels(fields, papers)
    found = form_names(sop, faults or {})
    names = {name: found[name] for name in labels if name in found} | found
    service = sop.limits.get("service")
    return IntakePage(
        desk=desk,
        form=Form(values, worded(names)),
        form_id=form_id,
        services=[(one.name, in_language(one.title)) for one in desk.services],
        variants=[
            AskedField(
                f"{VARIANT}{name}",
                in_language(variant.title),
                "choice",
                required=True,
                choices=[(key, in_language(text)) for key, text in variant.choices.items()],
            )
            for name, variant in sop.variants.items()
        ],
        fields=fields,
        papers=papers,
        hidden=[
            (name, value)
            for name, value in values.items()
            if name.startswith((FIELD, PAPER)) and name not in shown and value not in ("", "belum")
        ],
        ledger=None
        if desk.calendar is None or service is None
        else ahead_ledger(desk.calendar, service.within, desk.now),
        doubles=desk.doubles,
        known=known,
        nik_tells="" if nik is None else nik_tells(nik, desk.hints.nik_region),
        differences=differences(sop, values, nik, desk.hints),
        labels=labels,
    )


def about(values: Mapping[str, str]) -> About:
    """Return whom a form is about: its business, else its applicant, and what numbers it holds."""
    subject = values.get(f"{FIELD}business_name") or values.get("applicant_name", "")
    return About(
        subject,
        values.get("applicant_nik", ""),
        proxy_nik=values.get("proxy_nik", "") if values.get("kuasa") == "ya" else "",
        region=region_code(values.get("applicant_region", "")),
        fields={
            name.removeprefix(FIELD): text
            for name, text in values.items()
            if name.startswith(FIELD)
        },
    )


def with_defaults(sop: Sop, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed with a choice made for every question that needs one."""
    defaults = {"applicant_kind": "person", "applicant_locale": "id"}
    defaults |= {f"{VARIANT}{name}": next(iter(v.choices)) for name, v in sop.variants.items()}
    return defaults | {name: text for name, text in typed.items() if text}


def chosen(sop: Sop, values: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to the questions that decide what is asked; an unknown one is none."""
    return {name: values.get(f"{VARIANT}{name}", "") for name in sop.variants}


def form_names(sop: Sop, faults: Mapping[str, str]) -> dict[str, str]:
    """Return faults of the domain by the names that their fields have on this form."""
    names = {}
    for name, code in faults.items():
        if name in sop.variants:
            names[f"{VARIANT}{name}"] = code
        elif name in sop.fields:
            names[f"{FIELD}{name}"] = code
        elif code == "fault_needs_words":
            names[f"{name}{NOTE}"] = code
        else:
            names[name] = code
    return names


def filing(
    sop: Sop,
    data: Mapping[str, Any],
    known: Mapping[str, Sequence[BusinessFieldHit]] = MappingProxyType({}),
) -> FileApplication:
    """Return what the form asks the domain to file; `known` gives business fields an edition."""
    values = {name: str(text) for name, text in data.items()}
    fields = {name: values.get(f"{FIELD}{name}", "") for name in sop.fields}
    for name, asked in sop.fields.items():
        if asked.required and asked.type in SHARED and not fields[name].strip():
            fields[name] = values[f"applicant_{asked.type}"]
        if asked.type == "kbli":
            fields[name] = with_edition(fields[name], known)
    proxy = None
    if values["kuasa"] == "ya":
        proxy = ProxyForm(values["proxy_name"], values["proxy_nik"], values["proxy_letter_on"])
    return FileApplication(
        service=sop.name,
        applicant=ApplicantForm(
            name=values["applicant_name"],
            kind=values["applicant_kind"],
            nik=values["applicant_nik"],
            nib=values["applicant_nib"],
            npwp=values["applicant_npwp"],
            phone=values["applicant_phone"],
            email=values["applicant_email"],
            address=values["applicant_address"],
            region=values["applicant_region"],
            locale=values["applicant_locale"],
            tell_by=values["applicant_tell_by"],
        ),
        variants=chosen(sop, values),
        fields=fields,
        once_key=values["draf"],
        proxy=proxy,
        papers=ticks(sop, values),
    )


def ticks(sop: Sop, values: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the checklist: paper → (presence, note), for the papers that are asked for."""
    variants = chosen(sop, values)
    return {
        name: (
            PRESENCE.get(values.get(f"{PAPER}{name}", "belum"), "unchecked"),
            values.get(f"{PAPER}{name}{NOTE}", ""),
        )
        for name, paper in sop.papers.items()
        if paper.when.holds_for(variants)
    }


def paper_faults(sop: Sop, values: Mapping[str, str], task: str) -> dict[str, str]:
    """Return what the checklist lacks for a task: `terima` wants all there, `kembalikan` faults."""
    marks = ticks(sop, values)
    faults = {
        f"{PAPER}{name}": "fault_needs_words"
        for name, (presence, note) in marks.items()
        if presence == "faulty" and not note.strip()
    }
    for name, (presence, _note) in marks.items():
        if task in (*ACCEPTING, "kembalikan") and presence == "unchecked":
            faults[f"{PAPER}{name}"] = "not_checked"
        elif task in ACCEPTING and presence in ("faulty", "missing"):
            faults.setdefault(f"{PAPER}{name}", "not_there")
    if task == "terima_catatan" and not values.get("alasan", "").strip():
        faults["alasan"] = "required"
    some_wrong = any(presence in ("faulty", "missing") for presence, _ in marks.values())
    if task == "kembalikan" and not some_wrong and not faults:
        first = next(iter(marks), "")
        faults[f"{PAPER}{first}" if first else "alasan"] = "nothing_wrong"
    return faults


def known_reasons() -> Sequence[str]:
    """Return what is usually wrong with a paper, ready to be chosen."""
    return (
        _("Tidak terbaca"),
        _("Sudah tidak berlaku"),
        _("Belum ditandatangani"),
        _("Belum bermeterai"),
        _("Salinan tidak lengkap"),
        _("Asli tidak diperlihatkan"),
        _("Nama berbeda dari KTP"),
        _("Alamat berbeda dari isian"),
    )


def _asked(prefix: str, one: Field, hints: Hints, values: Mapping[str, str]) -> AskedField:
    hint = in_language(one.hint) if one.hint else ""
    chosen_from = one.type == "kbli" and hints.knows_fields
    if chosen_from:
        hint = named_fields(values.get(f"{prefix}{one.name}", ""), hints) or hint
    return AskedField(
        name=f"{prefix}{one.name}",
        label=in_language(one.title),
        type=one.type,
        required=one.required,
        hint=hint,
        placeholder=_("seperti pemohon") if one.required and one.type in SHARED else "",
        choices=[(key, in_language(text)) for key, text in one.choices.items()],
        inputmode=None if chosen_from else _INPUTMODES.get(one.type),
        found_at="/rujukan/kbli" if chosen_from else "",
    )


def _labels(fields: Sequence[AskedField], papers: Sequence[PaperRow]) -> dict[str, str]:
    labels = {
        "applicant_nik": _("NIK pemohon"),
        "applicant_name": _("Nama pemohon"),
        "applicant_kind": _("Jenis pemohon"),
        "applicant_phone": _("Telepon pemohon"),
        "applicant_address": _("Alamat pemohon"),
        "applicant_region": _("Wilayah pemohon"),
        "applicant_email": _("Surel pemohon"),
        "applicant_npwp": _("NPWP pemohon"),
        "applicant_nib": _("NIB pemohon"),
        "proxy_name": _("Nama kuasa"),
        "proxy_nik": _("NIK kuasa"),
        "proxy_letter_on": _("Tanggal surat kuasa"),
    }
    labels |= {one.name: one.label for one in fields}
    for row in papers:
        labels |= {row.name: row.title, f"{row.name}{NOTE}": row.title}
    return labels | {"alasan": _("Catatan untuk pemohon")}


_INPUTMODES: Final[Mapping[str, str]] = {
    "money_idr": "numeric",
    "number": "numeric",
    "phone": "tel",
    "email": "email",
    "nik": "numeric",
    "npwp": "numeric",
    "nib": "numeric",
    "kbli": "numeric",
}
