"""Addresses and forms, opened by somebody for whom they are not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from licensing.runtime import Runtime
from tests.asks_sop import with_opinions
from tests.bed import OwnerOf
from tests.factories import House, make_house
from tests.web.access_matrix import AGENCIES, MATRIX
from tests.web.office import office_app, signed_in
from web.bank_page import safe_cell

FILE = "/berkas/<uuid:application_id>"


def opened(rule: str, application: UUID) -> str:
    """Return an address of a file; whatever else it names exists nowhere."""
    parts = []
    for part in rule.split("/"):
        if part == "<uuid:application_id>":
            parts.append(str(application))
        elif part.startswith("<uuid:"):
            parts.append(str(UUID(int=7)))
        else:
            parts.append("propose" if part.startswith("<") else part)
    return "/".join(parts)


FOR_AGENCIES = sorted(
    (method, rule)
    for (method, rule), roles in MATRIX.items()
    if rule.startswith(FILE) and roles is not None and roles & AGENCIES
)


class TestAnAgency:
    @pytest.fixture
    def asked(self, runtime: Runtime, owner_db: OwnerOf) -> House:
        return make_house(runtime, owner_db, sop=with_opinions())

    @pytest.mark.parametrize(("method", "rule"), FOR_AGENCIES)
    def test_finds_nothing_of_a_file_that_it_was_not_asked_about(
        self, asked: House, method: str, rule: str
    ) -> None:
        application = asked.application("verification")
        before = asked.row(application)
        client = signed_in(office_app(asked.runtime), asked.people.agency_pu)
        form = {
            "ask": "opinion_pu#1",
            "action": "propose",
            "confirmed": "true",
            "seen_version": str(before.version),
            "seen_seq": str(before.last_seq),
            "opinion": "Coba",
        }

        address = opened(rule, application)
        answer = client.open(address, method=method, data=form if method == "POST" else None)

        assert answer.status_code in (403, 404), answer.status
        number = asked.rows(
            "SELECT number FROM dossier WHERE application_id = %(id)s", id=application
        )[0].number
        assert number not in answer.text
        assert asked.row(application) == before

    @pytest.mark.parametrize(("method", "rule"), FOR_AGENCIES)
    def test_learns_not_even_whether_such_a_file_exists(
        self, asked: House, method: str, rule: str
    ) -> None:
        application = asked.application("verification")
        client = signed_in(office_app(asked.runtime), asked.people.agency_pu)
        form = {"action": "propose", "seen_version": "1", "seen_seq": "1"}

        real, made_up = (
            client.open(opened(rule, one), method=method, data=form if method == "POST" else None)
            for one in (application, UUID(int=8))
        )

        assert real.status_code == made_up.status_code


class TestTheListOfADay:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("Budi,=HYPERLINK(1)", "Budi,'=HYPERLINK(1)"),
            ("Budi;=HYPERLINK(1)", "Budi;'=HYPERLINK(1)"),
            ("Budi, +62", "Budi,' +62"),
            ("＝1+1", "'＝1+1"),
            (" =1", "' =1"),
            ("PT Maju - Jaya", "PT Maju - Jaya"),
            ("187625", "187625"),
        ],
    )
    def test_holds_no_formula_in_whatever_columns_it_is_cut(self, typed: str, kept: str) -> None:
        """A spreadsheet cuts by the separator of its reader's country, not by ours."""
        assert safe_cell(typed) == kept


NASTY = [
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\x00",
    "%",
    "﷽" * 100,
    "a" * 100,
    "a" * 100_000,
    "( ( (",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "../../etc/passwd",
]


class TestAnOutsider:
    @pytest.mark.parametrize("typed", NASTY, ids=range(len(NASTY)))
    @pytest.mark.parametrize(
        ("address", "name"),
        [("/layanan", "cari"), ("/layanan/siup", "legal_form"), ("/lacak", "nomor"),
         ("/layanan/siup/standar", "x"), ("/layanan/tarif", "x"), ("/periksa", "nomor")],
    )  # fmt: skip
    def test_gets_a_page_for_whatever_he_asks(
        self, office: Flask, address: str, name: str, typed: str
    ) -> None:
        answer = office.test_client().get(address, query_string={name: typed})
        assert answer.status_code in (200, 303, 400, 414, 422), answer.status
        assert "<script>alert(1)" not in answer.text

    def test_opens_no_paper_of_money_and_no_photograph(self, till: Any) -> None:
        application = till.paid()
        bill, (payment,) = till.bill(application), till.payments(application)
        client = office_app(till.house.runtime).test_client()
        for address in (
            f"/berkas/{application}/skrd/{bill.id}",
            f"/bank/slip/{payment.id}",
            f"/bank?cari={bill.code}",
            f"/bank/tagihan/{bill.id}",
            "/bank/harian.csv",
            f"/berkas/{application}/berita-acara.pdf",
            f"/berkas/{application}/kunjungan/foto/{UUID(int=7)}",
        ):
            answer = client.get(address)
            assert answer.status_code in (302, 303), address
            assert "/masuk" in answer.headers["Location"]
