"""Declared outages, as the pages of files and of applicants ask for them."""

from __future__ import annotations

from licensing.services.calendar_outages import outages_touching

__all__ = ["outages_touching"]
