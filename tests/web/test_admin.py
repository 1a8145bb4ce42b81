"""`/admin`: every change is previewed, confirmed, recorded; nobody reaches beyond his own side."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import ClassVar

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from licensing.services.sign_in import sign_in
from tests.factories import House
from tests.web.office import statements

Browser = Callable[[Officer | None], FlaskClient]

MOST_STATEMENTS = 6
PAGES = (
    ("admin", "/admin"),
    ("admin", "/admin/layanan"),
    ("admin", "/admin/sop/siup"),
    ("admin", "/admin/sop/siup/atur"),
    ("admin", "/admin/kalender"),
    ("admin", "/admin/kalender?form=week&tahun=2027"),
    ("admin", "/admin/akun"),
    ("admin", "/admin/akun/baru"),
    ("admin", "/admin/akun/{clerk}"),
    ("admin", "/admin/pengganti"),
    ("admin", "/admin/tarif"),
    ("admin", "/admin/riwayat"),
    ("head", "/admin"),
    ("head", "/admin/tarif"),
    ("bank_admin", "/admin"),
    ("bank_admin", "/admin/akun"),
    ("bank_admin", "/admin/pengganti"),
    ("bank_admin", "/admin/riwayat"),
    ("inspectorate", "/admin/riwayat"),
)


def day_of(house: House, days: int = 0) -> date:
    found: date = house.rows(
        "SELECT (clock_timestamp() AT TIME ZONE zone)::date AS day FROM office WHERE id = %(o)s",
        o=house.office_id,
    )[0].day
    return found + timedelta(days=days)


def hidden(html: str) -> dict[str, str]:
    """Return what a preview hands on."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)
    return {name: unescape(value) for name, value in pairs if name != "csrf_token"}


def changes(house: House) -> int:
    return len(house.rows("SELECT 1 FROM office_event"))


class TestEachPage:
    @pytest.mark.parametrize(("who", "path"), PAGES)
    def test_costs_at_most_six_statements_and_changes_nothing(
        self, house: House, browser_of: Browser, who: str, path: str
    ) -> None:
        client = browser_of(getattr(house.people, who))
        path = path.format(clerk=house.people.clerk.username)
        client.get("/admin/riwayat")  # the frame is kept for a minute
        before = changes(house)

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            answer = client.get(path)

        assert answer.status_code == 200, answer.text
        asked = [one for one in sent if not one.startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= MOST_STATEMENTS, asked
        assert answer.text.count("<h1") == 1
        assert changes(house) == before


def confirm(
    client: FlaskClient, path: str, data: dict[str, str], house: House
) -> tuple[str, int, str]:
    """Preview, see that nothing happened, confirm; return the preview and the last answer."""
    before = changes(house)
    preview = client.post(path, data={**data, "langkah": "pratinjau"})
    assert preview.status_code == 200, preview.text
    assert "Yang terkena" in preview.text or "Menjadi" in preview.text
    assert changes(house) == before
    done = client.post(path, data={**hidden(preview.text), "langkah": "simpan"})
    assert changes(house) == before + 1
    return preview.text, done.status_code, done.text


class TestAService:
    def test_is_closed_after_a_preview_and_opened_again(
        self, house: House, browser_of: Browser
    ) -> None:
        house.application("verification")
        client = browser_of(house.people.admin)

        said, status, _ = confirm(
            client, "/admin/layanan/siup", {"buka": "tidak", "note": "Sedang pindah."}, house
        )
        assert (status, "1 berkas terbuka" in said) == (303, True)
        assert "Sedang pindah." in client.get("/admin/layanan").text
        confirm(client, "/admin/layanan/siup", {"buka": "ya"}, house)

    def test_is_not_closed_without_a_word(self, house: House, browser_of: Browser) -> None:
        answer = browser_of(house.people.admin).post("/admin/layanan/siup", data={"buka": "tidak"})

        assert answer.status_code == 422
        assert 'href="#f-note-siup"' in answer.text


class TestTheCalendar:
    def test_gets_a_holiday_after_a_preview(self, house: House, browser_of: Browser) -> None:
        day = day_of(house, 20)
        while house.rows(
            "SELECT 1 FROM calendar_version WHERE spec -> 'closed' ? %(d)s", d=day.isoformat()
        ):
            day += timedelta(days=1)
        client = browser_of(house.people.admin)
        typed = {"deed": "close", "day": f"{day:%d-%m-%Y}", "name": "Pilkada", "kind": "local",
                 "source": "SK 1/2026"}  # fmt: skip

        said, status, _ = confirm(client, "/admin/kalender", typed, house)

        assert status == 303
        assert "berkas terbuka dihitung ulang" in said
        page = client.get(f"/admin/kalender?tahun={day.year}").text
        assert "Kalender versi 2" in page
        assert "Pilkada" in page

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"deed": "close", "day": "besok", "name": "x", "source": "y"}, "day"),
            ({"deed": "close", "day": "2020-01-02", "name": "x", "source": "y"}, "day"),
            ({"deed": "close", "day": "2026-12-09", "name": "Ulang tahun"}, "source"),
            ({"deed": "makeup", "day": "2026-12-09", "windows": "pagi", "source": "y"}, "windows"),
            ({"deed": "week", "day": "2099-01-01", "hari_0": "12-7", "source": "y"}, "hari_0"),
            ({"deed": "week", "day": "2099-01-01", "source": "y"}, "hari_0"),
        ],
    )
    def test_keeps_what_was_typed_and_says_what_is_wrong(
        self, house: House, browser_of: Browser, typed: dict[str, str], field: str
    ) -> None:
        answer = browser_of(house.people.admin).post("/admin/kalender", data=typed)

        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        for name, text in typed.items():
            if name not in ("deed", "day"):
                assert f'value="{text}"' in answer.text


