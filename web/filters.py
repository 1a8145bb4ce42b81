"""The formats as Jinja filters, in the language and the zone of the request."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import Flask

from web import formats
from web.frame import current_frame
from web.i18n import current_language

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATED: tuple[Callable[..., str], ...] = (
    formats.long_date,
    formats.plain_date,
    formats.short_date,
    formats.short_date_year,
    formats.day_month,
    formats.bare_time,
    formats.clock_time,
    formats.short_date_time,
    formats.long_date_time,
)
_WORDED: tuple[Callable[..., str], ...] = (
    formats.working_days,
    formats.working_hours,
    formats.due_words,
    formats.time_left,
)
_PLAIN: tuple[Callable[..., str], ...] = (
    formats.rupiah,
    formats.masked_nik,
    formats.masked_name,
    formats.masked_phone,
    formats.initials,
)


def init_app(app: Flask) -> None:
    """Give every template the formats, and `text` for a text in both languages."""
    filters: dict[str, Callable[..., Any]] = {
        "text": in_language,
        "number": number,
        "pairs": pairs,
    }
    filters |= {function.__name__: _dated(function) for function in _DATED}
    filters |= {function.__name__: _worded(function) for function in _WORDED}
    filters |= {function.__name__: function for function in _PLAIN}
    app.jinja_env.filters.update(filters)


def in_language(text: Mapping[str, str]) -> str:
    """Return a text of the SOP in the reader's language; Indonesian where it has no other."""
    return text.get(current_language()) or text["id"]


def pairs(choices: Iterable[tuple[Hashable, Hashable]]) -> tuple[tuple[Hashable, Hashable], ...]:
    """Return choices as something that can be compared: `kept` finds what it shows by it."""
    return tuple([(value, words) for value, words in choices])


def number(value: int | float | Decimal, decimals: int = 0) -> str:
    """Return a number with the separators of the reader's language."""
    return formats.number(value, decimals, lang=current_language())


def _dated(function: Callable[..., str]) -> Callable[..., str]:
    def show(moment: date | datetime, zone: str | None = None) -> str:
        place = zone or current_frame().zone
        return function(moment, lang=current_language(), zone=place)

    return show


def _worded(function: Callable[..., str]) -> Callable[..., str]:
    def show(value: Any) -> str:
        return function(value, lang=current_language())

    return show
