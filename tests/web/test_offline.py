"""What makes the public pages installable, and the page that is shown without a connection."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from licensing.people import Officer
from tests.factories import House
from tests.web.site import bare_app
from web.icons import BRAND, FOLDER, ICONS, draw

Browser = Callable[[Officer | None], FlaskClient]
STATIC = FOLDER.parent


def fetched(browser: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Return a file that was read to its end."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.get(path, headers=sent, buffered=True)


class TestTheManifest:
    def test_names_the_office_and_icons_that_are_there(
        self, house: House, browser_of: Browser
    ) -> None:
        browser = browser_of(None)
        answer = browser.get("/manifest.webmanifest")
        manifest = json.loads(answer.data)

        assert answer.mimetype == "application/manifest+json"
        assert manifest["start_url"] == "/lacak"
        assert manifest["short_name"] == "Satupintu"
        assert {one["purpose"] for one in manifest["icons"]} == {"any", "maskable"}
        for one in manifest["icons"]:
            picture = Image.open(BytesIO(fetched(browser, one["src"]).data))
            assert f"{picture.width}x{picture.height}" == one["sizes"]

    def test_has_the_one_colour_of_the_brand(self) -> None:
        css = (STATIC / "css" / "satupintu.css").read_text()
        head = STATIC.parent / "templates" / "layouts" / "_installable.html"

        assert f"--sp-brand: {BRAND}" in css.lower()
        assert f'content="{BRAND}"' in head.read_text()

    @pytest.mark.parametrize(("name", "pixels", "height", "radius"), ICONS)
    def test_icons_are_as_their_script_draws_them(
        self, name: str, pixels: int, height: float, radius: float
    ) -> None:
        kept = Image.open(FOLDER / name).convert("RGBA")
        drawn = draw(pixels, height, radius)

        middle, edge = (pixels // 2, pixels // 2), (pixels // 2, pixels // 20)
        for place in (middle, edge):
            assert all(
                abs(one - other) < 24
                for one, other in zip(kept.getpixel(place), drawn.getpixel(place), strict=True)  # type: ignore[arg-type]
            )


class TestTheWorker:
    def test_may_watch_over_the_whole_site_and_is_asked_for_anew(
        self, house: House, browser_of: Browser
    ) -> None:
        answer = browser_of(None).get("/sw.js")

        assert answer.mimetype == "text/javascript"
        assert answer.headers["Service-Worker-Allowed"] == "/"
        assert "no-cache" in answer.headers["Cache-Control"]

    def test_keeps_static_files_and_the_offline_page_alone(
        self, house: House, browser_of: Browser
    ) -> None:
        browser = browser_of(None)
        told = re.match(r"const KEPT = (\{.*\});\n", browser.get("/sw.js").text)
        assert told is not None
        kept = json.loads(told[1])

        assert kept["page"] == "/luring"
        assert all(one.startswith("/static/") for one in kept["files"])
        assert all(fetched(browser, one).status_code == 200 for one in kept["files"])

    def test_is_another_one_when_the_office_has_another_number(
        self, house: House, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = browser_of(None)
        before = browser.get("/sw.js").text
        monkeypatch.setattr("web.views.offline.KEPT", ("img/favicon.svg",))

        assert browser.get("/sw.js").text != before


class TestTheOfflinePage:
    def test_says_what_it_is_and_whom_to_turn_to(self, house: House, browser_of: Browser) -> None:
        page = browser_of(None).get("/luring").text

        for said in ("Anda sedang luring", "tidak menyimpan data berkas", "(021) 000000",
                     "Jam buka"):  # fmt: skip
            assert said in page

    def test_names_nobody_and_has_no_form(self, house: House, browser_of: Browser) -> None:
        officer = house.people.verifier
        answer = browser_of(officer).get("/luring")

        assert officer.name not in answer.text
        assert "csrf_token" not in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_is_there_without_an_office(self) -> None:
        assert "Anda sedang luring" in bare_app().test_client().get("/luring").text


class TestStaticText:
    def test_is_sent_compressed(self) -> None:
        client = bare_app().test_client()
        path = "/static/css/satupintu.css"
        answer = fetched(client, path, Accept_Encoding="gzip, br")

        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data) == (STATIC / "css" / "satupintu.css").read_bytes()
        known = answer.headers["ETag"]
        again = fetched(client, path, Accept_Encoding="gzip", If_None_Match=known)
        assert again.status_code == 304

    def test_is_sent_as_it_is_to_who_cannot_read_it(self) -> None:
        answer = fetched(bare_app().test_client(), "/static/css/satupintu.css")

        assert "Content-Encoding" not in answer.headers
        assert answer.data == (STATIC / "css" / "satupintu.css").read_bytes()

    @pytest.mark.parametrize("path", ["/luring", "/static/img/icon-512.png", "/static/none.css"])
    def test_pages_and_pictures_are_never_compressed(self, path: str) -> None:
        answer = fetched(bare_app().test_client(), path, Accept_Encoding="gzip")

        assert "Content-Encoding" not in answer.headers
