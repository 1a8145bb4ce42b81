"""The first start of a desk: an office with invented people and invented work, all or nothing."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from config import Settings
from licensing.database import connect
from licensing.one_transaction import OneTransaction
from licensing.people import Officer
from licensing.queries.queue import kiosk
from licensing.runtime import Runtime
from licensing.sample.fill import fill
from licensing.services.accounts import NewAccount, create_account, officer_named
from licensing.services.offices import NewOffice, create_office, office_id_of
from licensing.services.prices import preset_prices
from licensing.services.queue import draw
from licensing.services.queue_setup import QueueRules, make_usual, set_rules
from licensing.services.sops import publish_sop
from web.cli.migrate import owner_address
from web.wiring import runtime_from
from workflows.definitions import names, text_of

CODE = "contoh"
APPLICATIONS = 60
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

OFFICE = NewOffice(
    code=CODE,
    name="Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Kota Contoh",
    government="Pemerintah Kota Contoh",
    place="Kota Contoh",
    address="Jl. Balai Contoh No. 1, Kota Contoh 99999",
    phone="(099) 000-000",
    email="ptsp@contoh.example",
    zone="Asia/Jakarta",
    unit_code="DPMPTSP",
    sample=True,
    simulated=True,
)

PEOPLE: tuple[NewAccount, ...] = (
    NewAccount("loket", "Sari Lestari", ("counter",), "", title="Petugas loket"),
    NewAccount("verifikator", "Dimas Prakoso", ("verifier",), "", title="Verifikator"),
    NewAccount("peninjau", "Bayu Segara", ("inspector",), "", title="Peninjau lapangan"),
    NewAccount(
        "kepala",
        "Dra. Sri Rahayu, M.Si.",
        ("head",),
        "",
        title="Kepala Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
        employee_number="19700101 199503 2 001",
    ),
    NewAccount("penagihan", "Galih Saputra", ("billing",), "", title="Petugas penetapan retribusi"),
    NewAccount("pengawas", "Hendra Wijaya", ("supervisor",), "", title="Pengawas pelayanan"),
    NewAccount("admin", "Nanda Pratama", ("admin",), "", title="Admin sistem"),
    NewAccount(
        "teknis-pu",
        "Rangga Saputra",
        ("agency_pu",),
        "",
        organisation_kind="agency",
        title="Petugas teknis pekerjaan umum",
        organisation_name="Dinas Pekerjaan Umum dan Penataan Ruang",
    ),
    NewAccount(
        "kepala-pu",
        "Ir. Teguh Nugroho, M.T.",
        ("agency_head_pu",),
        "",
        organisation_kind="agency",
        title="Kepala Dinas Pekerjaan Umum dan Penataan Ruang",
        organisation_name="Dinas Pekerjaan Umum dan Penataan Ruang",
    ),
    NewAccount(
        "teknis-lh",
        "Nadia Kusuma",
        ("agency_lh",),
        "",
        organisation_kind="agency",
        title="Petugas teknis lingkungan hidup",
        organisation_name="Dinas Lingkungan Hidup",
    ),
    NewAccount(
        "kepala-lh",
        "Dr. Puspa Melati",
        ("agency_head_lh",),
        "",
        organisation_kind="agency",
        title="Kepala Dinas Lingkungan Hidup",
        organisation_name="Dinas Lingkungan Hidup",
    ),
    NewAccount(
        "bank-admin",
        "Wening Astuti",
        ("bank_admin",),
        "",
        title="Admin akun bank",
        organisation_kind="bank",
    ),
    NewAccount(
        "bank", "Teguh Wibowo", ("teller",), "", title="Teller bank", organisation_kind="bank"
    ),
    NewAccount(
        "bank-penyelia",
        "Yuni Safira",
        ("bank_supervisor",),
        "",
        title="Penyelia bank",
        organisation_kind="bank",
    ),
    NewAccount(
        "inspektorat",
        "Krisna Mahendra",
        ("inspectorate",),
        "",
        title="Auditor",
        organisation_kind="inspectorate",
    ),
    NewAccount(
        "ombudsman",
        "Laras Ningrum",
        ("ombudsman",),
        "",
        title="Asisten ombudsman",
        organisation_kind="ombudsman",
    ),
    NewAccount(
        "pemohon", "Maya Anggraini", ("applicant",), "", title="Pemohon", organisation_kind="public"
    ),
)


@dataclass(frozen=True, slots=True)
class PrintedAccount:
    """One line of the list that a new desk shows once."""

    name: str
    role: str
    password: str


def prepare(settings: Settings, engine: Engine) -> tuple[PrintedAccount, ...]:
    """Make the sample office on a database without any office; return its accounts.

    Everything happens in one transaction: a start that is cut off leaves nothing behind, and
    the next one begins again.
    """
    with engine.connect() as connection:
        if connection.exec_driver_sql("SELECT EXISTS (SELECT FROM office)").scalar_one():
            return ()
    password = settings.sample_password or _password()
    print("Menyiapkan kantor contoh / preparing the sample office …", file=sys.stderr)
    make_sample_office(settings, password, applications=APPLICATIONS)
    return tuple(
        PrintedAccount(account.username, account.title or account.roles[0], password)
        for account in PEOPLE
    )


def make_sample_office(settings: Settings, password: str, *, applications: int) -> None:
    """Make the sample office with its people, its SOP and its applications."""
    with _one_transaction(settings) as (connection, database, runtime):
        office_id = create_office(database, OFFICE)
        database.as_application()
        people: list[Officer] = []
        for account in PEOPLE:
            # Only the bank's first account is made from outside; it makes the others.
            of_the_bank = account.organisation_kind == "bank"
            maker = next((one for one in people if of_the_bank and one.has("bank_admin")), None)
            new = replace(account, password=password)
            people.append(create_account(runtime, office_id, new, by=maker))
        staff = {role: officer for officer in people for role in officer.roles}
        for name in names():
            publish_sop(
                runtime,
                office_id,
                text_of(name),
                drafted_by=staff["admin"].id,
                published_by=staff["head"].id,
            )
        with runtime.transaction(office_id) as inside:
            # Older than the oldest invented file.
            preset_prices(inside, office_id, since=datetime.now(UTC).date() - timedelta(days=366))
        fill(runtime, staff, applications=applications)
        _open_queue(runtime, staff)
        _set_simulated(connection, office_id, simulated=False)


def _open_queue(runtime: Runtime, staff: Mapping[str, Officer]) -> None:
    """Give the sample office six counters, open at every hour, and a few who wait today."""
    admin = staff["admin"]
    make_usual(runtime, admin)
    set_rules(runtime, QueueRules(always_open=True), admin)
    groups = {group.letter: group.id for group in kiosk(runtime, admin.office_id).groups}
    for letter, priority in (("A", ""), ("A", ""), ("B", ""), ("A", "elderly"), ("D", "")):
        draw(runtime, admin.office_id, groups[letter], priority)


def add_applications(
    settings: Settings, applications: int, *, seed: int, progress: Callable[[int], None]
) -> int:
    """Send more invented applications through the sample office; return how many presses.

    Raises:
        NotFound: this database has no sample office.
    """
    with _one_transaction(settings) as (connection, database, runtime):
        office_id = office_id_of(connection, CODE)
        _set_simulated(connection, office_id, simulated=True)
        database.as_application()
        with runtime.transaction(office_id) as inside:
            names = [account.username for account in PEOPLE]
            people = [officer_named(inside, name) for name in names]
        staff = {role: officer for officer in people for role in officer.roles}
        events = fill(runtime, staff, applications=applications, seed=seed, progress=progress)
        _set_simulated(connection, office_id, simulated=False)
    return events


@contextmanager
def _one_transaction(settings: Settings) -> Iterator[tuple[Connection, OneTransaction, Runtime]]:
    """Return a runtime all of whose work is one transaction of the owner's, kept at the end."""
    owner = connect(
        owner_address(settings),
        role=None,
        pool_size=1,
        statement_timeout_ms=0,
        idle_timeout_ms=0,
        application_name="satupintu-sample",
    )
    try:
        with owner.begin() as connection:
            database = OneTransaction(connection)
            runtime = runtime_from(settings)
            runtime.db = database
            yield connection, database, runtime
    finally:
        owner.dispose()


def _set_simulated(connection: Connection, office_id: UUID, *, simulated: bool) -> None:
    """Say whether the times of the office are the caller's; only its owner may."""
    connection.exec_driver_sql("RESET ROLE")
    connection.exec_driver_sql(
        "UPDATE office SET simulated = %s WHERE id = %s", (simulated, office_id)
    )


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
