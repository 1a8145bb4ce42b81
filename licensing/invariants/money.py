"""The invariant of money that needs the SOPs: which steps lie past the cashier."""

from __future__ import annotations

import json
from collections.abc import Iterator

from licensing.cashier import PAYING, moves_from, unpaid_steps
from licensing.invariants.walks import World
from workflows.silence import lapsed_end
from workflows.sop import Sop


def unpaid_past_the_cashier(world: World) -> Iterator[str]:
    """Yield applications that stand past the cashier with a fee that is not paid (I5)."""
    places = [
        {"version": str(version), "step": name}
        for version, sop in world.sops.items()
        for name in sorted(past_the_cashier(sop))
    ]
    for row in world.rows(_UNPAID, places=json.dumps(places)):
        yield (
            f"application {row.application} stands at {row.step}: fee "
            f"{'not calculated' if row.amount_idr is None else row.amount_idr}, not paid"
        )


def past_the_cashier(sop: Sop) -> frozenset[str]:
    """Return the steps and ends that nobody reaches but by paying, or by owing nothing.

    Empty where nothing is paid by the SOP. What the law grants, it grants unpaid.
    """
    if not any(
        PAYING in action.then
        for step in sop.steps.values()
        for action in moves_from(sop, step.name)
    ):
        return frozenset()
    return frozenset((*sop.steps, *sop.ends)) - unpaid_steps(sop) - {lapsed_end(sop)}


# What stands is the newest calculation; a bill of an older one does not pay it.
_UNPAID = """
SELECT a.id AS application, a.step, f.amount_idr
  FROM application a
  JOIN jsonb_to_recordset(cast(:places AS jsonb)) AS p(version uuid, step text)
    ON p.version = a.sop_version_id AND p.step = a.step
  LEFT JOIN LATERAL (SELECT amount_idr FROM fee_assessment WHERE application_id = a.id
                      ORDER BY assessed_at DESC, id DESC LIMIT 1) f ON true
 WHERE f.amount_idr IS NULL
    OR (f.amount_idr > 0
        AND NOT EXISTS (SELECT 1 FROM bill b JOIN payment y ON y.id = b.payment_id
                         WHERE b.application_id = a.id AND b.status = 'paid'
                           AND y.reversed_at IS NULL AND y.amount_idr = f.amount_idr))
 ORDER BY a.id
"""
