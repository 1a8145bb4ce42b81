"""Many files at once by keyboard alone; who has a file open; the public pages without a net."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESK, PHONE
from tests.journeys.desk import Desk

pytestmark = pytest.mark.journey

MOST_BYTES = 150_000
"""To first use of the tracking page, everything that travels counted."""

KEPT_ADDRESSES = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const store = await caches.open(name);
    for (const one of await store.keys()) found.push(new URL(one.url).pathname);
  }
  return found;
}"""


def clean(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def files_at(desk: Desk, step: str, count: int) -> list[str]:
    """Return files that the head of the office may sign."""
    with desk.runtime.transaction(desk.office_id) as connection:
        rows = connection.exec_driver_sql(
            "SELECT d.number FROM application a JOIN dossier d ON d.application_id = a.id"
            " WHERE a.step = %s AND a.ended_at IS NULL LIMIT %s",
            (step, count),
        )
        return [row.number for row in rows]


def test_the_head_signs_several_by_keyboard_alone(desk: Desk, browser: Browser) -> None:
    waiting = len(files_at(desk, "signature", 3))
    assert waiting >= 2
    page = browser.new_page(viewport=DESK)
    desk.sign_in(page, "kepala")
    page.goto(f"{desk.address}/kerja?lihat=semua")
    boxes = page.locator("input[name=pilih]")
    expect(boxes.first).to_be_visible()
    clean(page)

    page.keyboard.press("j")
    for _ in range(waiting):
        page.keyboard.press("Space")
        page.keyboard.press("j")
    chosen = page.locator("input[name=pilih]:checked").count()
    assert chosen == waiting
    expect(page.get_by_role("status").filter(has_text=f"{chosen} dipilih")).to_be_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/kerja/bersama?**")
    clean(page)
    taken = page.locator("input[name=baris]").count()
    assert taken >= 1
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/kerja/bersama/hasil?**")

    expect(page.get_by_text("Tercatat", exact=True)).to_have_count(taken)
    clean(page)
    page.keyboard.press("Escape")
    page.wait_for_url("**/kerja")
    page.close()


def test_a_colleague_sees_who_has_the_file_open(desk: Desk, browser: Browser) -> None:
    application = desk.application("verification")
    first, second = browser.new_context(), browser.new_context()
    opener, reader = first.new_page(), second.new_page()
    desk.sign_in(opener, "verifikator")
    desk.sign_in(reader, "pengawas")
    opener.goto(f"{desk.address}/berkas/{application}")
    expect(opener.get_by_role("heading", level=1)).to_be_visible()

    line = reader.get_by_text(re.compile(r"Dibuka oleh .+ sejak \d\d\.\d\d"))
    for _ in range(20):
        reader.goto(f"{desk.address}/berkas/{application}")
        if line.count():
            break
    expect(line).to_be_visible()
    clean(reader)

    opener.goto(f"{desk.address}/kerja")
    for _ in range(20):
        reader.goto(f"{desk.address}/berkas/{application}")
        if not line.count():
            break
    expect(line).to_have_count(0)
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("step", "service"), [("", ""), ("verification", "siup"), ("payment", "imb")]
)
def test_the_tracking_page_is_light(desk: Desk, browser: Browser, step: str, service: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sent: list[tuple[str, float]] = []
    urls: dict[str, str] = {}
    session.on(
        "Network.responseReceived",
        lambda event: urls.update({event["requestId"]: event["response"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sent.append((urls.get(event["requestId"], ""), event["encodedDataLength"])),
    )
    address = f"{desk.address}/lacak"
    if step:
        number, code = desk.tracking(desk.application(step, service))
        address = f"{address}/{number}?k={code}"
    page.goto(address, wait_until="networkidle")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert sum(size for _url, size in sent) < MOST_BYTES, sorted(sent, key=lambda one: -one[1])
    assert len(sent) > 4
    context.close()


def test_without_a_connection_the_page_says_so_and_keeps_nobodys_data(
    desk: Desk, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    number, code = desk.tracking(desk.application("verification"))
    page.goto(f"{desk.address}/lacak/{number}?k={code}")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"{desk.address}/lacak/berkas")
    expect(page.get_by_text(number).first).to_be_visible()

    context.set_offline(True)
    page.goto(f"{desk.address}/lacak/berkas")

    expect(page.get_by_role("heading", name="Anda sedang luring")).to_be_visible()
    assert number not in page.content()
    kept = page.evaluate(KEPT_ADDRESSES)
    assert "/luring" in kept
    assert all(one == "/luring" or one.startswith("/static/") for one in kept)
    clean(page)

    context.set_offline(False)
    page.get_by_role("link", name="Muat ulang").click()
    expect(page.get_by_text(number).first).to_be_visible()
    context.close()
