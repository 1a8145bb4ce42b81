"""Counters of an office, and how it keeps its queue; every change is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
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
from licensing.services.queue_day import hold_day
from licensing.services.queue_groups import KEEPERS, MAX_NAME, GroupForm, write_group

__all__ = ["KEEPERS", "QueueRules", "WindowForm", "add_window", "change_window",
           "check_rules", "check_window", "make_usual",
           "set_rules", "write_usual"]  # fmt: skip

MAX_NOTE: Final = 300
MOST_WINDOWS: Final = 99
MOST_HEAD_START: Final = 480
MOST_CALLS: Final = 10


@dataclass(frozen=True, slots=True)
class WindowForm:
    """A counter as it was typed."""

    name: str
    groups: Sequence[UUID]
    active: bool = True
    kind: str = "office"
    """Whose people sit there; of a counter that exists it does not change."""
    number: int | None = None
    """Likewise."""


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How an office keeps its queue."""

    head_start_minutes: int = 60
    calls_before_absent: int = 3
    always_open: bool = False
    closed_note: str = ""


def check_window(form: WindowForm, *, new: bool = False) -> None:
    """Pass for a counter that may be written.

    Raises:
        InvalidInput: every fault at once, by field.
    """
    faults: dict[str, str] = {}
    name = one_line(form.name)
    if not name:
        faults["name"] = "required"
    elif len(name) > MAX_NAME:
        faults["name"] = "too_long"
    if not form.groups and form.active:
        faults["groups"] = "choose"
    if new and (form.number is None or not 1 <= form.number <= MOST_WINDOWS):
        faults["number"] = "counter_number"
    if new and form.kind not in COUNTER_KINDS:
        faults["kind"] = "choose"
    if faults:
        raise InvalidInput(faults)


def check_rules(rules: QueueRules) -> None:
    """Pass for rules that may be written.

    Raises:
        InvalidInput: every fault at once, by field.
    """
    faults: dict[str, str] = {}
    if not 0 <= rules.head_start_minutes <= MOST_HEAD_START:
        faults["head_start_minutes"] = "queue_head_start"
    if not 1 <= rules.calls_before_absent <= MOST_CALLS:
        faults["calls_before_absent"] = "queue_calls"
    if len(one_line(rules.closed_note)) > MAX_NOTE:
        faults["closed_note"] = "too_long"
    if faults:
        raise InvalidInput(faults)


def add_window(runtime: Runtime, new: WindowForm, by: Officer) -> UUID:
    """Add a counter; return its id.

    Raises:
        NotAllowed: `by` does not keep the counters.
        InvalidInput: every fault at once, by field.
    """
    by.must_have("add a counter", *KEEPERS)
    check_window(new, new=True)
    try:
        with runtime.transaction(by.office_id) as connection:
            window_id: UUID = connection.exec_driver_sql(
                _ADD_WINDOW, (by.office_id, new.kind, new.number, one_line(new.name))
            ).scalar_one()
            _serve(connection, by.office_id, window_id, new.kind, new.groups)
            after = _window_told(connection, window_id)
            subject = f"Loket {new.number}"
            record(
                connection, by.office_id, "counter_added", subject, by=by.id,
                detail={"after": after},
            )  # fmt: skip
    except IntegrityError as taken:
        raise InvalidInput({"number": "counter_taken"}) from taken
    return window_id


def change_window(runtime: Runtime, window_id: UUID, form: WindowForm, by: Officer) -> None:
    """Rename a counter, let it serve other groups, close or reopen it.

    Raises:
        NotAllowed: `by` does not keep the counters.
        NotFound: the office has no such counter.
        InvalidInput: every fault at once, by field; somebody would be left waiting for nobody.
    """
    by.must_have("change a counter", *KEEPERS)
    check_window(form)
    with runtime.transaction(by.office_id) as connection:
        day = hold_day(connection, by.office_id)
        row = connection.exec_driver_sql(_WINDOW, (window_id,)).fetchone()
        if row is None:
            raise NotFound("counter", window_id)
        if row.serving and not form.active:
            raise InvalidInput({"active": "still_serving"})
        before = _window_told(connection, window_id)
        connection.exec_driver_sql(
            "UPDATE counter_window SET name = %s, active = %s WHERE id = %s",
            (one_line(form.name), form.active, window_id),
        )
        _serve(connection, by.office_id, window_id, row.kind, form.groups)
        values = {"window": window_id, "by": by.id, "groups": list(form.groups)}
        connection.exec_driver_sql(_FREE, values | {"active": form.active})
        if not form.active:
            connection.exec_driver_sql(_EMPTY_SEAT, values)
        _nobody_left(connection, by.office_id, day)
        after = _window_told(connection, window_id)
        if before != after:
            record(
                connection, by.office_id, "counter_changed", f"Loket {row.number}", by=by.id,
                detail={"before": before, "after": after},
            )  # fmt: skip


