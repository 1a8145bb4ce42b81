"""How long a campaign is: whole when asked for, else a twentieth."""

from __future__ import annotations

import os
import random

FEWEST = 5
FULL = os.environ.get("SATUPINTU_SOAK") == "full"


def rounds(full: int) -> int:
    """Return how often to repeat: `full` with SATUPINTU_SOAK=full, else a twentieth of it."""
    return full if FULL else max(FEWEST, full // 20)


def chance(name: str) -> random.Random:
    """Return the random moments of a campaign: others in every run, the seed is in the output."""
    seed = int(os.environ.get("SATUPINTU_SOAK_SEED") or random.randrange(10**6))
    print(f"{name}: {rounds(1_000)} rounds in 1,000, SATUPINTU_SOAK_SEED={seed}")
    return random.Random(seed)
