"""What must never be false, and how to find where it is: each query returns no row.

They are asked with the rights of the owner of the tables, who sees every office.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, text

from licensing.invariants import money, queries, queue, visits, walks
from licensing.invariants.walks import World
from licensing.ports.storage import Storage
from licensing.vocabulary import VOCABULARY
from workflows.sop import Vocabulary

Find = Callable[[World], Iterator[str]]

MOST_ROWS = 100
"""More rows than these are not read: the first ones tell what is wrong."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise, and what finds the rows that break it."""

    code: str
    says: str
    find: Find


@dataclass(frozen=True, slots=True)
class Checked:
    """One promise, and the rows found against it, the first `MOST_ROWS` of them."""

    invariant: Invariant
    rows: tuple[str, ...]


def check(
    connection: Connection,
    storage: Storage | None = None,
    *,
    only: frozenset[str] = frozenset(),
    vocabulary: Vocabulary = VOCABULARY,
) -> Iterator[Checked]:
    """Yield every invariant (or those in `only`) with the rows that break it.

    Without `storage` the files are not looked at.
    """
    world = World(connection, storage, vocabulary)
    for invariant in INVARIANTS:
        if not only or invariant.code in only:
            yield Checked(invariant, tuple(islice(invariant.find(world), MOST_ROWS)))


def _query(sql: str) -> Find:
    def find(world: World) -> Iterator[str]:
        for row in world.connection.execute(text(sql)):
            yield ", ".join(f"{name} {value}" for name, value in row._mapping.items())

    return find


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("I1", "applications and asks stand where their history ends", _query(queries.I1)),
    Invariant("I2", "history has no holes; each line starts where one led", _query(queries.I2)),
    Invariant("I3", "every move is one that its SOP version allows", walks.moves_allowed),
    Invariant("I4", "no move was made twice from the same line", _query(queries.I4)),
    Invariant("I5", "nothing is past the cashier unpaid", money.unpaid_past_the_cashier),
    Invariant("I6", "a bill is booked once, to the rupiah", _query(queries.I6)),
    Invariant("I7", "a bank reference stands for one booking", _query(queries.I7)),
    Invariant("I8", "the bank alone has booked and reversed", _query(queries.I8)),
    Invariant("I9", "a bill is paid exactly where a booking stands", _query(queries.I9)),
    Invariant("I11", "numbers are unique, and no series lies behind", _query(queries.I11)),
    Invariant("I12", "a permit exists exactly where one was issued", walks.permits_issued),
    Invariant("I13", "nobody did what the SOP keeps for another person", walks.four_eyes),
    Invariant("I14", "every alert that is owed was raised", _query(queries.I14)),
    Invariant("I15", "no alert was raised twice", _query(queries.I15)),
    Invariant("I16", "no alert is early or without ground", _query(queries.I16)),
    Invariant("I17", "every alert has told somebody", _query(queries.I17)),
    Invariant("I18", "no notice exists twice", _query(queries.I18)),
    Invariant("I19", "no notice is stuck", _query(queries.I19)),
    Invariant("I20", "every hash, chain and seal is whole", walks.chains_whole),
    Invariant("I21", "every step has its line of history", _query(queries.I21)),
    Invariant("I22", "recorded time is the database's and runs forward", _query(queries.I22)),
    Invariant("I23", "no row points into another office", walks.no_foreign_office),
    Invariant("I24", "the SOP version is the one in force at filing", _query(queries.I24)),
    Invariant("I25", "one open deadline a limit and visit, none once ended", _query(queries.I25)),
    Invariant("I26", "deadlines are what the calendar says", walks.deadlines_match),
    Invariant("I27", "the queue kept its order, or says why not", queue.order_kept),
    Invariant("I28", "every scan has its file, every file its scan", walks.files_match),
    Invariant("I30", "money is exact and every time has its zone", _query(queries.I30)),
    Invariant("I31", "a visit is what its report and the history say", visits.visits_as_told),
    Invariant("I32", "open files count by the calendar in force", _query(queries.I32)),
)