def set_rules(runtime: Runtime, rules: QueueRules, by: Officer) -> None:
    """Say how the office keeps its queue; whoever has a number already keeps his place.

    Raises:
        NotAllowed: `by` does not keep the counters.
        InvalidInput: every fault at once, by field.
    """
    by.must_have("set the rules of the queue", *KEEPERS)
    check_rules(rules)
    note = one_line(rules.closed_note)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_RULES, (by.office_id,)).fetchone()
        before = asdict(QueueRules() if row is None else QueueRules(*row))
        after = asdict(rules) | {"closed_note": note}
        connection.exec_driver_sql(_SET_RULES, after | {"office": by.office_id})
        if before != after:
            record(
                connection, by.office_id, "queue_rules_set", "", by=by.id,
                detail={"before": before, "after": after},
            )  # fmt: skip


def make_usual(runtime: Runtime, by: Officer) -> None:
    """Make the usual six counters in an office that has none.

    Raises:
        NotAllowed: `by` does not keep the counters.
        InvalidInput: the office has counters already.
    """
    by.must_have("add counters", *KEEPERS)
    with runtime.transaction(by.office_id) as connection:
        if not write_usual(connection, by.office_id):
            raise InvalidInput({"window": "counters_exist"})
        names = [name for _, _, name, _ in _USUAL_WINDOWS]
        record(
            connection, by.office_id, "counter_added", "1–6", by=by.id,
            detail={"after": {"name": ", ".join(names)}},
        )  # fmt: skip


def write_usual(connection: Connection, office_id: UUID) -> bool:
    """Write six counters as offices have them, within a transaction; False where some exist."""
    # One at a time: a second press finds what the first has made.
    connection.exec_driver_sql("SELECT 1 FROM office WHERE id = %s FOR UPDATE", (office_id,))
    exists = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM counter_window WHERE office_id = %s)"
        " OR EXISTS (SELECT FROM queue_group WHERE office_id = %s)",
        (office_id, office_id),
    ).scalar_one()
    if exists:
        return False
    groups: dict[str, UUID] = {}
    for kind, letter, title_id, title_en in _USUAL_GROUPS:
        form = GroupForm(title_id, title_en, roles=SEATED_ROLES[kind], kind=kind, letter=letter)
        groups[letter] = write_group(connection, office_id, form)
    for kind, number, name, letters in _USUAL_WINDOWS:
        window_id = connection.exec_driver_sql(
            _ADD_WINDOW, (office_id, kind, number, name)
        ).scalar_one()
        _serve(connection, office_id, window_id, kind, [groups[letter] for letter in letters])
    return True


_USUAL_GROUPS: Final = (
    ("office", "A", "Permohonan izin", "Permit applications"),
    ("office", "B", "Izin bangunan", "Building permits"),
    ("office", "C", "Pengambilan izin", "Collecting a permit"),
    ("bank", "D", "Pembayaran di bank", "Payment at the bank"),
    ("office", "E", "Informasi dan pengaduan", "Information and complaints"),
)

# Source: the one-stop office of Kota Metro: six counters, the bank's and the complaints desk
# among them.
_USUAL_WINDOWS: Final = (
    ("office", 1, "Permohonan izin", "A"),
    ("office", 2, "Permohonan izin", "A"),
    ("office", 3, "Izin bangunan", "BA"),
    ("office", 4, "Pengambilan izin", "C"),
    ("bank", 5, "Bank", "D"),
    ("office", 6, "Informasi dan pengaduan", "E"),
)


