"""One source: list, page, standard, pledge, fees, receipt and counter say what the SOP says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import product
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from licensing.queries.intake import intake_desk
from licensing.queries.letters import receipt
from licensing.services.file_application import FileApplication, file_application
from licensing.vocabulary import VOCABULARY
from tests.bed import Server
from tests.factories import House, make_applicant
from tests.web.catalogue_office import catalogue_house
from tests.web.office import office_app
from web.counter_page import about, intake_page
from web.schemas.counter import VARIANT
from workflows.definitions import names, shipped, text_of
from workflows.reading import read_sop
from workflows.sop import Field, Sop

SERVICES = names()

ANSWERS = {
    "text": "Contoh",
    "long_text": "Jalan Contoh 2",
    "money_idr": "75.000.000",
    "number": "2",
    "decimal": "240,50",
    "date": "02-11-2020",
    "phone": "081200000900",
    "email": "contoh@contoh.example",
    "nik": "9999990101900007",
    "npwp": "091234567012000",
    "nib": "9120001234567",
    "kbli": "47111",
}


@pytest.fixture(scope="module")
def offering(database_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An office that offers every service."""
    with catalogue_house(database_server, tmp_path_factory.mktemp("sumber")) as house:
        yield house


@pytest.fixture(scope="module")
def client(offering: House) -> FlaskClient:
    return office_app(offering.runtime).test_client()


def sop_of(name: str) -> Sop:
    return read_sop(text_of(name), vocabulary=VOCABULARY, base=shipped)


def part(page: str, pattern: str) -> str:
    """Return the words of the part of a page that a pattern finds: no tags, single spaces."""
    found = re.search(pattern, page, re.DOTALL)
    assert found is not None, pattern
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def on_every_page(client: FlaskClient, name: str) -> Mapping[str, str]:
    """Return where time and cost of a service stand: page → the words of that place."""
    service = client.get(f"/layanan/{name}").text
    standard = client.get(f"/layanan/{name}/standar").text
    return {
        "list": part(client.get("/layanan").text, rf'<a href="/layanan/{name}">.*?</a>'),
        "summary": part(service, r'<dl class="sp-fakta">.*?</dl>'),
        "standard": part(standard, r'sp-huruf">d</span>.*?sp-huruf">f</span>'),
        "pledge": part(
            client.get("/layanan/maklumat").text,
            rf'<tr><th scope="row"><a href="/layanan/{name}">.*?</tr>',
        ),
    }


def accepted(house: House, sop: Sop) -> UUID:
    """Return an application of a service that the counter has just accepted."""
    variants = {name: next(iter(one.choices)) for name, one in sop.variants.items()}
    asked = [one for one in sop.fields.values() if one.when.holds_for(variants)]
    filed = file_application(
        house.runtime,
        FileApplication(
            service=sop.name,
            applicant=make_applicant(SERVICES.index(sop.name) + 1),
            variants=variants,
            fields={one.name: _answer(one) for one in asked},
            once_key=uuid4().hex,
            proxy=None,
            papers={},
            at=None,
        ),
        by=house.people.clerk,
    )
    house.check_all(filed.application_id)
    house.press("accept", filed.application_id, by=house.people.clerk)
    return filed.application_id


def _answer(field: Field) -> str:
    return next(iter(field.choices)) if field.type == "choice" else ANSWERS[field.type]


@pytest.mark.parametrize("name", SERVICES)
class TestOneSource:
    def test_the_days_are_those_of_the_sop_everywhere(self, client, name):
        within = sop_of(name).limits["service"].within
        assert within.unit == "working days"

        for page, words in on_every_page(client, name).items():
            said = re.findall(r"(\d+) hari kerja", words)
            assert str(within.amount) in said, f"{page}: {words}"
            if page != "standard":
                assert set(said) == {str(within.amount)}, f"{page}: {words}"

    def test_the_standard_says_every_limit_of_the_sop(self, client, name):
        page = client.get(f"/layanan/{name}/standar").text
        words = part(page, r'sp-huruf">d</span>.*?sp-huruf">e</span>')

        for limit in sop_of(name).limits.values():
            assert limit.source in words
            assert f"{limit.within.amount} hari kerja" in words

    def test_the_cost_is_that_of_the_sop_everywhere(self, client, name):
        fee = sop_of(name).fee
        free, charged = "Tidak dipungut biaya", "Retribusi, dibayar di bank"
        said, other = (free, charged) if fee.tariff is None else (charged, free)

        for page, words in on_every_page(client, name).items():
            assert said in words, f"{page}: {words}"
            assert other not in words, f"{page}: {words}"
        fees = client.get("/layanan/tarif").text
        paid, rest = fees.split("Tidak dipungut biaya</h2>", 1)
        here = paid if fee.tariff is not None else rest
        assert f'href="/layanan/{name}"' in here
        for path in (f"/layanan/{name}", f"/layanan/{name}/standar"):
            assert fee.source in unescape(client.get(path).text)

    def test_the_receipt_promises_the_days_and_the_cost_of_the_page(self, offering, name):
        sop = sop_of(name)
        paper = receipt(
            offering.runtime, accepted(offering, sop), offering.people.clerk, reprint=False
        )

        assert paper.promise.working_days == sop.limits["service"].within.amount
        assert (paper.fee == "Tidak dipungut biaya") == (sop.fee.tariff is None)
        assert paper.service == sop.title["id"]

    def test_the_papers_of_the_page_are_the_checklist_of_the_counter(self, offering, client, name):
        sop = sop_of(name)
        desk = intake_desk(offering.runtime, offering.people.clerk, name, uuid4(), about=about)
        chosen = [[(key, value) for value in one.choices] for key, one in sop.variants.items()]
        for answers in product(*chosen):
            page = client.get(f"/layanan/{name}", query_string=dict(answers)).text
            block = re.search(r'<ul class="sp-tugas sp-tugas-kartu">.*?</ul>', page, re.DOTALL)
            assert block is not None
            shown = [unescape(title) for title in re.findall(r"<b>(.*?)</b>", block[0])]
            typed = {f"{VARIANT}{key}": value for key, value in answers}
            checked = [row.title for row in intake_page(desk, "", typed).papers]

            assert shown == checked, answers
            needed = [p for p in sop.papers.values() if p.when.holds_for(dict(answers))]
            assert shown == [one.title["id"] for one in needed], answers

    def test_the_standard_names_every_paper_and_who_needs_it(self, client, name):
        sop = sop_of(name)
        page = unescape(client.get(f"/layanan/{name}/standar").text)

        for paper in sop.papers.values():
            assert paper.title["id"] in page
            for variant, values in paper.when.choices.items():
                words = ", ".join(sop.variants[variant].choices[one]["id"] for one in values)
                assert f"{sop.variants[variant].title['id']}: {words}" in page
