"""`/antrian`: a number is drawn and watched by the visitor, and called by who sits at a counter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request
from flask import url_for as address
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from licensing.errors import InvalidInput, NotFound, NotSeated, QueueClosed, QueueMoved, SeatTaken
from licensing.people import Officer
from licensing.queries.queue import GroupLine, Kiosk, kiosk, ticket_of
from licensing.queries.queue_desk import QueueBar, queue_bar, waiting_lines
from licensing.services import queue as services
from licensing.services.queue_seats import SEATED, leave_seat, take_seat
from web.access import allow, current_officer, officer_or_none, public, runtime
from web.addresses import own_path
from web.errors import wording_of
from web.fault_words import worded
from web.i18n import gettext as _
from web.office_frame import OfficeFacts, current_office
from web.queue_words import PRIORITY_WORDS, ahead_words, estimate_words, windows_words
from web.rate_limit import per_address
from web.schemas.form import faults_of
from web.schemas.queue import (
    CallSchema,
    DrawSchema,
    HandOverSchema,
    PressSchema,
    ReasonSchema,
    SeatSchema,
)
from web.viewmodels import Form

bp = Blueprint("queue", __name__, url_prefix="/antrian")

DESK: Final = "/antrian/meja"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_draws = per_address("12 per minute;200 per hour", scope="antrian")


@bp.record_once
def _known_to_templates(state: BlueprintSetupState) -> None:
    """Let any page of a clerk show his counter: it is asked for where it is shown."""
    known = state.app.jinja_env.globals
    known["queue_bar"] = bar_of_reader
    known["priority_words"] = lambda name: PRIORITY_WORDS[name]


def bar_of_reader() -> QueueBar | None:
    """Return the counter of who reads the page; None where there is nothing to show."""
    if "queue_bar" not in g:  # one page may ask for it in two places
        officer = officer_or_none()
        g.queue_bar = None if officer is None else queue_bar(runtime(), officer)
    found: QueueBar | None = g.queue_bar
    return found


# -- the visitor


@bp.get("")
@public
def show() -> ResponseReturnValue:
    """Show what there is to queue for."""
    office = _office()
    found = kiosk(runtime(), office.id)
    return render_template("queue/kiosk.html", found=found, kios=_is_kiosk(), note="")


@bp.get("/ambil/<uuid:group_id>")
@public
def ask(group_id: UUID) -> ResponseReturnValue:
    """Ask whether somebody goes first, before a number is given."""
    office = _office()
    found = kiosk(runtime(), office.id)
    group = _group(found, group_id)
    if not found.open:
        return render_template("queue/kiosk.html", found=found, kios=_is_kiosk(), note="")
    return render_template(
        "queue/priority.html",
        group=group,
        kios=_is_kiosk(),
        choices=[(name, words) for name, words in PRIORITY_WORDS.items() if name],
    )


@bp.post("/ambil/<uuid:group_id>")
@public
@_draws
def draw(group_id: UUID) -> ResponseReturnValue:
    """Give the next number."""
    asked, faults = _loaded(DrawSchema())
    if faults:
        abort(400)
    office = _office()
    try:
        drawn = services.draw(runtime(), office.id, group_id, asked["prioritas"])
    except InvalidInput:
        abort(400)
    except QueueClosed:
        found = kiosk(runtime(), office.id)
        page = render_template(
            "queue/kiosk.html",
            found=found,
            kios=bool(asked["kios"]),
            note=_("Nomor belum diberikan."),
        )
        return page, 409
    kiosk_too = "1" if asked["kios"] else None
    return redirect(address(".ticket", secret=drawn.secret, kios=kiosk_too), code=303)


@bp.get("/tiket/<secret>")
@public
def ticket(secret: str) -> ResponseReturnValue:
    """Show one's own place in line."""
    if not _SECRET.fullmatch(secret):
        abort(404)
    found = ticket_of(runtime(), secret)
    page = render_template(
        "queue/ticket.html",
        found=found,
        kios=_is_kiosk(),
        ahead=ahead_words(found.ahead),
        windows=windows_words(found.windows),
        estimate=None if found.estimate is None else estimate_words(found.estimate),
    )
    answer = Response(page)
    answer.cache_control.no_store = True
    return answer


# -- who calls people


@bp.get("/meja")
@allow(*SEATED)
def desk() -> ResponseReturnValue:
    """Show the counter of the reader: whom he serves, who waits, who did not come."""
    return _desk(Form())


@bp.get("/meja/bilah")
@allow(*SEATED)
def bar() -> ResponseReturnValue:
    """Show the counter of the reader as one line, for a page that fetches it."""
    return render_template("queue/_bar.html", bar_back=own_path(request.args.get("kembali", DESK)))


@bp.get("/meja/jumlah")
@allow(*SEATED)
def count() -> ResponseReturnValue:
    """Say how many wait for the counter, for a page that stays open."""
    bar = bar_of_reader()
    return {"menunggu": None if bar is None or bar.window is None else bar.waiting}


@bp.post("/meja/duduk")
@allow(*SEATED)
def sit() -> ResponseReturnValue:
    """Sit at a counter for today."""
    asked, faults = _loaded(SeatSchema())
    if faults:
        return _desk(_refused(faults), 422)
    over = asked["ambil_alih"] == "ya"
    try:
        number = take_seat(runtime(), asked["window"], current_officer(), take_over=over)
    except InvalidInput as refused:
        return _desk(_refused(refused.faults), 422)
    except SeatTaken as taken:
        return _desk(_refused({"window": "seat_taken"}), 409, taken=taken)
    flash(_("Anda duduk di loket %(number)s.", number=number))
    return _back(asked)