def _window_told(connection: Connection, window_id: UUID) -> Mapping[str, Any]:
    row = connection.exec_driver_sql(_WINDOW_TOLD, (window_id,)).one()
    return {"name": row.name, "groups": row.groups, "active": row.active}


def _serve(
    connection: Connection, office_id: UUID, window_id: UUID, kind: str, groups: Iterable[UUID]
) -> None:
    """Let a counter serve these groups and no others.

    Raises:
        InvalidInput: one of them is not of its kind, or not the office's.
    """
    wanted = list(dict.fromkeys(groups))
    fitting = connection.exec_driver_sql(
        "SELECT count(*) FROM queue_group WHERE id = ANY (%s) AND kind = %s", (wanted, kind)
    ).scalar_one()
    if fitting != len(wanted):
        raise InvalidInput({"groups": "counter_of_another"})
    connection.exec_driver_sql(
        "DELETE FROM window_group WHERE window_id = %s AND group_id <> ALL (%s)",
        (window_id, wanted),
    )
    connection.exec_driver_sql(
        "INSERT INTO window_group (office_id, window_id, group_id, kind)"
        " SELECT %s, %s, unnest(%s::uuid[]), %s ON CONFLICT DO NOTHING",
        (office_id, window_id, wanted, kind),
    )


def _nobody_left(connection: Connection, office_id: UUID, day: object) -> None:
    waiting = connection.exec_driver_sql(_LEFT, {"office": office_id, "day": day}).scalar_one()
    if waiting:
        raise InvalidInput({"groups": "people_wait"})


_ADD_WINDOW = """
INSERT INTO counter_window (office_id, kind, number, name) VALUES (%s, %s, %s, %s) RETURNING id
"""

_WINDOW = """
SELECT w.number, w.kind,
       EXISTS (SELECT FROM ticket t WHERE t.window_id = w.id AND t.status = 'called') AS serving
  FROM counter_window w WHERE w.id = %s FOR UPDATE OF w
"""

_WINDOW_TOLD = """
SELECT w.name, w.active, coalesce(string_agg(g.letter, ' ' ORDER BY g.letter), '') AS groups
  FROM counter_window w
  LEFT JOIN window_group wg ON wg.window_id = w.id
  LEFT JOIN queue_group g ON g.id = wg.group_id
 WHERE w.id = %s GROUP BY w.id
"""

# Whoever was handed to it alone, and cannot be called there any more, waits for his group again.
_FREE = """
WITH freed AS (
  UPDATE ticket SET for_window_id = NULL
   WHERE for_window_id = %(window)s AND status IN ('waiting', 'absent')
     AND (NOT %(active)s OR group_id <> ALL (%(groups)s))
  RETURNING id, office_id, day, group_id, status
)
INSERT INTO ticket_event (office_id, day, ticket_id, kind, group_id, by_id)
SELECT office_id, day, id, 'handed_over', group_id, %(by)s FROM freed WHERE status = 'waiting'
"""

_EMPTY_SEAT = """
UPDATE window_seat SET left_at = clock_timestamp(), left_by = %(by)s
 WHERE window_id = %(window)s AND left_at IS NULL
"""

_RULES = """
SELECT head_start_minutes, calls_before_absent, always_open, closed_note
  FROM queue_setting WHERE office_id = %s FOR UPDATE
"""

_SET_RULES = """
INSERT INTO queue_setting (office_id, head_start_minutes, calls_before_absent, always_open,
       closed_note)
VALUES (%(office)s, %(head_start_minutes)s, %(calls_before_absent)s, %(always_open)s,
        %(closed_note)s)
ON CONFLICT (office_id) DO UPDATE
   SET head_start_minutes = excluded.head_start_minutes,
       calls_before_absent = excluded.calls_before_absent,
       always_open = excluded.always_open, closed_note = excluded.closed_note
"""

_LEFT = """
SELECT EXISTS (
  SELECT FROM ticket t
   WHERE t.office_id = %(office)s AND t.day = %(day)s AND t.status = 'waiting'
     AND t.for_window_id IS NULL
     AND NOT EXISTS (SELECT FROM window_group wg JOIN counter_window w ON w.id = wg.window_id
                      WHERE wg.group_id = t.group_id AND w.active))
"""
