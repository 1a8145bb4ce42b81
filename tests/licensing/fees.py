"""Prices and answers of the two published examples of the building permit retribution."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from licensing.services.assess_fee import AssessFee, assess_fee
from licensing.services.prices import set_prices
from tests.factories import House
from tests.licensing.visits import building, report

PERDA = "Perda Kota Contoh Nomor 3 Tahun 2012"

I_1_PRICES = {
    "hsbg": Decimal(4_500),
    "harga_pagar_luas": Decimal(500),
    "harga_septik": Decimal(4_000),
    "harga_formulir": Decimal(5_000),
}
I_1 = {
    "kepemilikan": "badan_usaha",
    "luas": "100",
    "fungsi": "hunian",
    "kompleksitas": "sederhana",
    "permanensi": "permanen",
    "risiko_kebakaran": "rendah",
    "zonasi_gempa": "zona_4",
    "lokasi": "padat",
    "ketinggian": "rendah",
    "waktu": "tetap",
    "kegiatan": "baru",
    "pagar_luas": "60",
    "septik": "3",
    "formulir": "1",
}
I_1_TOTAL = 187_625

I_2_PRICES = {"hsbg": Decimal(20_000)}
I_2 = {
    "kepemilikan": "perorangan",
    "luas": "240",
    "fungsi": "usaha",
    "kompleksitas": "tidak_sederhana",
    "permanensi": "permanen",
    "risiko_kebakaran": "sedang",
    "zonasi_gempa": "zona_3",
    "lokasi": "padat",
    "ketinggian": "rendah",
    "waktu": "tetap",
    "kegiatan": "baru",
}
I_2_TOTAL = 10_296_000


def today(house: House) -> date:
    """Return the day in the office's zone."""
    row = house.rows("SELECT (clock_timestamp() AT TIME ZONE zone)::date AS day FROM office")[0]
    found: date = row.day
    return found


def price(house: House, values: Mapping[str, Decimal]) -> None:
    """Set unit prices from today on."""
    set_prices(
        house.runtime,
        house.office_id,
        "imb",
        values,
        since=today(house),
        source=PERDA,
        by=house.people.admin,
    )


def assess(house: House, application: UUID, answers: Mapping[str, str]) -> int:
    """Let the billing officer calculate on the newest version of the page."""
    command = AssessFee(application, house.version(application), answers)
    return assess_fee(house.runtime, command, house.people.billing)


def at_billing(house: House) -> UUID:
    """Return a building permit whose fee is to be set: visited, with both opinions."""
    application = building(house, "visit")
    people = house.people
    # The tests run on any day, also on one on which nobody visits.
    for statement in (
        "UPDATE visit SET scheduled_on = %(day)s WHERE application_id = %(id)s",
        "UPDATE application SET state = jsonb_set(state::jsonb, '{visit,on}',"
        " to_jsonb(%(day)s::text)) WHERE id = %(id)s",
    ):
        house.as_owner(statement, id=application, day=today(house))
    report(house, application)
    for key, drafts, decides in (
        ("opinion_pu#1", people.agency_pu, people.agency_head_pu),
        ("opinion_lh#1", people.agency_lh, people.agency_head_lh),
    ):
        opinion = {"opinion": "Rencana sesuai."}
        house.press("propose", application, by=drafts, inputs=opinion, ask=key)
        house.press("agree", application, by=decides, inputs=opinion, ask=key)
    house.press("propose_grant", application, by=people.verifier)
    return application
