"""The frame of every page: language, theme, refusals, static files, protection."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, abort, render_template_string
from flask.testing import FlaskClient

from tests.web.site import Plain, bare_app
from web import errors
from web.app import create_app
from web.frame import FRAME_PROVIDER, Frame, NavItem, OfficeClock, Person, default_frame
from web.i18n import compile_translations
from web.views.preferences import own_path


@pytest.fixture
def app() -> Flask:
    return bare_app()


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


class TestTheLanguage:
    def test_is_indonesian_whatever_the_browser_prefers(self, client):
        page = client.get("/gaya", headers={"Accept-Language": "en"}).text

        assert '<html lang="id"' in page
        assert "Lacak berkas" in page

    def test_is_english_after_the_switch(self, client):
        answer = client.post("/bahasa", data={"bahasa": "en", "kembali": "/gaya"})

        assert (answer.status_code, answer.location) == (303, "/gaya")
        page = client.get("/gaya").text
        assert '<html lang="en"' in page
        assert "Track a file" in page

    def test_keeps_caches_from_handing_it_to_others(self, client):
        assert "Cookie" in client.get("/gaya").headers["Vary"]

    def test_that_nobody_speaks_is_refused(self, client):
        assert client.post("/bahasa", data={"bahasa": "xx"}).status_code == 400

    def test_a_stale_catalogue_is_compiled_and_a_current_one_left_alone(self, tmp_path: Path):
        folder = tmp_path / "en" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text('msgid "ya"\nmsgstr "yes"\n')

        assert compile_translations(tmp_path) == [folder / "messages.mo"]
        assert compile_translations(tmp_path) == []
        os.utime(folder / "messages.po", (2e9, 2e9))
        assert compile_translations(tmp_path) == [folder / "messages.mo"]


class TestTheTheme:
    def test_is_dark_after_the_switch_and_light_again_after_the_next(self, client):
        client.post("/tema", data={"tema": "dark", "kembali": "/gaya"})
        assert 'data-bs-theme="dark"' in client.get("/gaya").text[:200]

        client.post("/tema", data={"tema": "light", "kembali": "/gaya"})
        assert 'data-bs-theme="light"' in client.get("/gaya").text[:200]


class TestTheWayBack:
    @pytest.mark.parametrize(
        ("address", "led_to"),
        [
            ("/lacak?nomor=1", "/lacak?nomor=1"),
            ("https://example.org/", "/"),
            ("//example.org/", "/"),
            ("/\\example.org", "/"),
            ("javascript:alert(1)", "/"),
            ("/a\nb", "/"),
            ("//[", "/"),
            ("//example.org℀", "/"),
            ("lacak", "/"),
            ("", "/"),
        ],
    )
    def test_never_leaves_the_site(self, address, led_to):
        assert own_path(address) == led_to


class TestARefusal:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503])
    def test_says_what_happened_and_what_to_do(self, app, status):
        app.add_url_rule("/gagal", view_func=lambda: abort(status))

        answer = app.test_client().get("/gagal")

        assert answer.status_code == status
        assert str(errors.PAGES[status].title) in answer.text
        assert str(errors.PAGES[status].advice) in answer.text

    def test_of_a_method_names_the_allowed_ones(self, client):
        assert "POST" in client.get("/bahasa").headers["Allow"]

    def test_of_a_form_from_an_old_page_asks_to_reload(self, app):
        app.add_url_rule("/kirim", view_func=lambda: "", methods=["POST"])

        answer = app.test_client().post("/kirim")

        assert answer.status_code == 400
        assert "terlalu lama terbuka" in answer.text

    def test_that_nobody_foresaw_keeps_its_details_in_the_log(self, app, caplog):
        def broken() -> str:
            raise RuntimeError("the password is 1234")

        app.add_url_rule("/rusak", view_func=broken)

        answer = app.test_client().get("/rusak")

        assert answer.status_code == 500
        assert "1234" not in answer.text
        incident = caplog.records[-1].args[0]
        assert incident in answer.text

    def test_of_the_domain_is_worded_by_its_code_and_facts(self, monkeypatch):
        class Stale(Exception):
            code = "sample.stale"
            who = "Sari"

        monkeypatch.setitem(
            errors.WORDINGS,
            "sample.stale",
            errors.Wording(409, "Berubah", "Diubah oleh %(who)s", "Muat ulang"),
        )
        monkeypatch.setattr(errors, "ROOTS", (Stale,))
        app = bare_app()

        def press() -> str:
            raise Stale

        app.add_url_rule("/tekan", view_func=press)
        answer = app.test_client().get("/tekan")

        assert answer.status_code == 409
        assert "Diubah oleh Sari" in answer.text

    def test_leads_back_from_a_form_only_where_a_page_is(self, app):
        app.add_url_rule("/isian", "form", view_func=lambda: abort(422), methods=["GET"])
        app.add_url_rule("/hanya-kirim", "send", view_func=lambda: "", methods=["POST"])
        client = app.test_client()

        assert 'name="kembali" value="/isian"' in client.post("/isian").text
        assert 'name="kembali" value="/"' in client.post("/hanya-kirim").text


class TestProtection:
    def test_nothing_inline_is_ever_allowed(self, client):
        policy = client.get("/gaya").headers["Content-Security-Policy"]

        assert "default-src 'self'" in policy
        assert "unsafe" not in policy

    def test_no_template_carries_a_style_or_a_script_of_its_own(self, client):
        page = client.get("/gaya").text

        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page

    def test_cookies_are_secure_where_the_address_is(self):
        app = create_app(replace(Plain(), https=True))

        answer = app.test_client().post(
            "/bahasa", data={"bahasa": "en"}, base_url="https://localhost"
        )

        assert "Secure" in answer.headers["Set-Cookie"]
        assert "Strict-Transport-Security" in answer.headers


class TestStaticFiles:
    def test_an_address_changes_with_the_content_and_is_kept_for_a_year(self, app, client):
        with app.test_request_context():
            address = app.jinja_env.globals["static_url"]("css/satupintu.css")

        with client.get(address) as answer:
            kept = answer.cache_control

        assert "?v=" in address
        assert kept.immutable
        assert kept.max_age == 365 * 24 * 3600

    def test_one_without_a_hash_is_asked_for_again(self, client):
        with client.get("/static/css/satupintu.css") as answer:
            assert not answer.cache_control.immutable


@dataclass
class Bar:
    """A staff page in a frame of the test's own."""

    frame: Frame

    def text(self) -> str:
        app = bare_app()
        app.extensions[FRAME_PROVIDER] = lambda: self.frame
        app.add_url_rule(
            "/meja",
            view_func=lambda: render_template_string('{% extends "layouts/staff.html" %}'),
        )
        return " ".join(app.test_client().get("/meja").text.split())


