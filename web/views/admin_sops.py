"""`/admin/sop`: versions of an SOP, its figures and papers, and drafts for a second person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput, SopFaults
from licensing.queries.administration_sops import sop_history
from licensing.services.sop_drafts import (
    DraftPreview,
    SopStanding,
    discard_draft,
    draft_of,
    preview_draft,
    publish_draft,
    save_draft,
    sop_standing,
)
from licensing.services.sops import PUBLISHERS
from web.access import allow, current_officer, runtime
from web.admin_page import (
    Change,
    Preview,
    admin_crumb,
    carried,
    refused_form,
    show_preview,
    typed_form,
)
from web.admin_settings import (
    CONFIRM,
    UNIT,
    changes_in,
    diff_words,
    fault_messages,
    form_values,
    settings_view,
)
from web.filters import in_language
from web.i18n import gettext as _
from web.i18n import ngettext
from web.schemas.admin import SettingsSchema, StepSchema, VersionsSchema, loaded
from web.viewmodels import Crumb, Form

bp = Blueprint("admin_sops", __name__, url_prefix="/admin/sop")


@bp.get("/<service>")
@allow(*PUBLISHERS)
def show(service: str) -> ResponseReturnValue:
    """Show the versions of an SOP, the draft that waits, and what two versions differ in."""
    try:
        asked: dict[str, Any] = VersionsSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    officer = current_officer()
    found = sop_history(runtime(), service, officer, before=asked["dari"], after=asked["ke"])
    pair = found.compared or (0, 0)
    return render_template(
        "admin/sop.html",
        found=found,
        service=service,
        title=in_language(found.sop.title),
        diff=[diff_words(found.sop, line) for line in found.diff],
        draft_diff=[diff_words(found.sop, line) for line in found.draft_diff],
        own=found.draft is not None and found.draft.drafted_by == officer.id,
        above=_above(),
        form=Form({"dari": str(pair[0]), "ke": str(pair[1])}),
        choices=[(str(one.number), str(one.number)) for one in found.versions],
    )


@bp.get("/<service>/atur")
@allow(*PUBLISHERS)
def settings(service: str) -> ResponseReturnValue:
    """Show the figures and papers that the office sets itself."""
    standing = sop_standing(runtime(), service, current_officer())
    return _form(standing, Form(form_values(standing.working_sop)))


@bp.post("/<service>/atur")
@allow(*PUBLISHERS)
def draft(service: str) -> ResponseReturnValue:
    """Preview, then keep the changed text as a draft."""
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(SettingsSchema(), typed)
    if not faults.keys().isdisjoint({"langkah", "seen"}):
        abort(400)
    standing = sop_standing(runtime(), service, officer)
    if asked["langkah"] == "ubah":
        return _form(standing, Form(typed))
    changes, wrong = changes_in(standing.working_sop, typed)
    try:
        if wrong or faults:
            raise InvalidInput(wrong | faults)
        preview = preview_draft(
            runtime(), service, changes, note=asked["note"], seen=asked["seen"], by=officer
        )
        if asked["langkah"] == "simpan":
            save_draft(
                runtime(), service, changes, note=asked["note"], seen=asked["seen"], by=officer
            )
            flash(_("Rancangan tersimpan. Orang kedua menerbitkannya."))
            return redirect(url_for(".show", service=service), code=303)
    except InvalidInput as error:
        return _form(standing, refused_form(typed, error.faults), 422)
    except SopFaults as error:
        said = fault_messages(standing.working_sop, error)
        return _form(standing, Form(typed, said), 422)
    return show_preview(_preview(preview, asked["note"], typed))


@bp.post("/draf/<uuid:draft_id>/terbitkan")
@allow(*PUBLISHERS)
def publish(draft_id: UUID) -> ResponseReturnValue:
    """Preview, then put a draft in force."""
    asked, officer = _step(), current_officer()
    standing = draft_of(runtime(), draft_id, officer)
    if asked["langkah"] == "simpan":
        done = publish_draft(runtime(), draft_id, officer)
        flash(_("Versi %(number)s berlaku untuk berkas baru.", number=done.number))
        return redirect(url_for(".show", service=done.service), code=303)
    service = standing.sop.name
    return show_preview(
        Preview(
            title=_("Terbitkan versi %(number)s", number=standing.number + 1),
            lead=in_language(standing.sop.title),
            confirm=_("Terbitkan"),
            post=url_for(".publish", draft_id=draft_id),
            above=[*_above(), Crumb(service, url_for(".show", service=service))],
            changes=_draft_changes(standing),
            touches=_touches(standing),
            editable=False,
        )
    )


@bp.post("/draf/<uuid:draft_id>/buang")
@allow(*PUBLISHERS)
def discard(draft_id: UUID) -> ResponseReturnValue:
    """Preview, then end a draft that is not wanted."""
    asked, officer = _step(), current_officer()
    standing = draft_of(runtime(), draft_id, officer)
    if asked["langkah"] == "simpan":
        service = discard_draft(runtime(), draft_id, officer)
        flash(_("Rancangan dibuang. Versi yang berlaku tidak berubah."))
        return redirect(url_for(".show", service=service), code=303)
    service = standing.sop.name
    return show_preview(
        Preview(
            title=_("Buang rancangan"),
            lead=in_language(standing.sop.title),
            confirm=_("Buang rancangan"),
            post=url_for(".discard", draft_id=draft_id),
            above=[*_above(), Crumb(service, url_for(".show", service=service))],
            changes=_draft_changes(standing),
            touches=[_("Perubahan di atas tidak jadi berlaku. Catatannya tetap di riwayat.")],
            danger=True,
            editable=False,
        )
    )


def _form(standing: SopStanding, form: Form, status: int = 200) -> ResponseReturnValue:
    service = standing.sop.name
    return (
        render_template(
            "admin/sop_settings.html",
            standing=standing,
            view=settings_view(standing.working_sop),
            form=form,
            service=service,
            title=in_language(standing.sop.title),
            unit=UNIT,
            confirm=CONFIRM,
            units=(
                ("working days", _("hari kerja")),
                ("working hours", _("jam kerja")),
            ),
            above=[*_above(), Crumb(service, url_for(".show", service=service))],
        ),
        status,
    )


def _preview(found: DraftPreview, note: str, typed: dict[str, str]) -> Preview:
    standing = found.standing
    service = standing.sop.name
    return Preview(
        title=_("Rancangan: %(title)s", title=in_language(standing.sop.title)),
        lead=_("Sudah diperiksa menyeluruh dan tidak ada kesalahan. Belum ada yang tersimpan."),
        confirm=_("Simpan rancangan"),
        post=url_for(".draft", service=service),
        above=[*_above(), Crumb(service, url_for(".show", service=service))],
        changes=[
            *(Change(*diff_words(found.sop, line)) for line in found.diff),
            Change(_("Alasan"), "–", note),
        ],
        touches=[
            _("Kepala atau admin lain yang menerbitkan; Anda tidak dapat menerbitkan sendiri."),
            *_touches(standing),
        ],
        hidden=carried(typed),
    )


def _draft_changes(standing: SopStanding) -> list[Change]:
    changes = [Change(*diff_words(standing.working_sop, line)) for line in standing.draft_diff]
    if standing.draft is not None:
        changes.append(Change(_("Alasan"), "–", standing.draft.note))
    return changes


def _touches(standing: SopStanding) -> list[str]:
    return [
        _("Sesudah terbit berlaku untuk berkas yang diajukan sejak itu."),
        ngettext(
            "%(num)s berkas terbuka selesai dengan versi saat diajukan.",
            "%(num)s berkas terbuka selesai dengan versi saat diajukan.",
            standing.open_applications,
        ),
    ]


def _step() -> dict[str, Any]:
    asked, faults = loaded(StepSchema(), typed_form())
    if faults:
        abort(400)
    return asked


def _above() -> list[Crumb]:
    return [admin_crumb(), Crumb(_("Layanan"), url_for("admin.services"))]
