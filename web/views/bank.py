"""`/bank`: bills found, paid, reversed, and the list of a day. Nobody of the office enters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from licensing.errors import (
    AmountDiffers,
    ApplicationEnded,
    InvalidInput,
    ReasonMissing,
    Refusal,
    StaleApplication,
    TakenByAnother,
)
from licensing.queries.bank import BANK, BillCard, BillsFound, bill_key, view_bill
from licensing.queries.bank_days import BankDay, Desk, bank_day, bank_desk
from licensing.services.bank import bank_reference, book
from licensing.services.take_action import TakeAction
from web.access import allow, current_officer, runtime
from web.bank_page import bill_page, booked_words, day_csv, service_title, slip_href
from web.errors import wording_of
from web.fault_words import worded
from web.frame import current_frame
from web.i18n import gettext as _
from web.refusal_words import refusal_words
from web.schemas.bank import (
    DaySchema,
    ReceiveSchema,
    ReferenceSchema,
    ReverseSchema,
    SearchSchema,
)
from web.schemas.form import faults_of
from web.viewmodels import Form

bp = Blueprint("bank", __name__, url_prefix="/bank")

SUPERVISOR: Final = "bank_supervisor"
_DIGITS_OF_A_PERSON: Final = 16


@bp.get("")
@allow(*BANK)
def show() -> str:
    """Show the window: the search, what it found, the day so far."""
    return _window(_asked(SearchSchema())["cari"].strip())


@bp.post("/cari")
@allow(*BANK)
def find() -> ResponseReturnValue:
    """Search; a number of a person stays out of the address."""
    try:
        wanted = SearchSchema().load(request.form.to_dict())["cari"].strip()
    except ValidationError:
        wanted = ""
    key = bill_key(wanted)
    if key.isdigit() and len(key) == _DIGITS_OF_A_PERSON:
        return _window(wanted)
    return redirect(url_for(".show", cari=wanted or None), code=303)


@bp.get("/tagihan/<uuid:bill_id>")
@allow(*BANK)
def bill(bill_id: UUID) -> str:
    """Show one bill; of a paid one this is where its slip is printed."""
    return _card_page(_desk(bill_id=bill_id))


@bp.get("/tagihan/<uuid:bill_id>/terima")
@allow("teller")
def confirm(bill_id: UUID) -> ResponseReturnValue:
    """Ask once more before the money is booked."""
    card = view_bill(runtime(), bill_id, current_officer())
    typed = request.args.to_dict()
    try:
        reference = bank_reference(ReferenceSchema().load(typed)["bank_reference"])
    except (ValidationError, InvalidInput) as error:
        return _card_page(_desk(bill_id=bill_id), Form(typed, _faults(error))), 422
    if not bill_page(card, current_officer()).may_pay:
        return redirect(url_for(".bill", bill_id=bill_id), code=303)
    return _confirm_page(card, Form({"bank_reference": reference}))


@bp.post("/tagihan/<uuid:bill_id>/terima")
@allow("teller")
def receive(bill_id: UUID) -> ResponseReturnValue:
    """Book the payment, by the teller's own press."""
    typed = request.form.to_dict()
    officer = current_officer()
    card = view_bill(runtime(), bill_id, officer)
    try:
        form = ReceiveSchema().load(typed)
        reference = bank_reference(form["bank_reference"])
    except (ValidationError, InvalidInput) as error:
        faults = _faults(error)
        if not faults.keys() <= {"bank_reference"}:
            abort(400)
        return _card_page(_desk(bill_id=bill_id), Form(typed, faults)), 422
    if card.pay is None:
        return _not_payable(card)
    command = TakeAction(
        card.application_id,
        card.pay.action,
        form["seen_version"],
        inputs={
            "bill_id": str(bill_id),
            "amount_idr": form["amount_idr"],
            "bank_reference": reference,
        },
    )
    try:
        book(runtime(), command, officer)
    except InvalidInput as error:
        return _card_page(_desk(bill_id=bill_id), Form(typed, worded(error.faults))), 422
    except (StaleApplication, TakenByAnother, ApplicationEnded, AmountDiffers, Refusal) as error:
        return _not_booked(bill_id, typed, error)
    flash(_("Pembayaran diterima. Cetak bukti bayar untuk pembayar."))
    return redirect(url_for(".bill", bill_id=bill_id, baru=1), code=303)


@bp.get("/tagihan/<uuid:bill_id>/batal")
@allow(SUPERVISOR)
def ask_reversal(bill_id: UUID) -> ResponseReturnValue:
    """Ask why a booking is taken back."""
    card = view_bill(runtime(), bill_id, current_officer())
    if not bill_page(card, current_officer()).may_reverse:
        return redirect(url_for(".bill", bill_id=bill_id), code=303)
    return _reversal_page(card, Form())


@bp.post("/tagihan/<uuid:bill_id>/batal")
@allow(SUPERVISOR)
def reverse(bill_id: UUID) -> ResponseReturnValue:
    """Take a booking back, on its own day and by another person."""
    typed = request.form.to_dict()
    card = view_bill(runtime(), bill_id, current_officer())
    try:
        form = ReverseSchema().load(typed)
    except ValidationError as error:
        faults = faults_of(error)
        if not faults.keys() <= {"reason"}:
            abort(400)
        return _reversal_page(card, Form(typed, worded(faults)), 422)
    if card.reverse is None:
        return _card_page(_desk(bill_id=bill_id)), 409
    command = TakeAction(
        card.application_id,
        card.reverse.action,
        form["seen_version"],
        reason=form["reason"] or None,
    )
    try:
        book(runtime(), command, current_officer())
    except ReasonMissing:
        return _reversal_page(card, Form(typed, {"reason": [_("Tulis alasannya.")]}), 422)
    except (StaleApplication, ApplicationEnded, TakenByAnother):
        fresh = view_bill(runtime(), bill_id, current_officer())
        if fresh.reverse is None or fresh.reverse.refusal is not None:
            return _card_page(_desk(bill_id=bill_id)), 409
        said = _("Permohonannya berubah sesudah halaman ini dibuka. Periksa, lalu tekan lagi.")
        return _reversal_page(fresh, Form(typed), 409, said)
    except Refusal as error:
        return _card_page(_desk(bill_id=bill_id)), wording_of(error).status
    flash(_("Pembayaran dibatalkan. Tagihan terbuka lagi; pemohon dan kantor melihatnya."))
    return redirect(url_for(".bill", bill_id=bill_id), code=303)


