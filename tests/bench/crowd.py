"""An office with 100,000 applications: a few that went through the one door, and copies of them.

The copies are made by the server itself, without triggers and without waiting for the disk: as
rows they are what the door writes, only numbers, names, days and hashes are their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from licensing.people import Officer
from licensing.queries.services import catalogue
from licensing.runtime import Runtime
from licensing.sample.answers import invent_fields, invent_variants
from licensing.sample.fill import fill
from licensing.sample.people import invent
from licensing.services.accounts import NewAccount, write_account
from licensing.services.file_application import FileApplication, file_application
from licensing.services.prices import preset_prices
from licensing.services.sops import publish_sop
from tests.factories import House, make_applicant, make_house, password_hash
from workflows.definitions import names, text_of

ACCOUNTS = 300
INSPECTORS = 20
"""Of these accounts; the visits to come are theirs in turn."""
OFFICE_EVENTS = 200
STORIES = 70
"""Applications of the SIUP that go through the door first; half as many of other services."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Which of the applications that went through the door is copied, and how often."""

    name: str
    which: str
    """What an application `a` with its dossier `d` must fulfil."""
    copies: int


_PAID = "EXISTS (SELECT FROM bill b WHERE b.application_id = a.id AND b.status = 'paid')"
_FREE = "d.service NOT IN ('siup', 'imb')"

