"""A sweep costs what is due, not what is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg

from licensing.services.sweep import sweep
from tests.bed import Server, Urls
from tests.bench import raw
from tests.bench.door import applications_at_verification
from tests.bench.report import Row
from tests.bench.setting import a_house
from tests.factories import House, copy_application

DUE = 200
SIZES = 10_000, 100_000, 1_000_000
"""Open deadlines."""
ROUNDS = 7
_OPEN_EACH = 3
"""Open deadlines of an application at verification: service, law, step."""
_KEY = "step:verification#1"


def bench(server: Server, folder: Path, say: Callable[[str], None]) -> Iterator[Row]:
    """Sweep the same number due in offices from small to very large, in turn."""
    with ExitStack() as opened:
        places = []
        for size in SIZES:
            say(f"opening {size:,} deadlines")
            urls = opened.enter_context(server.database())
            house = opened.enter_context(a_house(urls, folder))
            places.append(Place(house, urls, size))
        with psycopg.connect(server.admin, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        say(f"sweeping {DUE} due, {ROUNDS} rounds")
        for place in places:
            place.sweep()
            place.by_hand()
        took: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
        for number in range(ROUNDS):
            for place in places[:: 1 if number % 2 == 0 else -1]:
                took[place.size].append((place.sweep(), place.by_hand()))
        for place in places:
            place.check()
    small, *larger = SIZES
    for size in larger:
        yield _row(
            f"sweep of {DUE} due, {size:,} open / {small:,}",
            [ours / least for (ours, _), (least, _) in zip(took[size], took[small], strict=True)],
            most=1.5,
        )
    for size in SIZES:
        yield _row(
            f"sweep of {DUE} due / by hand, {size:,} open",
            [ours / by_hand for ours, by_hand in took[size]],
            most=3,
            note="; the same alerts and notices",
        )


def _row(what: str, ratios: list[float], *, most: float, note: str = "") -> Row:
    rounds = f"rounds from {min(ratios):.2f} to {max(ratios):.2f}"
    return Row(what, median(ratios), most=most, note=rounds + note)


class Place:
    """An office with many open deadlines, of which some are made due."""

    def __init__(self, house: House, urls: Urls, size: int) -> None:
        self.house, self.size = house, size
        self._raw = raw.connect(urls.app)
        (first,) = applications_at_verification(house, 1)
        with house.owner.begin() as connection:
            self._ids = copy_application(connection, first, size // _OPEN_EACH)
        _vacuum(urls)
        self._done = 0
        self._swept = 0

    def sweep(self) -> float:
        """Return the seconds that a sweep takes."""
        self._make_due()
        begin = perf_counter()
        report = sweep(self.house.runtime)
        seconds = perf_counter() - begin
        if report.raised != DUE or not report.whole:
            raise RuntimeError(f"{DUE} alerts were owed; {report}")
        self._swept += DUE
        return seconds

    def by_hand(self) -> float:
        """Return the seconds that the same rows take, written by hand."""
        self._make_due()
        run = self._raw.execute
        office = self.house.office_id
        now = datetime.now(UTC)
        begin = perf_counter()
        run("SELECT set_config('satupintu.office', %s, true)", (str(office),))
        raised = run(_ALERTS, {"office": office, "now": now, "most": DUE}).fetchall()
        ids = [row[0] for row in raised]
        run(_NOTICES, {"office": office, "now": now, "alerts": ids})
        run(_NEXT, {"ids": [row[1] for row in raised], "key": _KEY})
        self._raw.commit()
        seconds = perf_counter() - begin
        if len(ids) != DUE:
            raise RuntimeError(f"{DUE} alerts were owed; by hand {len(ids)} were raised")
        return seconds

    def check(self) -> None:
        """Pass where both have written the same number of rows of the same size.

        Raises:
            RuntimeError: they have not; a comparison would mean nothing.
        """
        rows = self.house.rows(_WRITTEN)
        per_side = {row.by_hand: (row.alerts, row.notices) for row in rows}
        sizes = {row.by_hand: float(row.bytes) for row in rows}
        if per_side[True] != per_side[False] or abs(sizes[True] / sizes[False] - 1) > 0.1:
            raise RuntimeError(f"the sweep and the hand-written SQL write other rows: {rows}")
        self._raw.close()

    def _make_due(self) -> None:
        ids = self._ids[self._done : self._done + DUE]
        self._done += DUE
        past = int(datetime.now(UTC).timestamp()) - 10
        with self.house.owner.begin() as connection:
            connection.exec_driver_sql(_DUE, {"ids": ids, "key": _KEY, "past": past})


def _vacuum(urls: Urls) -> None:
    with raw.connect(urls.owner) as connection:
        connection.autocommit = True
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET ROLE satupintu_owner")
        connection.execute("VACUUM ANALYZE application, dossier, deadline")


_DUE = """
UPDATE deadline
   SET rungs = jsonb_set(rungs::jsonb, '{0,1}', to_jsonb(%(past)s::bigint)),
       next_rung_at = to_timestamp(%(past)s)
 WHERE application_id = ANY (%(ids)s) AND key = %(key)s
"""

_ALERTS = """
INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at)
SELECT office_id, application_id, key, rungs -> 0 ->> 0, next_rung_at, %(now)s
  FROM (SELECT * FROM deadline WHERE office_id = %(office)s AND next_rung_at <= %(now)s
         ORDER BY next_rung_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) AS due
RETURNING id, application_id
"""

_NOTICES = """
INSERT INTO notice (id, office_id, application_id, alert_id, event, audience, officer_id, address,
       channel, locale, params, created_at, next_try_at)
SELECT gen_random_uuid(), a.office_id, a.application_id, a.id, 'alert.' || a.rung, 'holder', o.id,
       CASE c.channel WHEN 'email' THEN o.email ELSE '' END, c.channel, o.locale,
       jsonb_build_object('number', d.number, 'subject', d.subject,
         'service', '{"en": "Trading permit (SIUP)",
                      "id": "Surat Izin Usaha Perdagangan (SIUP)"}'::jsonb,
         'limit', '{"en": "Check that the file is correct",
                    "id": "Memeriksa kebenaran berkas"}'::jsonb,
         'key', a.key, 'rung', a.rung, 'due', l.due_at, 'zone', 'Asia/Jakarta',
         'owed', a.owed_at, 'late', false),
       a.raised_at,
       CASE c.channel WHEN 'email' THEN a.raised_at END
  FROM alert a
  JOIN dossier d ON d.application_id = a.application_id
  JOIN deadline l ON l.application_id = a.application_id AND l.key = a.key
 CROSS JOIN (SELECT o.id, o.email, o.locale
               FROM officer_role r JOIN officer o ON o.id = r.officer_id
              WHERE r.role = 'verifier' AND r.office_id = %(office)s AND o.active) o
 CROSS JOIN (VALUES ('app'), ('email')) AS c(channel)
 WHERE a.id = ANY (%(alerts)s)
"""

_NEXT = """
UPDATE deadline SET next_rung_at = to_timestamp((rungs -> 1 ->> 1)::bigint)
 WHERE application_id = ANY (%(ids)s) AND key = %(key)s
"""

# Sweeps and hand-written rounds alternate, and each has one time of its own.
_WRITTEN = """
SELECT by_hand, count(DISTINCT a.id) AS alerts, count(*) AS notices,
       avg(pg_column_size(n.*)) AS bytes
  FROM (SELECT *, dense_rank() OVER (ORDER BY raised_at) %% 2 = 0 AS by_hand FROM alert) a
  JOIN notice n ON n.alert_id = a.id
 GROUP BY by_hand
"""
