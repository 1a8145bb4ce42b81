"""The queue from the kiosk to the counter: seen, heard, handed on, done."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from licensing.invariants import check
from licensing.people import Officer
from licensing.services.queue import draw
from tests.browser import DESK, PHONE
from tests.factories import PASSWORD, House
from tests.journeys.steps import fill_intake, somebody
from tests.licensing.conftest import real_house  # noqa: F401 - the same fixture for pages
from tests.queue import Queue, open_queue
from tests.web.office import office_app
from tests.web.site import served

pytestmark = pytest.mark.journey

# What a browser would say aloud, and print, is written down instead.
_STUBS = """
const told = (name, what) => { document.documentElement.dataset[name] = what; };
Object.defineProperty(window, "speechSynthesis", { value: {
  speak: (saying) => told("said", `${saying.lang}: ${saying.text}`), getVoices: () => [] } });
window.print = () => told("printed", "yes");
"""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

Open = Callable[..., Page]


@pytest.fixture
def queue(real_house: House) -> Queue:  # noqa: F811
    return open_queue(real_house)


@pytest.fixture
def address(queue: Queue) -> Iterator[str]:
    with served(office_app(queue.house.runtime)) as found:
        yield found


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Return a function that opens a browser of somebody's own; its clock is wound by hand."""
    contexts = []

    def opened(*, phone: bool = False, script: bool = True, wound: bool = False) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            locale="id-ID",
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        context.set_default_timeout(10_000)
        if script:
            context.add_init_script(_STUBS)
        contexts.append(context)
        page = context.new_page()
        if wound:
            page.clock.install()
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page, address: str, officer: Officer) -> None:
    page.goto(f"{address}/masuk")
    page.locator("#f-username").fill(officer.username)
    page.locator("#f-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/masuk" not in url)


def sit(page: Page, address: str, window: str) -> None:
    page.goto(f"{address}/antrian/meja")
    page.get_by_label("Anda duduk di loket mana hari ini?").select_option(label=window)
    page.get_by_role("button", name="Duduk di sini").click()
    expect(page.locator("h1")).to_contain_text(f"Loket {window[0]}")


def take(page: Page, address: str, kiosk: str = "") -> str:
    """Draw a number by hand; return the address of the ticket."""
    page.goto(f"{address}/antrian{kiosk}")
    page.get_by_role("link", name="Permohonan izin").click()
    page.get_by_role("button", name="Tidak, ambil nomor biasa").click()
    return page.url


def key(page: Page, name: str) -> None:
    """Press a key of a page whose scripts have begun."""
    page.wait_for_load_state()
    page.keyboard.press(name)


def assert_said(screen: Page, words: str) -> None:
    expect(screen.locator("html")).to_have_attribute("data-said", words)


def fine(page: Page) -> None:
    """Pass for a page that everybody can use, at a desk and on a phone."""
    results = Axe().run(page)
    assert results.response["violations"] == [], results.generate_report()
    assert page.locator("h1").count() == 1
    was = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate(_TOO_WIDE) <= 0
    if was:
        page.set_viewport_size(was)


