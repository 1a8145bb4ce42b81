"""What the papers of money are made from: the bill with its calculation, and the payment slip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from licensing.documents import BillPaper, Signatory, SlipPaper
from licensing.errors import NotFound
from licensing.people import Officer
from licensing.queries.letters import letterhead
from licensing.queries.services import OfficeView
from licensing.runtime import Runtime
from licensing.tariffs import Sheet


def skrd_paper(runtime: Runtime, application_id: UUID, bill_id: UUID, by: Officer) -> BillPaper:
    """Return the bill as it was issued, and how it stands now.

    Raises:
        NotFound: that application has no such bill in the office of `by`.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(
            _BILL, {"office": by.office_id, "id": bill_id, "application": application_id}
        ).fetchone()
        if row is None:
            raise NotFound("bill", bill_id)
        sop = runtime.rules(connection, row.sop_version_id).sop
    sheet = Sheet.from_json(row.sheet)
    # The rule of the service may already name the rule of its tariff.
    rules = [rule for rule in (sheet.source,) if rule not in sop.fee.source]
    prices = [factor.source for factor in sheet.factors if factor.kind == "price"]
    return BillPaper(
        office=letterhead(_office(row)),
        number=row.number,
        registration_number=row.registration_number,
        payer=row.payer_name,
        address=row.payer_address,
        service=sop.title["id"],
        subject=row.subject,
        legal_basis=tuple(dict.fromkeys((sop.fee.source, *rules, *prices))),
        amount_idr=int(row.amount_idr),
        sheet=sheet,
        issued_at=row.issued_at,
        due_at=row.due_at,
        signatory=Signatory(
            row.issuer,
            row.issuer_title or "Petugas penetapan retribusi",
            nip=row.issuer_number or None,
        ),
        pay_url=f"{runtime.public_url}/bank?cari={row.bill_code}",
        status=row.status,
        closed_at=row.closed_at,
        slip_number=row.slip_number,
    )


def ssrd_paper(
    runtime: Runtime, payment_id: UUID, by: Officer, *, reprint: bool, narrow: bool
) -> SlipPaper:
    """Return the slip of a payment; it says so where the payment was reversed.

    Raises:
        NotFound: there is no such payment in the office of `by`.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(
            _SLIP, {"office": by.office_id, "id": payment_id}
        ).fetchone()
        if row is None:
            raise NotFound("payment", payment_id)
        sop = runtime.rules(connection, row.sop_version_id).sop
    return SlipPaper(
        office=letterhead(_office(row)),
        number=row.slip_number,
        bill_number=row.number,
        registration_number=row.registration_number,
        payer=row.payer_name,
        service=sop.title["id"],
        subject=row.subject,
        amount_idr=int(row.amount_idr),
        bank=row.bank,
        teller=row.teller,
        bank_reference=row.bank_reference,
        paid_at=row.paid_at,
        reversed_at=row.reversed_at,
        reversed_why=row.reversed_why or "",
        printed_at=row.now,
        reprint=reprint,
        narrow=narrow,
    )


def _office(row: Any) -> OfficeView:
    return OfficeView(
        id=row.office_id,
        code=row.code,
        name=row.name,
        government=row.government,
        place=row.place,
        address=row.address,
        phone=row.phone,
        email=row.email,
        zone=row.zone,
        sample=row.sample,
        simulated=row.simulated,
    )


_OFFICE = """o.id AS office_id, o.code, o.name, o.government, o.place, o.address, o.phone, o.email,
       o.zone, o.sample, o.simulated"""

_BILL = f"""
SELECT {_OFFICE}, a.sop_version_id, d.number AS registration_number, t.address AS payer_address,
       b.number, b.code AS bill_code, b.amount_idr, b.payer_name, b.subject, b.issued_at, b.due_at,
       b.status, b.closed_at, f.sheet, w.name AS issuer, w.title AS issuer_title,
       w.employee_number AS issuer_number, y.slip_number
  FROM bill b
  JOIN fee_assessment f ON f.id = b.assessment_id
  JOIN application a ON a.id = b.application_id
  JOIN dossier d ON d.application_id = b.application_id
  JOIN applicant t ON t.id = d.applicant_id
  JOIN officer w ON w.id = b.issued_by
  JOIN office o ON o.id = b.office_id
  LEFT JOIN payment y ON y.id = b.payment_id
 WHERE b.id = %(id)s AND b.application_id = %(application)s AND o.id = %(office)s
"""  # noqa: S608 - our own text

_SLIP = f"""
SELECT {_OFFICE}, clock_timestamp() AS now, a.sop_version_id, d.number AS registration_number,
       b.number, b.payer_name, b.subject, y.slip_number, y.amount_idr, y.bank_reference, y.paid_at,
       y.reversed_at, y.reversed_why, w.name AS teller, g.name AS bank
  FROM payment y
  JOIN bill b ON b.id = y.bill_id
  JOIN application a ON a.id = b.application_id
  JOIN dossier d ON d.application_id = b.application_id
  JOIN officer w ON w.id = y.paid_by
  JOIN organisation g ON g.id = w.organisation_id
  JOIN office o ON o.id = y.office_id
 WHERE y.id = %(id)s AND o.id = %(office)s
"""  # noqa: S608 - our own text
