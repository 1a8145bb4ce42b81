"""The tables, one concept a file."""

from licensing.models.application import (
    Applicant,
    Application,
    ApplicationEvent,
    Ask,
    Dossier,
    IntakeDraft,
    Paper,
    PaperFile,
    Permit,
)
from licensing.models.base import Base, metadata
from licensing.models.deadline import Alert, Deadline, Notice
from licensing.models.office import (
    CalendarVersion,
    Heartbeat,
    NumberSeries,
    Office,
    Seal,
    SopVersion,
)
from licensing.models.people import LoginSession, Officer, OfficerRole, Organisation, RateCount

__all__ = [
    "Alert", "Applicant", "Application", "ApplicationEvent", "Ask", "Base", "CalendarVersion",
    "Deadline", "Dossier", "Heartbeat", "IntakeDraft", "LoginSession", "Notice", "NumberSeries",
    "Office", "Officer", "OfficerRole", "Organisation", "Paper", "PaperFile", "Permit",
    "RateCount", "Seal", "SopVersion", "metadata",
]  # fmt: skip
