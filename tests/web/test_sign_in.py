"""Into the office and out of it."""

from __future__ import annotations

import pytest

from licensing.services.accounts import NewAccount, create_account
from tests.factories import PASSWORD
from tests.web.office import signed_in, statements

NAME, WORD = "username", "password"


def typed(username: str, password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {NAME: username, WORD: password, **more}


class TestSigningIn:
    def test_opens_the_office_and_names_the_person_on_the_page(self, house, office):
        client = signed_in(office, house.people.head)

        page = client.get("/masuk", follow_redirects=True)

        assert page.status_code == 200
        assert "no-store" in page.headers["Cache-Control"]

    @pytest.mark.parametrize(
        ("wanted", "led_to"),
        [
            ("/gaya", "/gaya"),
            ("/gaya?a=1", "/gaya?a=1"),
            ("https://example.org/gaya", None),
            ("//example.org", None),
            ("/tidak-ada", None),
            ("//[", None),
            ("", None),
        ],
    )
    def test_goes_on_to_own_pages_that_the_account_may_open(self, house, office, wanted, led_to):
        clerk = house.people.clerk
        usual = signed_in(office, clerk).get("/masuk").location

        answer = office.test_client().post("/masuk", data=typed(clerk.username, next=wanted))

        assert answer.location == (led_to or usual)

    @pytest.mark.parametrize(
        ("who", "first"),
        [
            ("clerk", "/loket"),
            ("verifier", "/kerja"),
            ("head", "/kerja"),
            ("supervisor", "/pengawas"),
            ("inspectorate", "/pengawas"),
        ],
    )
    def test_leads_to_where_the_work_of_the_account_lies(self, house, office, who, first):
        person = getattr(house.people, who)

        answer = office.test_client().post("/masuk", data=typed(person.username))

        assert answer.location == first

    def test_tells_who_has_no_work_here_and_lets_them_out(self, house, office):
        new = NewAccount("pemohon-x", "Contoh Pemohon", ("applicant",), PASSWORD, "public")
        nobody = create_account(house.runtime, house.office_id, new)

        page = signed_in(office, nobody).get("/")

        assert f"Anda masuk sebagai {nobody.name}." in page.text
        assert f"Keluar ({nobody.name})" in page.text
        assert "Anda masuk sebagai" not in signed_in(office, house.people.clerk).get("/").text

    @pytest.mark.parametrize("which", ["password", "name", "closed"])
    def test_is_refused_with_one_sentence_whatever_was_wrong(self, house, office, which):
        person = house.people.clerk
        if which == "closed":
            house.as_owner("UPDATE officer SET active = false WHERE id = %(id)s", id=person.id)
        data = {
            "password": typed(person.username, "salah sekali"),
            "name": typed("tidak-ada"),
            "closed": typed(person.username),
        }[which]

        answer = office.test_client().post("/masuk", data=data)

        assert answer.status_code == 422
        assert "Nama pengguna dan kata sandi tidak cocok" in answer.text
        assert data[NAME] in answer.text
        assert PASSWORD not in answer.text

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({}, "Isi nama pengguna Anda."),
            ({NAME: "loket"}, "Isi kata sandi Anda."),
            ({NAME: "x" * 101, WORD: "y"}, "paling panjang 100 huruf"),
            ({NAME: "lo\x00ket", WORD: "y"}, "rusak di jalan"),
        ],
    )
    def test_says_at_the_field_what_is_missing(self, office, data, said):
        answer = office.test_client().post("/masuk", data=data)

        assert answer.status_code == 422
        assert said in answer.text

    def test_after_too_many_failures_says_how_long_to_wait(self, house, office):
        client, name = office.test_client(), house.people.clerk.username
        for _ in range(10):
            client.post("/masuk", data=typed(name, "salah sekali"))

        answer = client.post("/masuk", data=typed(name))

        assert answer.status_code == 429
        assert "15 menit" in answer.text
        assert 800 < int(answer.headers["Retry-After"]) <= 900

    def test_needs_the_token_of_its_form(self, house, office):
        office.config["WTF_CSRF_ENABLED"] = True

        answer = office.test_client().post("/masuk", data=typed(house.people.clerk.username))

        assert answer.status_code == 400

    def test_leaves_nothing_of_the_visitors_session_behind(self, house, office):
        client = office.test_client()
        with client.session_transaction() as session:
            session["planted"] = "before"

        client.post("/masuk", data=typed(house.people.clerk.username))

        with client.session_transaction() as session:
            assert "planted" not in session

    def test_once_more_ends_the_session_before_also_for_a_copy_of_its_cookie(self, house, office):
        client, copy = signed_in(office, house.people.clerk), office.test_client()
        copy.set_cookie("satupintu", client.get_cookie("satupintu").value)
        assert copy.get("/masuk").status_code == 303

        client.post("/masuk", data=typed(house.people.clerk.username))

        assert client.get("/masuk").status_code == 303
        assert copy.get("/masuk").status_code == 200

    def test_is_asked_for_whatever_address_a_browser_says_it_came_from(self, office):
        answer = office.test_client().get(
            "/kerja", headers={"HX-Request": "true", "Referer": "http://["}
        )

        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"] == "/masuk"

    def test_costs_a_page_one_statement(self, house, office):
        client = signed_in(office, house.people.clerk)
        client.get("/gaya")

        with statements(house.runtime.db) as sent:
            client.get("/gaya")

        assert len(sent) == 1


class TestSigningOut:
    def test_ends_the_session_also_for_a_copy_of_the_cookie(self, house, office):
        client, copy = signed_in(office, house.people.clerk), office.test_client()
        cookie = client.get_cookie("satupintu")
        copy.set_cookie("satupintu", cookie.value)
        assert copy.get("/masuk").status_code == 303

        client.post("/keluar")

        assert copy.get("/masuk").status_code == 200

    def test_without_a_session_changes_nothing(self, office):
        assert office.test_client().post("/keluar").location == "/masuk"

    def test_is_not_done_by_a_link(self, office):
        assert office.test_client().get("/keluar").status_code == 405


class TestASession:
    def test_ends_when_the_account_is_closed(self, house, office):
        client = signed_in(office, house.people.clerk)
        house.as_owner(
            "UPDATE officer SET active = false WHERE id = %(id)s", id=house.people.clerk.id
        )

        assert client.get("/masuk").status_code == 200

    def test_of_another_browser_is_not_accepted(self, house, office):
        client, thief = signed_in(office, house.people.clerk), office.test_client()
        thief.set_cookie("satupintu", client.get_cookie("satupintu").value)

        assert thief.get("/masuk", headers={"User-Agent": "another"}).status_code == 200
