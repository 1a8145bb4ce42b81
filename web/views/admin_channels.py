"""`/admin/saluran`: the ways out besides e-mail; their addresses are written, never shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput
from licensing.queries.channels import ChannelView, channel, channels
from licensing.services.channels import (
    KEEPERS,
    READERS,
    NewChannel,
    add_channel,
    replace_secret,
    switch_channel,
    try_channel,
)
from web.access import allow, current_officer, runtime
from web.admin_page import Change, Preview, refused_form, show_preview, typed_form
from web.i18n import gettext as _
from web.i18n import ngettext
from web.outbox_words import CHANNEL_WORDS, takes_words
from web.schemas.admin import loaded
from web.schemas.outbox import ChannelSchema, NewChannelSchema
from web.viewmodels import Crumb, Form
from web.views.admin_outbox import admin_above

bp = Blueprint("channels", __name__, url_prefix="/admin/saluran")


@bp.get("")
@allow(*READERS)
def show() -> ResponseReturnValue:
    """Show every channel, when it last worked, and what it last said when it did not."""
    officer = current_officer()
    return render_template(
        "admin/channels.html",
        rows=channels(runtime(), officer),
        above=admin_above(),
        keeps=officer.has(*KEEPERS),
        kind_words=CHANNEL_WORDS,
        takes_words=takes_words,
    )


@bp.get("/baru")
@allow(*KEEPERS)
def new() -> ResponseReturnValue:
    """Show the form of a new channel."""
    return _new_form(Form({"kind": "gateway", "takes_applicant": "ya"}))


@bp.post("/baru")
@allow(*KEEPERS)
def add() -> ResponseReturnValue:
    """Add a channel; the key of a webhook is shown this once."""
    typed = typed_form()
    asked, faults = loaded(NewChannelSchema(), typed)
    if faults:
        abort(400)
    wanted = NewChannel(asked["kind"], asked["name"], asked["url"], _takes(asked))
    try:
        channel_id, key = add_channel(runtime(), wanted, current_officer())
    except InvalidInput as error:
        named = {"takes": "takes_office"}
        told = {named.get(name, name): code for name, code in error.faults.items()}
        return _new_form(refused_form(typed, told), 422)
    if key:
        return _key_page(channel(runtime(), current_officer(), channel_id), key)
    flash(_("Saluran ditambahkan. Kirim pesan percobaan sebelum diandalkan."))
    return redirect(url_for(".one", channel_id=channel_id), code=303)


@bp.get("/<uuid:channel_id>")
@allow(*KEEPERS)
def one(channel_id: UUID) -> ResponseReturnValue:
    """Show one channel and what can be done with it."""
    return _one(channel_id, Form())


@bp.post("/<uuid:channel_id>/coba")
@allow(*KEEPERS)
def attempt(channel_id: UUID) -> ResponseReturnValue:
    """Send a message that says it is a test, at once."""
    typed = typed_form()
    asked, faults = loaded(ChannelSchema(), typed)
    try:
        if faults:
            raise InvalidInput(faults)
        fault = try_channel(runtime(), channel_id, current_officer(), phone=asked["phone"])
    except InvalidInput as error:
        return _one(channel_id, refused_form(typed, error.faults), 422)
    if fault is None:
        flash(_("Pesan percobaan diterima pihak sana."))
    else:
        flash(_("Pesan percobaan tidak sampai: %(why)s", why=fault.why), "segera")
    return redirect(url_for(".one", channel_id=channel_id), code=303)


@bp.post("/<uuid:channel_id>/rahasia")
@allow(*KEEPERS)
def replace(channel_id: UUID) -> ResponseReturnValue:
    """Give a channel another address; a webhook gets a new key with it."""
    typed = typed_form()
    asked, faults = loaded(ChannelSchema(), typed)
    try:
        if faults:
            raise InvalidInput(faults)
        key = replace_secret(runtime(), channel_id, asked["url"], current_officer())
    except InvalidInput as error:
        return _one(channel_id, refused_form(typed, error.faults), 422)
    if key:
        return _key_page(channel(runtime(), current_officer(), channel_id), key)
    flash(_("Alamat saluran diganti. Kirim pesan percobaan sebelum diandalkan."))
    return redirect(url_for(".one", channel_id=channel_id), code=303)


@bp.post("/<uuid:channel_id>/keadaan")
@allow(*KEEPERS)
def switch(channel_id: UUID) -> ResponseReturnValue:
    """Preview, then switch a channel on or off."""
    asked, faults = loaded(ChannelSchema(), typed_form())
    if faults or not asked["aktif"]:
        abort(400)
    officer, active = current_officer(), asked["aktif"] == "ya"
    view = channel(runtime(), officer, channel_id)
    if asked["langkah"] == "simpan":
        try:
            switch_channel(runtime(), channel_id, active=active, by=officer)
        except InvalidInput as error:
            return _one(channel_id, refused_form({}, error.faults), 422)
        flash(_("Saluran dinyalakan.") if active else _("Saluran dimatikan."))
        return redirect(url_for(".one", channel_id=channel_id), code=303)
    return show_preview(_switch_preview(view, active))


def _switch_preview(view: ChannelView, active: bool) -> Preview:
    state = {True: _("menyala"), False: _("mati")}
    touches = (
        [_("Peristiwa sesudah ini keluar lewat saluran ini.")]
        if active
        else [
            _("Peristiwa sesudah ini tidak keluar lewat saluran ini."),
            ngettext(
                "%(num)s pesan yang menunggu akan tertahan di kotak keluar.",
                "%(num)s pesan yang menunggu akan tertahan di kotak keluar.",
                view.waiting,
            ),
        ]
    )
    if view.personal and not active:
        touches.append(_("Pemohon tanpa surel hanya melihat kabar di halaman lacak."))
    return Preview(
        title=_("Nyalakan saluran: %(name)s", name=view.name)
        if active
        else _("Matikan saluran: %(name)s", name=view.name),
        lead=_("Periksa dahulu. Belum ada yang berubah."),
        confirm=_("Nyalakan") if active else _("Matikan"),
        post=url_for(".switch", channel_id=view.id),
        above=[*_above(), Crumb(view.name, url_for(".one", channel_id=view.id))],
        changes=[Change(_("Keadaan"), state[view.active], state[active])],
        touches=touches,
        hidden=[("aktif", "ya" if active else "tidak")],
        danger=not active,
        editable=False,
    )


def _new_form(form: Form, status: int = 200) -> ResponseReturnValue:
    kinds = [
        ("gateway", _("Gerbang pesan (WhatsApp, Telegram, SMS …)")),
        ("webhook", _("Webhook: program lain menerima peristiwa")),
    ]
    return render_template("admin/channel_new.html", form=form, above=_above(), kinds=kinds), status


def _one(channel_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    view = channel(runtime(), current_officer(), channel_id)
    return (
        render_template(
            "admin/channel.html",
            view=view,
            form=form,
            above=_above(),
            kind=CHANNEL_WORDS[view.kind],
            takes=takes_words(view.takes),
        ),
        status,
    )


def _key_page(view: ChannelView, key: str) -> ResponseReturnValue:
    return render_template("admin/channel_key.html", view=view, key=key, above=_above())


def _takes(asked: dict[str, Any]) -> list[str]:
    return [kind for kind in ("office", "applicant") if asked[f"takes_{kind}"] == "ya"]


def _above() -> list[Crumb]:
    return [*admin_above(), Crumb(_("Saluran"), url_for("channels.show"))]
