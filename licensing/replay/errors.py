"""Why a replay cannot begin, or go on.

LicensingError
├── MapFaults        the map is wrong: every fault at once, each with its line
├── LogUnreadable    the log as a whole cannot be read
└── SweepFailed      the alarm of the simulated office could not be run
"""

from __future__ import annotations

from collections.abc import Iterable

from licensing.errors import LicensingError
from workflows.errors import Fault


class MapFaults(LicensingError):
    """The text of a map is wrong."""

    code = "replay.map_faults"

    def __init__(self, faults: Iterable[Fault]) -> None:
        once = {(f.line, f.where, f.code, f.text["en"]): f for f in faults}
        self.faults = tuple(once[key] for key in sorted(once))
        super().__init__("\n".join(map(str, self.faults)))


class LogUnreadable(LicensingError):
    """The log as a whole cannot be read; single lines that cannot are skipped instead."""

    code = "replay.log_unreadable"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class SweepFailed(LicensingError):
    """The alarm of the simulated office could not be run: its figures would be wrong."""

    code = "replay.sweep_failed"
