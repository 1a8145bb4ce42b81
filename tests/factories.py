"""An office for tests: its people, its SOP in force, and applications driven to where one wants.

Everything goes through the real services. People are invented: no identity number with region
9999 belongs to anybody.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from licensing.database import Database
from licensing.invariants import check
from licensing.passwords import hash_password
from licensing.people import Officer
from licensing.ports.storage import FileStorage
from licensing.runtime import Runtime
from licensing.secrecy import Keyring, new_secret
from licensing.services.accounts import NewAccount, write_account
from licensing.services.file_application import (
    ApplicantForm,
    FileApplication,
    Filed,
    ProxyForm,
    file_application,
)
from licensing.services.offices import NewOffice, create_office
from licensing.services.papers import PaperMarks, check_papers, give_verdicts
from licensing.services.sops import publish_sop
from licensing.services.take_action import Receipt, TakeAction, take_action
from workflows.definitions import text_of

PASSWORD = "kata-sandi-contoh-1"
FIRST_STEP = "intake"
COLLECTOR = {
    "collector_name": "Contoh Penerima",
    "collector_relation": "pemohon",
    "collector_identity": "KTP",
}

# Role → (key, username, name, organisation). The keys are the attributes of `People`.
_PEOPLE: Sequence[tuple[str, str, str, str, tuple[str, ...]]] = (
    ("clerk", "loket", "Contoh Loket", "office", ("counter",)),
    ("second_clerk", "loket-2", "Contoh Loket Dua", "office", ("counter",)),
    ("verifier", "verifikator", "Contoh Verifikator", "office", ("verifier",)),
    ("second_verifier", "verifikator-2", "Contoh Verifikator Dua", "office", ("verifier",)),
    ("head", "kepala", "Contoh Kepala", "office", ("head",)),
    ("supervisor", "pengawas", "Contoh Pengawas", "office", ("supervisor",)),
    ("admin", "admin", "Contoh Admin", "office", ("admin",)),
    ("everybody", "serba-bisa", "Contoh Serba Bisa", "office", ("counter", "verifier", "head")),
    ("inspectorate", "inspektorat", "Contoh Inspektorat", "inspectorate", ("inspectorate",)),
    ("ombudsman", "ombudsman", "Contoh Ombudsman", "ombudsman", ("ombudsman",)),
    ("teller", "bank", "Contoh Bank", "bank", ("teller",)),
    ("second_teller", "bank-2", "Contoh Bank Dua", "bank", ("teller",)),
    ("bank_supervisor", "bank-penyelia", "Contoh Penyelia Bank", "bank", ("bank_supervisor",)),
    ("bank_admin", "bank-admin", "Contoh Admin Bank", "bank", ("bank_admin",)),
    ("inspector", "peninjau", "Contoh Peninjau", "office", ("inspector",)),
    ("billing", "penagihan", "Contoh Penagihan", "office", ("billing",)),
    ("agency_pu", "teknis-pu", "Contoh Teknis PU", "agency", ("agency_pu",)),
    ("agency_head_pu", "kepala-pu", "Contoh Kepala PU", "agency", ("agency_head_pu",)),
    ("agency_lh", "teknis-lh", "Contoh Teknis LH", "agency", ("agency_lh",)),
    ("agency_head_lh", "kepala-lh", "Contoh Kepala LH", "agency", ("agency_head_lh",)),
)

_numbers = itertools.count(1)


@dataclass(slots=True)
class SentLetters:
    """A mail port that keeps what would leave the building."""

    sent: list[Any] = field(default_factory=list)

    def send(self, letter: Any) -> None:
        self.sent.append(letter)


@dataclass(frozen=True, slots=True)
class People:
    """One account for each role of an office, and a second where two people are needed."""

    clerk: Officer
    second_clerk: Officer
    verifier: Officer
    second_verifier: Officer
    head: Officer
    supervisor: Officer
    admin: Officer
    everybody: Officer
    """Counter, verifier and head in one: what four eyes must catch."""
    inspectorate: Officer
    ombudsman: Officer
    teller: Officer
    second_teller: Officer
    bank_supervisor: Officer
    bank_admin: Officer
    inspector: Officer
    billing: Officer
    agency_pu: Officer
    agency_head_pu: Officer
    agency_lh: Officer
    agency_head_lh: Officer


def make_runtime(db: Database, folder: Path, keyring: Keyring | None = None) -> Runtime:
    """Return a runtime on `db` that keeps files in `folder` and letters in a list."""
    return Runtime(
        db=db,
        keyring=keyring or make_keyring(),
        storage=FileStorage(folder / "berkas"),
        mail=SentLetters(),
    )


@cache
def make_keyring() -> Keyring:
    """Return the keyring of this test run."""
    return Keyring.from_text(new_secret())


@cache
def password_hash() -> str:
    """Return the hash of `PASSWORD`, made once: it is slow on purpose."""
    return hash_password(PASSWORD)


def press(
    action: str,
    application_id: UUID,
    *,
    seen_version: int | None = None,
    reason: str | None = None,
    inputs: Mapping[str, str] | None = None,
    at: datetime | None = None,
    ask: str | None = None,
) -> TakeAction:
    """Return the command of a press."""
    return TakeAction(
        application_id, action, seen_version, ask=ask, reason=reason, inputs=inputs or {}, at=at
    )


def make_house(
    runtime: Runtime,
    owner: Database,
    *,
    code: str | None = None,
    zone: str = "Asia/Jakarta",
    simulated: bool = False,
    sample: bool = True,
    sop: str | None = None,
) -> House:
    """Return a new office with people and a published SOP (the SIUP where none is given).

    `sample` lets invented identity numbers pass. In a simulated office every press may say when.
    """
    number = next(_numbers)
    code = code or f"kantor-{number}"
    office_id = create_office(
        owner,
        NewOffice(
            code=code,
            name="Dinas Contoh",
            government="Pemerintah Kota Contoh",
            place="Kota Contoh",
            address="Jalan Contoh 1",
            phone="(021) 000000",
            email="kantor@contoh.example",
            zone=zone,
            unit_code="DPMPTSP",
            sample=sample,
            simulated=simulated,
        ),
    )
    with runtime.transaction(office_id) as connection:
        people = People(
            **{
                key: write_account(
                    connection,
                    office_id,
                    NewAccount(
                        username=f"{username}-{number}",
                        name=name,
                        roles=roles,
                        password="",
                        organisation_kind=kind,
                        email=f"{username}-{number}@contoh.example",
                    ),
                    password_hash(),
                )
                for key, username, name, kind, roles in _PEOPLE
            }
        )
    published = publish_sop(
        runtime,
        office_id,
        text_of("siup") if sop is None else sop,
        drafted_by=people.supervisor.id,
        published_by=people.head.id,
    )
    return House(runtime, owner, office_id, code, people, published.service)


@dataclass(frozen=True, slots=True)
class House:
    """An office at work."""

    runtime: Runtime
    owner: Database
    office_id: UUID
    code: str
    people: People
    service: str

    # -- applications

    def application(
        self,
        step: str = FIRST_STEP,
        *,
        missing: str | None = None,
        at: datetime | None = None,
        **filed: Any,
    ) -> UUID:
        """Return an application of the SIUP that stands at `step`, or has ended there.

        With `missing`, that paper is not there: the application stays at its first step.
        """
        application_id = self.file(at=at, **filed).application_id
        if missing is not None:
            self.check_all(application_id, missing=missing)
        else:
            _DRIVES[step](self, application_id, at)
        return application_id

    def file(
        self,
        *,
        at: datetime | None = None,
        legal_form: str = "perorangan",
        purpose: str = "new",
        business_name: str | None = None,
        applicant: ApplicantForm | None = None,
        proxy: ProxyForm | None = None,
        once_key: str | None = None,
        fields: Mapping[str, str] | None = None,
        papers: Mapping[str, tuple[str, str]] | None = None,
        by: Officer | None = None,
    ) -> Filed:
        """Return a filed application; nothing on its checklist has been looked at."""
        number = next(_numbers)
        return file_application(
            self.runtime,
            FileApplication(
                service=self.service,
                applicant=applicant or make_applicant(number),
                variants={"purpose": purpose, "legal_form": legal_form},
                fields={
                    "business_name": business_name or f"Toko Contoh {number}",
                    "business_address": "Jalan Contoh 2",
                    "phone": "081200000900",
                    "npwp": "091234567012000",
                    "net_worth": "75.000.000",
                    "institution": "pengecer",
                    "kbli": "47111",
                    "main_goods": "Bahan pokok",
                    "responsible_name": "Contoh Pemilik",
                    "responsible_title": "Pemilik",
                    **({} if purpose == "new" else {"previous_permit": "503/0001/SIUP/X/2020"}),
                    **(fields or {}),
                },
                once_key=once_key or uuid4().hex,
                proxy=proxy,
                papers=papers or {},
                at=at,
            ),
            by=by or self.people.clerk,
        )

    def check_all(
        self, application_id: UUID, *, missing: str | None = None, by: Officer | None = None
    ) -> None:
        """Mark every paper as received, but `missing`."""
        marks = dict.fromkeys(self.papers(application_id), ("received", ""))
        if missing is not None:
            marks[missing] = ("missing", "")
        check_papers(
            self.runtime,
            PaperMarks(application_id, self.version(application_id), marks),
            by or self.people.clerk,
        )

    def judge_all(
        self, application_id: UUID, *, faulty: str | None = None, by: Officer | None = None
    ) -> None:
        """Judge every received paper correct, but `faulty`."""
        marks = {
            name: ("correct", "")
            for name, presence in self.papers(application_id).items()
            if presence == "received"
        }
        if faulty is not None:
            marks[faulty] = ("faulty", "Tidak terbaca")
        give_verdicts(
            self.runtime,
            PaperMarks(application_id, self.version(application_id), marks),
            by or self.people.verifier,
        )

    def press(
        self,
        action: str,
        application_id: UUID,
        *,
        by: Officer,
        reason: str | None = None,
        inputs: Mapping[str, str] | None = None,
        at: datetime | None = None,
        ask: str | None = None,
    ) -> Receipt:
        """Press a button on the newest version of the page, of the file or of one of its asks."""
        seen = self.version(application_id)
        command = press(
            action, application_id, seen_version=seen, reason=reason, inputs=inputs, at=at, ask=ask
        )
        return take_action(self.runtime, command, by)

    # -- reading

    def rows(self, query: str, **parameters: Any) -> list[Any]:
        """Return rows that the application may see of this office; parameters as `%(name)s`."""
        with self.runtime.transaction(self.office_id) as connection:
            return list(connection.exec_driver_sql(query, parameters).fetchall())

    def as_owner(self, statement: str, **parameters: Any) -> int:
        """Change something behind the program's back; return how many rows were touched."""
        with self.owner.begin() as connection:
            return connection.exec_driver_sql(statement, parameters).rowcount

    def row(self, application_id: UUID) -> Any:
        """Return the row of an application."""
        return self.rows("SELECT * FROM application WHERE id = %(id)s", id=application_id)[0]

    def version(self, application_id: UUID) -> int:
        """Return the version that a page of the application shows."""
        return int(self.row(application_id).version)

    def history(self, application_id: UUID) -> list[str]:
        """Return the actions of an application in order."""
        rows = self.rows(
            "SELECT action FROM application_event WHERE application_id = %(id)s ORDER BY seq",
            id=application_id,
        )
        return [row.action for row in rows]

    def papers(self, application_id: UUID) -> dict[str, str]:
        """Return the papers of an application and whether each is there."""
        rows = self.rows(
            "SELECT name, presence FROM paper WHERE application_id = %(id)s ORDER BY position",
            id=application_id,
        )
        return {row.name: row.presence for row in rows}


