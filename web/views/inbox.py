"""`/kerja`: what lies with a person and with his lanes, most urgent first."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.queries.inbox import MOST_COUNTED, Which, inbox
from licensing.queries.notices import own_notices
from licensing.services.read_notices import mark_read
from web.access import allow, current_officer, runtime
from web.file_list import grouped, list_rows
from web.i18n import gettext as _
from web.notice_words import notice_words, rung_level
from web.schemas.inbox import InboxSchema, ReadSchema
from web.viewmodels import Tab
from web.views.applications import WORKERS

bp = Blueprint("inbox", __name__)


_WHICH: Final[dict[str, Which]] = {"semua": "all", "saya": "mine", "antrean": "pool"}


@bp.get("/kerja")
@allow(*WORKERS)
def show() -> ResponseReturnValue:
    """Show one page of the inbox, and what the person was told and has not read."""
    try:
        asked = InboxSchema().load(request.args.to_dict())
    except ValidationError:
        abort(400)
    officer = current_officer()
    found = inbox(runtime(), officer, which=_WHICH[asked["lihat"]], after=asked["sesudah"])
    rows = list_rows(found.rows, officer)
    waiting = f"{MOST_COUNTED}+" if found.pool > MOST_COUNTED else found.pool
    counts: dict[str, int | str | None] = {"semua": None, "saya": found.mine, "antrean": waiting}
    titles = {"semua": _("Semua"), "saya": _("Milik saya"), "antrean": _("Antrean")}
    return render_template(
        "inbox/show.html",
        groups=grouped(rows),
        choosable=sum(bool(row.choice) for row in rows),
        chosen=asked["pilih"] == "semua",
        choose_href=url_for(
            "inbox.show",
            lihat=asked["lihat"],
            sesudah=asked["sesudah"],
            pilih=None if asked["pilih"] == "semua" else "semua",
        ),
        shown=len(rows),
        which=asked["lihat"],
        title=titles[asked["lihat"]],
        tabs=[
            Tab(label, url_for("inbox.show", lihat=key), key == asked["lihat"], count=counts[key])
            for key, label in titles.items()
        ],
        here=request.full_path if request.query_string else request.path,
        first_href=url_for("inbox.show", lihat=asked["lihat"]) if asked["sesudah"] else None,
        next_href=(
            url_for("inbox.show", lihat=asked["lihat"], sesudah=found.next_after)
            if found.next_after
            else None
        ),
        notices=found.unread,
        words=notice_words,
        level=rung_level,
    )


@bp.get("/kerja/pemberitahuan")
@allow(*WORKERS)
def told() -> ResponseReturnValue:
    """Show the newest notices to the person, read or not."""
    return render_template(
        "inbox/notices.html",
        notices=own_notices(runtime(), current_officer()),
        words=notice_words,
        level=rung_level,
    )


@bp.post("/kerja/pemberitahuan/dibaca")
@allow(*WORKERS)
def read() -> ResponseReturnValue:
    """Mark notices as read and go back to where they stood."""
    try:
        form = ReadSchema().load({"pemberitahuan": request.form.getlist("pemberitahuan")})
    except ValidationError:
        abort(400)
    mark_read(runtime(), current_officer(), form["pemberitahuan"])
    back = "inbox.told" if request.form.get("kembali") == "semua" else "inbox.show"
    return redirect(url_for(back), code=303)
