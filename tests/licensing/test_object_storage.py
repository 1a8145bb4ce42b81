"""A bucket keeps what the folder keeps, and says which of the two faults it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licensing.ports.object_storage import Bucket, open_bucket
from licensing.ports.storage import FileStorage, Storage, StorageFault
from tests import files
from tests.bucket import FakeBucket, bucket


@pytest.fixture
def held() -> Iterator[FakeBucket]:
    with bucket() as found:
        yield found


@pytest.fixture
def in_bucket(held: FakeBucket) -> Storage:
    return open_bucket(
        Bucket("berkas", "kantor/pindaian", "us-east-1", held.address, "kunci", "rahasia")
    )


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Return each of the two kinds in turn: they promise the same."""
    if request.param == "folder":
        return FileStorage(tmp_path)
    found: Storage = request.getfixturevalue("in_bucket")
    return found


class TestBothKinds:
    def test_give_back_what_was_kept(self, storage: Storage) -> None:
        kept = storage.put(files.pdf(2))

        assert (kept.size, kept.media_type, kept.pages) == (
            len(files.pdf(2)), "application/pdf", 2,
        )  # fmt: skip
        assert storage.get(kept.sha256) == files.pdf(2)

    def test_keep_the_same_content_once(self, storage: Storage) -> None:
        kept = storage.put(files.picture())

        assert storage.put(files.picture()) == kept
        assert [one.sha256 for one in storage.names()] == [kept.sha256]

    def test_take_nothing_that_is_not_accepted(self, storage: Storage) -> None:
        with pytest.raises(StorageFault, match="type"):
            storage.put(b"MZ")

        assert list(storage.names()) == []

    @pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
    def test_say_what_is_missing(self, storage: Storage, name: str) -> None:
        with pytest.raises(StorageFault) as fault:
            storage.get(name)

        assert fault.value.code == "storage.missing"

    def test_remove_one_and_only_one(self, storage: Storage) -> None:
        gone, stays = storage.put(files.picture()), storage.put(files.pdf())

        storage.delete(gone.sha256)
        storage.delete(gone.sha256)

        assert [one.sha256 for one in storage.names()] == [stays.sha256]

    def test_know_since_when(self, storage: Storage) -> None:
        storage.put(files.picture())

        (kept,) = storage.names()
        assert kept.since.tzinfo is not None
        assert kept.since <= datetime.now(UTC)


class TestABucket:
    def test_holds_files_below_its_prefix(self, held: FakeBucket, in_bucket: Storage) -> None:
        name = in_bucket.put(files.picture()).sha256

        assert list(held.objects) == [f"kantor/pindaian/{name[:2]}/{name[2:4]}/{name}"]

    def test_that_gives_other_bytes_is_noticed_and_mended_by_the_next_put(
        self, held: FakeBucket, in_bucket: Storage
    ) -> None:
        name = in_bucket.put(files.picture()).sha256
        held.objects = dict.fromkeys(held.objects, b"other")

        assert list(in_bucket.verify()) == [name]
        with pytest.raises(StorageFault, match="changed"):
            in_bucket.get(name)

        in_bucket.put(files.picture())
        assert list(in_bucket.verify()) == []

    @pytest.mark.parametrize("status", [403, 500])
    def test_that_refuses_is_unwritable_and_unreachable_not_missing(
        self, held: FakeBucket, in_bucket: Storage, status: int
    ) -> None:
        name = in_bucket.put(files.picture()).sha256
        held.broken = status

        with pytest.raises(StorageFault) as written:
            in_bucket.put(files.picture())
        with pytest.raises(StorageFault) as read:
            in_bucket.get(name)
        with pytest.raises(StorageFault) as listed:
            list(in_bucket.names())

        codes = [fault.value.code for fault in (written, read, listed)]
        assert codes == ["storage.unwritable", "storage.unreachable", "storage.unreachable"]

    def test_tells_nobody_its_key(self, held: FakeBucket, in_bucket: Storage) -> None:
        held.broken = 403

        with pytest.raises(StorageFault) as fault:
            in_bucket.put(files.picture())

        assert "rahasia" not in f"{fault.value} {in_bucket!r}"
