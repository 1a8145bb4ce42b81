"""A bill and a payment slip as their templates read them: every word and figure ready to print."""

from __future__ import annotations

from typing import Any

from licensing.documents import indonesian as id_
from licensing.documents import qr
from licensing.documents.bill_values import BillPaper, SlipPaper
from licensing.tariffs import Factor, Sheet, terbilang
from licensing.tariffs.sheet import number_text

Data = dict[str, Any]


def bill_data(paper: BillPaper) -> Data:
    """Return what `skrd.typ` prints, without letterhead and signature."""
    zone = paper.office.zone
    return {
        "number": paper.number,
        "registration_number": paper.registration_number,
        "payer": paper.payer,
        "address": paper.address,
        "service": paper.service,
        "subject": paper.subject,
        "legal_basis": paper.legal_basis,
        "issued": id_.date_words(id_.local_date(paper.issued_at, zone)),
        "due": paper.due_at and id_.day_words(id_.local_date(paper.due_at, zone)),
        "due_time": paper.due_at and id_.time_words(paper.due_at, zone),
        "amount": _rupiah(paper.amount_idr),
        "words": _in_words(paper.amount_idr),
        "sheet": _sheet(paper.sheet),
        "qr": qr.svg(paper.pay_url),
        "status": paper.status,
        "closed": paper.closed_at and id_.moment_words(paper.closed_at, zone),
        "slip_number": paper.slip_number,
    }


def slip_data(paper: SlipPaper) -> Data:
    """Return what `ssrd.typ` prints, without letterhead."""
    zone = paper.office.zone
    printed = id_.moment_words(paper.printed_at, zone)
    return {
        "number": paper.number,
        "bill_number": paper.bill_number,
        "registration_number": paper.registration_number,
        "payer": paper.payer,
        "service": paper.service,
        "subject": paper.subject,
        "amount": _rupiah(paper.amount_idr),
        "words": _in_words(paper.amount_idr),
        "bank": paper.bank,
        "teller": paper.teller,
        "bank_reference": paper.bank_reference,
        "paid": id_.moment_words(paper.paid_at, zone),
        "reversed": paper.reversed_at and id_.moment_words(paper.reversed_at, zone),
        "reversed_why": paper.reversed_why,
        "reprint": paper.reprint,
        "printed": f"Dicetak {'ulang ' if paper.reprint else ''}{printed}.",
        "narrow": paper.narrow,
    }


def _sheet(sheet: Sheet) -> Data:
    """Return a calculation as it is printed: every answer, factor and line."""
    return {
        "title": sheet.title["id"],
        "source": sheet.source,
        "since": id_.date_words(sheet.since),
        "version": str(sheet.version),
        "charged": [
            {
                "title": line.title["id"],
                "words": line.words["id"],
                "figures": line.figures["id"],
                "amount": _rupiah(line.charged_idr or 0),
            }
            for line in sheet.charged
        ],
        "answers": [
            {
                "title": answer.title["id"],
                "shown": answer.shown["id"],
                "assumed": answer.assumed,
            }
            for answer in sheet.answers
        ],
        "factors": [_factor(factor) for factor in sheet.factors],
        "lines": [
            {
                "title": line.title["id"],
                "words": line.words["id"],
                "figures": line.figures["id"],
                "result": number_text(line.result)["id"],
                "amount": None if line.charged_idr is None else _rupiah(line.charged_idr),
            }
            for line in sheet.lines
        ],
        "rounding": sheet.rounding["id"],
        "unverified": bool(sheet.unverified),
        "total": _rupiah(sheet.total_idr),
    }


def _factor(factor: Factor) -> Data:
    value = number_text(factor.value)["id"]
    return {
        "title": factor.title["id"],
        "choice": "" if factor.choice is None else factor.choice["id"],
        "value": value if factor.unit is None else f"{value} {factor.unit['id']}",
        "source": factor.source
        + ("" if factor.since is None else f", sejak {id_.date_words(factor.since)}"),
        "unverified": factor.unverified,
    }


def _rupiah(amount: int) -> str:
    return f"Rp{amount:,}".replace(",", ".")


def _in_words(amount: int) -> str:
    words = terbilang(amount)
    return words[:1].upper() + words[1:]
