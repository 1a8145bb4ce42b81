"""`/berkas/<id>/retribusi`, and the papers of money that it leads to."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Page

from licensing.runtime import Runtime
from licensing.services.notes import take
from tests.bed import OwnerOf
from tests.factories import PASSWORD, House
from tests.licensing.fees import (
    I_1,
    I_1_PRICES,
    I_1_TOTAL,
    I_2,
    I_2_PRICES,
    I_2_TOTAL,
    assess,
    at_billing,
    price,
)
from tests.licensing.visits import building_house
from tests.money import Till
from tests.web.office import office_app, signed_in, statements
from tests.web.site import served


def sent(house: House, application: UUID, answers: Mapping[str, str], press: str) -> dict[str, str]:
    return {**answers, "press": press, "seen_version": str(house.version(application))}


def words(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def value_of(html: str, name: str) -> str:
    """Return what a field of the page is filled with."""
    field = re.search(rf'id="f-{name}" name="{name}"[^>]*?value="([^"]*)"', html)
    if field:
        return field[1]
    select = re.search(rf'<select[^>]*id="f-{name}".*?</select>', html, re.DOTALL)
    assert select, name
    chosen = re.search(r'value="([^"]*)" selected', select[0])
    return chosen[1] if chosen else ""


@pytest.fixture
def billing(till: Till) -> FlaskClient:
    return signed_in(office_app(till.house.runtime), till.house.people.billing)


class TestThePage:
    def test_shows_the_result_with_every_factor_and_keeps_nothing(
        self, till: Till, billing: FlaskClient
    ) -> None:
        house = till.house
        price(house, I_1_PRICES)
        application = till.at_billing()

        answer = billing.post(
            f"/berkas/{application}/retribusi", data=sent(house, application, I_1, "hitung")
        )

        assert answer.status_code == 200
        for expected in (
            "Rp187.625",
            "seratus delapan puluh tujuh ribu",
            "0,3125",
            "4.500 Rp/m²",
            "Bobot kompleksitas",
            "Perda Kota Contoh Nomor 3 Tahun 2012",
            "angka ini belum dikonfirmasi kantor",
            "Hasil, belum disimpan",
            "Simpan perhitungan",
        ):
            assert expected in answer.text
        assert value_of(answer.text, "luas") == "100"
        assert house.rows("SELECT 1 FROM fee_assessment") == []

    def test_is_reached_from_the_file_before_anything_is_calculated(
        self, till: Till, billing: FlaskClient
    ) -> None:
        application = till.at_billing()

        assert (
            f'href="/berkas/{application}/retribusi"' in billing.get(f"/berkas/{application}").text
        )

    def test_keeps_it_and_leads_to_the_bill(self, till: Till, billing: FlaskClient) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()

        kept = billing.post(
            f"/berkas/{application}/retribusi", data=sent(house, application, I_2, "simpan")
        )

        assert (kept.status_code, kept.location) == (303, f"/berkas/{application}")
        file = billing.get(kept.location).text
        assert "Perhitungan tersimpan: Rp10.296.000." in file
        assert "Terbitkan SKRD" in file
        assert "Retribusi dihitung" in file

    def test_keeps_what_was_typed_and_names_every_fault(
        self, till: Till, billing: FlaskClient
    ) -> None:
        application = till.at_billing()
        wrong = {"kepemilikan": "", "luas": "dua ratus", "septik": "1,5"}

        answer = billing.post(
            f"/berkas/{application}/retribusi", data=sent(till.house, application, wrong, "simpan")
        )

        assert answer.status_code == 422
        assert "Ada 3 isian yang perlu diperbaiki" in answer.text
        assert (value_of(answer.text, "luas"), value_of(answer.text, "septik")) == (
            "dua ratus",
            "1,5",
        )

    def test_without_a_price_says_which_and_who_sets_it(
        self, till: Till, billing: FlaskClient
    ) -> None:
        application = till.at_billing()

        answer = billing.post(
            f"/berkas/{application}/retribusi", data=sent(till.house, application, I_2, "hitung")
        )

        assert answer.status_code == 409
        assert "Harga satuan belum ditetapkan" in answer.text
        assert "Mintalah admin menetapkannya" in answer.text
        assert "<li>Harga satuan bangunan gedung (HSbg)</li>" in answer.text
        assert value_of(answer.text, "luas") == "240"

    @pytest.mark.parametrize(
        ("answers", "why"),
        [
            ({"kepemilikan": "negara", "luas": "0"}, "UU 28/2009 Pasal 142(3)"),
            (I_2 | {"fungsi": "keagamaan"}, "Fungsi bangunan: Keagamaan"),
        ],
        ids=["state building", "religious building"],
    )
    def test_of_a_zero_says_why_and_that_there_is_no_bill(
        self, till: Till, billing: FlaskClient, answers: Mapping[str, str], why: str
    ) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()

        answer = billing.post(
            f"/berkas/{application}/retribusi", data=sent(house, application, answers, "hitung")
        )

        assert "Tidak ada yang dibayar, jadi tidak ada SKRD." in answer.text
        assert why in answer.text

    def test_of_a_file_that_moved_on_keeps_what_was_typed(
        self, till: Till, billing: FlaskClient
    ) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        old = sent(house, application, I_2, "simpan")
        assess(house, application, I_2 | {"luas": "1"})

        answer = billing.post(f"/berkas/{application}/retribusi", data=old)

        assert answer.status_code == 409
        assert value_of(answer.text, "luas") == "240"
        assert len(house.rows("SELECT 1 FROM fee_assessment")) == 1

    def test_while_a_bill_is_open_says_that_it_must_be_cancelled_first(
        self, till: Till, billing: FlaskClient
    ) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        assess(house, application, I_2)
        house.press("issue_bill", application, by=house.people.billing)

        page = billing.get(f"/berkas/{application}/retribusi")
        pressed = billing.post(
            f"/berkas/{application}/retribusi", data=sent(house, application, I_2, "simpan")
        )

        for answer in (page, pressed):
            assert "masih berlaku. Batalkan dahulu SKRD itu" in answer.text
            assert "Simpan perhitungan" not in answer.text
        assert len(house.rows("SELECT 1 FROM fee_assessment")) == 1

    def test_is_read_by_others_as_a_sheet(self, till: Till) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        assess(house, application, I_2)
        app = office_app(house.runtime)

        for officer in (house.people.verifier, house.people.head, house.people.inspectorate):
            text = signed_in(app, officer).get(f"/berkas/{application}/retribusi").text
            assert "Rp10.296.000" in text
            assert 'name="luas"' not in text

    def test_held_by_a_colleague_is_not_calculated(self, till: Till, billing: FlaskClient) -> None:
        house = till.house
        application = till.at_billing()
        take(house.runtime, application, house.people.billing)
        house.as_owner(
            "UPDATE application SET holder_id = %(who)s WHERE id = %(id)s",
            who=house.people.head.id,
            id=application,
        )

        text = billing.get(f"/berkas/{application}/retribusi").text

        assert "dipegang Contoh Kepala" in text
        assert 'name="luas"' not in text

    def test_costs_no_more_than_its_statements(self, till: Till, billing: FlaskClient) -> None:
        application = till.at_billing()
        billing.get(f"/berkas/{application}/retribusi")

        with statements(till.house.runtime.db) as seen:  # type: ignore[arg-type]
            billing.get(f"/berkas/{application}/retribusi")

        ours = [one for one in seen if "set_config" not in one and "SAVEPOINT" not in one]
        assert len(ours) <= 6, ours

    def test_speaks_english(self, till: Till, billing: FlaskClient) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        assess(house, application, I_2)
        billing.post("/bahasa", data={"bahasa": "en", "lang": "en", "language": "en"})

        text = billing.get(f"/berkas/{application}/retribusi").text

        assert "Integrated index (It)" in text
        assert "2.145" in text


class TestABuildingPermit:
    def test_is_filled_in_from_the_visit_and_the_application(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        house = building_house(runtime, owner_db)
        application = at_billing(house)
        billing = signed_in(office_app(house.runtime), house.people.billing)

        text = billing.get(f"/berkas/{application}/retribusi").text

        filled = {
            name: value_of(text, name)
            for name in ("luas", "fungsi", "kepemilikan", "kegiatan", "ketinggian", "kompleksitas")
        }
        assert filled == {
            "luas": "240,50",
            "fungsi": "hunian",
            "kepemilikan": "perorangan",
            "kegiatan": "baru",
            "ketinggian": "rendah",
            "kompleksitas": "",
        }

    def test_is_filled_in_with_its_last_calculation_once_there_is_one(
        self, runtime: Runtime, owner_db: OwnerOf
    ) -> None:
        house = building_house(runtime, owner_db)
        price(house, I_2_PRICES)
        application = at_billing(house)
        assess(house, application, I_2)
        billing = signed_in(office_app(house.runtime), house.people.billing)

        text = billing.get(f"/berkas/{application}/retribusi").text

        assert {name: value_of(text, name) for name in I_2} == I_2


class TestThePapers:
    @pytest.mark.parametrize(
        ("prices", "answers", "total", "said"),
        [
            (
                I_1_PRICES,
                I_1,
                I_1_TOTAL,
                "Seratus delapan puluh tujuh ribu enam ratus dua puluh lima rupiah",
            ),
            (
                I_2_PRICES,
                I_2,
                I_2_TOTAL,
                "Sepuluh juta dua ratus sembilan puluh enam ribu rupiah",
            ),
        ],
        ids=["I-1", "I-2"],
    )
    def test_carry_the_amount_of_the_published_example(
        self,
        till: Till,
        billing: FlaskClient,
        prices: Mapping[str, Decimal],
        answers: Mapping[str, str],
        total: int,
        said: str,
    ) -> None:
        house = till.house
        price(house, prices)
        application = till.at_billing()
        billing.post(
            f"/berkas/{application}/retribusi", data=sent(house, application, answers, "simpan")
        )
        house.press("issue_bill", application, by=house.people.billing)
        till.pay(application)
        bill = till.bill(application)
        (payment,) = till.payments(application)

        skrd = billing.get(f"/berkas/{application}/skrd/{bill.id}")
        teller = signed_in(office_app(house.runtime), house.people.teller)
        slip = teller.get(f"/bank/slip/{payment.id}")
        narrow = teller.get(f"/bank/slip/{payment.id}?kertas=80&ulang=1")

        amount = f"Rp{total:,}".replace(",", ".")
        assert skrd.mimetype == slip.mimetype == "application/pdf"
        for text in (words(skrd.data), words(slip.data), words(narrow.data)):
            assert amount in text
            assert said in text
            assert bill.number in text
            assert payment.slip_number in text
            assert "LUNAS" in text
        assert "CETAK ULANG" in words(narrow.data)
        charged = {"Rp140.625", "Rp30.000", "Rp12.000", "Rp5.000"} if answers is I_1 else set()
        assert set(re.findall(r"Rp[0-9.]*[0-9]", words(skrd.data))) == charged | {amount}
        assert billing.get(f"/berkas/{application}/skrd/{bill.id}").data == skrd.data

    def test_of_a_reversed_payment_say_so(self, till: Till, billing: FlaskClient) -> None:
        house = till.house
        price(house, I_2_PRICES)
        application = till.at_billing()
        assess(house, application, I_2)
        house.press("issue_bill", application, by=house.people.billing)
        till.pay(application)
        till.take_back(application)
        bill, (payment,) = till.bill(application), till.payments(application)

        teller = signed_in(office_app(house.runtime), house.people.second_teller)
        slip = words(teller.get(f"/bank/slip/{payment.id}").data)
        skrd = words(billing.get(f"/berkas/{application}/skrd/{bill.id}").data)

        assert "DIBATALKAN" in slip
        assert "Salah pembayar" in slip
        assert "LUNAS" not in slip
        assert "LUNAS" not in skrd
        assert "Dibayar paling lambat" in skrd

    def test_of_another_file_or_office_are_not_found(
        self, till: Till, billing: FlaskClient
    ) -> None:
        house = till.house
        price(house, I_2_PRICES)
        first, second = till.at_billing(), till.at_billing()
        assess(house, first, I_2)
        house.press("issue_bill", first, by=house.people.billing)
        bill = till.bill(first)

        assert billing.get(f"/berkas/{second}/skrd/{bill.id}").status_code == 404
        assert billing.get(f"/berkas/{first}/skrd/{first}").status_code == 404
        teller = signed_in(office_app(house.runtime), house.people.teller)
        assert teller.get(f"/bank/slip/{bill.id}").status_code == 404


class TestInABrowser:
    @pytest.mark.parametrize("device", ["page", "phone_page"])
    def test_a_fee_is_calculated_by_keyboard_and_read_by_everybody(
        self, real_house: House, request: pytest.FixtureRequest, device: str
    ) -> None:
        page: Page = request.getfixturevalue(device)
        house = building_house(real_house.runtime, real_house.owner)
        price(house, I_2_PRICES)
        application = at_billing(house)
        with served(office_app(house.runtime)) as address:
            page.goto(f"{address}/masuk")
            page.fill("#f-username", house.people.billing.username)
            page.fill("#f-password", PASSWORD)
            page.click("main button.btn-primary")
            page.goto(f"{address}/berkas/{application}/retribusi")
            assert _faults(page) == []
            for name, answer in I_2.items():
                field = page.locator(f"#f-{name}")
                if field.evaluate("e => e.tagName") == "SELECT":
                    field.select_option(answer)
                else:
                    field.fill(answer)
            page.locator("#f-luas").focus()
            page.keyboard.press("Control+Enter")
            page.wait_for_selector("text=Hasil, belum disimpan")

            assert "Rp10.296.000" in page.inner_text("#hasil")
            assert _faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

            page.locator("#f-luas").focus()
            page.keyboard.press("Control+Enter")
            page.wait_for_url(f"{address}/berkas/{application}")
            assert "Perhitungan tersimpan" in page.inner_text("body")


def _faults(page: Page) -> list[str]:
    return [fault["id"] for fault in Axe().run(page).response["violations"]]
