"""A replay of the small office, through a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from licensing.database import OWNER_ROLE, connect
from licensing.replay.log import read_log
from licensing.replay.mapping import read_map
from licensing.replay.order import in_time
from licensing.replay.report import Report
from licensing.replay.run import read_replay_sop, replay
from licensing.runtime import Runtime
from tests.bed import Urls
from tests.factories import make_runtime
from tests.replay.small import MAP, SOP, write_log


@dataclass(frozen=True, slots=True)
class Stage:
    """A database in which a log is replayed."""

    runtime: Runtime
    owner: Engine


@pytest.fixture
def stage(engine: Engine, owner_engine: Engine, tmp_path: Path) -> Stage:
    """The run's database: for replays that keep nothing."""
    return Stage(make_runtime(engine, tmp_path), owner_engine)


@pytest.fixture
def own_stage(fresh_database: Urls, tmp_path: Path) -> Iterator[Stage]:
    """A database of the test's own: for replays that keep what they did."""
    application = connect(fresh_database.app)
    owner = connect(fresh_database.owner, role=OWNER_ROLE)
    yield Stage(make_runtime(application, tmp_path), owner)
    application.dispose()
    owner.dispose()


Replayed = Callable[..., Report]


@pytest.fixture
def replayed(stage: Stage, tmp_path: Path) -> Replayed:
    """Replays these lines against the small SOP and returns the report."""

    def run(*lines: str, sop: str = SOP, text: str = MAP) -> Report:
        against = read_replay_sop(sop, store=False)
        mapped = read_map(text, against.sop)
        log = read_log(write_log(tmp_path, *lines), mapped)
        report, _ = replay(stage.runtime, stage.owner, against, mapped, in_time(log.events))
        return report

    return run