@bp.get("/harian")
@allow(*BANK)
def day() -> ResponseReturnValue:
    """Show what was booked and reversed on a day."""
    asked = _asked(DaySchema())
    on = asked["tanggal"] or _today()
    found = _day(on, asked["sesudah"], whole=asked["semua"])
    return render_template(
        "bank/day.html",
        day=found,
        today=_today(),
        whole=asked["semua"],
        first_href=url_for(".day", tanggal=on) if asked["sesudah"] else None,
        next_href=url_for(".day", tanggal=on, sesudah=found.next_after)
        if found.next_after
        else None,
        slip=slip_href,
        overseer=current_officer().has("bank_supervisor", "bank_admin"),
    )


@bp.get("/harian.csv")
@allow(*BANK)
def day_table() -> Response:
    """Hand the list of a day out as a table."""
    on = _asked(DaySchema())["tanggal"] or _today()
    found = _day(on, None, whole=True)
    body = "\ufeff" + day_csv(found.rows, current_frame().zone)
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="pembayaran-{on}.csv"'
    return answer


def _window(wanted: str) -> str:
    desk = _desk(wanted=wanted)
    if desk.found.card is not None:
        return _card_page(desk, wanted=wanted)
    return render_template(
        "bank/window.html",
        desk=desk,
        page=None,
        wanted=wanted,
        form=Form(),
        changed="",
        fresh=False,
        slip=slip_href,
        may_receive=current_officer().has("teller"),
    )


def _card_page(desk: Desk, form: Form | None = None, *, wanted: str = "", changed: str = "") -> str:
    card = desk.found.card
    if card is None:
        abort(404)
    return render_template(
        "bank/window.html",
        desk=desk,
        page=bill_page(card, current_officer()),
        service=service_title(card),
        wanted=wanted,
        form=form or Form(),
        changed=changed,
        fresh=request.args.get("baru") == "1",
        slip=slip_href,
        may_receive=False,
    )


def _confirm_page(
    card: BillCard, form: Form, changed: str = "", status: int = 200
) -> ResponseReturnValue:
    page = bill_page(card, current_officer())
    service = service_title(card)
    body = render_template(
        "bank/confirm.html", page=page, service=service, form=form, changed=changed
    )
    return body, status


def _reversal_page(
    card: BillCard, form: Form, status: int = 200, changed: str = ""
) -> ResponseReturnValue:
    page = bill_page(card, current_officer())
    return render_template("bank/reverse.html", page=page, form=form, changed=changed), status


def _not_booked(bill_id: UUID, typed: Mapping[str, str], error: Exception) -> ResponseReturnValue:
    """Answer a press that has booked nothing: somebody was first, or the bill has changed."""
    card = view_bill(runtime(), bill_id, current_officer())
    if bill_page(card, current_officer()).may_pay and not isinstance(error, Refusal):
        said = _("Permohonannya berubah sesudah halaman ini dibuka. Periksa, lalu tekan lagi.")
        return _confirm_page(card, Form(typed), said, 409)
    if isinstance(error, Refusal) and card.pay is not None and card.pay.refusal is None:
        desk = Desk(BillsFound(card, ()), _desk().tape)
        return _card_page(desk, changed=refusal_words(error, card.sop)), wording_of(error).status
    return _not_payable(card)


def _not_payable(card: BillCard) -> ResponseReturnValue:
    """Say why nothing was booked; a teller's own second press leads to the slip of the first."""
    payment = card.payment
    if payment is not None and payment.paid_by_id == current_officer().id:
        flash(_("Sudah tercatat; tekanan kedua tidak mengubah apa-apa."))
        return redirect(url_for(".bill", bill_id=card.id), code=303)
    nothing = _("Tidak ada yang dibukukan oleh Anda.")
    changed = f"{nothing} {booked_words(card)}" if payment else ""
    return _card_page(_desk(bill_id=card.id), changed=changed), 409


def _desk(*, wanted: str = "", bill_id: UUID | None = None) -> Desk:
    return bank_desk(
        runtime(),
        current_officer(),
        _today(),
        current_frame().zone,
        wanted=wanted,
        bill_id=bill_id,
    )


def _day(on: date, after: str | None, *, whole: bool) -> BankDay:
    try:
        if whole:
            return bank_day(runtime(), current_officer(), on, current_frame().zone, limit=None)
        return bank_day(runtime(), current_officer(), on, current_frame().zone, after=after)
    except ValueError:
        abort(400)


def _today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(current_frame().zone)).date()


def _asked(schema: Schema) -> dict[str, Any]:
    try:
        asked: dict[str, Any] = schema.load(request.args.to_dict())
    except ValidationError:
        abort(400)
    return asked


def _faults(error: ValidationError | InvalidInput) -> dict[str, list[str]]:
    return worded(faults_of(error) if isinstance(error, ValidationError) else error.faults)
