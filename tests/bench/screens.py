"""Every page of the office beside a minimal one, in an office with 100,000 applications."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode
from uuid import UUID

from sqlalchemy import Engine, make_url

from config import Settings
from licensing.database import OWNER_ROLE, connect
from licensing.secrecy import unseal
from licensing.services.file_application import CODE_PURPOSE
from tests.bed import Server, Urls
from tests.bench import empty
from tests.bench.crowd import Crowd, counts, make_crowd
from tests.bench.load import Load, Target, call
from tests.bench.report import Row
from tests.bench.serving import (
    MOST_QUERIES,
    Served,
    queries,
    served,
    settings_for,
    signed_in,
    tracker,
)
from web.wiring import runtime_from

MOST_TIMES = 10
"""As many times a minimal page may a page take."""
MOST_MS = 60
"""Milliseconds in which 95 of 100 answers come to one caller, on an otherwise quiet machine."""
ALONE_SECONDS = 0.5
ROUNDS = 6
PLAIN_SECONDS = 0.15
PAGE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Screen:
    """One page: its address, and who looks at it (a key of `People`; empty: everybody)."""

    name: str
    path: str
    who: str = ""
    must: bool = True
    """Whether the run fails where it is too slow; the others are only watched."""


@dataclass(slots=True)
class Took:
    """What the slices of one page gave."""

    load: Load = field(default_factory=Load)
    times: list[float] = field(default_factory=list)
    """Time of a page as a multiple of the minimal page's, one a round."""
    cpu: list[float] = field(default_factory=list)
    """The same of the processor time of the two web processes."""


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Ask for every page in turn with the minimal one; count what each asks of the database."""
    with ExitStack() as opened:
        urls = opened.enter_context(server.database())
        settings = settings_for(urls, folder / "ramai")
        say("an office and its first applications")
        crowd = opened.enter_context(_crowd(server, settings, urls, say))
        for what, number in counts(crowd.house).items():
            yield Row(f"measured among: {what}", number)
        ours = opened.enter_context(
            served([sys.executable, "-m", "tests.bench.empty"], settings.to_environment())
        )
        minimal = opened.enter_context(
            served([sys.executable, "-m", "tests.bench.minimal"], {"DATABASE_URL": urls.app})
        )
        wanted = list(screens(crowd))
        pages = _targets(crowd, wanted, ours)
        spared = {each.name for each in wanted if not each.must}
        say(f"statements of {len(pages)} pages")
        faults = set()
        for name, asked in queries(settings, pages, empty.bp):
            if asked.fault:
                faults.add(name)
                yield Row(f"{name}, queries", 0, least=1, note=asked.fault, must=True)
                continue
            must = name not in spared
            yield Row(f"{name}, queries", len(asked.queries), most=MOST_QUERIES, must=must)
        say(f"time of {len(pages)} pages, {ROUNDS} rounds")
        sound = {name: page for name, page in pages.items() if name not in faults}
        yield from _speed(sound, ours, minimal, spared)
        say(f"answers to one caller of {len(pages)} pages")
        for name, page in sound.items():
            alone = call(page, ALONE_SECONDS, callers=1)
            note = f"median {median(alone.took) * 1000:.1f} ms" if alone.took else "no answer"
            yield Row(f"{name}, p95 of one caller", alone.p95_ms, "ms", most=MOST_MS, note=note)


def screens(crowd: Crowd) -> Iterator[Screen]:
    """Return every page that is measured."""
    first = crowd.firsts
    yield Screen("empty page, public", empty.PUBLIC)
    yield Screen("empty page, staff", empty.STAFF, "clerk")
    yield from (
        Screen("/", "/", must=False),
        Screen("/layanan", "/layanan"),
        Screen("/layanan?cari=, misspelt", "/layanan?cari=" + quote("ijin mendirikan bangunn")),
        Screen("/layanan/imb", "/layanan/imb"),
        Screen("/layanan/sip-perawat", "/layanan/sip-perawat"),
        Screen("/layanan/imb/standar", "/layanan/imb/standar"),
        Screen("/layanan/imb/sop", "/layanan/imb/sop", must=False),
        Screen("/layanan/maklumat", "/layanan/maklumat"),
        Screen("/layanan/tarif", "/layanan/tarif"),
    )
    for lane in ("clerk", "verifier", "inspector", "billing", "head", "agency_pu"):
        yield Screen(f"/kerja, {lane}", "/kerja", lane)
    yield Screen("/kerja/bersama, 20 files", _together(crowd, "signature", 20), "head")
    review, bill = first["building to review"], first["building to pay"]
    yield from (
        Screen(
            "/berkas/ siup at the verifier", _file(first["trading at the verifier"]), "verifier"
        ),
        Screen("/berkas/ imb in review", _file(review), "verifier"),
        Screen(
            "/berkas/ imb at the agencies", _file(first["building at the agencies"]), "agency_pu"
        ),
        Screen("/berkas/ imb to pay", _file(bill), "billing"),
        Screen("/berkas/ imb issued", _file(first["building issued"]), "supervisor"),
        Screen(
            "/berkas/ imb, retribusi", _file(first["building to bill"]) + "/retribusi", "billing"
        ),
        Screen("/kunjungan", "/kunjungan", "inspector"),
    )
    number, payer = crowd.house.rows(
        "SELECT number, payer_name FROM bill WHERE application_id = %(id)s ORDER BY issued_at DESC",
        id=bill,
    )[0]
    yield from (
        Screen("/bank", "/bank", "teller"),
        Screen("/bank?cari= number", "/bank?" + urlencode({"cari": number}), "teller"),
        Screen("/bank?cari= name", "/bank?" + urlencode({"cari": payer[:5]}), "teller"),
        Screen("/bank/harian", "/bank/harian", "bank_supervisor"),
    )
    somebody = crowd.house.people.clerk.username
    for page in (
        "",
        "/layanan",
        "/riwayat",
        "/akun",
        "/akun/baru",
        f"/akun/{somebody}",
        "/kalender",
        "/pengganti",
        "/tarif",
        "/sop/imb",
        "/sop/imb/atur",
    ):
        yield Screen(f"/admin{page.replace(somebody, '<username>')}", f"/admin{page}", "admin")
    yield Screen("/pengawas", "/pengawas", "supervisor", must=False)
    yield Screen("/loket", "/loket", "clerk", must=False)


def _together(crowd: Crowd, step: str, count: int) -> str:
    """Return the confirmation of one action on so many files."""
    rows = crowd.house.rows(
        "SELECT id FROM application WHERE step = %(step)s AND ended_at IS NULL"
        " ORDER BY due_at, id LIMIT %(count)s",
        step=step,
        count=count,
    )
    return "/kerja/bersama?" + urlencode({"pilih": [str(row.id) for row in rows]}, doseq=True)


def _file(application_id: UUID) -> str:
    return f"/berkas/{application_id}"


@contextmanager
def _crowd(
    server: Server, settings: Settings, urls: Urls, say: Callable[[str], None]
) -> Iterator[Crowd]:
    runtime = runtime_from(settings)
    owner = connect(urls.owner, role=OWNER_ROLE, pool_size=1, idle_timeout_ms=0)
    try:
        yield make_crowd(runtime, owner, _past_the_walls(server, urls), say)
    finally:
        owner.dispose()
        if isinstance(runtime.db, Engine):
            runtime.db.dispose()


def _past_the_walls(server: Server, urls: Urls) -> str:
    """Return the address of the same database for who may go past triggers and walls."""
    database = make_url(urls.app).database
    return make_url(server.admin).set(database=database).render_as_string(hide_password=False)


def _targets(crowd: Crowd, wanted: Sequence[Screen], ours: Served) -> Mapping[str, Target]:
    """Return the pages as a browser asks for them that is signed in where it has to be."""
    people = crowd.house.people
    headers: dict[str, Mapping[str, str]] = {"": {}}
    for who in {screen.who for screen in wanted} - {""}:
        headers[who] = signed_in(ours.port, getattr(people, who).username)
    found = {each.name: Target(ours.port, each.path, headers[each.who]) for each in wanted}
    for name, kind in (
        ("tracking of an imb to pay", "building to pay"),
        ("tracking of an imb issued", "building issued"),
    ):
        row = crowd.house.rows(
            "SELECT number, tracking_cipher FROM dossier WHERE application_id = %(id)s",
            id=crowd.firsts[kind],
        )[0]
        code = unseal(crowd.house.runtime.keyring, row.tracking_cipher, purpose=CODE_PURPOSE)
        found[name] = Target(ours.port, "/lacak/berkas", tracker(ours.port, row.number, code))
    return found


def _speed(
    pages: Mapping[str, Target], ours: Served, minimal: Served, spared: Set[str]
) -> Iterator[Row]:
    yardstick = Target(minimal.port, "/")
    call(yardstick, 0.5)
    for page in pages.values():
        call(page, 0.15)
    taken = {name: Took() for name in pages}
    plain_load = Load()
    for _ in range(ROUNDS):
        for name, page in pages.items():
            plain, plain_cpu = _slice(yardstick, minimal, PLAIN_SECONDS)
            one, cpu = _slice(page, ours, PAGE_SECONDS)
            plain_load.add(plain)
            took = taken[name]
            took.load.add(one)
            if one.rate and plain.rate:
                took.times.append(plain.rate / one.rate)
                took.cpu.append(cpu / plain_cpu if plain_cpu else 0.0)
    yield Row("minimal page, requests a second", plain_load.rate, "/s")
    for name, took in taken.items():
        what = f"{name}, time / minimal page"
        if not took.times:
            wrong = ", ".join(sorted(took.load.wrong)) or "nothing"
            yield Row(what, 0, least=0.1, note=f"never answered with 200: {wrong}", must=True)
            continue
        yield Row(
            what,
            median(took.times),
            most=MOST_TIMES,
            note=f"rounds from {min(took.times):.1f} to {max(took.times):.1f};"
            f" CPU {median(took.cpu):.1f}; {took.load.rate:,.0f}/s",
            must=name not in spared,
        )


def _slice(page: Target, by: Served, seconds: float) -> tuple[Load, float]:
    """Return what callers were given, and the processor time of one answer."""
    before = by.cpu_seconds()
    load = call(page, seconds)
    spent = by.cpu_seconds() - before
    return load, spent / len(load.took) if load.took else 0.0
