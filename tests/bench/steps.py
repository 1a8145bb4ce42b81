"""One step through the one door, beside the same rows written by hand, in the same minute."""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Barrier
from time import perf_counter
from typing import Any
from uuid import UUID

from licensing.database import connect
from licensing.people import Officer
from licensing.services.take_action import take_action
from tests.bed import Server, Urls
from tests.bench.door import REASON, Door, applications_at_verification
from tests.bench.raw import Copied, RawSteps, copy_step
from tests.bench.report import Row
from tests.bench.setting import a_house
from tests.factories import House, press

APPLICATIONS = 16
"""Applications of each worker and side."""
SECONDS = 0.25
"""Length of a slice."""
PAIRS = 24
"""Slices of each side in a run; odd ones begin with the yardstick."""
WORKERS = 4


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker process is told."""

    url: str
    folder: str
    verifier: Officer
    head: Officer
    ours: Sequence[UUID]
    by_hand: Sequence[UUID]
    copied: Mapping[str, Copied]


Slice = tuple[int, float]
"""Steps made, and the seconds they took."""


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Measure one worker, then four."""
    with server.database() as urls, a_house(urls, folder) as house:
        say(f"filing {(1 + WORKERS) * 2 * APPLICATIONS} applications")
        jobs = _jobs(house, urls, folder)
        for alone, least in ((jobs[:1], 0.6), (jobs[1:], 0.5)):
            workers = len(alone)
            say(f"steps, workers: {workers}")
            ours, by_hand = run(alone)
            ratios = [a / b for a, b in zip(ours, by_hand, strict=True)]
            yield Row(
                f"step through the door / by hand, workers: {workers}",
                median(ratios),
                least=least,
                note=f"slices from {min(ratios):.2f} to {max(ratios):.2f}",
            )
            yield Row(f"steps a second through the door, workers: {workers}", median(ours), "/s")
            yield Row(f"steps a second by hand, workers: {workers}", median(by_hand), "/s")
        yield _same_rows(house, jobs)


def run(jobs: Sequence[Job]) -> tuple[list[float], list[float]]:
    """Return steps a second of all workers together, slice by slice: the door, then by hand."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(len(jobs))
    queue: Any = spawn.Queue()
    processes = [spawn.Process(target=_work, args=(job, barrier, queue)) for job in jobs]
    for process in processes:
        process.start()
    try:
        told: list[list[Slice] | str] = [queue.get(timeout=120) for _ in processes]
    finally:
        for process in processes:
            process.join(10)
            if process.is_alive():
                process.kill()
    failed = [each for each in told if isinstance(each, str)]
    if failed:
        raise RuntimeError(failed[0])
    rates = [
        sum(steps / seconds for steps, seconds in of_all)
        for of_all in zip(*(each for each in told if not isinstance(each, str)), strict=True)
    ]
    ours = [rates[2 * n + n % 2] for n in range(PAIRS)]
    by_hand = [rates[2 * n + 1 - n % 2] for n in range(PAIRS)]
    return ours, by_hand


def _work(job: Job, barrier: Barrier, queue: Any) -> None:
    """Be one worker: slices of the door and by hand, all workers doing the same at once."""
    try:
        engine = connect(job.url, pool_size=1, max_overflow=0)
        door = Door(engine, Path(job.folder), job.verifier, job.head)
        raw = RawSteps(job.url, job.verifier.office_id, job.copied)
        sides = (
            (door.step, itertools.cycle(job.ours)),
            (raw.step, itertools.cycle(job.by_hand)),
        )
        for step, ids in sides:
            _slice(step, ids, SECONDS)
        slices = []
        for pair in range(PAIRS):
            for step, ids in sides if pair % 2 == 0 else sides[::-1]:
                barrier.wait(60)
                slices.append(_slice(step, ids, SECONDS))
        raw.close()
        engine.dispose()
        queue.put(slices)
    except BaseException as error:
        barrier.abort()
        queue.put(f"{type(error).__name__}: {error}")
        raise


def _slice(step: Callable[[UUID], None], ids: Iterator[UUID], seconds: float) -> Slice:
    begin = perf_counter()
    steps = 0
    while True:
        step(next(ids))
        steps += 1
        passed = perf_counter() - begin
        if passed >= seconds:
            return steps, passed


def _jobs(house: House, urls: Urls, folder: Path) -> list[Job]:
    copied = _copy(house)
    people = house.people
    return [
        Job(
            urls.app,
            str(folder),
            people.verifier,
            people.head,
            applications_at_verification(house, APPLICATIONS),
            applications_at_verification(house, APPLICATIONS),
            copied,
        )
        for _ in range(1 + WORKERS)
    ]


def _copy(house: House) -> dict[str, Copied]:
    """Return what each of the two steps writes, by the step it leaves."""
    people, (application_id,) = house.people, applications_at_verification(house, 1)
    presses = (
        (press("approve", application_id), people.verifier),
        (press("send_back", application_id, reason=REASON), people.head),
    )
    copied = {}
    for command, by in presses * 2:  # twice: the second time every visit has its ordinal
        take_action(house.runtime, command, by)
        found = copy_step(house, application_id)
        copied[found.from_step] = found
    return copied


def _same_rows(house: House, jobs: Sequence[Job]) -> Row:
    """Return how many bytes of rows a step of the door leaves, beside one by hand.

    Raises:
        RuntimeError: one of them writes other rows than the other.
    """
    ours = house.rows(_ROWS, ids=[each for job in jobs for each in job.ours])[0]
    by_hand = house.rows(_ROWS, ids=[each for job in jobs for each in job.by_hand])[0]
    for rows in (ours, by_hand):
        # A round trip is two steps: each leaves a line of history, a new limit, a notice.
        if not rows.events == rows.limits == rows.notices:
            raise RuntimeError(f"a step leaves one row of each kind; found {rows}")
    ratio = (ours.bytes / ours.events) / (by_hand.bytes / by_hand.events)
    return Row(
        "bytes of rows a step leaves, door / by hand",
        float(ratio),
        least=0.95,
        most=1.05,
        note="the yardstick writes what the door writes",
    )


_ROWS = """
WITH e AS (SELECT pg_column_size(x.*) AS size FROM application_event x
            WHERE application_id = ANY (%(ids)s) AND seq > 2),
     d AS (SELECT pg_column_size(x.*) AS size FROM deadline x
            WHERE application_id = ANY (%(ids)s)
              AND key ~ '^step:(signature|verification)#' AND key <> 'step:verification#1'),
     n AS (SELECT pg_column_size(x.*) AS size FROM notice x
            WHERE application_id = ANY (%(ids)s) AND event = 'progress'),
     a AS (SELECT pg_column_size(x.*) AS size FROM application x WHERE id = ANY (%(ids)s))
SELECT (SELECT count(*) FROM e) AS events, (SELECT count(*) FROM d) AS limits,
       (SELECT count(*) FROM n) AS notices,
       (SELECT sum(size) FROM e) + (SELECT sum(size) FROM d) + (SELECT sum(size) FROM n)
       + (SELECT avg(size) FROM a) * (SELECT count(*) FROM e) AS bytes
"""
