"""States of the counter that the sample office alone does not have: another clerk's draft."""

from __future__ import annotations

from uuid import UUID, uuid5

from licensing.people import Officer
from licensing.services.accounts import NewAccount, create_account
from licensing.services.drafts import Draft, save_draft
from tests.journeys.desk import PASSWORD, Desk

COLLEAGUE = "loket-rekan"
_DRAFT = UUID("7d1a9a5e-6d43-4e0c-9a34-1f3a5a0d0a11")


def colleagues_draft(desk: Desk) -> str:
    """Return the path of a form that another clerk has left."""
    draft = uuid5(_DRAFT, str(desk.office_id))
    with desk.runtime.transaction(desk.office_id) as connection:
        there = connection.exec_driver_sql(
            "SELECT 1 FROM intake_draft WHERE id = %s", (draft,)
        ).fetchone()
    if there is None:
        typed = {"field_business_name": "Toko Contoh Rekan"}
        save_draft(desk.runtime, Draft(draft, "siup", typed, "Toko Contoh Rekan"), _clerk(desk))
    return f"/loket/baru/siup?draf={draft}"


def _clerk(desk: Desk) -> Officer:
    new = NewAccount(COLLEAGUE, "Rekan Loket", ("counter",), PASSWORD)
    return create_account(desk.runtime, desk.office_id, new)
