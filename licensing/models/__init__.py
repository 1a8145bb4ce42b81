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
from licensing.models.channels import LetterTemplate, OfficeChannel
from licensing.models.clock_acts import TimeCorrection
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
from licensing.models.people import (
    AlertPreference,
    LoginSession,
    Officer,
    OfficerRole,
    Organisation,
    RateCount,
)
from licensing.models.recompute import Recompute, RecomputeMoved
from licensing.models.visits import Visit

__all__ = [
    "Alert", "AlertPreference", "Applicant", "Application", "ApplicationEvent", "Ask", "Base",
    "Bill", "CalendarVersion", "Deadline", "Deputy", "Dossier", "FeeAssessment", "Heartbeat",
    "IntakeDraft", "LetterTemplate", "LoginSession", "Notice", "NumberSeries", "Office",
    "OfficeChannel", "OfficeEvent", "Officer", "OfficerRole", "Organisation", "Paper", "PaperFile",
    "Payment", "Permit", "RateCount", "Recompute", "RecomputeMoved", "Seal", "ServiceState",
    "SopDraft", "SopVersion", "TariffPrice", "TimeCorrection", "Visit", "metadata",
]  # fmt: skip
