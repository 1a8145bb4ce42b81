"""The frame of a working program: whose office, whose page, what time it is there.

Office and calendar change a few times a year and are shown on every page, so a process keeps
them for a minute; only the banner about our own silence asks again before it speaks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, Final, cast
from uuid import UUID

from flask import Flask, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from licensing.database import enter_office
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.heartbeat import SILENT_AFTER, SWEEP
from web import errors, formats
from web.access import may_open, officer_or_none
from web.frame import (
    FRAME_PROVIDER,
    Frame,
    NavItem,
    OfficeClock,
    Person,
    default_frame,
    public_nav,
)
from web.i18n import Language, current_language
from web.i18n import gettext as _
from web.role_words import ROLE_WORDS
from workflows.calendar_spec import CalendarSpec, Windows
from workflows.worktime import Calendar

KEPT_SECONDS: Final = 60.0
ASKED_AGAIN_SECONDS: Final = 10.0
_OFFICES: Final = "satupintu.offices"

STAFF_PLACES: Final[tuple[tuple[str, Callable[[], str]], ...]] = (
    ("/loket", lambda: _("Loket")),
    ("/kerja", lambda: _("Kotak kerja")),
    ("/kunjungan", lambda: _("Kunjungan")),
    ("/bank", lambda: _("Jendela bank")),
    ("/antrian/meja", lambda: _("Antrean")),
    ("/pengawas", lambda: _("Pengawasan")),
    ("/admin", lambda: _("Administrasi")),
)
"""Places of the staff navigation; each is shown where there is one and the role may enter."""

ADMIN_PARTS: Final[tuple[tuple[str, Callable[[], str]], ...]] = (
    ("/admin/layanan", lambda: _("Layanan dan SOP")),
    ("/admin/kirim", lambda: _("Kotak keluar")),
    ("/admin/riwayat", lambda: _("Riwayat perubahan")),
)
"""What supervisors and the inspectorate see of the administration."""


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """What every page says about an office."""

    id: UUID
    name: str
    short_name: str
    """For the bar: DPMPTSP Kota Contoh."""
    government: str
    address: str
    phone: str
    zone: str
    sample: bool
    simulated: bool
    calendar: Calendar | None
    swept_at: datetime
    """When the sweep last finished; where it never has, when the first office was made."""


@dataclass(slots=True)
class Offices:
    """The offices that this process has shown within the last minute."""

    runtime: Runtime
    clock: Callable[[], float] = monotonic
    _kept: dict[UUID | None, tuple[float, OfficeFacts]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def facts(
        self, office_id: UUID | None, *, younger_than: float = KEPT_SECONDS
    ) -> OfficeFacts | None:
        """Return an office, or the first real one for None; None where there is no office yet."""
        kept = self._kept.get(office_id)
        if kept is not None and self.clock() - kept[0] < younger_than:
            return kept[1]
        read = self._read(office_id)
        if read is not None:
            with self._lock:
                self._kept[office_id] = (self.clock(), read)
        return read

    def kept(self, office_id: UUID | None) -> OfficeFacts | None:
        """Return what was last known of an office, however old, without asking anybody."""
        kept = self._kept.get(office_id)
        return None if kept is None else kept[1]

    def _read(self, office_id: UUID | None) -> OfficeFacts | None:
        with self.runtime.db.begin() as connection:
            chosen = office_id
            if chosen is None:
                chosen = connection.exec_driver_sql(
                    "SELECT id FROM office ORDER BY simulated, created_at, code LIMIT 1"
                ).scalar_one_or_none()
                if chosen is None:
                    return None
            enter_office(connection, chosen)
            row = connection.exec_driver_sql(_FACTS, {"id": chosen, "job": SWEEP}).fetchone()
        return None if row is None else _facts(row)


def init_app(app: Flask, _settings: object, runtime: object | None) -> None:
    """Let the frame of every page be that of the reader's office."""
    if runtime is None:
        return
    app.extensions[_OFFICES] = Offices(cast("Runtime", runtime))
    app.extensions[FRAME_PROVIDER] = office_frame


def current_office() -> OfficeFacts | None:
    """Return the office of this request: of who is signed in, else the first real one.

    What was last known is enough where the database does not answer: an error page needs a head.
    """
    if "satupintu_office" not in g:
        offices: Offices = current_app.extensions[_OFFICES]
        officer = officer_or_none()
        office_id = None if officer is None else officer.office_id
        if g.get(errors.DATABASE_DOWN):
            return offices.kept(office_id)
        g.satupintu_office = offices.facts(office_id)
    found: OfficeFacts | None = g.satupintu_office
    return found


def office_frame() -> Frame:
    """Return the frame of this request."""
    try:
        office, officer = current_office(), officer_or_none()
        silent = None if office is None or officer is None else _silent_since(office)
    except SQLAlchemyError:
        g.setdefault(errors.DATABASE_DOWN, True)
        offices: Offices = current_app.extensions[_OFFICES]
        office, officer, silent = offices.kept(None), None, None
    if office is None:
        return default_frame()
    return Frame(
        office_name=office.short_name,
        office_full_name=_full_name(office),
        address=office.address if office.address.endswith(".") else f"{office.address}.",
        hours=partial(hours_words, office),
        zone=office.zone,
        public_nav=partial(_public_places, officer),
        staff_nav=staff_nav(officer),
        clock=_office_clock(office),
        person=None if officer is None else _person(officer),
        sample=office.sample,
        silent_since=silent,
    )


