"""Doing a unit of work again where the database had to choose between two."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

TIMES: Final = 3
"""Tries in all. Locks are taken in one order throughout: that two are needed is rare already."""
_CHOSEN_AGAINST: Final = frozenset({"40001", "40P01"})
"""Could not serialize, deadlock detected: nothing was written, and the same may succeed now."""

P = ParamSpec("P")
R = TypeVar("R")


def retried(work: Callable[P, R]) -> Callable[P, R]:
    """Return `work`, done again where the database chose another transaction before it.

    For services that open their own transaction and do nothing outside it.
    """

    @wraps(work)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TIMES - 1):
            try:
                return work(*args, **kwargs)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _CHOSEN_AGAINST:
                    raise
                log.warning("%s is done again: %s", work.__name__, error.orig)
        return work(*args, **kwargs)

    return again
