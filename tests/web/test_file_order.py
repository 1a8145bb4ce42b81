"""The page of a file puts what is to be decided on first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from licensing.people import Officer
from licensing.runtime import Runtime
from tests.bed import OwnerOf
from tests.factories import House
from tests.licensing.visits import building, building_house, report
from tests.money import Till
from tests.web.office import office_app, signed_in

AT = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
"""A Tuesday morning: a visit can be held at once."""


@pytest.fixture
def house(runtime: Runtime, owner_db: OwnerOf) -> House:
    return building_house(runtime, owner_db, simulated=True)


def page_of(house: House, officer: Officer, application: UUID) -> str:
    client: FlaskClient = signed_in(office_app(house.runtime), officer)
    return client.get(f"/berkas/{application}").text


def places(page: str, *names: str) -> list[str]:
    """Return the names of those panels that the page has, in its order."""
    found = {name: page.find(f'id="{name}"') for name in names}
    return sorted((name for name in names if found[name] >= 0), key=lambda name: found[name])


def answer(house: House, application: UUID, agency: str, *, at: datetime = AT) -> None:
    people = house.people
    by = {"pu": (people.agency_pu, people.agency_head_pu),
          "lh": (people.agency_lh, people.agency_head_lh)}[agency]  # fmt: skip
    for action, who in zip(("propose", "agree"), by, strict=True):
        house.press(
            action,
            application,
            by=who,
            inputs={"opinion": f"Pendapat {agency} lengkap."},
            ask=f"opinion_{agency}#1",
            at=at,
        )


class TestTheWideColumn:
    def test_begins_with_the_papers_while_they_are_marked(self, till: Till) -> None:
        application = till.house.application("verification")

        page = page_of(till.house, till.house.people.verifier, application)

        assert places(page, "dokumen", "pendapat", "kunjungan", "buku") == ["dokumen", "buku"]

    def test_puts_the_newest_of_opinions_and_visits_before_the_papers(self, house: House) -> None:
        application = building(house, "visit", at=AT)
        answer(house, application, "pu", at=AT + timedelta(hours=1))
        answered = page_of(house, house.people.inspector, application)
        report(house, application, at=AT + timedelta(hours=2))
        reported = page_of(house, house.people.inspector, application)

        panels = ("dokumen", "pendapat", "kunjungan")
        assert places(answered, *panels) == ["pendapat", "kunjungan", "dokumen"]
        assert places(reported, *panels) == ["kunjungan", "pendapat", "dokumen"]
        assert not places(answered, "pertimbangan")

    def test_gives_the_verifier_everything_he_weighs_at_the_top(self, house: House) -> None:
        application = building(house, "review", at=AT)
        answer(house, application, "pu")
        answer(house, application, "lh")

        page = page_of(house, house.people.verifier, application)

        assert places(page, "pertimbangan", "pendapat", "kunjungan", "dokumen")[0] == "pertimbangan"
        top = page[page.index('id="pertimbangan"') :].partition("</section>")[0]
        for said in ("Pendapat pu lengkap.", "Pendapat lh lengkap.", "Bangunan sesuai gambar.",
                     "Positif", "Sesuai", "Tidak ada yang salah"):  # fmt: skip
            assert said in top, said

    def test_gives_an_agency_its_question_and_the_papers(self, house: House) -> None:
        application = building(house, "visit", at=AT)

        page = page_of(house, house.people.agency_lh, application)

        assert places(page, "dokumen", "pendapat", "kunjungan") == [
            "pendapat", "dokumen", "kunjungan",
        ]  # fmt: skip


class TestMoney:
    def test_is_not_spoken_of_before_the_step_ahead_of_the_bill(self, house: House) -> None:
        early, near = building(house, "visit", at=AT), building(house, "review", at=AT)
        head = house.people.head

        assert not places(page_of(house, head, early), "retribusi")
        assert places(page_of(house, head, near), "retribusi")

    def test_stands_first_where_the_file_waits_for_it(self, till: Till) -> None:
        till.billed()
        (row,) = till.house.rows("SELECT id FROM application WHERE step = 'payment'")

        page = page_of(till.house, till.house.people.billing, row.id)

        assert places(page, "pemohon", "retribusi") == ["retribusi", "pemohon"]


class TestHistory:
    def test_tells_the_day_and_the_conclusion_of_a_visit(self, house: House) -> None:
        postponed = building(house, "visit_postponed", at=AT)
        held = building(house, "review", at=AT)

        assert "Kunjungan 1, 10 Maret 2026: ditunda" in page_of(house, house.people.head, postponed)
        page = page_of(house, house.people.head, held)
        assert "Kunjungan 1 pada 10 Maret 2026" in page
        assert "Kunjungan 1, 10 Maret 2026: sesuai" in page

    def test_tells_the_amount_of_a_bill(self, till: Till) -> None:
        till.billed()
        (row,) = till.house.rows("SELECT id FROM application WHERE step = 'payment'")

        assert "Jumlah: Rp10.296.000" in page_of(till.house, till.house.people.billing, row.id)
