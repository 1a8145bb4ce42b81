"""`/loket`: who comes in, what waits, and the whole intake on one screen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import (
    ActionNotOffered,
    ApplicationEnded,
    InputMissing,
    InvalidInput,
    Refusal,
    StaleApplication,
    TakenByAnother,
)
from licensing.forms import search_key
from licensing.people import Officer
from licensing.queries.counter import counter_day
from licensing.queries.intake import IntakeDesk, filed_case, intake_desk
from licensing.queries.search import KnownApplicant, file_numbered, search, ticket_today
from licensing.services.drafts import Draft, delete_draft, save_draft, take_over_draft
from licensing.services.file_application import Filed, faults_of_filing, file_application
from licensing.services.fill_in import fill_in
from licensing.services.queue import bind_ticket, label_of
from licensing.services.take_action import TakeAction, take_action
from web import errors
from web.access import allow, current_officer, runtime
from web.addresses import parts_of
from web.counter_page import (
    IntakePage,
    about,
    filing,
    intake_page,
    known_reasons,
    paper_faults,
    waiting_lists,
    with_defaults,
)
from web.formats import clock_time
from web.i18n import current_language
from web.i18n import gettext as _
from web.office_frame import current_office
from web.present import within_words
from web.schemas.counter import SERVICE_NAME, BeginSchema, SearchSchema, intake_schema

bp = Blueprint("counter", __name__)

MAX_FIELDS: Final = 200
"""More fields than any form of ours has: a machine is talking."""
MAX_BODY_BYTES: Final = 256 * 1024
_NIK_DIGITS: Final = 16
_NIB_DIGITS: Final = 13
_SERVICE: Final = re.compile(SERVICE_NAME)
_TICKET: Final = re.compile(r"\s*([A-Za-z])[- ]?([0-9]{1,3})\s*", re.ASCII)
_PERSONAL: Final = re.compile(r"[0-9]{8,}")
"""A number of a person: it never stands in an address or a log."""


@bp.before_request
def _bounded() -> None:
    """Refuse a body that no form of ours has, before it is read into anything."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        abort(413)


@bp.get("/loket")
@allow("counter")
def show() -> str:
    """Show the counter: search, own day, what waits here."""
    wanted = request.args.get("cari", "").strip()[:400]
    if _PERSONAL.fullmatch(search_key(wanted)):
        wanted = ""
    return _home(wanted)


@bp.post("/loket/cari")
@allow("counter")
def find() -> ResponseReturnValue:
    """Search; a number of a person stays out of the address."""
    try:
        typed = SearchSchema().load(request.form.to_dict())["cari"].strip()
    except ValidationError:
        typed = ""
    wanted = _number_in(typed)
    if _PERSONAL.fullmatch(search_key(wanted)):
        return _home(wanted)
    ticket = _TICKET.fullmatch(wanted)
    if ticket is not None:
        return _to_ticket(ticket[1].upper(), int(ticket[2]))
    if any(map(str.isdigit, wanted)):
        found = file_numbered(runtime(), wanted, current_officer())
        if found is not None:
            return redirect(f"/berkas/{found}", code=303)
    return redirect(url_for("counter.show", cari=wanted or None), code=303)


@bp.post("/loket/mulai")
@allow("counter")
def begin() -> ResponseReturnValue:
    """Begin a form for somebody who was looked up."""
    try:
        asked = BeginSchema().load(request.form.to_dict())
    except ValidationError as error:
        if "layanan" not in error.messages_dict:
            abort(400)
        flash(_("Pilih dahulu layanannya."), "segera")
        return redirect(url_for("counter.show"), code=303)
    officer, form_id, number = current_officer(), uuid4(), asked["nik"].strip()
    values = _by_number(number)
    if "applicant_nik" in values:
        values |= _of_person(_known(officer, number, only=asked["pemohon"]))
    elif asked["pemohon"] is not None:
        known = fill_in(runtime(), asked["pemohon"], officer)
        values = _of_person(known.person) | {"applicant_nik": known.nik}
    if asked["antrian"] is not None:
        values |= {"antrian": str(asked["antrian"])}
    _keep(officer, asked["layanan"], form_id, values)
    return redirect(url_for("counter.form", service=asked["layanan"], draf=form_id), code=303)


