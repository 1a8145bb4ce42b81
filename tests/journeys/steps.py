"""What people do at the served office, one function a deed: the words of the journeys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect
from pypdf import PdfReader

from licensing.documents.indonesian import date_words
from licensing.services.accounts import NewAccount, create_account
from tests.browser import DESK
from tests.journeys.desk import PASSWORD, Desk
from web.formats import short_date_year

PAPERS = ("sp_siup", "ktp", "npwp", "neraca", "domisili", "pasfoto")
"""What a new SIUP of a sole trader asks for, in the order of the checklist."""
ZONE = "Asia/Jakarta"
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant whom the office does not know yet."""

    nik: str
    name: str
    business: str

    @property
    def typed(self) -> dict[str, str]:
        """Return what is typed for this person, by field of the intake."""
        return {
            "applicant_nik": self.nik,
            "applicant_name": self.name,
            "applicant_phone": "081200000900",
            "applicant_address": "Jalan Contoh 3",
            "field_business_name": self.business,
            "field_business_address": "Jalan Contoh 2",
            "field_phone": "081200000901",
            "field_npwp": "091234567012000",
            "field_net_worth": "75.000.000",
            "field_kbli": "47111",
            "field_main_goods": "Bahan pokok",
            "field_responsible_name": self.name,
            "field_responsible_title": "Pemilik",
        }


@dataclass(frozen=True, slots=True)
class Filed:
    """An application as its applicant knows it."""

    id: UUID
    number: str
    code: str
    person: Person


@dataclass(slots=True)
class Office:
    """The served office with one browser of its own for each of its people."""

    desk: Desk
    browser: Browser
    _open: dict[str, tuple[BrowserContext, Page]] = field(default_factory=dict)

    def at(self, who: str, *, script: bool = True) -> Page:
        """Return the desk at which `who` is signed in; the same one the next time."""
        key = who if script else f"{who} without script"
        if key not in self._open:
            context = self.browser.new_context(
                viewport=DESK,
                locale="id-ID",
                timezone_id=ZONE,
                reduced_motion="reduce",
                java_script_enabled=script,
            )
            context.set_default_timeout(10_000)
            page = context.new_page()
            self.desk.sign_in(page, who)
            self._open[key] = (context, page)
        return self._open[key][1]

    def close(self) -> None:
        """Close every browser that was opened."""
        for context, _ in self._open.values():
            context.close()
        self._open.clear()

    def hire(self, username: str, *roles: str) -> str:
        """Make one more account of the office; return its name to sign in with."""
        account = NewAccount(username, f"Rekan {username}", roles, PASSWORD)
        create_account(self.desk.runtime, self.desk.office_id, account)
        return username

    def history(self, filed: Filed) -> list[str]:
        """Return the actions in the history of an application, in order."""
        with self.desk.runtime.transaction(self.desk.office_id) as connection:
            rows = connection.exec_driver_sql(
                "SELECT action FROM application_event WHERE application_id = %s ORDER BY seq",
                (filed.id,),
            )
            return [row.action for row in rows]

    def promised(self, filed: Filed) -> datetime:
        """Return the moment that was promised at acceptance."""
        with self.desk.runtime.transaction(self.desk.office_id) as connection:
            text: str = connection.exec_driver_sql(
                "SELECT detail->>'promised' FROM application_event"
                " WHERE application_id = %s AND detail ? 'promised' ORDER BY seq DESC LIMIT 1",
                (filed.id,),
            ).scalar_one()
        return datetime.fromisoformat(text)

    def applications_of(self, person: Person) -> list[UUID]:
        """Return every application whose business is that of `person`."""
        with self.desk.runtime.transaction(self.desk.office_id) as connection:
            rows = connection.exec_driver_sql(
                "SELECT application_id FROM dossier WHERE subject = %s", (person.business,)
            )
            return [row.application_id for row in rows]

    def permits(self, filed: Filed) -> list[str]:
        """Return the codes of the permits that came out of an application."""
        with self.desk.runtime.transaction(self.desk.office_id) as connection:
            rows = connection.exec_driver_sql(
                "SELECT verify_code FROM permit WHERE application_id = %s", (filed.id,)
            )
            return [row.verify_code for row in rows]


def somebody() -> Person:
    """Return an applicant whom nobody has seen before."""
    number = next(_NUMBERS)
    # Women add 40 to the day of birth: no person of the sample office has this number.
    return Person(
        f"999999550190{number:04d}", f"Contoh Warga {number}", f"Toko Perjalanan {number}"
    )


# ---- at the counter


def open_intake(page: Page, desk: Desk) -> None:
    """Open an empty form for a SIUP."""
    page.goto(f"{desk.address}/loket/baru/siup")


def fill_intake(page: Page, person: Person, wrong: Mapping[str, str] | None = None) -> None:
    """Fill the form in for a complete file; `wrong` names papers and what is wrong with each."""
    for name, text in person.typed.items():
        page.locator(f"#f-{name}").fill(text)
    page.locator("#f-field_institution").select_option("pengecer")
    for paper in PAPERS:
        state = "kurang" if wrong and paper in wrong else "ada"
        page.locator(f"label[for=paper_{paper}-{state}]").click()
    for paper, note in (wrong or {}).items():
        page.locator(f"#f-paper_{paper}_note").fill(note)


