"""Papers that the office hands out, as PDF."""

from licensing.documents.bill_values import BillPaper, SlipPaper
from licensing.documents.lapse_values import CountedDay, LapsePaper
from licensing.documents.render import PaperError, render
from licensing.documents.values import (
    Erratum,
    FaultLine,
    Letterhead,
    Paper,
    PermitPaper,
    Promise,
    ReceiptPaper,
    RefusalPaper,
    RefusalReason,
    ReturnLetter,
    Signatory,
    Tracking,
)
from licensing.documents.visit_values import FindingLine, VisitPaper

__all__ = [
    "BillPaper",
    "CountedDay",
    "Erratum",
    "FaultLine",
    "FindingLine",
    "LapsePaper",
    "Letterhead",
    "Paper",
    "PaperError",
    "PermitPaper",
    "Promise",
    "ReceiptPaper",
    "RefusalPaper",
    "RefusalReason",
    "ReturnLetter",
    "Signatory",
    "SlipPaper",
    "Tracking",
    "VisitPaper",
    "render",
]
