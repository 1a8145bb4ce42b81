"""The list of an applicant's own applications: each in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from licensing.queries.online import OwnFile, OwnList
from web.filters import in_language
from web.i18n import gettext as _
from web.present import place_title
from web.viewmodels import ClockState
from workflows.sop import Party


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One application that was handed in."""

    application_id: UUID
    number: str
    title: str
    subject: str
    state: ClockState
    chip: str
    sentence: str
    filed_at: datetime
    my_turn: bool


def own_rows(found: OwnList) -> Sequence[OwnRow]:
    """Return the filed applications as they are listed."""
    return [_row(one) for one in found.files]


def _row(one: OwnFile) -> OwnRow:
    state, chip, sentence, my_turn = _where(one)
    return OwnRow(
        one.application_id,
        one.number,
        in_language(one.title),
        one.subject,
        state,
        chip,
        sentence,
        one.filed_at,
        my_turn,
    )


def _where(one: OwnFile) -> tuple[ClockState, str, str, bool]:
    place = place_title(one.sop, one.step)
    if one.outcome is not None:
        state: ClockState = "aman" if one.outcome in ("granted", "lapsed") else "netral"
        return state, _("Selesai"), place, False
    if one.has_permit:
        return "aman", _("Siap diambil"), _("Izin sudah terbit dan menunggu Anda."), False
    if one.sop.steps[one.step].party is Party.APPLICANT:
        return "jeda", _("Giliran Anda"), _("Menunggu Anda: %(step)s.", step=place), True
    return "aman", _("Giliran kami"), _("Sekarang: %(step)s.", step=place), False
