"""Amounts of money in Indonesian words, as a bill must carry them."""

from __future__ import annotations

import re

MOST = 10**15
"""Rupiah; nobody is billed more."""

_ONE_THOUSAND = re.compile(r"\b(juta|miliar|triliun|kuadriliun) satu ribu\b")


def terbilang(amount: int) -> str:
    """Return the words of an amount in whole rupiah: `seratus lima rupiah`.

    Raises:
        ValueError: it is below zero or above 10^15.
    """
    from num2words import num2words  # here: it brings the words of fifty languages along

    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError(f"{amount!r} is no whole number of rupiah")
    if not 0 <= amount <= MOST:
        raise ValueError(f"{amount} rupiah: only 0 to {MOST} can be said")
    words = _ONE_THOUSAND.sub(r"\1 seribu", num2words(amount, lang="id"))
    return f"{' '.join(words.split())} rupiah"
