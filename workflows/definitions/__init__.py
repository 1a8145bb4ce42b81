"""The SOPs that come with the product, as texts: services, and bases that services follow."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_HERE = files(__name__)
_BASE = re.compile(r"^base: +yes *$", re.MULTILINE)


@cache
def _texts() -> dict[str, str]:
    entries = sorted(
        (entry for entry in _HERE.iterdir() if entry.name.endswith(".yaml")),
        key=lambda entry: entry.name,
    )
    return {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8") for entry in entries
    }


def names() -> tuple[str, ...]:
    """Return the names of the services that come with the product."""
    return tuple(name for name, text in _texts().items() if not _BASE.search(text))


def bases_names() -> tuple[str, ...]:
    """Return the names of all SOPs that come with the product, those that are bases too."""
    return tuple(_texts())


def text_of(name: str) -> str:
    """Return the text of one of them.

    Raises:
        KeyError: there is none of that name.
    """
    return _texts()[name]


def shipped(name: str) -> str | None:
    """Return the text of one of them, or None: what `follows` looks names up with."""
    return _texts().get(name)
