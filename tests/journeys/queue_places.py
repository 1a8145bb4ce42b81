"""The pages of the queue in the sample office: kiosk, ticket, screen, counter, administration."""

from __future__ import annotations

from collections.abc import Callable

from licensing.queries.queue import kiosk
from licensing.services.queue import draw
from tests.journeys.desk import Desk


def of_group(path: str) -> Callable[[Desk], str]:
    """Return a path of the first group; `{group}` is its id."""

    def found(desk: Desk) -> str:
        groups = kiosk(desk.runtime, desk.office_id).groups
        return path.format(group=groups[0].id)

    return found


def of_window(path: str) -> Callable[[Desk], str]:
    """Return a path of the first counter; `{window}` is its id."""

    def found(desk: Desk) -> str:
        with desk.runtime.transaction(desk.office_id) as connection:
            window = connection.exec_driver_sql(
                "SELECT id FROM counter_window ORDER BY number LIMIT 1"
            ).scalar_one()
        return path.format(window=window)

    return found


def of_ticket(desk: Desk) -> str:
    """Return the path of a number just drawn."""
    groups = kiosk(desk.runtime, desk.office_id).groups
    return f"/antrian/tiket/{draw(desk.runtime, desk.office_id, groups[0].id).secret}"
