"""The names that an SOP may use here: the registers of guards, effects and roles."""

from __future__ import annotations

from licensing.effects import EFFECTS
from licensing.guards import GUARDS
from licensing.models.people import ROLES_OF
from workflows.sop import Vocabulary

CLOCK_LANE = "clock"

VOCABULARY = Vocabulary(
    guards=frozenset(GUARDS),
    effects=frozenset(EFFECTS),
    roles=frozenset(role for roles in ROLES_OF.values() for role in roles) | {CLOCK_LANE},
)
