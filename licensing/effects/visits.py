"""Effects of a site visit: its date, its postponement, its report."""

from __future__ import annotations

from licensing.change import Change


def schedule_visit(change: Change) -> Change:
    """Order the visit."""
    return change


def postpone_visit(change: Change) -> Change:
    """Order the postponement."""
    return change


def report_visit(change: Change) -> Change:
    """Order the report."""
    return change
