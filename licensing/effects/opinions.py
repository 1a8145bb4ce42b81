"""Effects of an agency: the words of its opinion."""

from __future__ import annotations

from licensing.change import Change
from licensing.errors import InputMissing
from licensing.forms import clean

OPINION_FIELDS = ("opinion",)
LONGEST_OPINION = 4_000


def give_opinion(change: Change) -> Change:
    """Record the words of an opinion, or of its draft, in the line of history.

    Raises:
        InputMissing: there are none.
    """
    words = clean(change.inputs.get("opinion") or "")[:LONGEST_OPINION]
    if not words:
        raise InputMissing(change.event.action, OPINION_FIELDS)
    return change.noting(opinion=words)
