"""Why a message did not leave; which kind says what to do with it, whatever way it was to go."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from licensing.errors import LicensingError


class SendingFault(LicensingError):
    """A message did not leave."""

    code = "sending"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class TemporaryFault(SendingFault):
    """This message was not taken now: try it again later."""

    code = "sending.temporary"


class PermanentFault(SendingFault):
    """This message will never be taken: tell a person, do not try again."""

    code = "sending.permanent"


class ChannelGone(PermanentFault):
    """Whoever listened there wants nothing more: park it, and switch the channel off."""

    code = "sending.channel_gone"


class ChannelDown(SendingFault):
    """Nothing leaves by this way at present: stop for now; nothing counts as a try."""

    code = "sending.channel_down"


_PARTS: Final = re.compile(r"[/?&=@:#,;]+")
_SHORTEST_SECRET: Final = 6


def without_secrets(said: str, address: str) -> str:
    """Return what the other side said, without what stands in `address`.

    Many a server repeats the path that it does not know, and the path is the token: what it said
    is kept, logged, and shown to people who may not see the address.
    """
    parts = {form for part in _PARTS.split(address) for form in (part, unquote(part))}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _SHORTEST_SECRET:
            said = said.replace(part, "…")
    return said