def make_applicant(number: int = 1, **different: str) -> ApplicantForm:
    """Return an invented person; no two numbers have the same identity number."""
    values = {
        "name": f"Contoh Pemohon {number}",
        "nik": f"999999010190{number % 9999 + 1:04d}",
        "phone": "081200000900",
        "email": f"pemohon-{number}@contoh.example",
        "address": "Jalan Contoh 3",
        **different,
    }
    return ApplicantForm(**values)


def copy_application(connection: Connection, first: UUID, count: int) -> list[UUID]:
    """Return the ids of copies of an application: dossier and open deadlines, but no history.

    `connection` has the rights of the owner of the tables.
    """
    connection.exec_driver_sql(
        "CREATE TEMP TABLE copies ON COMMIT DROP AS"
        " SELECT n, gen_random_uuid() AS id FROM generate_series(1, %(count)s) AS n",
        {"count": count},
    )
    changes: Mapping[str, Mapping[str, str]] = {
        "application": {"id": "c.id"},
        "dossier": {
            "application_id": "c.id",
            "number": "t.number || '-' || c.n",
            "number_key": "t.number_key || c.n",
            "tracking_hash": "t.tracking_hash || c.n",
            "once_key": "t.once_key || c.n",
        },
        # Days ahead and spread, as the deadlines of a year's applications are.
        "deadline": {
            "application_id": "c.id",
            "next_rung_at": "t.next_rung_at + c.n * interval '7 seconds'",
        },
    }
    for table, changed in changes.items():
        columns = [
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT attname FROM pg_attribute"
                " WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND attgenerated = ''",
                {"table": table},
            )
        ]
        values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
        own = "id" if table == "application" else "application_id"
        still_open = " AND t.ended_at IS NULL" if table == "deadline" else ""
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"
            f" FROM {table} t, copies c WHERE t.{own} = %(first)s{still_open}",
            {"first": first},
        )
    return [row[0] for row in connection.exec_driver_sql("SELECT id FROM copies ORDER BY n")]