class TestAnAccount:
    NEW: ClassVar = {
        "name": "Rina Contoh",
        "username": "rina",
        "organisation": "office",
        "peran_counter": "ya",
        "email": "rina@contoh.example",
    }

    def test_is_made_with_a_password_that_is_shown_once(
        self, house: House, browser_of: Browser
    ) -> None:
        client = browser_of(house.people.admin)

        said, status, page = confirm(client, "/admin/akun/baru", self.NEW, house)

        assert status == 200
        found = re.search(r'<output class="sp-sandi">([^<]+)</output>', page)
        assert found is not None
        password = found[1]
        assert password not in said
        assert sign_in(house.runtime, "rina", password).officer.roles == {"counter"}
        assert password not in client.get("/admin/akun/rina").text
        assert password not in client.get("/admin/riwayat").text

    def test_is_refused_with_every_fault_and_what_was_typed(
        self, house: House, browser_of: Browser
    ) -> None:
        typed = {"username": "9", "name": "", "organisation": "office", "email": "rina"}

        answer = browser_of(house.people.admin).post("/admin/akun/baru", data=typed)

        assert answer.status_code == 422
        for field in ("username", "name", "roles", "email"):
            assert f'href="#f-{field}"' in answer.text
        assert 'value="rina"' in answer.text

    def test_gets_other_roles_after_a_preview(self, house: House, browser_of: Browser) -> None:
        clerk, client = house.people.clerk, browser_of(house.people.admin)
        path = f"/admin/akun/{clerk.username}"

        said, status, _ = confirm(client, path, {"name": clerk.name, "peran_verifier": "ya"}, house)

        assert status == 303
        assert "Petugas loket" in said
        assert "Verifikator" in said
        confirm(client, f"{path}/keadaan", {"keadaan": "nonaktif"}, house)
        confirm(client, f"{path}/keadaan", {"keadaan": "aktif"}, house)
        confirm(client, f"{path}/sandi", {}, house)
        confirm(client, f"{path}/keluar", {}, house)

    @pytest.mark.parametrize("deed", ["", "/keadaan", "/sandi", "/keluar"])
    @pytest.mark.parametrize(
        ("who", "whose", "status"),
        [
            ("admin", "teller", 403),
            ("admin", "bank_admin", 403),
            ("admin", "inspectorate", 403),
            ("admin", "ombudsman", 403),
            ("bank_admin", "clerk", 403),
            ("bank_admin", "admin", 403),
            ("head", "clerk", 403),
        ],
    )
    def test_of_another_side_is_out_of_reach(
        self, house: House, browser_of: Browser, who: str, whose: str, status: int, deed: str
    ) -> None:
        username = getattr(house.people, whose).username
        client, before = browser_of(getattr(house.people, who)), changes(house)
        data = {"langkah": "simpan", "keadaan": "nonaktif", "name": "x", "peran_teller": "ya"}

        answer = client.post(f"/admin/akun/{username}{deed}", data=data)

        assert answer.status_code == status
        assert client.get(f"/admin/akun/{username}").status_code == 403
        assert changes(house) == before

    @pytest.mark.parametrize("kind", ["bank", "inspectorate", "ombudsman"])
    def test_of_another_side_is_not_made(
        self, house: House, browser_of: Browser, kind: str
    ) -> None:
        role = {"bank": "teller"}.get(kind, kind)
        data = {**self.NEW, "organisation": kind, f"peran_{role}": "ya", "langkah": "simpan"}

        answer = browser_of(house.people.admin).post("/admin/akun/baru", data=data)

        assert answer.status_code == 422
        assert house.rows("SELECT 1 FROM officer WHERE username = 'rina'") == []

    @pytest.mark.parametrize("deed", ["/keadaan", "/sandi"])
    def test_of_ones_own_is_changed_by_somebody_else(
        self, house: House, browser_of: Browser, deed: str
    ) -> None:
        admin = house.people.admin
        answer = browser_of(admin).post(
            f"/admin/akun/{admin.username}{deed}", data={"keadaan": "nonaktif"}
        )
        assert answer.status_code == 403
        assert "Harus orang lain" in answer.text

    def test_list_is_searched(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)
        assert "Tidak ada akun yang cocok" in client.get("/admin/akun?cari=tidakada").text
        assert house.people.head.username in client.get("/admin/akun?peran=head").text