class TestTheBarOfStaff:
    @pytest.fixture
    def frame(self) -> Frame:
        with bare_app().test_request_context():
            bare = default_frame()
        return replace(
            bare,
            office_name="Kota Contoh",
            staff_nav=(NavItem("Kerja", "/kerja", 12, True), NavItem("Berkas", "/berkas")),
            clock=OfficeClock(
                datetime(2026, 11, 19, 3, 42, tzinfo=UTC), datetime(2026, 11, 19, 9, tzinfo=UTC)
            ),
            person=Person("Bayu Segara", "Peninjau lapangan", "BS"),
        )

    def test_shows_where_when_and_who(self, frame):
        page = Bar(frame).text()

        assert '<a href="/kerja" aria-current="page">Kerja<i>12</i></a>' in page
        assert "Kam 19 Nov, 10.42 WIB" in page
        assert "tutup 16.00, 5 j 18 m lagi" in page
        assert "<b>Bayu Segara</b> <span>Peninjau lapangan</span>" in page
        assert 'action="/keluar"' in page

    def test_says_so_when_the_office_has_closed(self, frame):
        evening = datetime(2026, 11, 19, 10, tzinfo=UTC)

        closed = replace(frame, clock=OfficeClock(evening, datetime(2026, 11, 19, 9, tzinfo=UTC)))
        holiday = replace(frame, clock=OfficeClock(evening, None))

        assert "sudah tutup 16.00" in Bar(closed).text()
        assert "kantor tutup" in Bar(holiday).text()

    def test_says_so_when_the_sweep_is_silent_and_when_the_data_are_invented(self, frame):
        silent = replace(frame, silent_since=datetime(2026, 11, 19, 2, 58, tzinfo=UTC), sample=True)

        page = Bar(silent).text()

        assert "Penyapu peringatan diam sejak Kam 19 Nov, 09.58." in page
        assert "Data contoh" in page
        assert "Penyapu" not in Bar(frame).text()