KINDS = (
    Kind("trading at the verifier", "d.service = 'siup' AND a.step = 'verification'", 4_000),
    Kind("trading issued", "d.service = 'siup' AND a.outcome = 'granted'", 50_000),
    Kind("free at the verifier", f"{_FREE} AND a.ended_at IS NULL AND a.lane = 'verifier'", 1_000),
    Kind("free issued", f"{_FREE} AND a.outcome = 'granted'", 12_000),
    Kind("building at the agencies", "d.service = 'imb' AND a.step = 'visit_planning'", 10_000),
    Kind("building to visit", "d.service = 'imb' AND a.step = 'visit'", 1_000),
    Kind("building to review", "d.service = 'imb' AND a.step = 'review'", 1_000),
    Kind("building to bill", "d.service = 'imb' AND a.step = 'billing'", 1_000),
    Kind("building to pay", "d.service = 'imb' AND a.step = 'payment'", 5_000),
    Kind("building issued", f"d.service = 'imb' AND a.outcome = 'granted' AND {_PAID}", 15_000),
)
APPLICATIONS = sum(kind.copies for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Crowd:
    """The office, and for each kind the application that was copied."""

    house: House
    firsts: Mapping[str, UUID]

    def one(self, query: str, **parameters: Any) -> Any:
        """Return the first value of the first row of a query of this office."""
        return self.house.rows(query, **parameters)[0][0]


def make_crowd(runtime: Runtime, owner: Any, admin_url: str, say: Callable[[str], None]) -> Crowd:
    """Return a new office with `APPLICATIONS` applications more than went through its door.

    `admin_url` signs in who may go past triggers and walls.

    Raises:
        RuntimeError: a kind has no application to copy, or not as many rows came out.
    """
    house = _office(runtime, owner)
    say(f"copying {APPLICATIONS:,} applications")
    with psycopg.connect(admin_url) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE office SET simulated = false")
        connection.execute(
            "INSERT INTO heartbeat (job, at) VALUES ('sweep', now())"
            " ON CONFLICT (job) DO UPDATE SET at = excluded.at"
        )
        firsts = {}
        for kind in KINDS:
            firsts[kind.name] = _first(connection, kind)
        connection.execute(_INSPECTORS)
        connection.execute("CREATE TEMP TABLE later AS SELECT * FROM application_event LIMIT 0")
        for kind in KINDS:
            _copy(connection, firsts[kind.name], kind)
        connection.execute("INSERT INTO application_event SELECT * FROM later ORDER BY recorded_at")
        _office_events(connection, house)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return Crowd(house, firsts)


_INSPECTORS = """
CREATE TEMP TABLE inspectors AS
SELECT officer_id AS id, row_number() OVER (ORDER BY officer_id) - 1 AS turn,
       count(*) OVER () AS all_of_them
  FROM officer_role WHERE role = 'inspector'
"""


def counts(house: House) -> Mapping[str, int]:
    """Return how many rows of each kind the office has."""
    return {name: int(house.rows(query)[0][0]) for name, query in _COUNTS.items()}


_COUNTS = {
    "applications": "SELECT count(*) FROM application",
    "bills": "SELECT count(*) FROM bill",
    "bills paid": "SELECT count(*) FROM bill WHERE status = 'paid'",
    "open applications": "SELECT count(*) FROM application WHERE ended_at IS NULL",
    "visits": "SELECT count(*) FROM visit",
    "visits to come": "SELECT count(*) FROM visit"
    " WHERE reported_at IS NULL AND postponed_at IS NULL",
    "open asks": "SELECT count(*) FROM ask WHERE closed_at IS NULL",
    "accounts": "SELECT count(*) FROM officer",
    "office events": "SELECT count(*) FROM office_event",
    "prices": "SELECT count(*) FROM tariff_price",
}


def _office(runtime: Runtime, owner: Any) -> House:
    house = make_house(runtime, owner, simulated=True)
    people = house.people
    with runtime.transaction(house.office_id) as connection:
        since = datetime.now(UTC).date() - timedelta(days=366)
        preset_prices(connection, house.office_id, since=since)
        for number in range(ACCOUNTS - _accounts_of(house)):
            write_account(
                connection,
                house.office_id,
                NewAccount(
                    f"petugas-{number}",
                    f"Contoh Petugas {number}",
                    ("inspector",) if number < INSPECTORS - 1 else ("counter",),
                    "",
                ),
                password_hash(),
            )
    for name in names():
        if name != house.service:
            publish_sop(
                runtime,
                house.office_id,
                text_of(name),
                drafted_by=people.supervisor.id,
                published_by=people.head.id,
            )
    fill(runtime, _staff(house), applications=STORIES)
    _at_the_agencies(house)
    return house


def _at_the_agencies(house: House) -> None:
    """Send a building permit to where both agencies are asked, whatever time of day it is."""
    runtime, people = house.runtime, house.people
    offered = catalogue(runtime, house.office_id)
    sop = next(service.sop for service in offered.services if service.sop.name == "imb")
    random = Random(1)
    person = invent(random, 1)
    at = offered.now - timedelta(hours=3)
    variants = invent_variants(sop, person, random)
    filed = file_application(
        runtime,
        FileApplication(
            service=sop.name,
            applicant=make_applicant(1),
            variants=variants,
            fields=invent_fields(sop, person, variants, at.date(), random),
            once_key="crowd",
            at=at,
        ),
        by=people.clerk,
    ).application_id
    house.check_all(filed)
    house.press("accept", filed, by=people.clerk, at=at + timedelta(hours=1))
    house.judge_all(filed)
    house.press("approve", filed, by=people.verifier, at=at + timedelta(hours=2))


def _accounts_of(house: House) -> int:
    return int(house.rows("SELECT count(*) FROM officer")[0][0])


def _staff(house: House) -> Mapping[str, Officer]:
    """Return who presses the buttons of each role: never somebody who has two of them."""
    people = [getattr(house.people, name) for name in house.people.__slots__]
    alone = [officer for officer in people if len(officer.roles) == 1]
    return {role: officer for officer in reversed(alone) for role in officer.roles}


def _first(connection: psycopg.Connection[Any], kind: Kind) -> UUID:
    row = connection.execute(
        "SELECT a.id FROM application a JOIN dossier d ON d.application_id = a.id"
        f" WHERE {kind.which} ORDER BY a.id LIMIT 1"
    ).fetchone()
    if row is None:
        raise RuntimeError(f"no application went through the door to copy as {kind.name!r}")
    found: UUID = row[0]
    return found


# A copy's own ids are made of those of the first and of its number, so that every table can
# name them without asking another.
def _own(column: str) -> str:
    return f"md5(t.{column}::text || c.id::text)::uuid"


_BACK = "make_interval(days => c.n %% 700)"
"""Ended files lie days to years back."""
_PAID_BACK = "make_interval(days => (c.n / 150)::int)"
"""150 payments a day, beginning with today's."""
_TODAY = "now() - make_interval(mins => 1)"

_TABLES: Mapping[str, Mapping[str, str]] = {
    "application": {
        "id": "c.id",
        "holder_id": "NULL",
        "due_at": "t.due_at + make_interval(secs => c.n)",
        "ended_at": f"t.ended_at - {_BACK}",
    },
    "dossier": {
        "application_id": "c.id",
        "number": "t.number || '-' || c.n",
        "number_key": "t.number_key || c.n",
        "subject": "t.subject || ' ' || c.n",
        "subject_key": "t.subject_key || c.n",
        "tracking_hash": "t.tracking_hash || c.n",
        "once_key": "t.once_key || c.n",
        "filed_at": f"t.filed_at - {_BACK}",
    },
    # A history lies in the order of its times, and the index counts on it: copies come last.
    "application_event": {
        "application_id": "c.id",
        "recorded_at": "t.recorded_at - make_interval(days => (1 + c.n %% 300)::int)",
    },
    "ask": {
        "application_id": "c.id",
        "holder_id": "NULL",
        "due_at": "t.due_at + make_interval(secs => c.n)",
    },
    "paper": {"application_id": "c.id"},
    "deadline": {
        "application_id": "c.id",
        # Days ahead and spread, as the deadlines of a year's applications are.
        "next_rung_at": "t.next_rung_at + make_interval(days => 30, secs => 7 * c.n)",
        "ended_at": f"t.ended_at - {_BACK}",
    },
    "visit": {
        "application_id": "c.id",
        "scheduled_on": "CASE WHEN t.reported_at IS NULL"
        " THEN (now() + make_interval(days => (c.n %% 30)::int))::date"
        " ELSE t.scheduled_on END",
        "inspector_id": "CASE WHEN t.reported_at IS NULL"
        " THEN (SELECT i.id FROM inspectors i WHERE i.turn = c.n %% i.all_of_them)"
        " ELSE t.inspector_id END",
        "report_number": "t.report_number || '-' || c.n",
    },
    "fee_assessment": {"id": _own("id"), "application_id": "c.id"},
    "bill": {
        "id": _own("id"),
        "application_id": "c.id",
        "assessment_id": _own("assessment_id"),
        "payment_id": _own("payment_id"),
        "number": "t.number || '-' || c.n",
        "number_key": "t.number_key || c.n",
        "code": "t.code || c.n",
        "payer_name": "t.payer_name || ' ' || c.n",
        "payer_key": "t.payer_key || c.n",
        "subject": "t.subject || ' ' || c.n",
    },
    "payment": {
        "id": _own("id"),
        "bill_id": _own("bill_id"),
        "slip_number": "t.slip_number || '-' || c.n",
        "bank_reference": "t.bank_reference || '-' || c.n",
        "paid_at": f"{_TODAY} - {_PAID_BACK}",
        "recorded_at": f"{_TODAY} - {_PAID_BACK}",
    },
    "permit": {
        "id": _own("id"),
        "application_id": "c.id",
        "number": "t.number || '-' || c.n",
        "number_key": "t.number_key || c.n",
        "subject": "t.subject || ' ' || c.n",
        "verify_code": "t.verify_code || c.n",
    },
}
_OF: Mapping[str, str] = {
    "application": "t.id = %(first)s",
    "payment": "t.bill_id IN (SELECT id FROM bill WHERE application_id = %(first)s)",
}


def _copy(connection: psycopg.Connection[Any], first: UUID, kind: Kind) -> None:
    connection.execute("DROP TABLE IF EXISTS copies")
    connection.execute(
        "CREATE TEMP TABLE copies AS SELECT n, md5(%(first)s || n)::uuid AS id"
        " FROM generate_series(1, %(count)s) AS n",
        {"first": str(first), "count": kind.copies},
    )
    for table, changed in _TABLES.items():
        columns = [
            row[0]
            for row in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
                " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                (table,),
            )
        ]
        unknown = set(changed) - set(columns)
        if unknown:
            raise RuntimeError(f"{table} has no column {', '.join(sorted(unknown))}")
        values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
        of = _OF.get(table, "t.application_id = %(first)s")
        into = "later" if table == "application_event" else table
        statement = (
            f"INSERT INTO {into} ({', '.join(columns)})"
            f" SELECT {values} FROM {table} t, copies c WHERE {of}"
        )
        connection.execute(statement.encode(), {"first": first})


def _office_events(connection: psycopg.Connection[Any], house: House) -> None:
    connection.execute(
        "INSERT INTO office_event (office_id, at, actor_id, kind, action, subject, detail)"
        " SELECT office_id, at - make_interval(hours => n), actor_id, kind, action, subject, detail"
        " FROM (SELECT * FROM office_event WHERE office_id = %s ORDER BY id LIMIT 1) AS first,"
        " generate_series(1, %s) AS n",
        (house.office_id, OFFICE_EVENTS),
    )
