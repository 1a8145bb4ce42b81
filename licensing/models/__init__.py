"""The tables, one concept a file."""

from licensing.models.administration import Deputy, OfficeEvent, ServiceState, SopDraft
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
from licensing.models.money import Bill, FeeAssessment, Payment, TariffPrice
from licensing.models.office import (
    CalendarVersion,
    Heartbeat,
    NumberSeries,
    Office,
    Seal,
    SopVersion,
)
from licensing.models.people import LoginSession, Officer, OfficerRole, Organisation, RateCount
from licensing.models.visits import Visit

__all__ = [
    "Alert", "Applicant", "Application", "ApplicationEvent", "Ask", "Base", "Bill",
    "CalendarVersion", "Deadline", "Deputy", "Dossier", "FeeAssessment", "Heartbeat", "IntakeDraft",
    "LoginSession", "Notice", "NumberSeries", "Office", "OfficeEvent", "Officer", "OfficerRole",
    "Organisation", "Paper", "PaperFile", "Payment", "Permit", "RateCount", "Seal", "ServiceState",
    "SopDraft", "SopVersion", "TariffPrice", "Visit", "metadata",
]  # fmt: skip