@bp.get("/loket/baru")
@allow("counter")
def choose() -> ResponseReturnValue:
    """Lead to the form of the service that was chosen from the list."""
    service = request.args.get("layanan", "")
    if not _SERVICE.fullmatch(service):
        flash(_("Pilih dahulu layanannya."), "segera")
        return redirect(url_for("counter.show"), code=303)
    ticket = request.args.get("antrian")
    return redirect(url_for("counter.form", service=service, antrian=ticket), code=303)


@bp.get("/loket/baru/<service>")
@allow("counter")
def form(service: str) -> ResponseReturnValue:
    """Show the intake form, as far as its draft goes."""
    try:
        form_id = UUID(request.args.get("draf", ""))
    except ValueError:
        # The key of the form stands in its address, so that the page can be opened again anywhere.
        ticket = request.args.get("antrian")
        key = url_for("counter.form", service=service, draf=uuid4(), antrian=ticket)
        return redirect(key, code=303)
    officer = current_officer()
    desk = intake_desk(runtime(), officer, service, form_id, about=about)
    if desk.filed_id is not None:
        return redirect(url_for("counter.done", application_id=desk.filed_id), code=303)
    if desk.draft_of is not None:
        return render_template("counter/draft.html", desk=desk, owner=desk.draft_of, id=form_id)
    if desk.draft_lost:
        flash(_("Draf ini tidak dapat dibuka lagi. Isi ulang formulirnya."), "lewat")
    called = {"antrian": request.args["antrian"]} if request.args.get("antrian") else {}
    return _form(intake_page(desk, str(form_id), called | dict(desk.draft or {})))


@bp.post("/loket/baru/<service>")
@allow("counter")
def file(service: str) -> ResponseReturnValue:
    """Take the form: show it anew, or file it and then accept it or give it back."""
    if _too_many():
        return _refuse_size()
    officer, typed = current_officer(), _typed()
    try:
        form_id = UUID(typed.get("draf", ""))
    except ValueError:
        abort(400)
    desk = intake_desk(runtime(), officer, service, form_id, about=about, typed=typed)
    values = with_defaults(desk.sop, typed)
    try:
        data = intake_schema(desk.sop).load(values)
    except ValidationError as error:
        codes = {name: found[0] for name, found in error.messages_dict.items()}
        return _again(officer, desk, form_id, values, codes)
    task = data["tindakan"]
    if task == "muat":
        return _reload(officer, desk, form_id, values, data["layanan"])
    command = filing(desk.sop, data, desk.hints.business_fields)
    faults = paper_faults(desk.sop, data, task)
    if faults:
        others = dict(faults_of_filing(runtime(), command, officer))
        return _again(officer, desk, form_id, values, others | faults)
    try:
        filed = file_application(runtime(), command, officer)
    except InvalidInput as refused:
        return _again(officer, desk, form_id, values, refused.faults)
    delete_draft(runtime(), form_id, officer)
    _bind(officer, data["antrian"], filed)
    action = {
        "terima": desk.accept,
        "terima_catatan": desk.accept,
        "kembalikan": desk.give_back,
    }.get(task)
    if action is not None:
        landed = _press(officer, filed, action.name, data["alasan"])
        if landed is not None:
            return landed
    return redirect(url_for("counter.done", application_id=filed.application_id), code=303)


@bp.post("/loket/baru/<service>/draf")
@allow("counter")
def keep(service: str) -> ResponseReturnValue:
    """Keep what is typed so far; the script of the form asks for it at every pause."""
    if not _SERVICE.fullmatch(service):
        abort(404)
    if _too_many():
        return _refuse_size()
    typed = _typed()
    try:
        form_id = UUID(typed.get("draf", ""))
    except ValueError:
        abort(400)
    saved_at = _keep(current_officer(), service, form_id, typed)
    if saved_at is None:
        return {"pukul": None}
    office = current_office()
    zone = office.zone if office else "Asia/Jakarta"
    return {"pukul": clock_time(saved_at, lang=current_language(), zone=zone)}


