"""Somebody who applies online at the served sample office, with work in every state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from licensing.people import Applicant
from licensing.runtime import Runtime
from licensing.services.applicant_accounts import begin_without_address
from licensing.services.applicant_drafts import begin_draft, save_part
from licensing.services.papers import PaperMarks, check_papers
from licensing.services.sign_in import sign_in
from licensing.services.stop_messages import stop_token
from licensing.services.take_action import TakeAction, take_action
from tests.online import ANSWERS, VARIANTS, draft, hand_in

if TYPE_CHECKING:
    from tests.journeys.desk import Desk

PASSWORD = "kata-sandi-contoh-1"
ONLINE = "pemohon daring"
"""Not an account of an officer: whoever signs in as this has the cookie of an applicant."""


@dataclass(frozen=True, slots=True)
class OnlineWork:
    """What one applicant has begun and handed in."""

    by: Applicant
    session_key: str
    begun: UUID
    whole: UUID
    filed: UUID
    returned: UUID
    stop: str
    """The token of the link that stops messages."""


@dataclass(frozen=True, slots=True)
class _Served:
    runtime: Runtime
    office_id: UUID
    service: str = "siup"


_MADE: dict[UUID, OnlineWork] = {}


def online_work(desk: Desk) -> OnlineWork:
    """Return the work of one applicant of a served office, made once."""
    if desk.office_id not in _MADE:
        _MADE[desk.office_id] = _made(desk)
    return _MADE[desk.office_id]


def _made(desk: Desk) -> OnlineWork:
    office = _Served(desk.runtime, desk.office_id)
    entered, _code = begin_without_address(desk.runtime, desk.office_id, locale="id")
    by = entered.applicant
    begun = begin_draft(desk.runtime, office.service, VARIANTS, by)
    save_part(
        desk.runtime,
        begun,
        {"applicant_name": ANSWERS["applicant_name"], "lihat_pemohon": "ya"},
        by,
    )
    filed, returned = (hand_in(office, by, draft(office, by)).application_id for _ in range(2))
    give_back(desk, returned)
    token = stop_token(desk.runtime.keyring, "contoh", filed)
    return OnlineWork(by, entered.session_key, begun, draft(office, by), filed, returned, token)


def give_back(desk: Desk, application_id: UUID) -> None:
    """Return an application for its identity card, as the counter does."""
    clerk = sign_in(desk.runtime, "loket", PASSWORD).officer
    with desk.runtime.transaction(desk.office_id) as connection:
        version, names = connection.exec_driver_sql(
            "SELECT a.version, array_agg(p.name) FROM application a"
            " JOIN paper p ON p.application_id = a.id WHERE a.id = %s GROUP BY a.version",
            (application_id,),
        ).one()
    marks = dict.fromkeys(names, ("received", "")) | {"ktp": ("faulty", "Tidak terbaca")}
    check_papers(desk.runtime, PaperMarks(application_id, version, marks), clerk)
    take_action(desk.runtime, TakeAction(application_id, "return_incomplete"), clerk)
