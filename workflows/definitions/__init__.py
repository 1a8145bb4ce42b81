"""The SOPs that come with the product, as texts."""

from __future__ import annotations

from importlib.resources import files

_HERE = files(__name__)


def names() -> tuple[str, ...]:
    """Return the names of the SOPs that come with the product."""
    texts = (entry.name for entry in _HERE.iterdir() if entry.name.endswith(".yaml"))
    return tuple(sorted(name.removesuffix(".yaml") for name in texts))


def text_of(name: str) -> str:
    """Return the text of one of them.

    Raises:
        KeyError: there is none of that name.
    """
    if name not in names():
        raise KeyError(name)
    return _HERE.joinpath(f"{name}.yaml").read_text(encoding="utf-8")
