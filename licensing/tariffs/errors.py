"""What can go wrong with a tariff.

LicensingError
├── TariffFaults        the text of a tariff is wrong: every fault at once
├── NoTariffInForce     no version of the tariff holds on that date
├── PriceMissing        the region has not set a unit price that the calculation needs
└── CalculationFailed   the formula gives no amount that can be billed
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from licensing.errors import LicensingError
from workflows.errors import Fault
from workflows.sop import Text


class TariffFaults(LicensingError):
    """The text of a tariff is wrong."""

    code = "tariff.faults"

    def __init__(self, faults: Iterable[Fault]) -> None:
        once = {(f.line, f.where, f.code, f.text["en"]): f for f in faults}
        self.faults = tuple(once[key] for key in sorted(once))
        super().__init__("\n".join(map(str, self.faults)))


class NoTariffInForce(LicensingError):
    """No version of a tariff holds on that date: the first one begins later, or there is none."""

    code = "tariff.none_in_force"

    def __init__(self, on: date, first: date | None) -> None:
        self.on, self.first = on, first
        begins = f"the first begins on {first}" if first else "there is none at all"
        super().__init__(f"no tariff is in force on {on}: {begins}")


class PriceMissing(LicensingError):
    """The region has not set a unit price that the calculation needs; `missing` has its title."""

    code = "tariff.price_missing"

    def __init__(self, tariff: str, missing: Mapping[str, Text]) -> None:
        self.tariff, self.missing = tariff, dict(missing)
        super().__init__(f"tariff {tariff} has no price yet for {', '.join(self.missing)}")


class CalculationFailed(LicensingError):
    """A line gives no amount that can be billed; `why` is a stable word.

    `division_by_zero`, `too_large`, `negative`, or `bad_places` (of `cut` or `round`).
    """

    code = "tariff.calculation_failed"

    def __init__(self, tariff: str, line: str, title: Text, why: str) -> None:
        self.tariff, self.line, self.title, self.why = tariff, line, title, why
        super().__init__(f"tariff {tariff}, line {line}: {why}")