class TestADeputy:
    def test_is_named_and_ended_after_previews(self, house: House, browser_of: Browser) -> None:
        client, day = browser_of(house.people.admin), day_of(house).isoformat()
        typed = {"username": house.people.verifier.username, "role": "head", "from_on": day,
                 "until_on": day, "decree": "800/12/2026"}  # fmt: skip

        said, status, _ = confirm(client, "/admin/pengganti", typed, house)

        assert status == 303
        assert house.people.head.name in said
        deputy = house.rows("SELECT id FROM deputy")[0].id
        page = browser_of(house.people.verifier).get("/kerja")
        assert page.status_code == 200
        confirm(client, f"/admin/pengganti/{deputy}/akhiri", {}, house)
        assert browser_of(house.people.bank_admin).post(
            f"/admin/pengganti/{deputy}/akhiri", data={"langkah": "simpan"}
        ).status_code == 404  # fmt: skip

    def test_is_refused_with_what_was_typed(self, house: House, browser_of: Browser) -> None:
        typed = {"username": house.people.teller.username, "role": "head",
                 "from_on": "2026-99-01", "until_on": "", "decree": "SK 9"}  # fmt: skip
        answer = browser_of(house.people.admin).post("/admin/pengganti", data=typed)

        assert answer.status_code == 422
        assert 'href="#f-from_on"' in answer.text
        assert 'value="SK 9"' in answer.text


