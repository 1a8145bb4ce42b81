"""Logs: the same entry for people and for machines, from us and from libraries."""

from __future__ import annotations

import json

import pytest

from tests.setup.processes import program

WRITE = """
import logging, structlog
from config import Settings
from web.logs import configure
configure(Settings.from_environment())
structlog.get_logger("satupintu.door").info("step taken", action="accept")
logging.getLogger("library").warning("slow %s", "disk")
logging.getLogger("library").debug("unseen")
logging.getLogger("apscheduler").info("unseen")
try:
    nik = "1872010101900001"
    1 / 0
except ZeroDivisionError:
    logging.getLogger("library").exception("failed")
"""


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"SATUPINTU_DATA_DIR": str(tmp_path_factory.mktemp("data"))}


def test_for_machines_every_entry_is_one_line_of_json(place: dict[str, str]) -> None:
    with program(WRITE, place | {"SATUPINTU_LOG_FORMAT": "json"}) as running:
        assert running.ends() == 0, running.text
        entries = [json.loads(line) for line in running.lines]
    assert [(entry["level"], entry["event"]) for entry in entries] == [
        ("info", "step taken"),
        ("warning", "slow disk"),
        ("error", "failed"),
    ]
    assert entries[0]["action"] == "accept"
    assert entries[0]["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in entries[2]["exception"]


@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_value_of_a_variable_is_logged_with_a_trace(kind: str, place: dict[str, str]) -> None:
    with program(WRITE, place | {"SATUPINTU_LOG_FORMAT": kind}) as running:
        assert running.ends() == 0, running.text
    assert "ZeroDivisionError" in running.text
    # The line of code that failed is named; what stood in its variables is not.
    assert "nik =" not in running.text
    assert "unseen" not in running.text
