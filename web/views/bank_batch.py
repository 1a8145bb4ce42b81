"""`/bank/bersama`: several bills that one payer has brought, each booked by itself."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from pypdf import PdfWriter

from licensing.documents import render
from licensing.queries.bank import BANK, view_bills
from licensing.queries.bill_letters import ssrd_paper
from licensing.services.bank import book
from licensing.services.take_action import TakeAction
from licensing.services.take_many import take_many
from web.access import allow, current_officer, runtime
from web.bank_page import bill_page, many_bills, paid_rows, service_title
from web.i18n import gettext as _
from web.schemas.bank import ManyBillsSchema, ReceiveManySchema, SlipsSchema

bp = Blueprint("bank_batch", __name__, url_prefix="/bank/bersama")


@bp.get("")
@allow("teller")
def confirm() -> ResponseReturnValue:
    """Ask once for all of them: each amount locked, and the total to be counted."""
    ids = _bills()
    if not ids:
        flash(_("Pilih dahulu tagihan yang dibayar bersama."), "segera")
        return redirect(url_for("bank.show", cari=request.args.get("cari") or None), code=303)
    officer = current_officer()
    pages = [bill_page(card, officer) for card in view_bills(runtime(), ids, officer)]
    return render_template("bank/many.html", many=many_bills(pages), service=service_title)


@bp.post("")
@allow("teller")
def receive() -> ResponseReturnValue:
    """Book each payment by itself, through the one door."""
    try:
        rows = ReceiveManySchema().load({"baris": request.form.getlist("baris")})["baris"]
        seen = {bill_id: (version, amount) for bill_id, version, amount in map(_row, rows)}
    except (ValidationError, ValueError):
        abort(400)
    officer = current_officer()
    commands = []
    for card in view_bills(runtime(), list(seen), officer):
        version, amount = seen[card.id]
        if card.pay is None:  # paid or withdrawn since: the answer says so
            continue
        inputs = {"bill_id": str(card.id), "amount_idr": amount, "bank_reference": ""}
        commands.append(TakeAction(card.application_id, card.pay.action, version, inputs=inputs))
    take_many(runtime(), commands, officer, press=book)
    return redirect(url_for(".done", tagihan=[str(bill_id) for bill_id in seen]), code=303)


@bp.get("/hasil")
@allow("teller")
def done() -> ResponseReturnValue:
    """Show what became of each bill, with its slip."""
    ids = _bills()
    if not ids:
        return redirect(url_for("bank.show"), code=303)
    officer = current_officer()
    pages = [bill_page(card, officer) for card in view_bills(runtime(), ids, officer)]
    rows = paid_rows(pages, officer)
    slips = [row.payment_id for row in rows if row.payment_id]
    again = [row.bill_id for row in rows if row.may_pay]
    return render_template(
        "bank/many_done.html",
        rows=rows,
        count=len(slips),
        total=sum(row.amount_idr for row in rows if row.payment_id),
        slips_href=url_for(".slips", pembayaran=slips) if slips else "",
        again_href=url_for(".confirm", tagihan=again) if again else "",
    )


@bp.get("/slip.pdf")
@allow(*BANK)
def slips() -> Response:
    """Show the slips of several bookings as one paper, so that one press prints them all."""
    try:
        asked = SlipsSchema().load({"pembayaran": request.args.getlist("pembayaran")})
    except ValidationError:
        abort(400)
    officer = current_officer()
    whole = PdfWriter()
    for payment_id in dict.fromkeys(asked["pembayaran"]):
        paper = ssrd_paper(runtime(), payment_id, officer, reprint=False, narrow=False)
        whole.append(BytesIO(render(paper)))
    written = BytesIO()
    whole.write(written)
    return _pdf(written.getvalue())


def _pdf(content: bytes) -> Response:
    """Return papers of money as an answer that nobody keeps."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="ssrd-bersama.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _bills() -> list[UUID]:
    try:
        asked = ManyBillsSchema().load({"tagihan": request.args.getlist("tagihan")})
    except ValidationError:
        abort(400)
    return list(dict.fromkeys(asked["tagihan"]))


def _row(text: str) -> tuple[UUID, int, str]:
    """Return which bill, which version of its application was seen, over which amount."""
    bill_id, version, amount = text.split("~")
    return UUID(bill_id), int(version), amount
