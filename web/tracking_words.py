"""The first two sentences of the tracking page: whose turn it is, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from licensing.queries.tracking import TrackingView
from web import formats
from web.filters import in_language
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.present import days_left, find_limit, lane_title, place_title, within_words
from web.silence_words import tracked_silence
from web.tracking_trail import Turn, held_title
from workflows.ledger import LimitState, due

_Say = Callable[[TrackingView, LimitState | None, datetime | None], tuple[str, str]]


def first_words(
    view: TrackingView, turn: Turn, promise: LimitState | None, done_by: datetime | None
) -> tuple[str, str]:
    """Return the sentence on top and the one below it."""
    return _SAY[turn](view, promise, done_by)


def to_pay(view: TrackingView) -> bool:
    """Return whether it is the bill that we wait for."""
    return view.bill is not None and view.bill.status == "open"


def _ours(view: TrackingView, promise: LimitState | None, _by: datetime | None) -> tuple[str, str]:
    nothing = _("Anda tidak perlu melakukan apa pun.")
    service = view.sop.limits.get("service")
    if promise is None or promise.due_at is None:
        return _at_work(view), nothing
    day = _long(view, promise.due_at)
    if promise.name == "filing":
        after = (
            _("Sesudah lengkap, izin selesai dalam %(time)s.", time=within_words(service.within))
            if service is not None
            else ""
        )
        said = _("Paling lambat %(day)s Anda tahu apakah berkasnya lengkap.", day=day)
        return _at_work(view), f"{nothing} {said} {after}".strip()
    return _at_work(view), f"{nothing} " + _("Izin selesai paling lambat %(day)s.", day=day)


def _late(view: TrackingView, promise: LimitState | None, by: datetime | None) -> tuple[str, str]:
    over = promise is not None and promise.left < 0 and days_left(promise) is not None
    if promise is None or not over:
        headline = _("Kami terlambat sejak %(time)s.", time=_broken_at(view, promise))
    else:
        late = formats.working_days(-promise.left, lang=current_language())
        headline = _("Kami terlambat %(days)s.", days=late)
    parts = [_("Maaf, keterlambatan ini tanggung jawab kami."), _at_work(view)]
    if by is not None:
        parts.append(_("Selesai paling lambat %(day)s.", day=_long(view, by)))
    return headline, " ".join(parts)


def _yours(view: TrackingView, _p: LimitState | None, _by: datetime | None) -> tuple[str, str]:
    count = len(view.faults)
    if view.held is not None:
        headline = _("Kami menunggu Anda: %(what)s.", what=_lower(held_title(view)))
    elif count:
        headline = ngettext(
            "Kami menunggu %(num)s perbaikan dari Anda.",
            "Kami menunggu %(num)s perbaikan dari Anda.",
            count,
        )
    else:
        headline = _("Kami menunggu Anda: %(what)s.", what=_lower(place_title(view.sop, view.step)))
    if view.if_back_now is not None and to_pay(view):
        return headline, _(
            "Bila Anda bayar hari ini: selesai paling lambat %(day)s. "
            "Selama menunggu Anda, waktu kami berhenti.",
            day=_long(view, view.if_back_now),
        )
    if view.if_back_now is not None:
        return headline, _(
            "Bila Anda kirim hari ini: selesai paling lambat %(day)s. "
            "Selama menunggu Anda, waktu kami berhenti.",
            day=_long(view, view.if_back_now),
        )
    service = view.sop.limits.get("service")
    if service is None or find_limit(view.limits, "service") is not None:
        return headline, _("Selama menunggu Anda, waktu kami berhenti.")
    planned = due(view.calendar, service.within, view.now)
    return headline, _(
        "Bila Anda kirim hari ini dan lengkap: selesai paling lambat %(day)s. "
        "Waktu kami, %(time)s, mulai sesudah berkas lengkap.",
        day=_long(view, planned),
        time=within_words(service.within),
    )


def _ready(view: TrackingView, _p: LimitState | None, _by: datetime | None) -> tuple[str, str]:
    return (
        _("%(product)s Anda siap diambil.", product=_product(view)),
        _("Ambil di kantor kami pada jam buka. Tidak ada biaya pengambilan."),
    )


def _granted(view: TrackingView, _p: LimitState | None, _by: datetime | None) -> tuple[str, str]:
    return (
        _("%(product)s sudah diserahkan.", product=_product(view)),
        _("Diserahkan pada %(day)s. Permohonan ini selesai.", day=_ended(view)),
    )


def _refused(view: TrackingView, _p: LimitState | None, _by: datetime | None) -> tuple[str, str]:
    return (
        _("Permohonan Anda ditolak."),
        _(
            "Diputuskan pada %(day)s. Alasannya ada di bawah; Anda dapat mengajukan keberatan.",
            day=_ended(view),
        ),
    )


def _closed(view: TrackingView, _p: LimitState | None, _by: datetime | None) -> tuple[str, str]:
    said = {
        "withdrawn": _("Permohonan ini dicabut."),
        "discontinued": _("Permohonan ini dihentikan."),
    }
    why = {
        "withdrawn": _("Pencabutan diterima pada %(day)s.", day=_ended(view)),
        "discontinued": _(
            "Jawaban Anda belum kami terima sampai batasnya. Dihentikan pada %(day)s.",
            day=_ended(view),
        ),
    }
    outcome = view.outcome or ""
    lead = why.get(outcome, _("Berakhir pada %(day)s.", day=_ended(view)))
    return said.get(outcome, place_title(view.sop, view.step)), " ".join(
        (lead, _("Anda boleh mengajukan permohonan baru kapan saja."))
    )


def _deemed(view: TrackingView, _p: LimitState | None, _by: datetime | None) -> tuple[str, str]:
    silence = tracked_silence(view)
    day = "" if silence is None else silence.deemed_day
    return (
        _("Permohonan Anda dikabulkan secara hukum."),
        _(
            "Batas waktu menurut undang-undang lewat tanpa keputusan kami. Dianggap dikabulkan "
            "sejak %(day)s.",
            day=day,
        ),
    )


_SAY: Final[Mapping[Turn, _Say]] = {
    "ours": _ours,
    "late": _late,
    "yours": _yours,
    "ready": _ready,
    "granted": _granted,
    "deemed": _deemed,
    "refused": _refused,
    "closed": _closed,
}


def _at_work(view: TrackingView) -> str:
    step = view.sop.steps[view.step]
    if view.held is not None and view.held in step.holds:
        return _("Berkas ditunda: %(why)s.", why=_lower(held_title(view)))
    return _(
        "%(lane)s sedang %(doing)s.",
        lane=lane_title(view.sop, step.lane),
        doing=_lower(in_language(step.title)),
    )


def _lower(words: str) -> str:
    """Return a title as it stands within a sentence; an abbreviation keeps its capitals."""
    first = words.split(" ", 1)[0]
    return words if first.isupper() and len(first) > 1 else words[:1].lower() + words[1:]


def _product(view: TrackingView) -> str:
    return in_language(view.sop.product.title if view.sop.product else view.sop.title)


def _long(view: TrackingView, moment: datetime) -> str:
    return formats.long_date(moment, lang=current_language(), zone=view.zone)


def _ended(view: TrackingView) -> str:
    return _long(view, view.ended_at) if view.ended_at is not None else ""


def _broken_at(view: TrackingView, promise: LimitState | None) -> str:
    found = promise if promise is not None and promise.broken_at else None
    found = found or next((one for one in view.limits if one.broken_at), None)
    moment = found.broken_at if found is not None and found.broken_at else view.now
    return formats.short_date_time(moment, lang=current_language(), zone=view.zone)
