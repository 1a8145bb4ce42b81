"""`/admin/kirim`: what waits, what has left, what is parked and why; parked ones sent again."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.queries.outbox import MOST, STATES, Outbox, Wanted, outbox
from licensing.services.outbox import AT_ONCE, KEEPERS, READERS, resend, resend_reason
from web.access import allow, current_officer, runtime
from web.admin_page import Preview, admin_crumb, show_preview, typed_form
from web.i18n import gettext as _
from web.i18n import ngettext
from web.outbox_words import (
    AT_WORDS,
    CHANNEL_WORDS,
    STATE_WORDS,
    audience_words,
    event_words,
    reason_words,
)
from web.schemas.admin import loaded
from web.schemas.outbox import OutboxSchema, ResendSchema
from web.viewmodels import Crumb, Form, Tab

bp = Blueprint("outbox", __name__, url_prefix="/admin/kirim")

_FILTERS: Final = ("keadaan", "saluran", "peristiwa", "nomor", "alasan")


@bp.get("")
@allow(*READERS)
def show() -> ResponseReturnValue:
    """Show one state of the outbox, newest first; what waits, soonest first."""
    try:
        asked: dict[str, Any] = OutboxSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    if asked["keadaan"] != "parked":
        asked["alasan"] = None
    officer = current_officer()
    found = outbox(
        runtime(),
        officer,
        Wanted(
            asked["keadaan"],
            asked["saluran"],
            asked["peristiwa"],
            asked["nomor"],
            asked["alasan"],
            asked["sesudah"],
        ),
    )
    kept = {name: asked[name] for name in _FILTERS if asked[name]}
    after = found.next_after
    return render_template(
        "admin/outbox.html",
        found=found,
        asked=asked,
        above=admin_above(),
        tabs_of_states=_tabs(found, asked["keadaan"]),
        keeps=officer.has(*KEEPERS),
        filtered=any(asked[name] for name in ("saluran", "peristiwa", "nomor", "alasan")),
        form=Form({name: str(asked[name] or "") for name in _FILTERS}),
        channels=[("email", str(CHANNEL_WORDS["email"])), *found.channels],
        events=[(event, event_words(event)) for event in found.events],
        reasons=[(code, reason_words(code), count) for code, count in found.reasons],
        at_words=str(AT_WORDS[asked["keadaan"]]),
        channel_words=CHANNEL_WORDS,
        event_words=event_words,
        audience_words=audience_words,
        reason_words=reason_words,
        first_href=url_for(".show", **kept) if asked["sesudah"] else None,
        next_href=url_for(".show", **kept, sesudah=f"{after[0].isoformat()}_{after[1]}")
        if after
        else None,
    )


@bp.post("/<uuid:notice_id>/ulang")
@allow(*KEEPERS)
def again(notice_id: UUID) -> ResponseReturnValue:
    """Let one parked message leave again."""
    if resend(runtime(), notice_id, current_officer()):
        flash(_("Pesan dikirim lagi. Bila gagal, pesan kembali ke sini dengan alasannya."))
    else:
        flash(
            _(
                "Pesan ini tidak dapat dikirim lagi: sudah tidak tertahan, salurannya mati, atau "
                "peringatannya sudah dicabut."
            ),
            "segera",
        )
    return redirect(url_for(".show"), code=303)


@bp.post("/ulang")
@allow(*KEEPERS)
def all_again() -> ResponseReturnValue:
    """Preview, then let every message leave again that is parked for one reason."""
    asked, faults = loaded(ResendSchema(), typed_form())
    if faults:
        abort(400)
    officer, reason = current_officer(), asked["alasan"]
    if asked["langkah"] == "simpan":
        sent = resend_reason(runtime(), reason, officer)
        flash(
            ngettext("%(num)s pesan dikirim lagi.", "%(num)s pesan dikirim lagi.", sent)
            if sent
            else _("Tidak ada pesan yang dapat dikirim lagi untuk alasan ini.")
        )
        return redirect(url_for(".show"), code=303)
    count = dict(outbox(runtime(), officer, Wanted(reason=reason)).reasons).get(reason, 0)
    return show_preview(
        Preview(
            title=_("Kirim lagi pesan yang tertahan"),
            lead=reason_words(reason),
            confirm=_("Kirim lagi"),
            post=url_for(".all_again"),
            above=[*admin_above(), Crumb(_("Kotak keluar"), url_for(".show"))],
            touches=[
                ngettext(
                    "%(num)s pesan tertahan karena alasan ini.",
                    "%(num)s pesan tertahan karena alasan ini.",
                    count,
                ),
                _("Paling banyak %(num)s pesan sekali tekan.", num=AT_ONCE),
                _("Penerima yang sudah menerima tidak dikirimi dua kali: penandanya tetap sama."),
                _("Pesan menuju alamat penerima yang tercatat hari ini."),
                _("Peringatan yang sudah dicabut tidak dikirim."),
            ],
            hidden=[("alasan", reason)],
            editable=False,
        )
    )


def admin_above() -> list[Crumb]:
    """Return the way up, where the reader has one."""
    return [admin_crumb()] if current_officer().has(*KEEPERS) else []


def _tabs(found: Outbox, state: str) -> list[Tab]:
    counts = {"parked": found.parked, "waiting": found.waiting, "sent": None}
    return [
        Tab(
            str(STATE_WORDS[one]),
            url_for(".show", keadaan=one),
            current=one == state,
            count=_count(counts[one]),
        )
        for one in STATES
    ]


def _count(number: int | None) -> int | str | None:
    return f"{MOST}+" if number is not None and number >= MOST else number
