"""What pages say of silence: the limit of the law that has passed, and what the law makes of it.

Neutral on purpose: it says what is recorded and which article speaks of it, and promises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from flask import url_for

from licensing.queries.application import ApplicationView, EventView
from web import formats
from web.i18n import current_language
from web.i18n import gettext as _
from workflows.check import LAPSE, SILENCE
from workflows.silence import SilentLimit


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above a file of which the limit of the law has passed."""

    state: Literal["lewat", "segera"]
    title: str
    text: str
    certificate_href: str
    """Empty where there is none to print."""


@dataclass(frozen=True, slots=True)
class TrackedSilence:
    """The same for the applicant."""

    granted: bool
    since: datetime
    source: str
    deemed_day: str
    certificate: bool
    """Whether it is recorded, so that the certificate can be printed."""


class _Silent(Protocol):
    """A file as officers or its applicant see it."""

    @property
    def silence(self) -> SilentLimit | None:
        """The limit that has passed, while nobody has decided."""

    @property
    def events(self) -> Any:
        """Its lines of history."""

    @property
    def zone(self) -> str:
        """The zone of its office."""


def silence_banner(view: ApplicationView) -> Banner | None:
    """Return what stands above a file whose legal limit has passed; None for every other."""
    found = tracked_silence(view)
    if found is None:
        return None
    since = formats.short_date_time(found.since, lang=current_language(), zone=view.zone)
    if not found.granted:
        noted = any(event.action == SILENCE for event in view.events)
        told = (
            _("Kepala dinas dan inspektorat sudah diberi tahu.")
            if noted
            else _("Kepala dinas dan inspektorat segera diberi tahu.")
        )
        return Banner(
            "segera",
            _("Batas waktu menurut undang-undang lewat sejak %(time)s.", time=since),
            " ".join(
                (
                    _("Belum ada keputusan. Berkas tetap diproses; putuskan segera."),
                    told,
                    _("Dasar: %(source)s.", source=found.source),
                )
            ),
            "",
        )
    text = _(
        "Batas waktunya lewat pada %(time)s tanpa keputusan. Dianggap dikabulkan sejak %(day)s. "
        "Berkas dibekukan: tidak ada tindakan lagi di dalamnya. Dasar: %(source)s.",
        time=since,
        day=found.deemed_day,
        source=found.source,
    )
    href = url_for("letters.lapse", application_id=view.id) if found.certificate else ""
    return Banner("lewat", _("Dikabulkan secara hukum."), text, href)


def tracked_silence(view: _Silent) -> TrackedSilence | None:
    """Return since when the limit of the law has passed; None where it has not."""
    recorded = lapse_of(view.events)
    if recorded is not None:
        said = recorded.detail
        return _tracked(
            since=datetime.fromisoformat(said["lapsed_at"]),
            deemed_on=date.fromisoformat(said["deemed_on"]),
            source=said["source"],
            granted=True,
            certificate=True,
        )
    silence = view.silence
    if silence is None:
        return None
    return _tracked(
        since=silence.since,
        deemed_on=silence.deemed_on,
        source=silence.source,
        granted=silence.grants,
        certificate=False,
    )


def lapse_of(events: Any) -> EventView | None:
    """Return the line by which the clock recorded that the law has granted a file."""
    found: EventView | None = next((one for one in reversed(events) if one.action == LAPSE), None)
    return found


def _tracked(
    *,
    since: datetime,
    deemed_on: date,
    source: str,
    granted: bool,
    certificate: bool,
) -> TrackedSilence:
    day = formats.plain_date(deemed_on, lang=current_language())
    return TrackedSilence(granted, since, source, day, certificate)
