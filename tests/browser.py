"""The browser of the tests: one on this machine, else one that is installed, never none.

`python -m tests.browser` makes sure that there is one and says which.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Playwright, ViewportSize, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
PLACES = (
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}


class NoBrowser(RuntimeError):
    """There is no browser, and none could be installed."""

    def __init__(self) -> None:
        super().__init__(
            "The tests drive a real browser and found none. Install Chromium or Chrome, "
            "or name one: SATUPINTU_CHROMIUM=/path/to/chromium"
        )


def find() -> Path | None:
    """Return the program of a Chromium or Chrome on this machine."""
    named = os.environ.get("SATUPINTU_CHROMIUM")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    for place in PLACES:
        if os.access(place, os.X_OK):
            return Path(place)
    return _playwrights_own()


def find_or_install() -> Path:
    """Return a browser, installing one where there is none.

    Raises:
        NoBrowser: none is here and none can be had.
    """
    found = find()
    steps: tuple[Callable[[], None], ...] = (_install_by_apt, _install_by_playwright)
    for install in steps:
        if found is not None:
            return found
        install()
        found = find()
    if found is None:
        raise NoBrowser
    return found


def launch(playwright: Playwright) -> Browser:
    """Return a running browser without a window.

    Raises:
        NoBrowser: there is none on this machine.
    """
    found = find()
    if found is None:
        raise NoBrowser
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    return playwright.chromium.launch(executable_path=str(found), args=flags)


def _playwrights_own() -> Path | None:
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def _install_by_apt() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "chromium"]):
        print("apt-get", *arguments, flush=True)
        done = subprocess.run(
            ["apt-get", *arguments],
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        if done.returncode != 0:
            return


def _install_by_playwright() -> None:
    print("playwright install chromium", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    try:
        print(f"Browser: {find_or_install()}")
    except NoBrowser as error:
        sys.exit(str(error))
