"""Finished HTML of what is shown again and again: written once for the same content.

What is kept is found by everything it says, never by an id alone, so it cannot grow old: a row, a
line or a ledger that changed in one letter is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g
from jinja2.runtime import Macro
from markupsafe import Markup

from web.frame import current_frame
from web.i18n import current_language
from web.protection import token_left_open, with_token
from web.static_files import static_url

_KEPT: Final = "satupintu.fragments"
MOST_LETTERS: Final = 8_000_000
"""More than this a process does not keep; it then begins anew."""
MOST_THINGS: Final = 2_000
_READER: Final = "satupintu_fragments_reader"
T = TypeVar("T")


class Fragments:
    """The finished parts that a process keeps."""

    def __init__(self) -> None:
        self.known: dict[Hashable, Markup] = {}
        self.letters = 0
        self.things: dict[Hashable, Any] = {}

    def add(self, key: Hashable, html: Markup) -> None:
        """Keep one more, with the key and the text at their whole length."""
        if self.letters > MOST_LETTERS:
            self.known, self.letters = {}, 0
        self.known[key] = html
        self.letters += 2 * len(html)

    def remember(self, key: Hashable, thing: object) -> None:
        """Remember one more thing that is not HTML."""
        if len(self.things) > MOST_THINGS:
            self.things = {}
        self.things[key] = thing


def kept(macro: Macro, *what: Hashable) -> Markup:
    """Return `macro(*what)` in the reader's language and zone, from memory where it is known.

    The macro may show nothing but `what`: nothing of the request, of the clock, or of the page it
    stands in. The token of its forms is left open in what is kept, and filled in for each reader.

    Raises:
        TypeError: something of `what` can be changed, and so cannot be its own name.
    """
    fragments, reader = _here()
    # A page makes its own macros anew each time; the code that they run is the same.
    key = (macro._func.__code__, reader, what)
    found = fragments.known.get(key)
    if found is None:
        with token_left_open():
            found = Markup(macro(*what))  # noqa: S704 - what a macro returns is HTML
        fragments.add(key, found)
    return with_token(found)


def remembered(make: Callable[[], T], *what: Hashable) -> T:
    """Return `make()` in the reader's language and zone, from memory where `what` is known.

    `what` names the kind of thing and everything that it is made from.
    """
    fragments, reader = _here()
    key = (reader, what)
    found: T | None = fragments.things.get(key)
    if found is None:
        found = make()
        fragments.remember(key, found)
    return found


def _here() -> tuple[Fragments, Hashable]:
    """Return what this process keeps, and what of the reader shows in it; asked once a request."""
    here = g._get_current_object()
    found: tuple[Fragments, Hashable] | None = getattr(here, _READER, None)
    if found is None:
        reader = (current_language(), current_frame().zone, static_url("img/icons.svg"))
        found = (current_app.extensions[_KEPT], reader)
        setattr(here, _READER, found)
    return found


def icon(name: str) -> Markup:
    """Return one of the shapes of img/icons.svg, hidden from screen readers."""
    address = static_url("img/icons.svg")
    fragments: Fragments = current_app.extensions[_KEPT]
    found = fragments.known.get((address, name))
    if found is None:
        found = Markup(
            '<svg class="ik" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>'
        ).format(address, name)
        fragments.add((address, name), found)
    return found


def init_app(app: Flask) -> None:
    """Let templates keep what they write."""
    app.extensions[_KEPT] = Fragments()
    app.jinja_env.globals["kept"] = kept
    app.jinja_env.globals["icon_shape"] = icon