class TestTheWay:
    def test_of_a_number_from_the_kiosk_to_two_counters(
        self, queue: Queue, address: str, open_page: Open
    ) -> None:
        people = queue.house.people
        kiosk, phone = open_page(), open_page(phone=True, wound=True)
        screen, clerk, other = open_page(wound=True), open_page(), open_page()

        # The kiosk prints a number and goes back to its first page.
        take(kiosk, address, "?kios=1")
        expect(kiosk.locator("h1")).to_contain_text("A-001")
        expect(kiosk.locator("html")).to_have_attribute("data-printed", "yes")

        # A phone takes the next one.
        take(phone, address)
        expect(phone.locator("h1")).to_contain_text("A-002")
        expect(phone.locator("#giliran")).to_contain_text("1 orang di depan Anda.")

        # The screen may speak once somebody has pressed its button.
        screen.goto(f"{address}/antrian/layar")
        screen.get_by_role("button", name="Nyalakan suara").click()

        # A clerk chooses his counter and calls by one key.
        sign_in(clerk, address, people.clerk)
        sit(clerk, address, "1 · Permohonan izin")
        key(clerk, "F8")
        expect(clerk.locator(".sp-antre-kini")).to_contain_text("A-001")

        # Seen and heard in the waiting room; the phone knows without being read again.
        screen.clock.fast_forward(3_500)
        expect(screen.locator(".sp-layar-nomor")).to_have_text("A-001")
        expect(screen.locator(".sp-layar-ke b")).to_have_text("1")
        assert_said(screen, "id-ID: Nomor antrean A nol nol satu, silakan ke loket satu")
        phone.clock.fast_forward(11_000)
        expect(phone.locator("#giliran")).to_contain_text("Anda berikutnya.")

        # Called again, then handed to another counter, which alone may call him.
        key(clerk, "F9")
        expect(clerk.locator(".sp-antre-kini")).to_contain_text("2 kali")
        clerk.get_by_label("Ke kelompok atau loket").select_option(
            label="6 · Informasi dan pengaduan"
        )
        clerk.get_by_role("button", name="Alihkan").click()
        expect(clerk.locator(".sp-antre-kini")).to_contain_text("Belum ada yang dilayani")
        sign_in(other, address, people.second_clerk)
        sit(other, address, "6 · Informasi dan pengaduan")
        key(other, "F8")
        expect(other.locator(".sp-antre-kini")).to_contain_text("A-001")
        screen.clock.fast_forward(3_500)
        expect(screen.locator(".sp-layar-ke b")).to_have_text("6")
        assert_said(screen, "id-ID: Nomor antrean A nol nol satu, silakan ke loket enam")

        # Done there; the first counter calls the phone.
        key(other, "F4")
        expect(other.locator(".sp-antre-kini")).to_contain_text("Belum ada yang dilayani")
        key(clerk, "F8")
        expect(clerk.locator(".sp-antre-kini")).to_contain_text("A-002")
        phone.clock.fast_forward(11_000)
        expect(phone.locator("#giliran")).to_contain_text("silakan ke loket 1")
        expect(phone).to_have_title("Nomor A-002 · Giliran Anda — Satupintu")

        with queue.house.owner.begin() as connection:
            (kept,) = check(connection, only=frozenset({"I27"}))
        assert kept.rows == ()

    def test_of_a_number_without_any_script(
        self, queue: Queue, address: str, open_page: Open
    ) -> None:
        people = queue.house.people
        visitor, clerk = open_page(phone=True, script=False), open_page(script=False)
        mine = take(visitor, address)
        sign_in(clerk, address, people.clerk)
        sit(clerk, address, "2 · Permohonan izin")

        clerk.get_by_role("button", name="Panggil berikutnya").click()

        visitor.goto(mine)
        expect(visitor.locator("#giliran")).to_contain_text("silakan ke loket 2")
        visitor.goto(f"{address}/antrian/layar")
        expect(visitor.locator(".sp-layar-nomor")).to_have_text("A-001")

    def test_of_a_visitor_from_the_kiosk_to_his_receipt(
        self, queue: Queue, address: str, open_page: Open
    ) -> None:
        house = queue.house
        kiosk, clerk = open_page(), open_page()
        take(kiosk, address, "?kios=1")
        sign_in(clerk, address, house.people.clerk)
        sit(clerk, address, "1 · Permohonan izin")

        clerk.goto(f"{address}/loket")
        key(clerk, "F8")
        expect(clerk.locator(".sp-antre-bilah")).to_contain_text("A-001")
        key(clerk, "F2")
        clerk.wait_for_url("**/loket/baru/siup*")
        fill_intake(clerk, somebody())
        clerk.keyboard.press("Control+Enter")
        clerk.wait_for_url("**/loket/selesai/*")
        with clerk.context.expect_page() as receipt:
            key(clerk, "F9")
        receipt.value.close()

        (filed,) = house.rows("SELECT application_id AS id FROM dossier")
        (ticket,) = house.rows("SELECT application_id FROM ticket")
        assert ticket.application_id == filed.id
        assert house.history(filed.id)[:2] == ["file", "accept"]


class TestEveryState:
    def test_is_accessible_and_fits_a_phone(
        self, queue: Queue, address: str, open_page: Open
    ) -> None:
        people = queue.house.people
        visitor, clerk, watcher, admin = (open_page() for _ in range(4))
        draw(queue.house.runtime, queue.house.office_id, queue.group("A"), "elderly")
        visitor.goto(f"{address}/antrian")
        fine(visitor)
        visitor.get_by_role("link", name="Permohonan izin").click()
        fine(visitor)
        visitor.get_by_role("button", name="Tidak, ambil nomor biasa").click()
        fine(visitor)
        visitor.goto(f"{address}/antrian/layar")
        fine(visitor)

        sign_in(clerk, address, people.clerk)
        clerk.goto(f"{address}/antrian/meja")
        fine(clerk)
        sit(clerk, address, "1 · Permohonan izin")
        clerk.get_by_role("button", name="Panggil berikutnya").click()
        draw(queue.house.runtime, queue.house.office_id, queue.group("A"))
        clerk.reload()
        fine(clerk)
        clerk.get_by_role("button", name="Lewati").click()
        expect(clerk.get_by_role("alert")).to_contain_text("Isian ini wajib.")
        fine(clerk)
        clerk.get_by_label("Alasan melewati").fill("Tidak ada di ruang tunggu")
        clerk.get_by_role("button", name="Lewati").click()
        fine(clerk)

        visitor.goto(f"{address}/antrian/layar")
        fine(visitor)
        sign_in(watcher, address, people.supervisor)
        watcher.goto(f"{address}/pengawas/antrian")
        fine(watcher)
        sign_in(admin, address, people.admin)
        for path in ("", "/baru", "/kelompok/baru", "/aturan", f"/{queue.window(1)}",
                     f"/kelompok/{queue.group('A')}"):  # fmt: skip
            admin.goto(f"{address}/admin/loket{path}")
            fine(admin)
