"""Whether a permit is genuine: what anybody may see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from licensing.forms import search_key
from licensing.identity import mask_name
from licensing.runtime import Runtime
from workflows.sop import Text


@dataclass(frozen=True, slots=True)
class PermitCheck:
    """One permit, as its page of proof shows it."""

    number: str
    title: Text
    holder_masked: str
    subject: str
    office: str
    issued_on: date
    valid_until: date | None
    status: Literal["valid", "expired", "superseded", "revoked"]
    sample: bool


def check_permits(runtime: Runtime, wanted: str) -> tuple[PermitCheck, ...]:
    """Return the permits with this number or code; none where it is unknown."""
    code = wanted.strip()
    with runtime.db.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT permit_id, office_id FROM find_permit(%s)", (code,)
        ).fetchall()
        if not found and search_key(code):
            found = connection.exec_driver_sql(
                "SELECT permit_id, office_id FROM find_permit(%s)", (search_key(code),)
            ).fetchall()
    checks = []
    for permit_id, office_id in found:
        with runtime.transaction(office_id) as connection:
            row = connection.exec_driver_sql(_PERMIT, (permit_id,)).one()
            sop = runtime.rules(connection, row.sop_version_id).sop
        expired = row.valid_until is not None and row.valid_until < row.today
        checks.append(
            PermitCheck(
                number=row.number,
                title=sop.product.title if sop.product else sop.title,
                holder_masked=mask_name(row.holder_name),
                subject=row.subject,
                office=row.office,
                issued_on=row.issued_on,
                valid_until=row.valid_until,
                status="expired" if row.status == "valid" and expired else row.status,
                sample=row.sample,
            )
        )
    return tuple(checks)


_PERMIT = """
SELECT m.number, m.holder_name, m.subject, m.issued_on, m.valid_until, m.status, o.name AS office,
       o.sample, a.sop_version_id, (clock_timestamp() AT TIME ZONE o.zone)::date AS today
  FROM permit m JOIN office o ON o.id = m.office_id JOIN application a ON a.id = m.application_id
 WHERE m.id = %s
"""