@bp.post("/loket/draf/<uuid:draft_id>/hapus")
@allow("counter")
def drop(draft_id: UUID) -> ResponseReturnValue:
    """Delete a draft."""
    if delete_draft(runtime(), draft_id, current_officer()):
        flash(_("Draf dihapus."))
    return redirect(url_for("counter.show"), code=303)


@bp.post("/loket/draf/<uuid:draft_id>/ambil")
@allow("counter")
def take_over(draft_id: UUID) -> ResponseReturnValue:
    """Take a colleague's draft over and open it; recorded."""
    taken = take_over_draft(runtime(), draft_id, current_officer())
    if taken is None:
        flash(_("Draf ini tidak ada lagi: sudah diajukan atau dihapus."), "segera")
        return redirect(url_for("counter.show"), code=303)
    flash(_("Draf %(name)s kini draf Anda.", name=taken.owner))
    return redirect(url_for("counter.form", service=taken.service, draf=draft_id), code=303)


@bp.get("/loket/selesai/<uuid:application_id>")
@allow("counter")
def done(application_id: UUID) -> str:
    """Show what the applicant is told: number, date, code, and the paper to hand over."""
    case = filed_case(runtime(), application_id, current_officer())
    return render_template("counter/done.html", case=case)


def _home(wanted: str) -> str:
    day = counter_day(runtime(), current_officer(), wanted=wanted)
    personal = bool(_PERSONAL.fullmatch(search_key(wanted)))
    g.queue_bar = day.queue  # read with the rest of the page
    return render_template(
        "counter/home.html",
        day=day,
        waiting=waiting_lists(day),
        wanted=wanted,
        personal=personal,
        # What a form is begun with: a number, never a name.
        number=wanted if personal else "",
        asked_ticket=_uuid(request.args.get("antrian", "")),
        titles={service.name: service.title for service in day.services},
    )


def _form(page: IntakePage) -> str:
    desk = page.desk
    service = desk.sop.limits.get("service")
    return render_template(
        "counter/form.html",
        page=page,
        desk=desk,
        form=page.form,
        reasons=known_reasons(),
        within=within_words(service.within) if service else "",
    )


def _again(
    officer: Officer,
    desk: IntakeDesk,
    form_id: UUID,
    values: Mapping[str, str],
    faults: Mapping[str, str],
) -> ResponseReturnValue:
    """Return the refused form, every fault at its field, and keep it as a draft."""
    _keep(officer, desk.sop.name, form_id, values)
    return _form(intake_page(desk, str(form_id), values, faults)), 422


def _reload(
    officer: Officer, desk: IntakeDesk, form_id: UUID, values: dict[str, str], service: str
) -> ResponseReturnValue:
    """Return the form for what is chosen now, with what is known of the person filled in."""
    person = None
    if len(search_key(values.get("applicant_nik", ""))) == _NIK_DIGITS:
        person = _known(officer, values["applicant_nik"], kind=values["applicant_kind"])
    if person is not None and not values.get("applicant_name"):
        values |= {
            name: text
            for name, text in _of_person(person).items()
            if name == "applicant_kind" or not values.get(name)
        }
    elsewhere = bool(service) and service != desk.sop.name
    # A script keeps the draft itself: what it typed since is newer than what is answered here.
    if elsewhere or "HX-Request" not in request.headers:
        _keep(officer, service or desk.sop.name, form_id, values)
    if elsewhere:
        return redirect(url_for("counter.form", service=service, draf=form_id), code=303)
    known = "" if person is None else person.name
    return _form(intake_page(desk, str(form_id), values, known=known))


