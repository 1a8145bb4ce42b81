"""Papers of an application as PDF: receipt, return letter, refusal, permit."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, make_response, request

from licensing.documents import LapsePaper, Paper, render
from licensing.people import Officer
from licensing.queries import letters
from licensing.queries.lapse_letters import lapse_certificate
from licensing.runtime import Runtime
from web.access import allow, current_officer, runtime
from web.file_page import LETTER_READERS

bp = Blueprint("letters", __name__, url_prefix="/berkas/<uuid:application_id>")


@bp.get("/tanda-terima.pdf")
@allow(*LETTER_READERS)
def receipt(application_id: UUID) -> Response:
    """Show the receipt, A5 or (`?kertas=80`) 80 mm wide; `?ulang=1` marks it as printed again."""
    paper = letters.receipt(
        runtime(),
        application_id,
        current_officer(),
        reprint=request.args.get("ulang") == "1",
        narrow=request.args.get("kertas") == "80",
    )
    return pdf(paper, f"tanda-terima-{paper.tracking.number}")


@bp.get("/surat-pengembalian.pdf")
@allow(*LETTER_READERS)
def return_letter(application_id: UUID) -> Response:
    """Show the letter of the newest return."""
    return _show(letters.return_letter, application_id, "surat-pengembalian")


@bp.get("/surat-penolakan.pdf")
@allow(*LETTER_READERS)
def refusal(application_id: UUID) -> Response:
    """Show the decision that refuses."""
    return _show(letters.refusal, application_id, "surat-penolakan")


@bp.get("/izin.pdf")
@allow(*LETTER_READERS)
def permit(application_id: UUID) -> Response:
    """Show the permit."""
    return _show(letters.permit, application_id, "izin")


@bp.get("/keterangan-dikabulkan.pdf")
@allow(*LETTER_READERS)
def lapse(application_id: UUID) -> Response:
    """Show the certificate of a file that the law has granted."""
    paper = lapse_certificate(runtime(), application_id, current_officer())
    return pdf(paper, "keterangan-dikabulkan")


def _show(
    made: Callable[[Runtime, UUID, Officer], Paper], application_id: UUID, name: str
) -> Response:
    return pdf(made(runtime(), application_id, current_officer()), name)


def pdf(paper: Paper | LapsePaper, name: str) -> Response:
    """Return a paper as a page of the browser that nobody keeps."""
    response = make_response(render(paper))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
