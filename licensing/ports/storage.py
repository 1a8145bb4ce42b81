"""Files by their content: what is kept is what was checked, under its own SHA-256, for good."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import filetype
from PIL import Image

from licensing.errors import LicensingError

MediaType = Literal["application/pdf", "image/jpeg", "image/png", "image/webp"]
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_WITHIN = 65_557
"""The record that makes a file an archive lies at most so far before its end."""


class StorageFault(LicensingError):
    """A file that is not accepted, or cannot be had back; `facts` are what the sentence needs.

    Codes, after `storage.`: empty, too_large, type, damaged, two_files_in_one, too_many_pixels;
    missing, changed (what was kept is gone or altered); unwritable (the folder takes nothing).
    """

    def __init__(self, code: str, **facts: int | str) -> None:
        self.code = f"storage.{code}"
        self.facts = facts
        told = "".join(f", {name} {value}" for name, value in facts.items())
        super().__init__(f"{code}{told}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept."""

    sha256: str
    size: int
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class FileStorage:
    """A folder of files, each under its SHA-256. Several processes may share it."""

    root: Path
    max_bytes: int = 10 * 1024 * 1024
    max_pixels: int = 80_000_000
    """A3 at 600 dots per inch has 70 million."""

    def put(self, content: bytes) -> Stored:
        """Check `content` and keep it; the same content twice is kept once.

        On return it is on the disk, not only in memory.

        Raises:
            StorageFault: empty, too_large, type, damaged, two_files_in_one, too_many_pixels;
                unwritable: the folder takes nothing.
        """
        stored = Stored(sha256(content).hexdigest(), len(content), self.media_type_of(content))
        path = self._path(stored.sha256)
        # What lies there damaged is written again: the name says what it must be.
        if not self._holds(path, stored.sha256):
            try:
                _write_for_good(path, content)
            except OSError as refusal:
                raise StorageFault("unwritable", reason=refusal.strerror or "") from refusal
        return stored

    def get(self, name: str) -> bytes:
        """Return the content kept under the SHA-256 `name`.

        Raises:
            StorageFault: missing, or changed since it was kept.
        """
        try:
            content = self._path(name).read_bytes()
        except OSError as refusal:
            raise StorageFault("missing", sha256=name) from refusal
        if sha256(content).hexdigest() != name:
            raise StorageFault("changed", sha256=name)
        return content

    def verify(self) -> Iterator[str]:
        """Return the name of each kept file whose content is no longer what its name says."""
        for path in sorted(self.root.glob("??/??/*")):
            if _SHA256.fullmatch(path.name) and not self._holds(path, path.name):
                yield path.name

    def media_type_of(self, content: bytes) -> MediaType:
        """Return what `content` is, judged by the content alone.

        Raises:
            StorageFault: it is none of the kinds we accept, or not soundly one.
        """
        if not content:
            raise StorageFault("empty")
        if len(content) > self.max_bytes:
            raise StorageFault("too_large", size=len(content), at_most=self.max_bytes)
        guessed = filetype.guess_mime(content)
        if guessed == "application/pdf":
            _must_be_sound_pdf(content)
            media_type: MediaType = "application/pdf"
        elif guessed in ("image/jpeg", "image/png", "image/webp"):
            self._must_be_sound_image(content, _FORMATS[guessed])
            media_type = guessed
        else:
            raise StorageFault("type", found=guessed or "unknown")
        if _ZIP_END in content[-_ZIP_END_WITHIN:]:
            raise StorageFault("two_files_in_one", found="application/zip")
        return media_type

    def _must_be_sound_image(self, content: bytes, kind: str) -> None:
        if b"%PDF-" in content[:1024]:
            raise StorageFault("two_files_in_one", found="application/pdf")
        try:
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                pixels = image.width * image.height * getattr(image, "n_frames", 1)
                if pixels > self.max_pixels:
                    raise StorageFault("too_many_pixels", pixels=pixels, at_most=self.max_pixels)
                image.verify()
            if kind == "JPEG":
                # `verify` does not look into a JPEG; at an eighth of its size it is cheap to read.
                with Image.open(io.BytesIO(content), formats=[kind]) as image:
                    image.draft("L", (1, 1))
                    image.load()
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as refusal:
            raise StorageFault("too_many_pixels", at_most=self.max_pixels) from refusal
        # Pillow answers a broken file with whatever its reader happened to trip over.
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError) as refusal:
            raise StorageFault("damaged", kind=kind) from refusal

    def _path(self, name: str) -> Path:
        if not _SHA256.fullmatch(name):
            raise StorageFault("missing", sha256=name[:64])
        return self.root / name[:2] / name[2:4] / name

    def _holds(self, path: Path, name: str) -> bool:
        try:
            return sha256(path.read_bytes()).hexdigest() == name
        except OSError:
            return False


def _must_be_sound_pdf(content: bytes) -> None:
    if not _PDF_HEAD.match(content):
        raise StorageFault("damaged", kind="PDF")
    _, end, rest = content.rpartition(b"%%EOF")
    if not end:
        raise StorageFault("damaged", kind="PDF")
    if rest.strip(b"\x00\t\n\x0c\r "):
        raise StorageFault("two_files_in_one", found="unknown")


def _write_for_good(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a crash leaves either nothing or all of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folders(path.parent)


def _sync_folders(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows keeps the names of files without being asked
    # The folder above too: it may have been made a moment ago.
    for one in (folder, folder.parent, folder.parent.parent):
        handle = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