def press(page: Page, title: str) -> None:
    """Press one of the buttons at the foot of the page."""
    action_button(page, title).click()


def action_button(page: Page, title: str) -> Locator:
    """Return the button of one action at the foot of the page."""
    return page.locator("section.sp-aksi").get_by_role("button", name=title, exact=True)


def told_at_the_counter(page: Page, person: Person) -> Filed:
    """Return the application that the page after filing tells about."""
    page.wait_for_url("**/loket/selesai/*")
    opened = page.get_by_role("link", name="Buka berkas").get_attribute("href") or ""
    return Filed(
        UUID(opened.rpartition("/")[2]),
        page.locator(".sp-loket-bukti dd.sp-num").inner_text(),
        page.locator(".sp-loket-kode").inner_text(),
        person,
    )


def take_in(page: Page, desk: Desk, person: Person | None = None) -> Filed:
    """Take a complete file in and accept it."""
    person = person or somebody()
    open_intake(page, desk)
    fill_intake(page, person)
    press(page, "Terima")
    return told_at_the_counter(page, person)


# ---- on the page of a file


def open_file(page: Page, desk: Desk, filed: Filed) -> None:
    """Open an application."""
    page.goto(f"{desk.address}/berkas/{filed.id}")


def mark(page: Page, paper: str, verdict: str, note: str = "") -> None:
    """Mark one paper, with what is wrong where something is."""
    page.locator(f"label[for=m-{paper}-{verdict}]").click()
    if note:
        page.locator(f"#n-{paper}").fill(note)


def approve(page: Page, desk: Desk, filed: Filed) -> None:
    """Find every paper correct and approve."""
    open_file(page, desk, filed)
    for paper in PAPERS:
        mark(page, paper, "correct")
    press(page, "Setujui")
    stands(page, "Menandatangani SIUP")


def sign(page: Page, desk: Desk, filed: Filed) -> None:
    """Sign, after the page that says that it cannot be undone."""
    open_file(page, desk, filed)
    press(page, "Tandatangani")
    expect(page.locator("h1")).to_have_text("Tandatangani")
    expect(page.locator("main")).to_contain_text("tidak dapat dibatalkan")
    confirm(page, "Tandatangani")
    stands(page, "Menyerahkan SIUP")


def hand_over(page: Page, desk: Desk, filed: Filed) -> None:
    """Hand the permit over to its applicant, who shows an identity card."""
    open_file(page, desk, filed)
    press(page, "Serahkan")
    expect(page.locator("#f-collector_name")).to_have_value(filed.person.name)
    page.locator("#f-collector_relation").select_option("pemohon")
    page.locator("#f-collector_identity").fill("KTP 0001")
    confirm(page, "Serahkan")
    expect(page.locator(".sp-o-tugas .sp-tugas-kata")).to_have_text("Berkas selesai: Diserahkan.")


def confirm(page: Page, title: str) -> None:
    """Press the button of the page on which an action is confirmed."""
    page.locator("main form").get_by_role("button", name=title, exact=True).click()


def stands(page: Page, place: str) -> None:
    """Wait until the page of the file says that it stands at `place`."""
    expect(page.locator(".sp-berkas-tahap")).to_have_text(place)


@contextmanager
def answered(page: Page, status: int) -> Iterator[None]:
    """Expect what is pressed meanwhile to lead to a page of this `status`."""
    with page.expect_response(_shown) as waiting:
        yield
    assert waiting.value.status == status, waiting.value.url


def _shown(response: Response) -> bool:
    # A redirect is on its way to the page, not the page.
    return response.request.is_navigation_request() and response.status != 303


# ---- outside the office


def track(page: Page, desk: Desk, filed: Filed) -> None:
    """Look an application up with what its receipt says."""
    page.goto(f"{desk.address}/lacak")
    page.locator("#f-number").fill(filed.number)
    page.locator("#f-code").fill(filed.code)
    page.get_by_role("button", name="Lacak", exact=True).click()
    page.wait_for_url("**/lacak/berkas")


def fits(page: Page) -> bool:
    """Return whether the page is no wider than the window."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def paper_text(page: Page, link: Locator) -> str:
    """Return the words of the PDF behind a link, with the sign-in of this page."""
    href = link.get_attribute("href") or ""
    answer = page.context.request.get(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + href)
    assert answer.status == 200, f"{href}: {answer.status}"
    assert answer.headers["content-type"] == "application/pdf", href
    pages = PdfReader(BytesIO(answer.body())).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def on_paper(moment: datetime) -> str:
    """Return a day as the printed papers say it."""
    return date_words(moment.astimezone(ZoneInfo(ZONE)).date())


def on_screen(moment: datetime) -> str:
    """Return a day as the screens say it."""
    return short_date_year(moment, lang="id", zone=ZONE)
