"""The part of a style sheet that the pages use: families of classes that none has are left out.

Bootstrap is written for every page there could be; a phone should not wait for carousels. What is
left out is a fixed list, so the same package always gives the same file; a test sees to it that no
template uses a class of these families.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LEFT_OUT: Final = frozenset(
    [
        "accordion",
        "alert",
        "align",
        "badge",
        "bg",
        "border",
        "bottom",
        "breadcrumb",
        "carousel",
        "clearfix",
        "col",
        "collapse",
        "collapsed",
        "collapsing",
        "column",
        "container",
        "d",
        "display",
        "dropdown",
        "dropend",
        "dropstart",
        "dropup",
        "end",
        "fade",
        "figure",
        "fixed",
        "flex",
        "float",
        "focus",
        "font",
        "fs",
        "fst",
        "fw",
        "g",
        "gap",
        "gx",
        "gy",
        "h",
        "hiding",
        "hstack",
        "icon",
        "initialism",
        "invisible",
        "justify",
        "lh",
        "link",
        "list",
        "m",
        "me",
        "mh",
        "modal",
        "ms",
        "mt",
        "mw",
        "mx",
        "my",
        "nav",
        "navbar",
        "object",
        "offcanvas",
        "offset",
        "opacity",
        "order",
        "overflow",
        "p",
        "page",
        "pagination",
        "pb",
        "pe",
        "placeholder",
        "pointer",
        "popover",
        "position",
        "progress",
        "ps",
        "pt",
        "px",
        "py",
        "ratio",
        "rounded",
        "shadow",
        "showing",
        "spinner",
        "start",
        "sticky",
        "stretched",
        "tab",
        "text",
        "toast",
        "tooltip",
        "top",
        "translate",
        "user",
        "vh",
        "visible",
        "vr",
        "vstack",
        "vw",
        "w",
        "z",
    ]
)
"""Families of classes: what stands before the first hyphen."""

_CLASS = re.compile(r"\.(-?[A-Za-z_][A-Za-z0-9_]*)(?=[^A-Za-z0-9_]|$)")
_SELECTORS = re.compile(r",(?![^(]*\))")
_COMMENT = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_GROUPS = ("@media", "@supports", "@layer")


def lean(css: str) -> str:
    """Return `css` without the rules of the families that are left out."""
    return "".join(_rules(_COMMENT.sub("", css)))


def _rules(css: str) -> Iterator[str]:
    at = 0
    while at < len(css):
        if css.startswith("/*", at):  # a licence stays
            end = css.index("*/", at) + 2
            yield css[at:end]
            at = end
            continue
        opening, ending = css.find("{", at), css.find(";", at)
        if opening < 0 or 0 <= ending < opening:  # `@charset`, or what follows the last rule
            end = len(css) if ending < 0 else ending + 1
            yield css[at:end]
            at = end
            continue
        head, closing = css[at:opening], _closing(css, opening)
        body, at = css[opening + 1 : closing], closing + 1
        if head.lstrip().startswith(_GROUPS):
            inner = lean(body)
            if inner.strip():
                yield f"{head}{{{inner}}}"
        elif head.lstrip().startswith("@"):
            yield f"{head}{{{body}}}"
        else:
            kept = [one for one in _SELECTORS.split(head) if _used(one)]
            if kept:
                yield f"{','.join(kept)}{{{body}}}"


def _used(selector: str) -> bool:
    return LEFT_OUT.isdisjoint(_CLASS.findall(selector))


def _closing(css: str, opening: int) -> int:
    """Return where the block that begins at `opening` ends."""
    depth = 0
    for place in _BRACE.finditer(css, opening):
        depth += 1 if place[0] == "{" else -1
        if depth == 0:
            return place.start()
    raise ValueError("a block of the style sheet has no end")
