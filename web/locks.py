"""A folder belongs to one program at a time, and the second is told to whom."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path


class FolderHeld(RuntimeError):
    """Another program works on the folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        self.folder, self.holder = folder, holder
        super().__init__(
            f"{folder} is in use by {holder or 'another program'}: "
            "end it first, or set SATUPINTU_DATA_DIR to another folder"
        )


class FolderLock:
    """A lock that the kernel frees when its holder ends, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock and write down who holds it.

        Raises:
            FolderHeld: somebody has it, or another user's file lies there.
        """
        try:
            handle = os.open(
                self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
            )
        except PermissionError as error:
            raise FolderHeld(self.path.parent, "another user of this machine") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(handle, 200).decode(errors="replace").strip()
            os.close(handle)
            raise FolderHeld(self.path.parent, holder) from error
        os.ftruncate(handle, 0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        os.pwrite(handle, f"process {os.getpid()} since {since}\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Give the lock back; without it, do nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
