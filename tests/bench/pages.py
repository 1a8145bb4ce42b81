"""Pages on the real server: how many, how fast, how many queries, and nobody starved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import Engine

from config import Settings
from licensing.database import OWNER_ROLE, connect
from tests.bed import Server, Urls
from tests.bench.load import Load, Target, call, slow_callers
from tests.bench.report import Row
from tests.bench.serving import MOST_QUERIES, queries, served, settings_for, signed_in, tracker
from tests.factories import House, make_house
from web.wiring import runtime_from

APPLICATIONS = 60
SLICE_SECONDS = 1.0
ROUNDS = 6
SLOW = 300
SLOW_SECONDS = 6.0


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Ask the real server for pages, in turn with a minimal one."""
    with ExitStack() as opened:
        urls = opened.enter_context(server.database())
        settings = settings_for(urls, folder / "kantor")
        say(f"filing {APPLICATIONS} applications")
        house, number, code = opened.enter_context(_office(settings, urls))
        port = opened.enter_context(
            served([sys.executable, "-m", "web.process", "web"], settings.to_environment())
        ).port
        minimal = opened.enter_context(
            served([sys.executable, "-m", "tests.bench.minimal"], {"DATABASE_URL": urls.app})
        ).port
        yardstick = Target(minimal, "/")
        pages = {
            "tracking page": Target(port, "/lacak/berkas", tracker(port, number, code)),
            "inbox": Target(port, "/kerja", signed_in(port, house.people.clerk.username)),
        }
        for page in (yardstick, *pages.values()):
            call(page, 0.5)
        say("pages")
        yield from _speed(pages, yardstick)
        yield from _queries(settings, pages)
        say(f"{SLOW} slow callers")
        yield from _starving(Target(port, "/healthz"), pages["tracking page"])


def _speed(pages: Mapping[str, Target], yardstick: Target) -> Iterator[Row]:
    loads = {name: Load() for name in pages}
    minimal = Load()
    ratios: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(ROUNDS):
        plain = call(yardstick, SLICE_SECONDS)
        minimal.add(plain)
        for name, page in pages.items():
            one = call(page, SLICE_SECONDS)
            loads[name].add(one)
            if one.rate:
                ratios[name].append(plain.rate / one.rate)
    yield _rate("minimal page", minimal)
    for name, load in loads.items():
        if not load.took:
            yield Row(f"{name}, requests a second", 0, "/s", note=_wrong(load))
            continue
        yield _rate(name, load)
        yield Row(
            f"{name}, time / minimal page",
            median(ratios[name]),
            most=10,
            note=f"rounds from {min(ratios[name]):.1f} to {max(ratios[name]):.1f}",
        )


def _wrong(load: Load) -> str:
    return f"never answered with 200, but with {', '.join(sorted(load.wrong)) or 'nothing'}"


def _rate(name: str, load: Load) -> Row:
    note = f"p95 {load.p95_ms:.0f} ms, {load.answered:.1%} answered"
    return Row(f"{name}, requests a second", load.rate, "/s", note=note)


def _queries(settings: Settings, pages: Mapping[str, Target]) -> Iterator[Row]:
    for name, asked in queries(settings, pages):
        what = f"{name}, queries"
        if asked.fault:
            yield Row(what, 0, least=1, note=asked.fault)
            continue
        yield Row(
            what,
            len(asked.queries),
            most=MOST_QUERIES,
            note=f"{asked.messages} messages with pings, BEGIN and COMMIT",
        )


def _starving(health: Target, tracking: Target) -> Iterator[Row]:
    with slow_callers((health, tracking), SLOW) as connected:
        for name, target in (("health", health), ("tracking page", tracking)):
            load = call(target, SLOW_SECONDS)
            what = f"{name} beside {SLOW} slow callers"
            yield Row(
                f"{what}, answered",
                load.answered * 100,
                "%",
                least=99,
                note=f"{connected[0]} connected, {len(load.took):,} requests",
            )
            yield Row(f"{what}, p95", load.p95_ms, "ms", most=1_000)


@contextmanager
def _office(settings: Settings, urls: Urls) -> Iterator[tuple[House, str, str]]:
    """Return an office at work, and number and code of one of its applications."""
    runtime = runtime_from(settings)
    owner = connect(urls.owner, role=OWNER_ROLE, pool_size=1)
    try:
        house = make_house(runtime, owner)
        filed = house.file()
        house.check_all(filed.application_id)
        house.press("accept", filed.application_id, by=house.people.clerk)
        for _ in range(APPLICATIONS):
            house.file()
        yield house, filed.number, filed.tracking_code
    finally:
        owner.dispose()
        if isinstance(runtime.db, Engine):
            runtime.db.dispose()