@bp.post("/meja/pergi")
@allow(*SEATED)
def leave() -> ResponseReturnValue:
    """Leave the counter."""
    asked, _faults = _loaded(PressSchema())
    try:
        leave_seat(runtime(), current_officer())
    except InvalidInput as refused:
        return _desk(_refused(refused.faults), 422)
    flash(_("Anda meninggalkan loket."))
    return _back(asked)


@bp.post("/meja/panggil")
@allow(*SEATED)
def call_next() -> ResponseReturnValue:
    """Call whoever is first."""

    def press(by: Officer, asked: dict[str, Any]) -> None:
        turn = services.call_next(runtime(), by, seen=asked["sekarang"])
        if turn is None:
            flash(_("Tidak ada yang menunggu."), "segera")
        else:
            flash(_("%(label)s dipanggil ke loket %(window)s.", label=turn.label,
                    window=turn.window))  # fmt: skip

    return _pressed(PressSchema(), press)


@bp.post("/meja/panggil-nomor")
@allow(*SEATED)
def call() -> ResponseReturnValue:
    """Call somebody out of the list; passing others over needs a reason."""

    def press(by: Officer, asked: dict[str, Any]) -> None:
        turn = services.call_ticket(
            runtime(), asked["nomor"], by, seen=asked["sekarang"], reason=asked["reason"]
        )
        flash(_("%(label)s dipanggil ke loket %(window)s.", label=turn.label,
                window=turn.window))  # fmt: skip

    return _pressed(CallSchema(), press)


@bp.post("/meja/panggil-ulang")
@allow(*SEATED)
def recall() -> ResponseReturnValue:
    """Call the same person again."""

    def press(by: Officer, asked: dict[str, Any]) -> None:
        calls = services.recall(runtime(), by, seen=_served(asked))
        flash(_("Dipanggil lagi, %(num)s kali.", num=calls))

    return _pressed(PressSchema(), press)


@bp.post("/meja/lewati")
@allow(*SEATED)
def skip() -> ResponseReturnValue:
    """Put aside whoever did not come."""

    def press(by: Officer, asked: dict[str, Any]) -> None:
        services.pass_over(runtime(), by, seen=_served(asked), reason=asked["reason"])
        flash(_("Dilewati. Nomor ini masih dapat dipanggil hari ini."))

    return _pressed(ReasonSchema(), press)


@bp.post("/meja/alihkan")
@allow(*SEATED)
def hand_over() -> ResponseReturnValue:
    """Hand whoever is served to another group or counter."""

    def press(by: Officer, asked: dict[str, Any]) -> None:
        kind, _colon, key = asked["target"].partition(":")
        target = {"grup": "group_id", "loket": "window_id"}[kind]
        services.hand_over(
            runtime(), by, seen=_served(asked), note=asked["note"], **{target: UUID(key)}
        )
        flash(_("Dialihkan. Tempatnya dalam urutan tetap."))

    return _pressed(HandOverSchema(), press)


@bp.post("/meja/selesai")
@allow(*SEATED)
def finish() -> ResponseReturnValue:
    """Be done with whoever is served."""

    def press(by: Officer, asked: dict[str, Any]) -> None:
        services.finish(runtime(), by, seen=_served(asked))
        flash(_("Selesai dilayani."))

    return _pressed(PressSchema(), press)


def _pressed(
    schema: Schema, press: Callable[[Officer, dict[str, Any]], None]
) -> ResponseReturnValue:
    asked, faults = _loaded(schema)
    if "sekarang" in faults or "nomor" in faults:
        abort(400)
    try:
        if faults:
            raise InvalidInput(faults)
        press(current_officer(), asked)
    except InvalidInput as refused:
        return _desk(_refused(refused.faults), 422)
    except (QueueMoved, NotSeated) as moved:
        # Somebody pressed twice, or a colleague has taken the counter over: nothing was done.
        flash(str(wording_of(moved).said), "segera")
    return _back(asked)


def _served(asked: dict[str, Any]) -> UUID:
    seen: UUID | None = asked["sekarang"]
    if seen is None:
        raise InvalidInput({"sekarang": "nobody_served"})
    return seen


def _desk(form: Form, status: int = 200, *, taken: SeatTaken | None = None) -> ResponseReturnValue:
    officer = current_officer()
    bar = queue_bar(runtime(), officer)
    seated = bar is not None and bar.window is not None
    lines = waiting_lines(runtime(), officer) if seated else ()
    page = render_template(
        "queue/desk.html",
        bar=bar,
        waiting=[line for line in lines if line.status == "waiting"],
        absent=[line for line in lines if line.status == "absent"],
        form=form,
        taken=taken,
        watches=officer.has("supervisor"),
    )
    return page, status


def _refused(faults: dict[str, str]) -> Form:
    typed = {name: text for name, text in request.form.items() if name != "csrf_token"}
    return Form(typed, worded(faults))


def _loaded(schema: Schema) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        return schema.load(request.form.to_dict()), {}
    except ValidationError as error:
        return {}, faults_of(error)


def _back(asked: dict[str, Any]) -> ResponseReturnValue:
    return redirect(own_path(asked.get("kembali") or DESK), code=303)


def _office() -> OfficeFacts:
    office = current_office()
    if office is None:
        abort(404)
    return office


def _group(found: Kiosk, group_id: UUID) -> GroupLine:
    for group in found.groups:
        if group.id == group_id:
            return group
    raise NotFound("queue group", group_id)


def _is_kiosk() -> bool:
    return request.args.get("kios") == "1"
