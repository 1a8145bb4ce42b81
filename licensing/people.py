"""Who presses: an officer with roles, an applicant in his own matter, or the clock."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from licensing.errors import NotAllowed
from licensing.vocabulary import CLOCK_LANE
from workflows.machine import Actor


@dataclass(frozen=True, slots=True)
class Officer:
    """A signed-in person, as the services see them."""

    id: UUID
    office_id: UUID
    name: str
    username: str
    roles: frozenset[str]
    locale: str = "id"
    title: str = ""
    organisation: str = ""

    @property
    def actor(self) -> Actor:
        """Return what the engine needs of this person. A role is the lane of its name."""
        return Actor(str(self.id), self.roles)

    def has(self, *roles: str) -> bool:
        """Return whether the person has one of `roles`."""
        return not self.roles.isdisjoint(roles)

    def must_have(self, what: str, *roles: str) -> None:
        """Pass for somebody who has one of `roles`.

        Raises:
            NotAllowed: this person has none.
        """
        if not self.has(*roles):
            raise NotAllowed(what, roles)


APPLICANT_LANE = "applicant"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who applies online: he presses in his own applications, and there for himself."""

    id: UUID
    office_id: UUID
    kind: str
    """email, phone: known by a verified address; code: begun without one."""
    address: str = ""
    locale: str = "id"
    roles: frozenset[str] = frozenset({APPLICANT_LANE})

    @property
    def actor(self) -> Actor:
        """Return the actor of the applicant's lane."""
        return Actor(str(self.id), self.roles)


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one office: it presses where time has run out."""

    office_id: UUID
    id: None = None
    roles: frozenset[str] = frozenset({CLOCK_LANE})
    locale: str = "id"

    @property
    def actor(self) -> Actor:
        """Return the actor of the clock lane."""
        return Actor("clock", self.roles)
