"""Drafts of the counter: what a clerk has typed and not yet filed, kept sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from licensing.forms import clean
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.secrecy import Keyring, seal, unseal
from licensing.services.administration import record
from licensing.services.door_sql import dump

DRAFT_PURPOSE = "intake.draft"
MAX_LABEL = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands: the one-time key of the form is the key of its draft."""

    id: UUID
    service: str
    form: Mapping[str, str]
    label: str = ""
    """What the clerk recognises it by, in the clear: the name of the business, never a number."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A draft that has another owner now."""

    service: str
    owner: str
    """Whose it was, by name."""


def save_draft(runtime: Runtime, draft: Draft, by: Officer) -> datetime | None:
    """Keep what is typed so far; return when, or None where nothing is to be kept.

    A form that was filed leaves no draft behind, however late its last save arrives; a draft of
    somebody else is left alone.

    Raises:
        NotAllowed: `by` is not at the counter.
    """
    by.must_have("keep a draft", "counter")
    with runtime.transaction(by.office_id) as connection:
        saved: datetime | None = connection.exec_driver_sql(
            _SAVE,
            {
                "id": draft.id,
                "office": by.office_id,
                "officer": by.id,
                "service": draft.service,
                "form": dump(_sealed(runtime.keyring, draft)),
                "once_key": str(draft.id),
            },
        ).scalar_one_or_none()
    return saved


def delete_draft(runtime: Runtime, draft_id: UUID, by: Officer) -> bool:
    """Delete a draft of `by`, or one whose form was filed; return whether there was one.

    Raises:
        NotAllowed: `by` is not at the counter.
    """
    by.must_have("delete a draft", "counter")
    with runtime.transaction(by.office_id) as connection:
        deleted = connection.exec_driver_sql(
            _DELETE, {"id": draft_id, "me": by.id, "once_key": str(draft_id)}
        ).rowcount
    return deleted == 1


def take_over_draft(runtime: Runtime, draft_id: UUID, by: Officer) -> TakenOver | None:
    """Make a colleague's draft one of `by`, and record whose it was; None where there is none.

    What the colleague types from now on into a page still open is not kept any more.

    Raises:
        NotAllowed: `by` is not at the counter.
    """
    by.must_have("take a draft over", "counter")
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_TAKE_OVER, {"id": draft_id, "me": by.id}).fetchone()
        if row is None:
            return None
        if row.owner_id != by.id:
            record(
                connection,
                by.office_id,
                "draft_taken_over",
                row.service,
                by=by.id,
                detail={"draft": str(draft_id), "before": str(row.owner_id), "after": str(by.id)},
            )
        return TakenOver(row.service, row.owner)


def read_form(keyring: Keyring, stored: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed into a stored draft.

    Raises:
        SecrecyFault: it was sealed with a key that is no longer known, or it was changed.
    """
    form: dict[str, str] = json.loads(unseal(keyring, stored["sealed"], purpose=DRAFT_PURPOSE))
    return form


def _sealed(keyring: Keyring, draft: Draft) -> dict[str, str]:
    # An identity number stands in it from the first key on: nothing of it is stored in the clear.
    sealed = seal(keyring, json.dumps(dict(draft.form)), purpose=DRAFT_PURPOSE)
    return {"label": clean(draft.label)[:MAX_LABEL], "sealed": sealed}


_DELETE = """
DELETE FROM intake_draft
 WHERE id = %(id)s
   AND (officer_id = %(me)s OR EXISTS (SELECT 1 FROM dossier WHERE once_key = %(once_key)s))
"""

_TAKE_OVER = """
WITH before AS (
  SELECT d.id, d.service, d.officer_id AS owner_id, w.name AS owner
    FROM intake_draft d JOIN officer w ON w.id = d.officer_id
   WHERE d.id = %(id)s FOR UPDATE OF d
), taken AS (
  UPDATE intake_draft d SET officer_id = %(me)s FROM before b WHERE d.id = b.id
)
SELECT service, owner_id, owner FROM before
"""

_SAVE = """
INSERT INTO intake_draft (id, office_id, officer_id, service, form)
SELECT %(id)s, %(office)s, %(officer)s, %(service)s, %(form)s
 WHERE NOT EXISTS (SELECT 1 FROM dossier WHERE once_key = %(once_key)s)
    ON CONFLICT (id) DO UPDATE
   SET service = excluded.service, form = excluded.form, saved_at = clock_timestamp()
 WHERE intake_draft.officer_id = excluded.officer_id
RETURNING saved_at
"""
