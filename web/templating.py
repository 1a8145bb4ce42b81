"""The environment of our templates: Flask's, without what a page of many small macros pays for.

A page calls some hundred macros and texts. What the library asks anew at every call, and what
never changes while a process lives, is known here.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Hashable, KeysView, MutableMapping
from types import CodeType, FunctionType, MethodType
from typing import Any, Final, cast
from uuid import UUID

import jinja2
import markupsafe
from flask import Flask, current_app, has_request_context, request, url_for
from flask.templating import Environment
from jinja2 import Template
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

_ADDRESSES: Final = "satupintu.addresses"
_MOST_ADDRESSES: Final = 4_096
_PLAIN_VALUES: Final = frozenset({str, int, UUID, type(None)})
"""What an address is made of; `_external` is none of these, and is asked of Flask."""
_PLAIN: Final = frozenset({FunctionType, MethodType})
_TAKES_CONTEXT = "jinja_pass_arg"


class _Globals(ChainMap[str, Any]):
    """The names known to a template; those of the environment alone where it adds none.

    Every import asks for the keys, to see whether the page knows more names than the template.
    """

    def keys(self) -> KeysView[str]:
        own, shared = self.maps
        return super().keys() if own else shared.keys()


class _Context(Context):
    """What a template is rendered with; it knows our macros and plain functions by their type."""

    def call(__self, __obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        kind = type(__obj)
        if kind is Macro:
            if kwargs:
                kwargs.pop("_block_vars", None)
                kwargs.pop("_loop_vars", None)
            return __obj(__self.eval_ctx, *args, **kwargs)
        if kind in _PLAIN and not hasattr(__obj, _TAKES_CONTEXT):
            if kwargs:
                kwargs.pop("_block_vars", None)
                kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


_escape_text: Final[Callable[[str], str]] = getattr(markupsafe, "_escape_inner", escape)
"""The library's own inner function where it has it: it leaves out what asks for other types."""


def _escape(value: Any) -> str:
    """Return `value` as HTML: what is HTML already as it stands, without a copy."""
    kind = type(value)
    if kind is Markup:
        return value
    return _escape_text(value) if kind is str else escape(value)


class _Template(Template):
    """A compiled template that copies no finished HTML: two of three values put in are that."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> jinja2.Template:
        """Return the template of compiled code."""
        found = super().from_code(environment, code, globals, uptodate)
        names = cast("FunctionType", found.root_render_func).__globals__
        names["escape"] = _escape
        return found


def address_of(endpoint: str, **values: Any) -> str:
    """Return what Flask's `url_for` returns inside a request; built once for the same values."""
    known: dict[Hashable, str] = current_app.extensions[_ADDRESSES]
    key = None
    # A value that merely equals another, as 1 equals True, may be written differently.
    if has_request_context() and all(type(value) in _PLAIN_VALUES for value in values.values()):
        key = (request.script_root, endpoint, *values.items())
        found = known.get(key)
        if found is not None:
            return found
    address = url_for(endpoint, **values)
    if key is not None and not endpoint.startswith("."):
        if len(known) >= _MOST_ADDRESSES:
            known.clear()
        known[key] = address
    return address


def init_app(app: Flask) -> None:
    """Give templates the addresses of pages."""
    app.extensions[_ADDRESSES] = {}
    app.jinja_env.globals["url_for"] = address_of


class PageEnvironment(Environment):
    """Flask's environment with these."""

    context_class = _Context
    template_class = _Template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names known to a template that adds `d`."""
        return _Globals({} if d is None else d, self.globals)
