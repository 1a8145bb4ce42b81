"""What a file is, judged by its content alone: PDF, JPEG, PNG or WebP, whole, one file in one."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Literal, cast

import filetype
from PIL import Image

from licensing.errors import LicensingError
from licensing.ports.pdf import PdfRefused, inspect_pdf

MediaType = Literal["application/pdf", "image/jpeg", "image/png", "image/webp"]
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_WITHIN = 65_557
"""The record that makes a file an archive lies at most so far before its end."""
_MARKUP = re.compile(rb"<(?:script|html|!doctype|iframe|svg)[\s>]", re.IGNORECASE)
_MARKUP_WITHIN = 4_096
"""How far a browser that guesses, and a camera that writes notes, look into a picture."""


class StorageFault(LicensingError):
    """A file that is not accepted, or cannot be had back; `facts` are what the sentence needs.

    Codes, after `storage.`: empty, too_large, type, damaged, two_files_in_one, too_many_pixels,
    too_many_pages, locked (asks for a password), active (it does something when opened),
    too_complex (it cannot be judged within the time and memory that a file may cost);
    infected; too_many_of_paper, too_many_of_application;
    missing, changed (what was kept is gone or altered); unwritable (nothing can be kept now),
    unreachable (nothing can be read now).
    """

    def __init__(self, code: str, **facts: int | str) -> None:
        self.code = f"storage.{code}"
        self.facts = facts
        told = "".join(f", {name} {value}" for name, value in facts.items())
        super().__init__(f"{code}{told}")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one file may be."""

    max_bytes: int = 10 * 1024 * 1024
    max_pixels: int = 80_000_000
    """A3 at 600 dots per inch has 70 million."""
    max_pages: int = 300


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Content:
    """What a file was found to be."""

    media_type: MediaType
    pages: int
    """1 for a picture."""


def inspect(content: bytes, limits: Limits) -> Content:
    """Return what `content` is.

    Raises:
        StorageFault: it is none of the kinds we accept, not soundly one, or more than it says.
    """
    media_type = _kind(content, limits)
    if _ZIP_END in content[-_ZIP_END_WITHIN:]:
        raise StorageFault("two_files_in_one", found="application/zip")
    if media_type != "application/pdf":
        _must_be_sound_image(content, FORMATS[media_type], limits.max_pixels)
        return Content(media_type, 1)
    _must_be_one_pdf(content)
    try:
        pages = inspect_pdf(content)
    except PdfRefused as refused:
        raise StorageFault(refused.code, found=refused.found) from refused
    if pages > limits.max_pages:
        raise StorageFault("too_many_pages", pages=pages, at_most=limits.max_pages)
    return Content("application/pdf", pages)


def _kind(content: bytes, limits: Limits) -> MediaType:
    if not content:
        raise StorageFault("empty")
    if len(content) > limits.max_bytes:
        raise StorageFault("too_large", size=len(content), at_most=limits.max_bytes)
    guessed = filetype.guess_mime(content)
    if guessed != "application/pdf" and guessed not in FORMATS:
        raise StorageFault("type", found=guessed or "unknown")
    return cast("MediaType", guessed)


def _must_be_sound_image(content: bytes, kind: str, max_pixels: int) -> None:
    if b"%PDF-" in content[:1024]:
        raise StorageFault("two_files_in_one", found="application/pdf")
    if _MARKUP.search(content[:_MARKUP_WITHIN]) or _MARKUP.search(content[-_MARKUP_WITHIN:]):
        raise StorageFault("two_files_in_one", found="text/html")
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            pixels = image.width * image.height * getattr(image, "n_frames", 1)
            if pixels > max_pixels:
                raise StorageFault("too_many_pixels", pixels=pixels, at_most=max_pixels)
            image.verify()
        if kind == "JPEG":
            # `verify` does not look into a JPEG; at an eighth of its size it is cheap to read.
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                image.draft("L", (1, 1))
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as refusal:
        raise StorageFault("too_many_pixels", at_most=max_pixels) from refusal
    # Pillow answers a broken file with whatever its reader happened to trip over.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError) as refusal:
        raise StorageFault("damaged", kind=kind) from refusal


def _must_be_one_pdf(content: bytes) -> None:
    if not _PDF_HEAD.match(content):
        raise StorageFault("damaged", kind="PDF")
    _, end, rest = content.rpartition(b"%%EOF")
    if not end:
        raise StorageFault("damaged", kind="PDF")
    if rest.strip(b"\x00\t\n\x0c\r "):
        raise StorageFault("two_files_in_one", found="unknown")
