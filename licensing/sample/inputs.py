"""What invented officers type when an action of the sample office asks for something."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from licensing.queries.application import ApplicationView
from licensing.sample.stories import Beat
from workflows.worktime import Calendar

Inputs = Mapping[str, str]


def inputs_for(
    seen: ApplicationView, beat: Beat, random: Random, calendar: Calendar, at: datetime
) -> Inputs:
    """Return what is typed for an action, by the effects that ask for it."""
    steps, step = seen.sop.steps, seen.step
    if beat.ask is not None:
        ask = next(ask for ask in seen.asks if ask.key == beat.ask)
        steps, step = seen.sop.asks[ask.name].steps, ask.step
    action = steps[step].actions.get(beat.action)
    found: dict[str, str] = {}
    for effect in () if action is None else action.then:
        if effect in _TYPED:
            found |= _TYPED[effect](seen, beat, random, calendar, at)
    return found


def fee_answers(seen: ApplicationView) -> Inputs:
    """Return what the billing officer answers for a building: an ordinary house."""
    return {
        "kepemilikan": "perorangan",
        "luas": str(seen.fields.get("floor_area", "120")),
        "fungsi": "hunian",
        "kompleksitas": "sederhana",
        "permanensi": "permanen",
        "risiko_kebakaran": "rendah",
        "zonasi_gempa": "zona_4",
        "lokasi": "sedang",
        "ketinggian": "rendah",
        "waktu": "tetap",
        "kegiatan": "baru",
        "septik": "1",
        "formulir": "1",
    }


def _collector(
    seen: ApplicationView, _beat: Beat, random: Random, _calendar: Calendar, _at: datetime
) -> Inputs:
    return {
        "collector_name": seen.applicant.name,
        "collector_relation": random.choice(("pemohon", "pemohon", "kuasa")),
        "collector_identity": "KTP",
    }


def _opinion(
    _seen: ApplicationView, beat: Beat, _random: Random, _calendar: Calendar, _at: datetime
) -> Inputs:
    if beat.action == "object":
        return {"opinion": "Bangunan berada di dalam garis sempadan sungai; mohon tidak diizinkan."}
    if beat.ask is not None and beat.ask.startswith("opinion_pu"):
        return {"opinion": "Gambar sesuai KRK; KDB, KLB, dan garis sempadan dipenuhi."}
    return {"opinion": "Tidak wajib AMDAL; pemohon sudah menandatangani SPPL."}


def _appointment(
    seen: ApplicationView, _beat: Beat, random: Random, calendar: Calendar, at: datetime
) -> Inputs:
    on = calendar.local_date(at) + timedelta(days=1)
    while not calendar.is_working(on):
        on += timedelta(days=1)
    return {
        "visit_on": on.isoformat(),
        "visit_time": random.choice(("08.30", "09.00", "10.00", "13.30")),
        "visit_place": seen.subject,
        "visit_note": "Mohon pemilik atau wakilnya hadir dan membawa gambar rencana.",
    }


def _report(
    seen: ApplicationView, _beat: Beat, _random: Random, calendar: Calendar, at: datetime
) -> Inputs:
    area = str(seen.fields.get("floor_area", "120"))
    return {
        "held_on": calendar.local_date(at).isoformat(),
        "present": f"{seen.applicant.name}\nKetua RT setempat",
        "measured": json.dumps([{"label": "Luas lantai (m²)", "value": area}]),
        "findings": json.dumps(
            [
                {"aspect": "Garis sempadan", "finding": "5 m dari tepi jalan", "fits": "yes"},
                {"aspect": "Luas bangunan", "finding": "sesuai gambar rencana", "fits": "yes"},
            ]
        ),
        "fits": "yes",
        "summary": "Lokasi dan rencana bangunan sesuai dengan berkas permohonan.",
    }


def _seen_bill(
    seen: ApplicationView, _beat: Beat, _random: Random, _calendar: Calendar, _at: datetime
) -> Inputs:
    bill = seen.bills[0]
    return {"bill_id": str(bill.id), "amount_idr": str(bill.amount_idr)}


_TYPED: Mapping[str, Callable[[ApplicationView, Beat, Random, Calendar, datetime], Inputs]] = {
    "record_collector": _collector,
    "give_opinion": _opinion,
    "schedule_visit": _appointment,
    "report_visit": _report,
    "book_payment": _seen_bill,
}
