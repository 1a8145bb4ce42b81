"""Scans in their states, made where the sample office has none."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from licensing.people import Officer
from licensing.services.scans import attach_scan
from tests import files
from tests.journeys.desk import Desk

PAPER = "ktp"


def scan_path(state: str) -> Callable[[Desk], str]:
    """Return the page of a scan: `old` (another is in force), `new`, `infected`."""

    def path(desk: Desk) -> str:
        application = desk.application("signature")
        pages = {"old": 2, "new": 3, "infected": 4}
        for name in ("old", "infected", "new"):
            found = _known(desk, application, pages[name])
            if found is None:
                _attach(desk, application, files.pdf(pages[name]))
        with desk.owner() as connection:
            connection.exec_driver_sql(
                "UPDATE kept_file SET scan = 'infected', finding = 'Contoh.Perusak',"
                " scanned_at = clock_timestamp() WHERE pages = 4 AND scan <> 'infected'"
            )
        return f"/berkas/{application}/pindaian/{_known(desk, application, pages[state])}/lihat"

    return path


def _known(desk: Desk, application: UUID, pages: int) -> UUID | None:
    with desk.runtime.transaction(desk.office_id) as connection:
        found: UUID | None = connection.exec_driver_sql(
            "SELECT f.id FROM paper_file f JOIN kept_file k"
            " ON k.office_id = f.office_id AND k.sha256 = f.sha256"
            " WHERE f.application_id = %s AND f.paper = %s AND k.pages = %s",
            (application, PAPER, pages),
        ).scalar()
    return found


def _attach(desk: Desk, application: UUID, content: bytes) -> None:
    with desk.runtime.transaction(desk.office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT id, name, username FROM officer WHERE username = 'loket'"
        ).one()
    clerk = Officer(row.id, desk.office_id, row.name, row.username, frozenset({"counter"}))
    attach_scan(desk.runtime, application, PAPER, content, "ktp.pdf", clerk)
