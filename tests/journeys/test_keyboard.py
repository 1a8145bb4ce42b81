"""From the counter to the handover without a mouse: the focus is always seen and never lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.desk import PASSWORD
from tests.journeys.steps import Filed, Office, Person

pytestmark = pytest.mark.journey

MOST_KEYS = {"intake": 26, "verify": 30, "sign": 4, "hand over": 15}
"""Keys beyond the data itself that each part may cost, from the page it begins on to its end."""
_LIST_LIMIT = 80
_TAB_LIMIT = 60

_FOCUS = """
() => {
  const it = document.activeElement;
  if (!it || it === document.body || it === document.documentElement) return { lost: true };
  // A radio that is drawn as its label shows its focus there; one not drawn at all, in its row.
  let shown = it;
  if (it.matches(".visually-hidden")) shown = it.labels[0];
  if (shown.matches(".visually-hidden")) shown = it.closest("li");
  const style = getComputedStyle(shown);
  const place = shown.getBoundingClientRect();
  const x = Math.min(Math.max(place.left + place.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(place.top + Math.min(place.height / 2, 200), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    lost: false,
    what: it.outerHTML.slice(0, 140),
    ring: style.boxShadow !== "none" || style.outlineStyle !== "none",
    seen: place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth,
    covered: !!top && !shown.contains(top) && !top.contains(shown),
  };
}
"""


@dataclass(slots=True)
class Keyboard:
    """A keyboard that counts the keys beyond the data and looks where each leads."""

    page: Page
    beyond: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def data(self, text: str) -> None:
        """Type what the paper says; it is not counted."""
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        """Press a key that leads to another page."""
        self.beyond.append(key)
        self.page.keyboard.press(key)

    def step(self, key: str) -> None:
        """Press a key that stays on the page: the focus is seen afterwards."""
        self.press(key)
        found: dict[str, Any] = self.page.evaluate(_FOCUS)
        if found["lost"]:
            self.faults.append(f"{key}: the focus is lost on {self.page.url}")
        else:
            for what, wanted in (("ring", True), ("seen", True), ("covered", False)):
                if found[what] != wanted:
                    self.faults.append(f"{key}: {what} is {found[what]} at {found['what']}")

    def tab_to(self, selector: str) -> None:
        """Walk on with Tab to what `selector` names."""
        for _ in range(_TAB_LIMIT):
            if self.page.evaluate("(it) => document.activeElement.matches(it)", selector):
                return
            self.step("Tab")
        raise AssertionError(f"{_TAB_LIMIT} times Tab and never at {selector}")

    def fill(self, *texts: str) -> None:
        """Type each text and go on; an empty one is a field passed by."""
        for text in texts:
            self.data(text)
            self.step("Enter")


def _sit_down(page: Page, office: Office, who: str) -> Keyboard:
    """Sign in by keyboard; the keys of it are nobody's business."""
    page.context.clear_cookies()
    page.goto(f"{office.desk.address}/masuk")
    keys = Keyboard(page)
    keys.tab_to("#f-username")
    keys.data(who)
    keys.tab_to("#f-password")
    keys.data(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(lambda url: "/masuk" not in url)
    page.wait_for_load_state()
    assert keys.faults == []
    return Keyboard(page)


def _look_up(keys: Keyboard, filed: Filed) -> None:
    """Find a file in the inbox: J walks the rows, Enter opens."""
    page = keys.page
    for _ in range(_LIST_LIMIT):
        row = page.evaluate("() => document.activeElement.closest('[data-baris]')?.innerText ?? ''")
        if filed.number in row:
            break
        keys.step("j")
    else:
        raise AssertionError(f"{filed.number} is not in the list")
    keys.press("Enter")
    page.wait_for_url(f"**/berkas/{filed.id}")
    page.wait_for_load_state()


def _takes_in(keys: Keyboard, person: Person) -> Filed:
    page = keys.page
    expect(page.locator("#f-cari")).to_be_focused()
    keys.data(person.nik)
    keys.press("Enter")
    expect(page.locator("[data-temuan]")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#f-applicant_name")).to_be_focused()
    # name, kind (as it stands), phone, address, e-mail, NPWP, NIB, language, no proxy
    keys.fill(person.name, "", "081200000900", "Jalan Contoh 3", "", "091234567012000")
    keys.fill("", "", "")
    # business, its address, phone, e-mail and NPWP (as the applicant's), NIB
    keys.fill(person.business, "Jalan Contoh 2", "", "", "", "")
    keys.fill("75.000.000")
    page.keyboard.press("ArrowDown")
    keys.fill("", "47111", "Bahan pokok", person.name, "Pemilik")
    for digit in range(1, len(steps.PAPERS) + 1):
        page.keyboard.press(f"Digit{digit}")
    expect(page.locator("[data-ada]")).to_have_text(str(len(steps.PAPERS)))
    keys.press("Control+Enter")
    filed = steps.told_at_the_counter(page, person)
    expect(page.get_by_role("link", name="Cetak tanda terima")).to_be_focused()
    return filed


def _listed_keys(keys: Keyboard) -> str:
    """Return what `?` lists, and close the list again."""
    page = keys.page
    page.keyboard.press("?")
    expect(page.locator("#pintasan")).to_be_visible()
    words = page.locator("#pintasan").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#pintasan")).to_be_hidden()
    return words


def test_intake_verification_signature_and_handover(page: Page, office: Office) -> None:
    used: dict[str, list[str]] = {}
    faults: dict[str, list[str]] = {}

    keys = _sit_down(page, office, "loket")
    filed = _takes_in(keys, steps.somebody())
    used["intake"], faults["intake"] = keys.beyond, keys.faults

    keys = _sit_down(page, office, "verifikator")
    _look_up(keys, filed)
    faults["inbox"] = keys.faults
    keys = Keyboard(page)
    for paper in steps.PAPERS:
        keys.tab_to(f"[name=mark_{paper}]")
        keys.step("Space")
        expect(page.locator(f"#m-{paper}-correct")).to_be_checked()
    assert "Setujui" in _listed_keys(keys)
    keys.press("s")
    steps.stands(page, "Menandatangani SIUP")
    used["verify"], faults["verify"] = keys.beyond, keys.faults

    keys = _sit_down(page, office, "kepala")
    _look_up(keys, filed)
    keys = Keyboard(page)
    assert "Tandatangani" in _listed_keys(keys)
    keys.press("t")
    expect(page.locator("h1")).to_have_text("Tandatangani")
    assert "CtrlEnter" in "".join(_listed_keys(keys).split())
    keys.press("Control+Enter")
    steps.stands(page, "Menyerahkan SIUP")
    used["sign"], faults["sign"] = keys.beyond, keys.faults

    keys = _sit_down(page, office, "loket")
    expect(page.locator("#f-cari")).to_be_focused()
    keys.data(filed.number)
    keys.press("Enter")
    page.wait_for_url(f"**/berkas/{filed.id}")
    page.wait_for_load_state()
    keys.press("s")
    expect(page.locator("#f-collector_name")).to_have_value(filed.person.name)
    keys.tab_to("#f-collector_relation")
    keys.data("Pemohon")
    keys.tab_to("#f-collector_identity")
    keys.data("KTP 0001")
    keys.press("Control+Enter")
    expect(page.locator(".sp-o-tugas .sp-tugas-kata")).to_have_text("Berkas selesai: Diserahkan.")
    used["hand over"], faults["hand over"] = keys.beyond, keys.faults

    assert {part: found for part, found in faults.items() if found} == {}
    counted = {part: len(beyond) for part, beyond in used.items()}
    assert all(counted[part] <= most for part, most in MOST_KEYS.items()), counted
    assert office.history(filed)[-3:] == ["approve", "sign", "hand_over"]


def test_a_return_and_its_reasons_without_a_mouse(page: Page, office: Office) -> None:
    filed = steps.take_in(office.at("loket"), office.desk)
    keys = _sit_down(page, office, "verifikator")
    steps.open_file(page, office.desk, filed)
    for paper in steps.PAPERS:
        keys.tab_to(f"[name=mark_{paper}]")
        keys.step("Space")
    keys.step("ArrowRight")
    keys.step("Tab")
    keys.data("Pasfoto terlalu tua.")
    # A letter typed into a field is a letter, not a shortcut.
    expect(page.locator("#n-pasfoto")).to_have_value("Pasfoto terlalu tua.")
    keys.tab_to("button[name=action][value=return_for_correction]")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("Pasfoto terlalu tua.")
    keys.tab_to("main form footer button")
    keys.press("Space")
    steps.stands(page, "Memperbaiki berkas")

    assert keys.faults == []


def test_every_stop_of_a_file_shows_its_focus(page: Page, office: Office) -> None:
    office.desk.sign_in(page, "verifikator")
    page.goto(f"{office.desk.address}/berkas/{office.desk.application('verification')}")
    keys = Keyboard(page)

    keys.tab_to("section.sp-aksi button")

    assert keys.faults == []
