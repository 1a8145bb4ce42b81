"""`/admin/akun`: accounts of the office and its agencies, or of the bank; never of both."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput
from licensing.models.people import ROLES_OF
from licensing.passwords import make_password
from licensing.queries.administration import (
    ACCOUNT_KEEPERS,
    AccountView,
    account_view,
    accounts_page,
    organisations,
)
from licensing.services.account_changes import (
    AccountChange,
    change_account,
    preview_change,
    set_active,
    set_password,
    sign_out_everywhere,
)
from licensing.services.account_rules import kinds_of, must_not_be_own
from licensing.services.accounts import NewAccount, check_account, create_account
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
from web.i18n import gettext as _
from web.i18n import ngettext
from web.role_words import ROLE_WORDS, organisation_words, role_list
from web.schemas.admin import ROLE, AccountSchema, AccountsSchema, StepSchema, loaded, roles_in
from web.viewmodels import Crumb, Form

bp = Blueprint("admin_accounts", __name__, url_prefix="/admin/akun")

_FIELDS: Final = ("name", "title", "employee_number", "email")


@bp.get("")
@allow(*ACCOUNT_KEEPERS)
def show() -> ResponseReturnValue:
    """List the accounts that the reader looks after."""
    try:
        asked: dict[str, Any] = AccountsSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    officer = current_officer()
    found = accounts_page(
        runtime(),
        officer,
        search=asked["cari"],
        role=asked["peran"],
        active=None if asked["keadaan"] is None else asked["keadaan"] == "aktif",
        after=asked["sesudah"],
    )
    kept = {name: asked[name] for name in ("cari", "peran", "keadaan") if asked[name]}
    return render_template(
        "admin/accounts.html",
        found=found,
        asked=asked,
        above=[admin_crumb()],
        role_words=role_list,
        kind_words=organisation_words,
        roles=_roles_of(*sorted(kinds_of(officer))),
        form=Form({name: str(asked[name] or "") for name in ("peran", "keadaan")}),
        first_href=url_for(".show", **kept) if asked["sesudah"] else None,
        next_href=url_for(".show", **kept, sesudah=found.next_after) if found.next_after else None,
    )


@bp.get("/baru")
@allow(*ACCOUNT_KEEPERS)
def new() -> ResponseReturnValue:
    """Show the form of a new account."""
    first = sorted(kinds_of(current_officer()), key=("office", "agency", "public", "bank").index)
    return _new_form(Form({"organisation": first[0], "locale": "id"}))


@bp.post("/baru")
@allow(*ACCOUNT_KEEPERS)
def create() -> ResponseReturnValue:
    """Preview, then make an account; its password is made up and shown this once."""
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(AccountSchema(), typed)
    if asked.get("langkah") == "ubah":
        return _new_form(Form(typed))
    password = make_password()
    try:
        account = NewAccount(
            username=asked.get("username", ""),
            name=asked.get("name", ""),
            roles=roles_in(typed),
            password=password,
            organisation_kind=asked.get("organisation", ""),
            organisation_name=asked.get("organisation_name", ""),
            title=asked.get("title", ""),
            employee_number=asked.get("employee_number", ""),
            email=asked.get("email", ""),
            locale=asked.get("locale", "id"),
        )
        if account.organisation_kind not in kinds_of(officer):
            raise InvalidInput({**faults, "organisation": "unknown_choice"})
        checked = check_account(account, officer)
        if faults:
            raise InvalidInput(faults)
        if asked["langkah"] == "simpan":
            made = create_account(runtime(), officer.office_id, account, by=officer)
            return _password_page(made.username, made.name, password, fresh=True)
    except InvalidInput as error:
        return _new_form(refused_form(typed, faults | error.faults), 422)
    changes = [
        Change(_("Nama pengguna"), "–", checked.username),
        Change(_("Nama"), "–", checked.name),
        Change(_("Organisasi"), "–", _organisation(checked)),
        Change(_("Peran"), "–", role_list(checked.roles)),
        Change(_("Jabatan"), "–", checked.title or "–"),
        Change(_("NIP"), "–", checked.employee_number or "–"),
        Change(_("Surel"), "–", checked.email or "–"),
    ]
    return show_preview(
        Preview(
            title=_("Akun baru: %(name)s", name=checked.name),
            lead=_("Periksa dahulu. Akun belum dibuat."),
            confirm=_("Buat akun"),
            post=url_for(".create"),
            above=_above(),
            changes=changes,
            touches=[_("Kata sandi dibuat sistem dan hanya tampil sekali sesudah ini.")],
            hidden=carried(typed),
        )
    )


@bp.get("/<username>")
@allow(*ACCOUNT_KEEPERS)
def one(username: str) -> ResponseReturnValue:
    """Show one account, ready to be changed."""
    view = account_view(runtime(), current_officer(), username)
    return _account(view, Form(_values(view)))


@bp.post("/<username>")
@allow(*ACCOUNT_KEEPERS)
def change(username: str) -> ResponseReturnValue:
    """Preview, then change name, title, address or roles."""
    typed, officer = typed_form(), current_officer()
    view = account_view(runtime(), officer, username)
    asked, faults = loaded(AccountSchema(), typed)
    if asked.get("langkah") == "ubah":
        return _account(view, Form(typed))
    wanted = AccountChange(roles=roles_in(typed), **{name: asked.get(name, "") for name in _FIELDS})
    try:
        after = preview_change(runtime(), officer.office_id, username, wanted, by=officer)
        if faults:
            raise InvalidInput(faults)
        if asked["langkah"] == "simpan":
            change_account(runtime(), officer.office_id, username, wanted, by=officer)
            flash(_("Perubahan akun %(name)s tersimpan.", name=after.name))
            return redirect(url_for(".one", username=username), code=303)
    except InvalidInput as error:
        return _account(view, refused_form(typed, faults | error.faults), 422)
    labels = {
        "name": _("Nama"),
        "title": _("Jabatan"),
        "employee_number": _("NIP"),
        "email": _("Surel"),
    }
    changes = [
        Change(label, getattr(view.account, name) or "–", getattr(after, name) or "–")
        for name, label in labels.items()
        if getattr(view.account, name) != getattr(after, name)
    ]
    if set(after.roles) != set(view.account.roles):
        changes.append(Change(_("Peran"), role_list(view.account.roles), role_list(after.roles)))
    if not changes:
        flash(_("Belum ada yang diubah."), "segera")
        return redirect(url_for(".one", username=username), code=303)
    return show_preview(
        Preview(
            title=_("Ubah akun: %(name)s", name=view.account.name),
            lead=_("Periksa dahulu. Belum ada yang berubah."),
            confirm=_("Simpan perubahan"),
            post=url_for(".change", username=username),
            above=[*_above(), Crumb(username, url_for(".one", username=username))],
            changes=changes,
            touches=[
                _("Peran yang baru berlaku sejak halaman berikutnya yang dibuka."),
                _held(view),
            ],
            hidden=carried(typed),
        )
    )


@bp.post("/<username>/keadaan")
@allow(*ACCOUNT_KEEPERS)
def switch(username: str) -> ResponseReturnValue:
    """Preview, then let an account in or keep it out."""
    asked = _step()
    if not asked["keadaan"]:
        abort(400)
    officer, active = current_officer(), asked["keadaan"] == "aktif"
    view = account_view(runtime(), officer, username)
    must_not_be_own(view.account, officer)
    if asked["langkah"] == "simpan":
        set_active(runtime(), officer.office_id, username, active=active, by=officer)
        flash(_("Akun diaktifkan.") if active else _("Akun dinonaktifkan."))
        return redirect(url_for(".one", username=username), code=303)
    words = {True: _("aktif"), False: _("nonaktif")}
    touches = [
        _held(view),
        ngettext(
            "%(num)s sesi yang terbuka diakhiri.",
            "%(num)s sesi yang terbuka diakhiri.",
            view.sessions,
        ),
    ]
    return show_preview(
        Preview(
            title=_("Aktifkan akun: %(name)s", name=view.account.name)
            if active
            else _("Nonaktifkan akun: %(name)s", name=view.account.name),
            lead=_("Periksa dahulu. Belum ada yang berubah."),
            confirm=_("Aktifkan akun") if active else _("Nonaktifkan akun"),
            post=url_for(".switch", username=username),
            above=[*_above(), Crumb(username, url_for(".one", username=username))],
            changes=[Change(_("Keadaan"), words[view.account.active], words[active])],
            touches=[_("Kata sandi tetap yang lama.")] if active else touches,
            hidden=[("keadaan", asked["keadaan"])],
            danger=not active,
            editable=False,
        )
    )


@bp.post("/<username>/sandi")
@allow(*ACCOUNT_KEEPERS)
def reset(username: str) -> ResponseReturnValue:
    """Preview, then make up a new password and show it this once."""
    asked, officer = _step(), current_officer()
    view = account_view(runtime(), officer, username)
    must_not_be_own(view.account, officer)
    if asked["langkah"] == "simpan":
        password = make_password()
        set_password(runtime(), officer.office_id, username, password, by=officer)
        return _password_page(username, view.account.name, password, fresh=False)
    return show_preview(
        Preview(
            title=_("Kata sandi baru: %(name)s", name=view.account.name),
            lead=_("Periksa dahulu. Kata sandi belum diganti."),
            confirm=_("Ganti kata sandi"),
            post=url_for(".reset", username=username),
            above=[*_above(), Crumb(username, url_for(".one", username=username))],
            touches=[
                _("Kata sandi lama langsung tidak berlaku."),
                ngettext(
                    "%(num)s sesi yang terbuka diakhiri.",
                    "%(num)s sesi yang terbuka diakhiri.",
                    view.sessions,
                ),
                _("Kata sandi baru dibuat sistem dan hanya tampil sekali."),
            ],
            editable=False,
        )
    )


@bp.post("/<username>/keluar")
@allow(*ACCOUNT_KEEPERS)
def sign_out(username: str) -> ResponseReturnValue:
    """Preview, then end every session of an account."""
    asked, officer = _step(), current_officer()
    view = account_view(runtime(), officer, username)
    if asked["langkah"] == "simpan":
        ended = sign_out_everywhere(runtime(), officer.office_id, username, by=officer)
        flash(ngettext("%(num)s sesi diakhiri.", "%(num)s sesi diakhiri.", ended))
        return redirect(url_for(".one", username=username), code=303)
    return show_preview(
        Preview(
            title=_("Keluarkan dari semua perangkat: %(name)s", name=view.account.name),
            lead=_("Periksa dahulu. Belum ada yang berubah."),
            confirm=_("Keluarkan"),
            post=url_for(".sign_out", username=username),
            above=[*_above(), Crumb(username, url_for(".one", username=username))],
            touches=[
                ngettext(
                    "%(num)s sesi yang terbuka diakhiri.",
                    "%(num)s sesi yang terbuka diakhiri.",
                    view.sessions,
                ),
                _("Isian yang belum dikirim di perangkat itu dapat hilang."),
            ],
            editable=False,
        )
    )


def _new_form(form: Form, status: int = 200) -> ResponseReturnValue:
    officer = current_officer()
    kinds = kinds_of(officer)
    known = organisations(runtime(), officer)
    return (
        render_template(
            "admin/account_new.html",
            form=form,
            above=_above(),
            kinds=[(kind, organisation_words(kind)) for kind in ROLES_OF if kind in kinds],
            groups=[
                (organisation_words(kind), _roles_of(kind)) for kind in ROLES_OF if kind in kinds
            ],
            known=[name for _kind, name in known],
            role_field=ROLE,
        ),
        status,
    )


def _account(view: AccountView, form: Form, status: int = 200) -> ResponseReturnValue:
    officer = current_officer()
    return (
        render_template(
            "admin/account.html",
            view=view,
            form=form,
            above=_above(),
            own=view.account.id == officer.id,
            kind=organisation_words(view.account.kind),
            roles=_roles_of(view.account.kind),
            role_words=role_list,
            role_field=ROLE,
        ),
        status,
    )


def _password_page(username: str, name: str, password: str, *, fresh: bool) -> ResponseReturnValue:
    return render_template(
        "admin/password.html",
        username=username,
        name=name,
        password=password,
        fresh=fresh,
        above=_above(),
    )


def _values(view: AccountView) -> dict[str, str]:
    account = view.account
    values = {name: str(getattr(account, name)) for name in _FIELDS}
    return values | {f"{ROLE}{role}": "ya" for role in account.roles}


def _roles_of(*kinds: str) -> list[tuple[str, str]]:
    return [(role, str(ROLE_WORDS[role])) for kind in kinds for role in ROLES_OF[kind]]


def _organisation(account: NewAccount) -> str:
    kind = organisation_words(account.organisation_kind)
    return f"{kind}: {account.organisation_name}" if account.organisation_name else kind


def _held(view: AccountView) -> str:
    return ngettext(
        "%(num)s berkas dipegang akun ini dan tetap di sana sampai pengawas mengalihkannya.",
        "%(num)s berkas dipegang akun ini dan tetap di sana sampai pengawas mengalihkannya.",
        view.held,
    )


def _above() -> list[Crumb]:
    return [admin_crumb(), Crumb(_("Akun"), url_for("admin_accounts.show"))]


def _step() -> dict[str, Any]:
    asked, faults = loaded(StepSchema(), typed_form())
    if faults:
        abort(400)
    return asked
