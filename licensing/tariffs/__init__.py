"""What a permit costs: tariffs as dated data, and the calculation with every factor shown.

Pure: no database, no current time. A tariff (`definitions/*.yaml`) has the formula and the
indices of a national rule; unit prices are the region's, set by the office with their own date
and source, and handed in.
"""

from licensing.tariffs.calculation import calculate
from licensing.tariffs.errors import (
    CalculationFailed,
    NoTariffInForce,
    PriceMissing,
    TariffFaults,
)
from licensing.tariffs.model import Choice, Price, Question, Tariff, UnitPrice
from licensing.tariffs.reading import read_tariff
from licensing.tariffs.sheet import Answer, Exempt, Factor, Line, Sheet, SheetFault
from licensing.tariffs.versions import prices_in_force, shipped, tariff_in_force, versions_of
from licensing.tariffs.words import terbilang

__all__ = [
    "Answer", "CalculationFailed", "Choice", "Exempt", "Factor", "Line", "NoTariffInForce",
    "Price", "PriceMissing", "Question", "Sheet", "SheetFault", "Tariff", "TariffFaults",
    "UnitPrice", "calculate", "prices_in_force", "read_tariff", "shipped", "tariff_in_force",
    "terbilang", "versions_of",
]  # fmt: skip
