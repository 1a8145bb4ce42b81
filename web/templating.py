"""The environment of our templates: Flask's, without what a page of many small macros pays for.

A page calls some hundred macros and texts. What the library asks anew at every call, and what
never changes while a process lives, is known here.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, KeysView, MutableMapping
from types import FunctionType
from typing import Any

from flask.templating import Environment
from jinja2.runtime import Context, Macro

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
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(__self.eval_ctx, *args, **kwargs)
        if kind is FunctionType and not hasattr(__obj, _TAKES_CONTEXT):
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class PageEnvironment(Environment):
    """Flask's environment with these two."""

    context_class = _Context

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the names known to a template that adds `d`."""
        return _Globals({} if d is None else d, self.globals)
