"""The record of every change to the office itself: who, what, before and after. Only added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

_RECORD = """
INSERT INTO office_event (office_id, actor_id, kind, action, subject, detail)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def record(
    connection: Connection,
    office_id: UUID,
    action: str,
    subject: str,
    *,
    by: UUID | None,
    detail: Mapping[str, Any] | None = None,
    kind: str = "office",
) -> None:
    """Add one line to the record of an office; `by` None is the command line.

    `detail` is plain JSON: `before` and `after` what was changed, beside them what it touched.
    `kind` is the kind of organisation whose matter it is.
    """
    written = json.dumps(detail or {}, ensure_ascii=False)
    connection.exec_driver_sql(_RECORD, (office_id, by, kind, action, subject, written))
