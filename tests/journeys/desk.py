"""The sample office, served to a real browser, for journeys and for the gallery."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy import Connection, Engine
from waitress.server import create_server

from config import Settings
from licensing.database import connect
from licensing.queries.services import offices
from licensing.runtime import Runtime
from licensing.secrecy import unseal
from licensing.services.file_application import CODE_PURPOSE
from licensing.services.sweep import sweep
from tests.bed import Urls
from tests.journeys.online_people import ONLINE, online_work
from tests.web.site import Doorman
from web.access import APPLICANT_COOKIE
from web.app import create_app
from web.first_run import make_sample_office
from web.wiring import runtime_from

PASSWORD = "kata-sandi-contoh-1"


@dataclass(frozen=True, slots=True)
class Desk:
    """A served sample office."""

    address: str
    runtime: Runtime
    office_id: UUID
    settings: Settings
    owner_url: str

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """Return a transaction with the rights of the owner of the tables."""
        engine = connect(self.owner_url, role=None, pool_size=1)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def sign_in(self, page: Page, username: str) -> None:
        """Sign in by hand, as anybody would; whoever was signed in before is not any more."""
        page.context.clear_cookies()
        if username == ONLINE:
            key = online_work(self).session_key
            page.context.add_cookies(
                [{"name": APPLICANT_COOKIE, "value": key, "url": self.address}]
            )
            return
        page.goto(f"{self.address}/masuk")
        page.get_by_label("Nama pengguna").fill(username)
        page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Masuk", exact=True).click()
        page.wait_for_url(lambda url: "/masuk" not in url)

    def application(self, step: str, service: str = "siup") -> UUID:
        """Return the oldest application of a service that stands at, or ended in, `step`."""
        with self.runtime.transaction(self.office_id) as connection:
            found: UUID = connection.exec_driver_sql(
                "SELECT a.id FROM application a JOIN dossier d ON d.application_id = a.id"
                " WHERE a.step = %s AND d.service = %s ORDER BY d.filed_at, a.id LIMIT 1",
                (step, service),
            ).scalar_one()
        return found

    def tracking(self, application_id: UUID) -> tuple[str, str]:
        """Return the number and code on the receipt of an application."""
        with self.runtime.transaction(self.office_id) as connection:
            row = connection.exec_driver_sql(
                "SELECT number, tracking_cipher FROM dossier WHERE application_id = %s",
                (application_id,),
            ).one()
        return row.number, unseal(self.runtime.keyring, row.tracking_cipher, purpose=CODE_PURPOSE)

    def verify_code(self) -> str:
        """Return the code of one permit."""
        with self.runtime.transaction(self.office_id) as connection:
            code: str = connection.exec_driver_sql(
                "SELECT verify_code FROM permit ORDER BY number LIMIT 1"
            ).scalar_one()
        return code


@contextmanager
def opened(urls: Urls, folder: Path, *, applications: int = 60) -> Iterator[Desk]:
    """Serve a new sample office from the database at `urls`, files in `folder`."""
    settings = replace(
        Settings.from_environment({"SATUPINTU_DATA_DIR": str(folder), "PORT": "8000"}),
        sample_password=PASSWORD,
    ).with_database(urls.app, urls.owner)
    make_sample_office(settings, PASSWORD, applications=applications)
    runtime = runtime_from(settings)
    sweep(runtime)
    doorman = Doorman(create_app(settings, runtime))
    server = create_server(doorman, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Desk(
            f"http://127.0.0.1:{server.effective_port}",
            runtime,
            offices(runtime)[0].id,
            settings,
            urls.owner,
        )
    finally:
        server.close()
        thread.join(timeout=10)
        doorman.close()
        if isinstance(runtime.db, Engine):
            runtime.db.dispose()
