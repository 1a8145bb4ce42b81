"""Files by their content: what is kept is what was checked, under its own SHA-256, for good."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from licensing.ports.content import (
    DEFAULT_LIMITS,
    Content,
    Limits,
    MediaType,
    StorageFault,
    inspect,
)

__all__ = ["Content", "FileStorage", "Kept", "MediaType", "Storage", "StorageFault", "Stored"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept."""

    sha256: str
    size: int
    media_type: MediaType
    pages: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it lies in the storage."""

    sha256: str
    since: datetime


class Storage(Protocol):
    """Where files are kept, each under the SHA-256 of its content."""

    @property
    def limits(self) -> Limits:
        """Return how large one file may be."""

    def inspect(self, content: bytes) -> Content:
        """Return what `content` is.

        Raises:
            StorageFault: it is not accepted.
        """

    def keep(self, content: bytes, found: Content) -> Stored:
        """Keep what `inspect` has judged; the same content twice is kept once.

        On return it is kept for good, not only in memory.

        Raises:
            StorageFault: unwritable.
        """

    def put(self, content: bytes) -> Stored:
        """Check `content` and keep it.

        Raises:
            StorageFault: it is not accepted, or unwritable.
        """

    def get(self, name: str) -> bytes:
        """Return the content kept under the SHA-256 `name`.

        Raises:
            StorageFault: missing, changed since it was kept, or unreachable.
        """

    def delete(self, name: str) -> None:
        """Remove the content kept under `name`; one that is not there is removed already.

        Raises:
            StorageFault: unwritable.
        """

    def names(self) -> Iterator[Kept]:
        """Return every kept file, in the order of names.

        Raises:
            StorageFault: unreachable.
        """

    def verify(self) -> Iterator[str]:
        """Return the name of each kept file whose content is no longer what its name says."""


def is_name(name: str) -> bool:
    """Return whether `name` can be the name of a kept file."""
    return _SHA256.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class FileStorage:
    """A folder of files, each under its SHA-256. Several processes may share it."""

    root: Path
    limits: Limits = DEFAULT_LIMITS

    def inspect(self, content: bytes) -> Content:
        """Return what `content` is, as `Storage.inspect`."""
        return inspect(content, self.limits)

    def put(self, content: bytes) -> Stored:
        """Check `content` and keep it, as `Storage.put`."""
        return self.keep(content, self.inspect(content))

    def keep(self, content: bytes, found: Content) -> Stored:
        """Keep `content`, as `Storage.keep`; on return it is on the disk."""
        stored = Stored(sha256(content).hexdigest(), len(content), found.media_type, found.pages)
        path = self._path(stored.sha256)
        # What lies there damaged is written again: the name says what it must be.
        if not self._holds(path, stored.sha256):
            try:
                _write_for_good(path, content)
            except OSError as refusal:
                raise StorageFault("unwritable", reason=refusal.strerror or "") from refusal
        return stored

    def get(self, name: str) -> bytes:
        """Return the content kept under `name`, as `Storage.get`."""
        try:
            content = self._path(name).read_bytes()
        except OSError as refusal:
            raise StorageFault("missing", sha256=name) from refusal
        if sha256(content).hexdigest() != name:
            raise StorageFault("changed", sha256=name)
        return content

    def delete(self, name: str) -> None:
        """Remove the content kept under `name`, as `Storage.delete`."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
            if path.parent.exists():
                _sync_folders(path.parent)
        except OSError as refusal:
            raise StorageFault("unwritable", reason=refusal.strerror or "") from refusal

    def names(self) -> Iterator[Kept]:
        """Return every kept file, as `Storage.names`."""
        for path in sorted(self.root.glob("??/??/*")):
            if is_name(path.name):
                yield Kept(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC))

    def verify(self) -> Iterator[str]:
        """Return the names of damaged files, as `Storage.verify`."""
        for kept in self.names():
            if not self._holds(self._path(kept.sha256), kept.sha256):
                yield kept.sha256

    def _path(self, name: str) -> Path:
        if not is_name(name):
            raise StorageFault("missing", sha256=name[:64])
        return self.root / name[:2] / name[2:4] / name

    def _holds(self, path: Path, name: str) -> bool:
        try:
            return sha256(path.read_bytes()).hexdigest() == name
        except OSError:
            return False


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
