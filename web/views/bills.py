"""The papers of money as PDF: the bill (SKRD) and the payment slip (SSRD)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, make_response, request

from licensing.documents import BillPaper, SlipPaper, render
from licensing.queries.bill_letters import skrd_paper, ssrd_paper
from web.access import allow, current_officer, runtime

bp = Blueprint("bills", __name__)


@bp.get("/berkas/<uuid:application_id>/skrd/<uuid:bill_id>")
@allow("billing", "counter", "verifier", "head", "supervisor", "inspectorate", "ombudsman")
def skrd(application_id: UUID, bill_id: UUID) -> Response:
    """Show a bill with its calculation sheet."""
    paper = skrd_paper(runtime(), application_id, bill_id, current_officer())
    return _pdf(paper, f"skrd-{paper.registration_number}")


@bp.get("/bank/slip/<uuid:payment_id>")
@allow("teller", "bank_supervisor", "bank_admin")
def slip(payment_id: UUID) -> Response:
    """Show a payment slip, A5 or (`?kertas=80`) 80 mm wide; `?ulang=1` marks a reprint."""
    paper = ssrd_paper(
        runtime(),
        payment_id,
        current_officer(),
        reprint=request.args.get("ulang") == "1",
        narrow=request.args.get("kertas") == "80",
    )
    return _pdf(paper, f"ssrd-{paper.registration_number}")


def _pdf(paper: BillPaper | SlipPaper, name: str) -> Response:
    response = make_response(render(paper))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