def staff_nav(officer: Officer | None) -> tuple[NavItem, ...]:
    """Return the places that `officer` may enter."""
    if officer is None:
        return ()
    return tuple(
        NavItem(label(), path, current=_is_here(path))
        for path, label in (*STAFF_PLACES, *_instead(officer))
        if may_open(path, officer)
    )


def _instead(officer: Officer) -> tuple[tuple[str, Callable[[], str]], ...]:
    """Return the parts of the administration for those who may not open its first page."""
    return () if may_open("/admin", officer) else ADMIN_PARTS


def hours_words(office: OfficeFacts) -> str:
    """Return the opening hours of this week: `Senin–Kamis 07.30–16.00, Jumat 07.30–16.30 WIB.`"""
    if office.calendar is None:
        return ""
    today = office.calendar.local_date(datetime.now(UTC))
    week = _week_of(office.calendar, today)
    runs: list[tuple[int, int, str]] = []
    for weekday in range(7):
        windows = week.get(weekday, ())
        if not windows:
            continue
        words = ", ".join(f"{_minutes(one.start)}–{_minutes(one.end)}" for one in windows)
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == words:
            runs[-1] = (runs[-1][0], weekday, words)
        else:
            runs.append((weekday, weekday, words))
    if not runs:
        return ""
    zone = formats.zone_name(office.zone, datetime.now(UTC))
    named = [f"{_weekdays(first, last)} {words}" for first, last, words in runs]
    return f"{', '.join(named)} {zone}."


def _silent_since(office: OfficeFacts) -> datetime | None:
    """Return since when no sweep has finished; it asks again before it says so."""
    if not _is_silent(office):
        return None
    offices: Offices = current_app.extensions[_OFFICES]
    fresh = offices.facts(office.id, younger_than=ASKED_AGAIN_SECONDS)
    return fresh.swept_at if fresh is not None and _is_silent(fresh) else None


def _is_silent(office: OfficeFacts) -> bool:
    return not office.simulated and datetime.now(UTC) - office.swept_at > SILENT_AFTER


def _office_clock(office: OfficeFacts) -> OfficeClock:
    now = datetime.now(UTC)
    if office.calendar is None:
        return OfficeClock(now, None)
    today = office.calendar.local_date(now)
    open_today = office.calendar.is_working(today)
    return OfficeClock(now, office.calendar.closing(today) if open_today else None)


def _public_places(officer: Officer | None) -> tuple[NavItem, ...]:
    """Return the public navigation; who is signed in goes to work instead of signing in."""
    items = [item for item in public_nav() if item.href != "/masuk" or officer is None]
    places = [
        NavItem(item.label, item.href, current=_is_here(item.href))
        for item in items
        if may_open(item.href, officer)
    ]
    return (*places, *staff_nav(officer)[:1])


def _is_here(path: str) -> bool:
    return request.path == path or request.path.startswith(f"{path}/")


def _person(officer: Officer) -> Person:
    first = next((role for role in ROLE_WORDS if role in officer.roles), None)
    role = str(ROLE_WORDS[first]) if first else officer.title
    return Person(officer.name, role, formats.initials(officer.name))


def _full_name(office: OfficeFacts) -> str:
    return f"{office.name}, {office.government}" if office.government else office.name


def _week_of(calendar: Calendar, day: date) -> Mapping[int, Windows]:
    """Return the hours of an ordinary week around `day`, by weekday from 0."""
    rules = [
        rule
        for rule in calendar.spec.weekly
        if rule.since <= day and (rule.until is None or day <= rule.until)
    ]
    return max(rules, key=lambda rule: rule.since).windows if rules else {}


def _weekdays(first: int, last: int) -> str:
    lang = current_language()
    if first == last:
        return _weekday(first, lang)
    return f"{_weekday(first, lang)}–{_weekday(last, lang)}"


def _weekday(number: int, lang: Language) -> str:
    return formats.long_date(date(2024, 1, 1) + timedelta(days=number), lang=lang).split(",")[0]


def _minutes(minutes: int) -> str:
    mark = "." if current_language() == "id" else ":"
    return f"{minutes // 60:02d}{mark}{minutes % 60:02d}"


def _facts(row: Any) -> OfficeFacts:
    calendar = None
    if row.spec is not None:
        calendar = Calendar(CalendarSpec.from_json(row.spec), row.late_receipt)
    return OfficeFacts(
        id=row.id,
        name=row.name,
        short_name=f"{row.unit_code} {row.place}",
        government=row.government,
        address=row.address,
        phone=row.phone,
        zone=row.zone,
        sample=row.sample,
        simulated=row.simulated,
        calendar=calendar,
        swept_at=row.swept_at,
    )


_FACTS = """
SELECT o.id, o.name, o.unit_code, o.place, o.government, o.address, o.phone, o.zone, o.sample,
       o.simulated, o.late_receipt, c.spec,
       coalesce((SELECT at FROM heartbeat WHERE job = %(job)s),
                (SELECT min(created_at) FROM office WHERE NOT simulated),
                o.created_at) AS swept_at
  FROM office o LEFT JOIN calendar_version c ON c.id = o.calendar_version_id
 WHERE o.id = %(id)s
"""
