"""Files by their content in a bucket that speaks S3: what the folder promises, without a disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from licensing.ports.content import DEFAULT_LIMITS, Content, Limits, StorageFault, inspect
from licensing.ports.storage import Kept, Stored, is_name

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_PATIENCE = timedelta(seconds=8)
"""Whoever waits for an answer is told within ten seconds that there is none."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is, and with which key it is opened."""

    name: str
    prefix: str = ""
    region: str = "us-east-1"
    endpoint: str | None = None
    """None for the service of Amazon."""
    access_key_id: str | None = None
    secret_key: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectStorage:
    """A bucket of files, each under its SHA-256. Any number of processes may share it.

    A bucket answers when it has kept a file for good, and shows each file whole or not at all.
    """

    store: ObjectStore
    limits: Limits = DEFAULT_LIMITS

    def inspect(self, content: bytes) -> Content:
        """Return what `content` is, as `Storage.inspect`."""
        return inspect(content, self.limits)

    def put(self, content: bytes) -> Stored:
        """Check `content` and keep it, as `Storage.put`."""
        return self.keep(content, self.inspect(content))

    def keep(self, content: bytes, found: Content) -> Stored:
        """Keep `content`, as `Storage.keep`.

        It is sent even where it is known: the same name gets the same bytes, and a damaged copy
        is mended, for one request instead of two.
        """
        stored = Stored(sha256(content).hexdigest(), len(content), found.media_type, found.pages)
        with _or("unwritable"):
            obstore.put(self.store, _key(stored.sha256), content, use_multipart=False)
        return stored

    def get(self, name: str) -> bytes:
        """Return the content kept under `name`, as `Storage.get`."""
        if not is_name(name):
            raise StorageFault("missing", sha256=name[:64])
        try:
            with _or("unreachable"):
                content = obstore.get(self.store, _key(name)).bytes().to_bytes()
        except FileNotFoundError as refusal:
            raise StorageFault("missing", sha256=name) from refusal
        if sha256(content).hexdigest() != name:
            raise StorageFault("changed", sha256=name)
        return content

    def delete(self, name: str) -> None:
        """Remove the content kept under `name`, as `Storage.delete`."""
        if not is_name(name):
            raise StorageFault("missing", sha256=name[:64])
        try:
            with _or("unwritable"):
                obstore.delete(self.store, _key(name))
        except FileNotFoundError:
            return

    def names(self) -> Iterator[Kept]:
        """Return every kept file, as `Storage.names`."""
        with _or("unreachable"):
            for page in obstore.list(self.store, chunk_size=1_000):
                for one in page:
                    name = one["path"].rpartition("/")[2]
                    if is_name(name):
                        yield Kept(name, one["last_modified"])

    def verify(self) -> Iterator[str]:
        """Return the names of damaged files, as `Storage.verify`."""
        for kept in self.names():
            try:
                self.get(kept.sha256)
            except StorageFault as fault:
                if fault.code != "storage.changed":
                    raise
                yield kept.sha256


def open_bucket(bucket: Bucket) -> ObjectStorage:
    """Return the storage in a bucket; it is asked for nothing yet.

    Without a key the machine's own role is used.
    """
    keys = {"access_key_id": bucket.access_key_id, "secret_access_key": bucket.secret_key}
    plain = (bucket.endpoint or "").startswith("http://")
    store = S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        region=bucket.region,
        endpoint=bucket.endpoint,
        client_options={
            "allow_http": plain,
            "timeout": _PATIENCE,
            "connect_timeout": timedelta(seconds=3),
        },
        retry_config={"max_retries": 2, "retry_timeout": _PATIENCE},
        **{name: value for name, value in keys.items() if value},  # type: ignore[arg-type]
    )
    return ObjectStorage(store)


def _key(name: str) -> str:
    return f"{name[:2]}/{name[2:4]}/{name}"


@contextmanager
def _or(code: str) -> Iterator[None]:
    """Turn what a bucket cannot do now into the fault `code`.

    Raises:
        FileNotFoundError: there is no such file, or no such bucket.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as refusal:
        # The words of the service may carry its address and its key's name.
        raise StorageFault(code, reason=type(refusal).__name__) from refusal
