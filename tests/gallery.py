"""Screenshots of every page in its states: `make gallery` writes them into var/gallery."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bed import server
from tests.browser import DESK, PHONE, launch
from tests.journeys.desk import Desk, opened
from tests.journeys.places import PLACES

TARGET = Path("var/gallery")


def photograph(desk: Desk, browser: Browser, target: Path, wanted: str = "") -> int:
    """Write a picture of each place whose name holds `wanted`, at both widths; return how many."""
    taken = 0
    for who in sorted({place.who or "" for place in PLACES}):
        places = [p for p in PLACES if (p.who or "") == who and wanted in p.name]
        if not places:
            continue
        context = browser.new_context(viewport=DESK, locale="id-ID", reduced_motion="reduce")
        page = context.new_page()
        if who:
            desk.sign_in(page, who)
        for place in places:
            for width, size in ((1366, DESK), (390, PHONE)):
                page.set_viewport_size(size)
                page.goto(desk.address + place.path(desk))
                page.screenshot(path=target / f"{place.name}-{width}.png", full_page=True)
                taken += 1
                print(f"\r{taken} pictures", end="", file=sys.stderr, flush=True)
        context.close()
    print(file=sys.stderr)
    return taken


def write_index(target: Path) -> None:
    """Write one page that shows all pictures."""
    pictures = sorted(path.name for path in target.glob("*.png"))
    figures = "".join(
        f'<figure><a href="{name}"><img src="{name}" width="480" alt=""></a>'
        f"<figcaption>{name}</figcaption></figure>"
        for name in pictures
    )
    (target / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>Satupintu</title>{figures}", encoding="utf-8"
    )


def main(wanted: str = "") -> None:
    """Open a sample office of its own and photograph it."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        server() as postgres,
        postgres.database() as urls,
        tempfile.TemporaryDirectory() as folder,
        opened(urls, Path(folder)) as desk,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        taken = photograph(desk, browser, TARGET, wanted)
        browser.close()
    write_index(TARGET)
    print(f"{taken} pictures in {TARGET}/index.html")


if __name__ == "__main__":
    main(*sys.argv[1:])
