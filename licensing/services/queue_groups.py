"""Groups of services that people queue for; every change is recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from licensing.errors import InvalidInput, NotFound
from licensing.forms import one_line
from licensing.models.queue import COUNTER_KINDS, SEATED_ROLES
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.administration import record

KEEPERS: Final = ("admin", "head")
MAX_NAME: Final = 60
_LETTER: Final = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class GroupForm:
    """A group as it was typed."""

    title_id: str
    title_en: str
    services: Sequence[str] = ()
    roles: Sequence[str] = ()
    active: bool = True
    kind: str = "office"
    """Whose people serve it; of a group that exists it does not change."""
    letter: str = ""
    """Likewise."""


def check_group(form: GroupForm, kind: str, *, new: bool = False) -> None:
    """Pass for a group that may be written.

    Raises:
        InvalidInput: every fault at once, by field.
    """
    faults: dict[str, str] = {}
    for field in ("title_id", "title_en"):
        words = one_line(getattr(form, field))
        if not words:
            faults[field] = "required"
        elif len(words) > MAX_NAME:
            faults[field] = "too_long"
    if kind not in COUNTER_KINDS:
        faults["kind"] = "choose"
    elif not form.roles or not set(form.roles) <= set(SEATED_ROLES[kind]):
        faults["roles"] = "counter_roles"
    if new and not _LETTER.fullmatch(form.letter.strip().upper()):
        faults["letter"] = "counter_letter"
    if faults:
        raise InvalidInput(faults)


def add_group(runtime: Runtime, new: GroupForm, by: Officer) -> UUID:
    """Add a group; return its id.

    Raises:
        NotAllowed: `by` does not keep the counters.
        InvalidInput: every fault at once, by field.
    """
    by.must_have("add a queue group", *KEEPERS)
    check_group(new, new.kind, new=True)
    letter = new.letter.strip().upper()
    try:
        with runtime.transaction(by.office_id) as connection:
            group_id: UUID = connection.exec_driver_sql(
                _ADD_GROUP, _group_values(new) | {"office": by.office_id, "letter": letter}
            ).scalar_one()
            record(
                connection, by.office_id, "queue_group_added", letter, by=by.id,
                detail={"after": _group_told(new)},
            )  # fmt: skip
    except IntegrityError as taken:
        raise InvalidInput({"letter": "counter_letter_taken"}) from taken
    return group_id


def change_group(runtime: Runtime, group_id: UUID, form: GroupForm, by: Officer) -> None:
    """Rename a group, change its services and who calls it, close or reopen it.

    Who has drawn a number before it was closed is still called.

    Raises:
        NotAllowed: `by` does not keep the counters.
        NotFound: the office has no such group.
        InvalidInput: every fault at once, by field.
    """
    by.must_have("change a queue group", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_GROUP, (group_id,)).fetchone()
        if row is None:
            raise NotFound("queue group", group_id)
        check_group(form, row.kind)
        before = _group_told(
            GroupForm(row.title_id, row.title_en, row.services, row.roles, row.active)
        )
        connection.exec_driver_sql(_CHANGE_GROUP, _group_values(form) | {"id": group_id})
        after = _group_told(form)
        if before != after:
            record(
                connection, by.office_id, "queue_group_changed", row.letter, by=by.id,
                detail={"before": before, "after": after},
            )  # fmt: skip


def write_group(connection: Connection, office_id: UUID, form: GroupForm) -> UUID:
    """Write a group within a transaction, unrecorded; return its id."""
    group_id: UUID = connection.exec_driver_sql(
        _ADD_GROUP, _group_values(form) | {"office": office_id, "letter": form.letter}
    ).scalar_one()
    return group_id


def _group_values(form: GroupForm) -> dict[str, Any]:
    return {
        "kind": form.kind,
        "title_id": one_line(form.title_id),
        "title_en": one_line(form.title_en),
        "services": list(form.services),
        "roles": list(form.roles),
        "active": form.active,
    }


def _group_told(form: GroupForm) -> Mapping[str, Any]:
    return {
        "name": one_line(form.title_id),
        "name_en": one_line(form.title_en),
        "services": sorted(form.services),
        "roles": sorted(form.roles),
        "active": form.active,
    }


_ADD_GROUP = """
INSERT INTO queue_group (office_id, kind, letter, title_id, title_en, services, roles)
VALUES (%(office)s, %(kind)s, %(letter)s, %(title_id)s, %(title_en)s, %(services)s, %(roles)s)
RETURNING id
"""

_GROUP = """
SELECT letter, kind, title_id, title_en, services, roles, active
  FROM queue_group WHERE id = %s FOR UPDATE
"""

_CHANGE_GROUP = """
UPDATE queue_group
   SET title_id = %(title_id)s, title_en = %(title_en)s, services = %(services)s,
       roles = %(roles)s, active = %(active)s
 WHERE id = %(id)s
"""
