"""What surrounds every page: office, navigation, clock, person; given by a provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, current_app, g, has_request_context

from web.formats import DEFAULT_ZONE
from web.i18n import gettext

FRAME_PROVIDER: Final = "satupintu.frame"
"""Key in `app.extensions` of the function that returns the `Frame` of a request."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the navigation."""

    label: str
    href: str
    count: int | None = None
    """A number beside the label, such as the files waiting; None shows none."""
    current: bool = False


@dataclass(frozen=True, slots=True)
class OfficeClock:
    """The time now and the end of the office's day; `closes_at` is None on a closed day."""

    now: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    name: str
    role: str
    initials: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything a layout shows around the page itself."""

    office_name: str
    """Short, as in the bar: `DPMPTSP Kota Contoh`."""
    office_full_name: str
    """As on letterheads: `Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu …`."""
    address: str
    hours: Callable[[], str]
    """Opening hours in words; asked for, since most pages of the staff do not show them."""
    zone: str = DEFAULT_ZONE
    public_nav: Callable[[], tuple[NavItem, ...]] = tuple
    """Asked for like the hours."""
    staff_nav: tuple[NavItem, ...] = ()
    clock: OfficeClock | None = None
    person: Person | None = None
    sample: bool = False
    """True where names and numbers are invented: the ribbon says so."""
    silent_since: datetime | None = None
    """Since when the sweep of warnings has been silent; None while it works."""
    sign_out_href: str = "/keluar"


Provider = Callable[[], Frame]


def public_nav(current: str | None = None) -> tuple[NavItem, ...]:
    """Return the public navigation; `current` is the href of the page being shown."""
    items = (
        (gettext("Layanan"), "/layanan"),
        (gettext("Lacak berkas"), "/lacak"),
        (gettext("Permohonan saya"), "/pemohon"),
        (gettext("Hitung tanggal"), "/hitung"),
        (gettext("Periksa izin"), "/periksa"),
        (gettext("Masuk"), "/masuk"),
    )
    return tuple(NavItem(label, href, current=href == current) for label, href in items)


def default_frame() -> Frame:
    """Return the frame of a program that knows no office yet."""
    return Frame(
        office_name=gettext("Pelayanan terpadu satu pintu"),
        office_full_name=gettext("Pelayanan terpadu satu pintu"),
        address="",
        hours=str,
        public_nav=public_nav,
    )


def current_frame() -> Frame:
    """Return the frame of this request, asked of the provider once."""
    if not has_request_context():
        return default_frame()
    kept = g._get_current_object()
    frame: Frame | None = getattr(kept, "satupintu_frame", None)
    if frame is None:
        provider: Provider = current_app.extensions[FRAME_PROVIDER]
        frame = kept.satupintu_frame = provider()
    return frame


def init_app(app: Flask) -> None:
    """Make `frame` known to every template; another part may have set the provider before."""
    app.extensions.setdefault(FRAME_PROVIDER, default_frame)
    app.context_processor(lambda: {"frame": current_frame()})