def _press(officer: Officer, filed: Filed, action: str, reason: str) -> ResponseReturnValue | None:
    """Carry the action out on the application just filed; return where a refusal leads."""
    command = TakeAction(filed.application_id, action, 1, reason=reason.strip() or None)
    try:
        take_action(runtime(), command, officer)
    except (StaleApplication, ActionNotOffered, ApplicationEnded) as moved:
        if filed.again:  # the first press of the same form has done it
            return None
        return _to_file(filed, moved)
    except (Refusal, InputMissing, TakenByAnother) as refused:
        return _to_file(filed, refused)
    return None


def _to_file(filed: Filed, refused: Exception) -> ResponseReturnValue:
    wording = errors.wording_of(refused)
    flash(
        _(
            "Berkas %(number)s sudah tercatat, tetapi belum dapat diteruskan. %(said)s",
            number=filed.number,
            said=wording.said,
        ),
        "lewat",
    )
    return redirect(f"/berkas/{filed.application_id}", code=303)


def _known(
    officer: Officer, nik: str, *, only: UUID | None = None, kind: str = ""
) -> KnownApplicant | None:
    """Return whom the office knows under an identity number: the newest, of this kind first."""
    people: Sequence[KnownApplicant] = search(runtime(), nik, officer).people
    chosen = [one for one in people if only is None or one.id == only]
    chosen.sort(key=lambda one: one.kind != kind)
    return chosen[0] if chosen else None


def _to_ticket(letter: str, number: int) -> ResponseReturnValue:
    """Lead to the case that a ticket of today has started, else to a form for it."""
    found = ticket_today(runtime(), letter, number, current_officer())
    if found is None:
        flash(_("Tidak ada antrean %(label)s hari ini.", label=label_of(letter, number)), "segera")
        return redirect(url_for("counter.show"), code=303)
    if found.application_id is not None:
        return redirect(f"/berkas/{found.application_id}", code=303)
    return redirect(url_for("counter.show", antrian=found.id), code=303)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _by_number(number: str) -> dict[str, str]:
    """Return what a number of a person fills in: a NIK, a NIB or a telephone number."""
    digits = search_key(number)
    if not digits:
        return {}
    if len(digits) == _NIK_DIGITS:
        return {"applicant_nik": number}
    if len(digits) == _NIB_DIGITS and not number.lstrip().startswith(("+", "0")):
        return {"applicant_nib": number}
    return {"applicant_phone": number}


def _of_person(person: KnownApplicant | None) -> dict[str, str]:
    if person is None:
        return {}
    return {
        f"applicant_{name}": getattr(person, name)
        for name in ("kind", "name", "phone", "email", "npwp", "nib", "address", "region")
    }


def _bind(officer: Officer, ticket: str, filed: Filed) -> None:
    """Let the ticket that was called become the case it started."""
    ticket_id = _uuid(ticket)
    if ticket_id is None:
        return
    with runtime().transaction(officer.office_id) as connection:
        bind_ticket(connection, officer.office_id, ticket_id, filed.application_id, officer.id)


def _keep(officer: Officer, service: str, form_id: UUID, values: Mapping[str, str]) -> Any:
    kept = {name: text for name, text in values.items() if name not in ("draf", "tindakan")}
    label = about(values).subject.strip()
    return save_draft(runtime(), Draft(form_id, service, kept, label), officer)


def _typed() -> dict[str, str]:
    """Return the form without its token, as it was typed."""
    return {name: text for name, text in request.form.items() if name != "csrf_token"}


def _too_many() -> bool:
    return len(request.form) > MAX_FIELDS


def _refuse_size() -> ResponseReturnValue:
    return errors.page(
        errors.Wording(
            422,
            _("Isian terlalu banyak"),
            _("Formulir ini membawa lebih dari %(most)s isian.", most=MAX_FIELDS),
            _("Buka formulirnya dari halaman loket, lalu isi di sana."),
        )
    )


def _number_in(typed: str) -> str:
    """Return the registration number in a scanned tracking address; anything else as typed."""
    return parts_of(typed).path.partition("/lacak/")[2].partition("/")[0] or typed
