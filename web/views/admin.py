"""`/admin`: how the office is set up; services on and off; the record of every change."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from licensing.errors import InvalidInput
from licensing.queries.administration import (
    ACCOUNT_KEEPERS,
    ADMINISTRATORS,
    RECORD_READERS,
    office_record,
    overview,
)
from licensing.services.service_state import (
    KEEPERS,
    ServiceLine,
    check_note,
    list_services,
    preview_service_state,
    set_service_state,
)
from web.access import allow, current_officer, runtime
from web.admin_page import (
    Change,
    Preview,
    action_words,
    admin_crumb,
    carried,
    record_changes,
    record_notes,
    refused_form,
    show_preview,
    typed_form,
)
from web.filters import in_language
from web.i18n import gettext as _
from web.i18n import ngettext
from web.schemas.admin import RecordSchema, ServiceStateSchema, loaded
from web.viewmodels import Crumb, Form

bp = Blueprint("admin", __name__, url_prefix="/admin")

SETTERS: Final = KEEPERS


@bp.get("")
@allow(*ADMINISTRATORS)
def show() -> ResponseReturnValue:
    """Show what can be set, and how it stands."""
    officer = current_officer()
    return render_template(
        "admin/home.html",
        found=overview(runtime(), officer),
        sets_office=officer.has(*SETTERS),
        keeps_accounts=officer.has(*ACCOUNT_KEEPERS),
    )


@bp.get("/layanan")
@allow(*SETTERS)
def services() -> ResponseReturnValue:
    """Show every service, whether it is offered, and what is under way in it."""
    return _services(Form())


@bp.post("/layanan/<service>")
@allow(*SETTERS)
def switch(service: str) -> ResponseReturnValue:
    """Preview, then switch a service on or off."""
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(ServiceStateSchema(), typed)
    if "buka" in faults or "langkah" in faults:
        abort(400)
    open_ = asked["buka"] == "ya"
    standing = preview_service_state(runtime(), service, officer)
    field = f"note-{service}"
    try:
        if faults:
            raise InvalidInput(faults)
        note = check_note(asked["note"], open_=open_)
        if asked["langkah"] == "simpan":
            set_service_state(runtime(), service, open_=open_, note=note, by=officer)
            flash(
                _("Layanan dibuka: permohonan baru diterima.")
                if open_
                else _("Layanan ditutup: permohonan baru tidak diterima.")
            )
            return redirect(url_for(".services"), code=303)
    except InvalidInput as error:
        kept = {field: typed.get("note", "")}
        return _services(refused_form(kept, {field: next(iter(error.faults.values()))}), status=422)
    if asked["langkah"] == "ubah":
        return _services(Form({field: note}))
    return show_preview(_switch_preview(standing, open_, note, typed))


@bp.get("/riwayat")
@allow(*RECORD_READERS)
def record() -> ResponseReturnValue:
    """Show who changed what, newest first."""
    asked = _asked(RecordSchema())
    found = office_record(
        runtime(),
        current_officer(),
        action=asked["jenis"],
        search=asked["cari"],
        after=asked["sesudah"],
    )
    kept = {name: asked[name] for name in ("jenis", "cari") if asked[name]}
    return render_template(
        "admin/record.html",
        found=found,
        asked=asked,
        above=[admin_crumb()] if current_officer().has(*ADMINISTRATORS) else [],
        actions=[(action, action_words(action)) for action in found.actions],
        action_words=action_words,
        changes=record_changes,
        notes=record_notes,
        form=Form({"jenis": asked["jenis"] or "", "cari": asked["cari"]}),
        first_href=url_for(".record", **kept) if asked["sesudah"] else None,
        next_href=url_for(".record", **kept, sesudah=found.next_after)
        if found.next_after
        else None,
    )


def _services(form: Form, status: int = 200) -> ResponseReturnValue:
    return (
        render_template(
            "admin/services.html",
            lines=list_services(runtime(), current_officer()),
            form=form,
            above=[admin_crumb()],
        ),
        status,
    )


def _switch_preview(
    standing: ServiceLine, open_: bool, note: str, typed: dict[str, str]
) -> Preview:
    count, title = standing.applications, in_language(standing.title)
    going_on = ngettext(
        "%(num)s berkas terbuka tetap diproses sampai selesai.",
        "%(num)s berkas terbuka tetap diproses sampai selesai.",
        count,
    )
    touches = (
        [_("Layanan tampil lagi di daftar layanan dan di loket."), going_on]
        if open_
        else [
            _("Layanan hilang dari daftar layanan publik."),
            _("Loket tidak dapat menerima permohonan baru."),
            going_on,
        ]
    )
    state = {True: _("dibuka"), False: _("ditutup")}
    return Preview(
        title=_("Buka layanan: %(title)s", title=title)
        if open_
        else _("Tutup layanan: %(title)s", title=title),
        lead=_("Periksa dahulu. Belum ada yang berubah."),
        confirm=_("Buka layanan") if open_ else _("Tutup layanan"),
        post=url_for(".switch", service=standing.service),
        above=[admin_crumb(), Crumb(_("Layanan"), url_for(".services"))],
        changes=[
            Change(_("Keadaan"), state[standing.open], state[open_]),
            Change(_("Keterangan untuk publik"), standing.note or "–", note or "–"),
        ],
        touches=touches,
        hidden=carried(typed),
        danger=not open_,
        editable=not open_,
    )


def _asked(schema: Schema) -> dict[str, Any]:
    try:
        asked: dict[str, Any] = schema.load(request.args.to_dict())
    except ValidationError:
        abort(400)
    return asked