def broken_promises(house: House, *only: str) -> dict[str, tuple[str, ...]]:
    """Return the invariants (or those in `only`) that are broken, with the rows that break them."""
    with house.owner.begin() as connection:
        checked = list(check(connection, house.runtime.storage, only=frozenset(only)))
    return {each.invariant.code: each.rows for each in checked if each.rows}


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Return what each call returned or raised; they start together."""
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def _at_intake(house: House, application_id: UUID, at: datetime | None) -> None:
    pass


def _to_completion(house: House, application_id: UUID, at: datetime | None) -> None:
    house.check_all(application_id, missing="npwp")
    house.press(
        "return_incomplete",
        application_id,
        by=house.people.clerk,
        reason="NPWP belum ada",
        at=at,
    )


def _to_verification(house: House, application_id: UUID, at: datetime | None) -> None:
    house.check_all(application_id)
    house.press("accept", application_id, by=house.people.clerk, at=at)


def _to_correction(house: House, application_id: UUID, at: datetime | None) -> None:
    _to_verification(house, application_id, at)
    house.judge_all(application_id, faulty="npwp")
    house.press(
        "return_for_correction",
        application_id,
        by=house.people.verifier,
        reason="NPWP tidak terbaca",
        at=at,
    )


def _to_signature(house: House, application_id: UUID, at: datetime | None) -> None:
    _to_verification(house, application_id, at)
    house.judge_all(application_id)
    house.press("approve", application_id, by=house.people.verifier, at=at)


def _to_refusal(house: House, application_id: UUID, at: datetime | None) -> None:
    _to_verification(house, application_id, at)
    house.press(
        "propose_refusal",
        application_id,
        by=house.people.verifier,
        reason="Usaha tidak sesuai",
        at=at,
    )


def _to_handover(house: House, application_id: UUID, at: datetime | None) -> None:
    _to_signature(house, application_id, at)
    house.press("sign", application_id, by=house.people.head, at=at)


def _to_issued(house: House, application_id: UUID, at: datetime | None) -> None:
    _to_handover(house, application_id, at)
    house.press("hand_over", application_id, by=house.people.clerk, inputs=COLLECTOR, at=at)


def _to_refused(house: House, application_id: UUID, at: datetime | None) -> None:
    _to_refusal(house, application_id, at)
    house.press("refuse", application_id, by=house.people.head, reason="Usaha tidak sesuai", at=at)


def _to_withdrawn(house: House, application_id: UUID, at: datetime | None) -> None:
    house.press(
        "withdraw", application_id, by=house.people.clerk, reason="Batal membuka usaha", at=at
    )


_DRIVES = {
    "intake": _at_intake,
    "completion": _to_completion,
    "verification": _to_verification,
    "correction": _to_correction,
    "signature": _to_signature,
    "refusal": _to_refusal,
    "handover": _to_handover,
    "issued": _to_issued,
    "refused": _to_refused,
    "withdrawn": _to_withdrawn,
}