class TestAPrice:
    def test_is_set_after_a_preview(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)
        typed = {"tariff": "imb", "price": "hsbg", "value": "1.250.000,50",
                 "since": day_of(house).isoformat(), "source": "Perda 3/2026"}  # fmt: skip

        _, status, _ = confirm(client, "/admin/tarif", typed, house)

        assert status == 303
        assert "Rp1.250.000,50" in client.get("/admin/tarif").text

    @pytest.mark.parametrize("value", ["seribu", "1.25", "-5", "1,2,3", ""])
    def test_is_an_amount(self, house: House, browser_of: Browser, value: str) -> None:
        typed = {"tariff": "imb", "price": "hsbg", "value": value, "since": "2099-01-01",
                 "source": "Perda"}  # fmt: skip
        answer = browser_of(house.people.admin).post("/admin/tarif", data=typed)

        assert answer.status_code == 422
        assert 'href="#f-value"' in answer.text


class TestTheSettingsOfAnSop:
    def form(self, client: FlaskClient) -> dict[str, str]:
        """Return the form as a browser would send it untouched."""
        html = client.get("/admin/sop/siup/atur").text
        fields = dict(re.findall(r'<input [^>]*name="([^"]+)" [^>]*value="([^"]*)"', html))
        fields = {name: text for name, text in fields.items() if not name.startswith("confirm.")}
        for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)<', html):
            fields[name] = text
        for name, options in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', html, re.S):
            chosen = re.search(r'value="([^"]+)" selected', options)
            fields[name] = chosen[1] if chosen else ""
        ticked = re.findall(r'name="([^"]+)" value="ya" checked', html)
        boxes = re.findall(r'type="checkbox" [^>]*name="([^"]+)"', html)
        for box in boxes:
            if box not in ticked:
                fields.pop(box, None)
        return {name: unescape(text) for name, text in fields.items()}

    def test_become_a_draft_that_the_head_publishes(
        self, house: House, browser_of: Browser
    ) -> None:
        admin, head = browser_of(house.people.admin), browser_of(house.people.head)
        typed = self.form(admin) | {
            "steps.verification.within": "2",
            "new.title_id": "Surat sehat",
            "papers.neraca.drop": "ya",
            "note": "Perwali 5/2026",
        }

        said, status, _ = confirm(admin, "/admin/sop/siup/atur", typed, house)

        assert status == 303
        for words in ("2 hari kerja", "Surat sehat", "Neraca"):
            assert words in said
        draft = house.rows("SELECT id FROM sop_draft")[0].id
        assert "kepala atau admin lain yang menerbitkan" in admin.get("/admin/sop/siup").text
        refused = admin.post(f"/admin/sop/draf/{draft}/terbitkan", data={"langkah": "simpan"})
        assert refused.status_code == 403
        confirm(head, f"/admin/sop/draf/{draft}/terbitkan", {}, house)
        page = head.get("/admin/sop/siup?dari=1&ke=2").text
        assert "Surat sehat" in page
        assert "2 versi terbit" in page

    def test_that_break_the_law_are_refused_at_the_field(
        self, house: House, browser_of: Browser
    ) -> None:
        client = browser_of(house.people.admin)
        typed = self.form(client) | {"limits.service.within": "9", "note": "x",
                                     "summary_id": "", "summary_en": ""}  # fmt: skip

        answer = client.post("/admin/sop/siup/atur", data=typed)

        assert answer.status_code == 422
        assert 'value="9"' in answer.text
        assert house.rows("SELECT 1 FROM sop_draft") == []

    def test_untouched_change_nothing(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)

        answer = client.post("/admin/sop/siup/atur", data=self.form(client) | {"note": "x"})

        assert answer.status_code == 422
        assert "Belum ada yang diubah" in answer.text

    def test_can_be_discarded(self, house: House, browser_of: Browser) -> None:
        client = browser_of(house.people.admin)
        typed = self.form(client) | {"steps.verification.within": "2", "note": "x"}
        confirm(client, "/admin/sop/siup/atur", typed, house)
        draft = house.rows("SELECT id FROM sop_draft")[0].id

        confirm(client, f"/admin/sop/draf/{draft}/buang", {}, house)

        assert "Rancangan menunggu" not in client.get("/admin/sop/siup").text
