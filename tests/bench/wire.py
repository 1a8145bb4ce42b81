"""What really goes over the wire: every message of a connection, as libpq itself writes it down."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from typing import Any, cast

import psycopg
from psycopg.pq import Trace
from sqlalchemy import Engine

_SIMPLE = re.compile(r'^F\t\d+\tQuery\t "(.*)"$')
_PARSE = re.compile(r'^F\t\d+\tParse\t "([^"]*)" "(.*)" \d+')
_BIND = re.compile(r'^F\t\d+\tBind\t "[^"]*" "([^"]*)"')
_EXECUTE = re.compile(r"^F\t\d+\tExecute\t")


def statements(engine: Engine, work: Callable[[], object]) -> list[str]:
    """Return the statements that `work` sends, pings, BEGIN and COMMIT among them.

    The engine must have one connection and no other user. A statement that was prepared before
    is shown as `prepared NAME`.
    """
    pooled = engine.raw_connection()
    pgconn = cast("psycopg.Connection[Any]", pooled.driver_connection).pgconn
    pooled.close()
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", suffix=".trace") as kept:
        pgconn.trace(kept.fileno())
        pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS | Trace.REGRESS_MODE)
        try:
            work()
        finally:
            pgconn.untrace()
        kept.seek(0)
        return read_trace(kept.read())


def read_trace(trace: str) -> list[str]:
    """Return the statements in what libpq wrote down."""
    named: dict[str, str] = {}
    bound = ""
    sent = []
    for line in trace.splitlines():
        if found := _SIMPLE.match(line):
            sent.append(found[1])
        elif found := _PARSE.match(line):
            named[found[1]] = found[2].strip()
        elif found := _BIND.match(line):
            bound = found[1]
        elif _EXECUTE.match(line):
            sent.append(named.get(bound, f"prepared {bound}"))
    return sent
