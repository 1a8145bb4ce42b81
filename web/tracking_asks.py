"""What the tracking page says of side paths: whom we have asked, what we ask the applicant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from licensing.queries.tracking import OpenAsk, TrackingView
from web import formats
from web.filters import in_language
from web.i18n import current_language
from web.i18n import gettext as _
from web.present import lane_title
from workflows.sop import Party


def asked_words(view: TrackingView) -> Iterator[str]:
    """Return a sentence on the opinions that are being asked, and one on questions to answer."""
    if view.outcome is not None:
        return
    ours: list[OpenAsk] = []
    yours: list[OpenAsk] = []
    for ask in view.asks:
        lane = _lane(view, ask)
        party = view.sop.lanes[lane].party
        (yours if party is Party.APPLICANT else ours).append(ask)
    if ours:
        who = listed(list(dict.fromkeys(lane_title(view.sop, _lane(view, ask)) for ask in ours)))
        latest = _latest(view, ours)
        if latest is None:
            yield _("Kami sedang meminta pendapat %(who)s.", who=who)
        else:
            yield _(
                "Kami sedang meminta pendapat %(who)s, paling lambat %(day)s.",
                who=who,
                day=formats.long_date(latest, lang=current_language(), zone=view.zone),
            )
    for ask in yours:
        title = in_language(view.sop.asks[ask.name].title)
        yield _("Kami juga menunggu jawaban Anda: %(what)s.", what=title)


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: `Dinas PU dan Dinas LH`."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s dan %(last)s", first=", ".join(names[:-1]), last=names[-1])


def _lane(view: TrackingView, ask: OpenAsk) -> str:
    """Return the lane that was asked: the first of the side path, whoever has it by now."""
    known = view.sop.asks[ask.name]
    return known.steps[known.starts_at].lane


def _latest(view: TrackingView, asks: Sequence[OpenAsk]) -> datetime | None:
    """Return until when the last of these opinions is owed; None where one has no date."""
    due = {limit.key: limit.due_at for limit in view.limits}
    dates = [due.get(f"ask:{ask.key}") for ask in asks]
    known = [date for date in dates if date is not None]
    return max(known) if len(known) == len(dates) else None
