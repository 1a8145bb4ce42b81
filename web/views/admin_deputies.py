"""`/admin/pengganti`: who has whose role for a time, by which decree."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput, NotFound
from licensing.models.people import ROLES_OF
from licensing.queries.administration import ACCOUNT_KEEPERS, DeputyRow, deputy_desk
from licensing.services.account_rules import kinds_of
from licensing.services.deputies import (
    DeputyPreview,
    NewDeputy,
    end_deputy,
    grant_deputy,
    preview_deputy,
)
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
from web.formats import long_date
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.role_words import ROLE_WORDS
from web.schemas.admin import DeputySchema, StepSchema, loaded
from web.viewmodels import Crumb, Form

bp = Blueprint("admin_deputies", __name__, url_prefix="/admin/pengganti")


@bp.get("")
@allow(*ACCOUNT_KEEPERS)
def show() -> ResponseReturnValue:
    """Show who stands in for whom, and the form for one more."""
    return _page(Form())


@bp.post("")
@allow(*ACCOUNT_KEEPERS)
def grant() -> ResponseReturnValue:
    """Preview, then let somebody have a role for a time."""
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(DeputySchema(), typed)
    if asked.get("langkah") == "ubah":
        return _page(Form(typed))
    try:
        if faults:
            raise InvalidInput(faults)
        new = NewDeputy(
            asked["username"],
            asked["role"],
            asked["from_on"],
            asked["until_on"],
            asked["decree"],
            asked["reason"],
        )
        preview = preview_deputy(runtime(), new, officer)
        if asked["langkah"] == "simpan":
            grant_deputy(runtime(), new, officer)
            flash(_("%(name)s ditunjuk sebagai pengganti.", name=preview.person.name))
            return redirect(url_for(".show"), code=303)
    except NotFound:
        return _page(refused_form(typed, {"username": "unknown_choice"}), 422)
    except InvalidInput as error:
        return _page(refused_form(typed, error.faults), 422)
    return show_preview(_grant_preview(preview, typed))


@bp.post("/<uuid:deputy_id>/akhiri")
@allow(*ACCOUNT_KEEPERS)
def end(deputy_id: UUID) -> ResponseReturnValue:
    """Preview, then end a deputy now."""
    officer = current_officer()
    asked, _faults = loaded(StepSchema(), typed_form())
    row = next((one for one in deputy_desk(runtime(), officer).rows if one.id == deputy_id), None)
    if row is None:
        raise NotFound("deputy", deputy_id)
    if asked.get("langkah") == "simpan":
        end_deputy(runtime(), deputy_id, officer)
        flash(_("Penggantian oleh %(name)s diakhiri.", name=row.name))
        return redirect(url_for(".show"), code=303)
    return show_preview(_end_preview(row))


def _grant_preview(preview: DeputyPreview, typed: dict[str, str]) -> Preview:
    new, person = preview.new, preview.person
    lang = current_language()
    holders = ", ".join(preview.holders) or _("belum ada")
    period = _(
        "%(first)s sampai dengan %(last)s",
        first=long_date(new.from_on, lang=lang),
        last=long_date(new.until_on, lang=lang),
    )
    return Preview(
        title=_("Pengganti: %(name)s", name=person.name),
        lead=_("Periksa dahulu. Belum ada yang berubah."),
        confirm=_("Tunjuk pengganti"),
        post=url_for(".grant"),
        above=_above(),
        changes=[
            Change(_("Peran"), "–", str(ROLE_WORDS[new.role])),
            Change(_("Masa"), "–", period),
            Change(_("Nomor keputusan"), "–", new.decree),
            Change(_("Alasan"), "–", new.reason or "–"),
        ],
        touches=[
            _(
                "Pemegang tetap peran ini: %(names)s. Mereka tetap memegangnya.",
                names=holders.removesuffix("."),
            ),
            ngettext(
                "%(num)s berkas terbuka di peran ini tampil di kotak kerjanya.",
                "%(num)s berkas terbuka di peran ini tampil di kotak kerjanya.",
                preview.open_files,
            ),
            _("Tahap yang pernah ia kerjakan tetap tidak boleh ia putuskan sendiri."),
        ],
        hidden=carried(typed),
    )


def _end_preview(row: DeputyRow) -> Preview:
    return Preview(
        title=_("Akhiri penggantian: %(name)s", name=row.name),
        lead=_("Periksa dahulu. Belum ada yang berubah."),
        confirm=_("Akhiri sekarang"),
        post=url_for(".end", deputy_id=row.id),
        above=_above(),
        changes=[
            Change(
                str(ROLE_WORDS.get(row.role, row.role)),
                _("sampai %(day)s", day=long_date(row.until_on, lang=current_language())),
                _("berakhir sekarang"),
            )
        ],
        touches=[_("Berkas yang sedang ia pegang tetap di sana sampai pengawas mengalihkannya.")],
        danger=True,
        editable=False,
    )


def _page(form: Form, status: int = 200) -> ResponseReturnValue:
    officer = current_officer()
    found = deputy_desk(runtime(), officer)
    kinds = kinds_of(officer)
    return (
        render_template(
            "admin/deputies.html",
            rows=found.rows,
            form=form,
            above=[admin_crumb()],
            people=[
                (username, f"{name} ({title})" if title else name)
                for username, name, title in found.people
            ],
            roles=[
                (role, str(ROLE_WORDS[role]))
                for kind in ROLES_OF
                if kind in kinds
                for role in ROLES_OF[kind]
            ],
            role_words=ROLE_WORDS,
        ),
        status,
    )


def _above() -> list[Crumb]:
    return [admin_crumb(), Crumb(_("Pengganti"), url_for("admin_deputies.show"))]
