"""The access matrix: every role at every address by every method, tried with a real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from licensing.database import OWNER_ROLE, connect
from licensing.models.people import ROLES_OF
from licensing.people import Officer
from licensing.services.accounts import NewAccount, write_account
from tests.bed import Server
from tests.factories import House, make_house, make_runtime, password_hash
from tests.web.access_matrix import APPLICANT, MATRIX
from tests.web.office import let_applicant_in, office_app, signed_in
from web import rate_limit
from web.access import ALL_ROLES, STAFF, Access, allow, declared, may_open

NOBODY = "nobody"
ONLINE = "an applicant"
"""Somebody with the cookie of an applicant and nothing else."""
WRONG_ROLE = "Halaman ini untuk peran"
ROUTES = sorted(MATRIX)
LEAVING = ("/pemohon/keluar", "/pemohon/keluar-semua", "/pemohon/lanjut", "/pemohon/masuk")


class Site:
    """One office, one account for each role, one signed-in browser for each account."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.app: Flask = office_app(house.runtime)
        self.people = {role: _account(house, role) for role in sorted(ALL_ROLES)}
        self._clients: dict[str, FlaskClient] = {}

    def client(self, role: str) -> FlaskClient:
        if role not in self._clients:
            self._clients[role] = signed_in(self.app, self.people.get(role))
            if role == ONLINE:
                let_applicant_in(self._clients[role], self.house)
        return self._clients[role]

    def forget(self, role: str) -> None:
        self._clients.pop(role, None)


def _account(house: House, role: str) -> Officer:
    kind = next(kind for kind, roles in ROLES_OF.items() if role in roles)
    name = f"peran-{role.replace('_', '-')}"
    with house.runtime.transaction(house.office_id) as connection:
        return write_account(
            connection,
            house.office_id,
            NewAccount(name, f"Contoh {role}", (role,), "", organisation_kind=kind),
            password_hash(),
        )


@pytest.fixture(scope="module")
def site(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("akses")
    with database_server.database() as urls:
        app, owner = connect(urls.app), connect(urls.owner, role=OWNER_ROLE, pool_size=2)
        before, rate_limit.limiter.enabled = rate_limit.limiter.enabled, False
        yield Site(make_house(make_runtime(app, folder), owner))
        rate_limit.limiter.enabled = before
        app.dispose()
        owner.dispose()


def _routes_of(app: Flask) -> dict[tuple[str, str], str]:
    return {
        (method, rule.rule): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def _address(rule: str) -> str:
    parts = []
    for part in rule.split("/"):
        part = str(UUID(int=7)) if part.startswith("<uuid:") else part
        parts.append("7" if part.startswith("<int:") else part)
    return "/".join("x" if part.startswith("<") else part for part in parts)


class TestTheMatrix:
    def test_lists_every_address_of_the_site_and_no_other(self, site):
        assert set(_routes_of(site.app)) == set(MATRIX)

    def test_says_what_each_view_declares(self, site):
        found = {
            route: _said(declared(site.app, endpoint))
            for route, endpoint in _routes_of(site.app).items()
        }

        assert found == dict(MATRIX)

    @pytest.mark.parametrize(("method", "rule"), ROUTES)
    def test_holds_for_every_role(self, site, method, rule):
        allowed = MATRIX[method, rule]
        wrong = {}
        for role in (NOBODY, ONLINE, *sorted(ALL_ROLES)):
            answer = site.client(role).open(
                _address(rule), method=method, data={}, headers={"Referer": "http://localhost/x"}
            )
            entered = not _turned_away(answer, role)
            if rule == "/keluar" or (role == ONLINE and rule in LEAVING):
                site.forget(role)
            may = role == ONLINE if allowed == APPLICANT else allowed is None or role in allowed
            if entered != may:
                wrong[role] = (entered, answer.status_code)

        assert wrong == {}


def _said(access: Access | None) -> object:
    if access is None:
        return "says nothing"
    return APPLICANT if access.applicants else access.roles


def _turned_away(answer: object, role: str) -> bool:
    status, text = answer.status_code, answer.text  # type: ignore[attr-defined]
    location = answer.location or ""  # type: ignore[attr-defined]
    if status == 303 and location.startswith("/pemohon?next="):
        return True
    if role in (NOBODY, ONLINE):
        return status == 303 and location.startswith("/masuk?next=")
    return status == 403 and WRONG_ROLE in text


class TestAView:
    def test_that_declares_nothing_stays_closed_to_everybody(self, house):
        app = office_app(house.runtime)
        app.add_url_rule("/lupa", view_func=lambda: "open")

        assert app.test_client().get("/lupa").status_code == 403
        assert signed_in(app, house.people.admin).get("/lupa").status_code == 403

    def test_for_another_role_names_the_role_it_is_for(self, house):
        app = office_app(house.runtime)
        app.add_url_rule("/kas", view_func=allow("teller")(lambda: "open"))

        answer = signed_in(app, house.people.clerk).get("/kas")

        assert answer.status_code == 403
        assert "Teller bank" in answer.text
        assert "Petugas loket" in answer.text

    def test_opens_for_a_person_with_one_of_several_roles(self, house):
        app = office_app(house.runtime)
        app.add_url_rule("/kas", view_func=allow("teller", "counter")(lambda: "open"))

        assert signed_in(app, house.people.everybody).get("/kas").text == "open"

    def test_cannot_be_declared_for_a_role_that_does_not_exist(self):
        with pytest.raises(ValueError, match="cashier"):
            allow("cashier")
        with pytest.raises(ValueError, match="none named"):
            allow()


class TestWhoIsNotSignedIn:
    @pytest.fixture
    def app(self, house) -> Flask:
        app = office_app(house.runtime)
        app.add_url_rule("/kas", view_func=allow(*STAFF)(lambda: "open"), methods=["GET", "POST"])
        return app

    def test_is_led_to_the_sign_in_and_back_to_the_page(self, app):
        answer = app.test_client().get("/kas?hari=ini")

        assert (answer.status_code, answer.location) == (303, "/masuk?next=/kas?hari%3Dini")

    def test_who_pressed_a_button_is_led_back_to_its_page(self, app):
        answer = app.test_client().post("/kas", headers={"Referer": "http://localhost/berkas/1"})

        assert answer.location == "/masuk?next=/berkas/1"

    def test_a_page_of_another_site_is_never_led_back_to(self, app):
        answer = app.test_client().post("/kas", headers={"Referer": "http://example.org/x"})

        assert answer.location == "/masuk"

    def test_a_fragment_sends_the_whole_browser_there(self, app):
        answer = app.test_client().get("/kas", headers={"HX-Request": "true"})

        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].startswith("/masuk")


class TestTheNavigation:
    @pytest.mark.parametrize("path", ["/tidak-ada", "/keluar", "/layanan/"])
    def test_never_leads_where_no_page_is(self, house, path):
        app = office_app(house.runtime)
        with app.test_request_context("/"):
            assert not may_open(path, house.people.admin)

    def test_shows_a_place_to_those_alone_who_may_enter(self, house, monkeypatch):
        app = office_app(house.runtime)
        app.add_url_rule("/bank", view_func=allow("teller")(lambda: "open"))

        assert 'href="/bank"' in signed_in(app, house.people.teller).get("/").text
        assert 'href="/bank"' not in signed_in(app, house.people.clerk).get("/").text
