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
from licensing.models.online import (
    OnlineAccount,
    OnlineCode,
    OnlineDraft,
    OnlineFile,
    OnlineSession,
)
from licensing.models.openings import Opening
from licensing.models.people import (
    AlertPreference,
    LoginSession,
    Officer,
    OfficerRole,
    Organisation,
    RateCount,
)
from licensing.models.queue import (
    CounterWindow,
    QueueDay,
    QueueGroup,
    QueueSetting,
    Ticket,
    TicketEvent,
    WindowGroup,
    WindowSeat,
)
from licensing.models.recompute import Recompute, RecomputeMoved
from licensing.models.reference import BusinessField, ReferenceImport, Region
from licensing.models.uploads import KeptFile, RefusedFile
from licensing.models.visits import Visit

__all__ = [
    "Alert", "AlertPreference", "Applicant", "Application", "ApplicationEvent", "Ask", "Base",
    "Bill", "BusinessField", "CalendarVersion", "CounterWindow", "Deadline", "Deputy", "Dossier",
    "FeeAssessment", "Heartbeat", "IntakeDraft", "KeptFile", "LetterTemplate", "LoginSession",
    "Notice", "NumberSeries", "Office", "OfficeChannel", "OfficeEvent", "Officer", "OfficerRole",
    "OnlineAccount", "OnlineCode", "OnlineDraft", "OnlineFile", "OnlineSession", "Opening",
    "Organisation", "Paper", "PaperFile", "Payment", "Permit", "QueueDay", "QueueGroup",
    "QueueSetting", "RateCount", "Recompute", "RecomputeMoved", "ReferenceImport", "RefusedFile",
    "Region", "Seal", "ServiceState", "SopDraft", "SopVersion", "TariffPrice", "Ticket",
    "TicketEvent", "TimeCorrection", "Visit", "WindowGroup", "WindowSeat", "metadata",
]  # fmt: skip
