"""`/kerja/bersama`: many files, one confirmation, a line of what became of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from licensing.services.notes import take
from licensing.services.openings import keep_open
from tests.factories import House
from tests.web.office import statements

Browser = Callable[[Officer | None], FlaskClient]


def values(page: str, name: str) -> list[str]:
    """Return what the fields of a name hold, as a browser would send them."""
    return [unescape(one) for one in re.findall(rf'name="{name}" value="([^"]*)"', page)]


def confirmation(browser: FlaskClient, *chosen: object, **more: str) -> str:
    answer = browser.get("/kerja/bersama", query_string={"pilih": list(map(str, chosen)), **more})
    assert answer.status_code == 200, answer.text
    return answer.text


class TestTheInbox:
    def test_has_a_box_on_each_row_that_can_be_done_with_many(
        self, house: House, browser_of: Browser
    ) -> None:
        files = {str(house.application("signature")) for _ in range(2)}

        page = browser_of(house.people.head).get("/kerja").text

        assert set(values(page, "pilih")) == files
        assert "Kerjakan bersama" in page

    def test_has_none_on_what_a_colleague_holds(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")
        take(house.runtime, application, house.people.second_verifier)

        page = browser_of(house.people.verifier).get("/kerja").text

        assert values(page, "pilih") == []
        assert "Kerjakan bersama" not in page

    def test_chooses_all_of_a_page_without_a_script(
        self, house: House, browser_of: Browser
    ) -> None:
        house.application("signature")
        browser = browser_of(house.people.head)

        assert "pilih=semua" in browser.get("/kerja").text
        page = browser.get("/kerja?pilih=semua").text

        assert re.search(r'form="bersama" checked', page)
        assert ">Lepas semua<" in page


class TestTheConfirmation:
    def test_changes_nothing_and_lists_what_will_be_done(
        self, house: House, browser_of: Browser
    ) -> None:
        files = [
            house.application("signature", business_name=f"Toko Bersama {n}") for n in range(3)
        ]
        before = [house.row(one).version for one in files]

        page = confirmation(browser_of(house.people.head), *files)

        assert "3 berkas" in page
        assert all(f"Toko Bersama {n}" in page for n in range(3))
        assert len(values(page, "baris")) == 3
        assert [house.row(one).version for one in files] == before

    def test_leaves_out_what_cannot_be_done_and_says_why(
        self, house: House, browser_of: Browser
    ) -> None:
        people = house.people
        ready, unjudged, held = (house.application("verification") for _ in range(3))
        house.judge_all(ready)
        house.judge_all(held)
        take(house.runtime, held, people.second_verifier)
        ended = house.application("withdrawn")

        page = confirmation(browser_of(people.verifier), ready, unjudged, held, ended)

        assert [one.partition("~")[0] for one in values(page, "baris")] == [str(ready)]
        for said in ("Yang tidak ikut", "belum dinilai sesuai", "Dipegang ", "sudah selesai"):
            assert said in page

    def test_says_how_many_were_not_found(self, house: House, browser_of: Browser) -> None:
        page = confirmation(browser_of(house.people.head), house.application("signature"), uuid4())

        assert "1 pilihan tidak ditemukan" in page
        assert len(values(page, "baris")) == 1

    def test_takes_fifty_and_says_what_waits(self, house: House, browser_of: Browser) -> None:
        chosen = [house.application("signature"), *[uuid4() for _ in range(52)]]

        page = confirmation(browser_of(house.people.head), *chosen)

        assert "Paling banyak 50 sekaligus" in page
        assert "3 pilihan terakhir" in page

    def test_offers_nothing_that_needs_a_reason(self, house: House, browser_of: Browser) -> None:
        page = confirmation(browser_of(house.people.head), house.application("signature"))

        assert "Kembalikan ke verifikator" not in page

    @pytest.mark.parametrize("chosen", ["bukan", "x~y", "\x00", "0" * 32 + "~a\x00b"])
    def test_refuses_an_address_that_nobody_was_given(
        self, house: House, browser_of: Browser, chosen: str
    ) -> None:
        answer = browser_of(house.people.head).get("/kerja/bersama", query_string={"pilih": chosen})
        assert answer.status_code == 400

    def test_leads_back_where_nothing_was_chosen(self, house: House, browser_of: Browser) -> None:
        answer = browser_of(house.people.head).get("/kerja/bersama", follow_redirects=True)

        assert "Pilih dahulu berkas" in answer.text

    def test_costs_the_same_statements_however_many(
        self, house: House, browser_of: Browser
    ) -> None:
        files = [house.application("signature") for _ in range(5)]
        browser = browser_of(house.people.head)
        confirmation(browser, *files)

        counts = []
        for some in (files[:1], files):
            with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
                confirmation(browser, *some)
            counts.append(len([one for one in sent if "SAVEPOINT" not in one]))

        assert counts[0] == counts[1] <= 6


class TestCarryingOut:
    def pressed(self, browser: FlaskClient, *files: UUID) -> list[str]:
        return values(confirmation(browser, *files), "baris")

    def test_signs_all_and_says_so(self, house: House, browser_of: Browser) -> None:
        files = [house.application("signature") for _ in range(3)]
        browser = browser_of(house.people.head)

        answer = browser.post("/kerja/bersama", data={"baris": self.pressed(browser, *files)})
        page = browser.get(answer.location).text

        assert answer.status_code == 303
        assert "Semua 3 berkas dijalankan" in page
        assert [house.row(one).step for one in files] == ["handover"] * 3
        assert "Coba lagi" not in page

    def test_pressed_twice_signs_once_and_says_the_same(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("signature")
        browser = browser_of(house.people.head)
        rows = self.pressed(browser, application)

        pages = [
            browser.post("/kerja/bersama", data={"baris": rows}, follow_redirects=True).text
            for _ in range(2)
        ]

        assert house.history(application).count("sign") == 1
        assert all("1 berkas dijalankan" in page for page in pages)

    def test_says_who_was_first_and_leads_back_to_the_rest(
        self, house: House, browser_of: Browser
    ) -> None:
        mine, moved = house.application("signature"), house.application("signature")
        people = house.people
        browser = browser_of(people.head)
        rows = self.pressed(browser, mine, moved)
        house.press("send_back", moved, by=people.head, reason="Nama keliru")

        page = browser.post("/kerja/bersama", data={"baris": rows}, follow_redirects=True).text

        assert "1 dari 2 berkas dijalankan" in page
        assert f"{people.head.name} lebih dulu" in page
        assert "Coba lagi yang belum" in page
        assert house.row(mine).step == "handover"

    def test_a_mark_made_meanwhile_stops_that_row(self, house: House, browser_of: Browser) -> None:
        people, application = house.people, house.application("verification")
        house.judge_all(application)
        browser = browser_of(people.verifier)
        rows = self.pressed(browser, application)
        house.judge_all(application, faulty="npwp", by=people.second_verifier)

        page = browser.post("/kerja/bersama", data={"baris": rows}, follow_redirects=True).text

        assert "belum dinilai sesuai" in page
        assert house.row(application).step == "verification"

    @pytest.mark.parametrize(
        "row", ["", "x", "a~b~c~d~e", "~~1~1~sign", f"{UUID(int=1)}~~x~1~sign",
                f"{UUID(int=1)}~~1~1~", f"{UUID(int=1)}~~1~1~sign~x"]
    )  # fmt: skip
    def test_refuses_a_form_that_no_page_of_ours_has_sent(
        self, house: House, browser_of: Browser, row: str
    ) -> None:
        answer = browser_of(house.people.head).post("/kerja/bersama", data={"baris": row})
        assert answer.status_code == 400

    def test_cannot_press_what_the_page_would_not_offer(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("signature")
        row = house.row(application)
        browser = browser_of(house.people.head)

        page = browser.post(
            "/kerja/bersama",
            data={"baris": f"{application}~~{row.version}~{row.last_seq}~send_back"},
            follow_redirects=True,
        ).text

        assert "0 dari 1 berkas dijalankan" in page
        assert house.row(application).step == "signature"


class TestOpenedBy:
    def test_is_a_quiet_line_on_the_page_of_a_file(self, house: House, browser_of: Browser) -> None:
        people, application = house.people, house.application("verification")
        browser = browser_of(people.verifier)

        assert browser.post(f"/berkas/{application}/terbuka").status_code == 204

        said = f"Dibuka oleh {people.verifier.name} sejak "
        assert said in browser_of(people.second_verifier).get(f"/berkas/{application}").text
        assert said not in browser.get(f"/berkas/{application}").text
        browser.post(f"/berkas/{application}/terbuka", data={"keluar": "1"})
        assert said not in browser_of(people.second_verifier).get(f"/berkas/{application}").text

    def test_is_named_where_a_late_press_is_refused(
        self, house: House, browser_of: Browser
    ) -> None:
        people, application = house.people, house.application("verification")
        seen = house.row(application)
        house.judge_all(application)
        keep_open(house.runtime, application, people.second_verifier)

        answer = browser_of(people.verifier).post(
            f"/berkas/{application}/tindakan",
            data={"seen_version": seen.version, "seen_seq": seen.last_seq, "action": "approve"},
        )

        assert answer.status_code == 409
        assert answer.text.count(f"Dibuka oleh {people.second_verifier.name}") == 1

    def test_looking_changes_nothing(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")
        browser_of(house.people.verifier).get(f"/berkas/{application}")

        assert house.rows("SELECT 1 FROM opening") == []

    def test_who_only_watches_is_not_told_of(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")
        page = browser_of(house.people.inspectorate).get(f"/berkas/{application}").text

        assert "data-terbuka" not in page
        beat = browser_of(house.people.inspectorate).post(f"/berkas/{application}/terbuka")
        assert beat.status_code == 403

    def test_needs_the_token_of_the_form(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")
        browser = browser_of(house.people.verifier)
        browser.application.config["WTF_CSRF_ENABLED"] = True

        assert browser.post(f"/berkas/{application}/terbuka").status_code == 400
