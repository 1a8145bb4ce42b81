"""What people do with a building permit, one function a deed: counter, agencies, visit, bank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from playwright.sync_api import Page, expect

from licensing.services.offices import add_calendar
from licensing.services.sweep import sweep
from tests.journeys import steps
from tests.journeys.desk import Desk
from tests.journeys.steps import Filed, Office, Person
from workflows.calendar_spec import CalendarSpec, WeeklyRule, Window

FIELDS = {
    "owner_name": "Contoh Pemilik",
    "floor_area": "100",
    "storeys": "1",
    "land_area": "150",
    "land_right_number": "10.01.02.03.1.00004",
    "krk_number": "KRK/2026/0007",
    "phone": "081200000902",
}
CHOICES = {"building_function": "hunian", "land_right": "hak_milik"}
# A published calculation, with the prices of the sample office: 10,296,000 rupiah.
EXAMPLE_2 = {
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
_NUMBERS = count(1)


def open_every_day(desk: Desk) -> None:
    """Let every day be a working day of the office, all day: a visit can be today."""
    with desk.owner() as connection:
        old = connection.exec_driver_sql(
            "SELECT c.spec FROM office o JOIN calendar_version c"
            " ON c.id = o.calendar_version_id WHERE o.id = %s",
            (desk.office_id,),
        ).scalar_one()
        all_day = {day: (Window(0, 24 * 60),) for day in range(7)}
        week = (WeeklyRule(date(2020, 1, 1), all_day),)
        spec = replace(CalendarSpec.from_json(old), weekly=week, closed={}, makeup={})
        add_calendar(connection, desk.office_id, spec, source="setiap hari", created_by=None)


def take_in(page: Page, desk: Desk) -> Filed:
    """Take a complete building permit in and accept it."""
    number = next(_NUMBERS)
    person = Person(
        f"999999560190{number:04d}", f"Contoh Pembangun {number}", f"Jalan Contoh Bangunan {number}"
    )
    typed = {**FIELDS, "building_address": person.business}
    return _take_in(page, desk, "imb", person, typed, CHOICES)


def take_in_nurse(page: Page, desk: Desk) -> Filed:
    """Take the complete application of a nurse in and accept it."""
    number = next(_NUMBERS)
    person = Person(
        f"999999560191{number:04d}", f"Contoh Perawat {number}", f"Klinik Perjalanan {number}"
    )
    typed = {
        "str_number": f"STR/2026/{number:04d}",
        "practice_place": person.business,
        "practice_address": "Jalan Contoh 9",
        "phone": "081200000903",
    }
    return _take_in(page, desk, "sip-perawat", person, typed, {"practice_order": "first"})


def _take_in(
    page: Page,
    desk: Desk,
    service: str,
    person: Person,
    typed: Mapping[str, str],
    chosen: Mapping[str, str],
) -> Filed:
    page.goto(f"{desk.address}/loket/baru/{service}")
    for name, text in {
        "applicant_nik": person.nik,
        "applicant_name": person.name,
        "applicant_phone": "081200000900",
        "applicant_address": "Jalan Contoh 3",
        **{f"field_{name}": text for name, text in typed.items()},
    }.items():
        page.locator(f"#f-{name}").fill(text)
    for name, choice in chosen.items():
        page.locator(f"#f-field_{name}").select_option(choice)
    for label in page.locator("label[for$='-ada']").all():
        label.click()
    steps.press(page, "Terima")
    return steps.told_at_the_counter(page, person)


def approve(page: Page, desk: Desk, filed: Filed) -> None:
    """Find every paper correct, approve, and ask the agencies."""
    steps.open_file(page, desk, filed)
    for label in page.locator("label[for^='m-'][for$='-correct']").all():
        label.click()
    steps.press(page, "Setujui dan minta pendapat dinas")
    steps.stands(page, "Menjadwalkan peninjauan lokasi")


def give_opinion(office: Office, filed: Filed, agency: str, *, agrees: bool = True) -> None:
    """Have an agency draft its opinion and its head decide on it."""
    drafter = office.at(f"teknis-{agency}")
    steps.open_file(drafter, office.desk, filed)
    drafter.get_by_role("button", name=re.compile("Ajukan konsep pendapat")).first.click()
    drafter.locator("#f-opinion").fill("Gambar sesuai keterangan rencana kota.")
    steps.confirm(drafter, "Ajukan konsep pendapat")

    head = office.at(f"kepala-{agency}")
    steps.open_file(head, office.desk, filed)
    title = "Setuju" if agrees else "Keberatan"
    head.get_by_role("button", name=re.compile(f"^{title}")).first.click()
    expect(head.locator("#f-opinion")).to_have_value("Gambar sesuai keterangan rencana kota.")
    if not agrees:
        head.locator("#f-opinion").fill("Bangunan berada di garis sempadan sungai.")
        head.locator("#f-reason").fill("Garis sempadan sungai tidak dipenuhi.")
    steps.confirm(head, title)
    expect(head.locator("#pendapat")).to_contain_text(
        "Gambar sesuai keterangan" if agrees else "sempadan sungai"
    )


def schedule(page: Page, desk: Desk, filed: Filed) -> None:
    """Plan the visit on the first day that is offered."""
    steps.open_file(page, desk, filed)
    steps.press(page, "Jadwalkan peninjauan")
    page.locator("#f-visit_on-1").check()
    page.locator("#f-visit_place").fill(filed.person.business)
    steps.confirm(page, "Jadwalkan peninjauan")
    steps.stands(page, "Meninjau lokasi bangunan")


def report(page: Page, desk: Desk, filed: Filed, *, fits: bool = True) -> None:
    """Report what was found at the site."""
    steps.open_file(page, desk, filed)
    steps.press(page, "Serahkan berita acara")
    page.locator("#f-present").fill("Contoh Pemilik, pemilik\nContoh Ketua, ketua RT")
    page.locator("#f-aspect_1").fill("Garis sempadan")
    page.locator("#f-finding_1").fill("5 m dari tepi jalan" if fits else "2 m, seharusnya 5 m")
    page.locator(f"#f-fits_1-{'yes' if fits else 'no'}").check()
    page.locator(f"input[name=fits][value={'yes' if fits else 'no'}]").check()
    page.locator("#f-summary").fill("Lokasi ditinjau bersama pemilik.")
    steps.confirm(page, "Serahkan berita acara")
    steps.stands(page, "Menilai hasil peninjauan dan pendapat dinas")


def to_billing(office: Office) -> Filed:
    """Bring a new building permit to the billing officer."""
    desk = office.desk
    filed = take_in(office.at("loket"), desk)
    approve(office.at("verifikator"), desk, filed)
    schedule(office.at("peninjau"), desk, filed)
    for agency in ("pu", "lh"):
        give_opinion(office, filed, agency)
    report(office.at("peninjau"), desk, filed)
    verifier = office.at("verifikator")
    steps.open_file(verifier, desk, filed)
    steps.press(verifier, "Usulkan pemberian izin")
    steps.stands(verifier, "Menghitung dan menetapkan retribusi")
    return filed


def run_out(desk: Desk) -> None:
    """Let the time to pay pass in this office, with both warnings, and the clock press."""
    _simulated(desk, on=True)
    try:
        at = datetime.now(UTC)
        for _ in range(16):
            at += timedelta(days=1)
            sweep(desk.runtime, office_id=desk.office_id, at=at)
    finally:
        _simulated(desk, on=False)


def _simulated(desk: Desk, *, on: bool) -> None:
    with desk.owner() as connection:
        connection.exec_driver_sql(
            "UPDATE office SET simulated = %s WHERE id = %s", (on, desk.office_id)
        )
