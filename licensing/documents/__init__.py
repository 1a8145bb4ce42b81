"""Papers that the office hands out, as PDF."""

from licensing.documents.render import PaperError, render
from licensing.documents.values import (
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

__all__ = [
    "FaultLine",
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
    "Tracking",
    "render",
]
