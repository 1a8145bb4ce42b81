"""The office in which a log is replayed: simulated, with invented people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Connection

from licensing.database import Database
from licensing.models.people import ROLES_OF
from licensing.people import Officer
from licensing.replay.mapping import ReplayMap
from licensing.runtime import Runtime
from licensing.services.accounts import NewAccount, write_account
from licensing.services.offices import NewOffice, add_calendar, create_office
from licensing.services.sops import publish_sop
from workflows.sop import Sop

_NO_PASSWORD = "!"  # noqa: S105 - no hash has this form, so nobody can sign in
_DRAFTER, _PUBLISHER = "penyusun", "pengesah"
_OVERSEERS = ("supervisor", "head", "inspectorate")


@dataclass(frozen=True, slots=True)
class SimulatedOffice:
    """An office made for one log."""

    id: UUID
    code: str
    service: str
    applicant_id: UUID
    people: Mapping[str, Officer]
    """Resource of the log → the person who stands for it."""


def open_office(
    owner: Database,
    mapped: ReplayMap,
    *,
    first: date,
    last: date,
    code: str | None = None,
) -> tuple[UUID, str]:
    """Make a simulated office with the calendar of the map; return its id and code.

    It needs the rights of the owner of the tables. `first` and `last` are days of the log.
    """
    code = code or f"replay-{uuid4().hex[:12]}"
    new = NewOffice(
        code=code,
        name=f"Simulasi {mapped.name}",
        government="Pemerintah Contoh",
        place="Contoh",
        address="Jalan Contoh 1",
        phone="",
        email="",
        zone=mapped.zone,
        unit_code="SIM",
        late_receipt=mapped.late_receipt,
        simulated=True,
    )
    office_id = create_office(owner, new)
    with owner.begin() as connection:
        spec = mapped.calendar(first, last)
        source = f"replay map {mapped.name}"
        add_calendar(connection, office_id, spec, source=source, created_by=None)
    return office_id, code


def staff_office(
    runtime: Runtime,
    office_id: UUID,
    code: str,
    text: str,
    sop: Sop,
    resources: Iterable[str],
) -> SimulatedOffice:
    """Fill a new office: its SOP in force, one invented person for each resource, an applicant.

    Whoever worked in the log has every lane: the log does not say who was allowed what.

    Raises:
        SopFaults: the SOP is wrong.
    """
    with runtime.transaction(office_id) as connection:
        people = {}
        for number, resource in enumerate(dict.fromkeys(resources), start=1):
            known = _write(connection, office_id, f"{code}.{number}", f"Petugas {number}", ())
            people[resource] = replace(known, roles=frozenset(sop.lanes))
        drafter, publisher = (
            _write(connection, office_id, f"{code}.{name}", name.capitalize(), ("admin",)).id
            for name in (_DRAFTER, _PUBLISHER)
        )
        # Alerts go to whoever has the role. Were that everybody who worked in the log, each
        # would be told of everything.
        for role, kind in _told(sop):
            name = role.replace("_", " ").capitalize()
            _write(connection, office_id, f"{code}.{role}", name, (role,), kind)
        applicant_id = _write_applicant(connection, office_id)
    publish_sop(runtime, office_id, text, drafted_by=drafter, published_by=publisher)
    return SimulatedOffice(office_id, code, sop.name, applicant_id, people)


def _told(sop: Sop) -> Iterator[tuple[str, str]]:
    """Return the roles that an alert may be for, each with the kind of its organisation."""
    wanted = {*sop.lanes, *_OVERSEERS}
    for kind, roles in ROLES_OF.items():
        if kind != "public":
            yield from ((role, kind) for role in roles if role in wanted)


def _write(
    connection: Connection,
    office_id: UUID,
    username: str,
    name: str,
    roles: tuple[str, ...],
    kind: str = "office",
) -> Officer:
    account = NewAccount(username, name, roles, "", organisation_kind=kind)
    return write_account(connection, office_id, account, _NO_PASSWORD)


def _write_applicant(connection: Connection, office_id: UUID) -> UUID:
    made: UUID = connection.exec_driver_sql(
        "INSERT INTO applicant (office_id, kind, name) VALUES (%s, 'person', 'Pemohon contoh')"
        " RETURNING id",
        (office_id,),
    ).scalar_one()
    return made
