"""Kept files: what is accepted, and that what was kept is what comes back."""

import io
import struct
import threading
import zipfile
import zlib

import pytest
from PIL import Image

from licensing.documents import render
from licensing.ports.content import Limits
from licensing.ports.storage import FileStorage, StorageFault
from tests.licensing.papers import RECEIPT


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.exe", b"MZ" * 100)
    return out.getvalue()


def flood(width: int, height: int) -> bytes:
    """Return a PNG that says it is `width` by `height` and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10))
        + chunk(b"IEND", b"")
    )


PDF = render(RECEIPT)


@pytest.fixture
def storage(tmp_path):
    return FileStorage(tmp_path / "files")


class TestWhatIsAccepted:
    @pytest.mark.parametrize(
        ("content", "media_type"),
        [
            (PDF, "application/pdf"),
            (PDF + b"\r\n\x00\x00", "application/pdf"),
            (picture("JPEG"), "image/jpeg"),
            (picture("PNG"), "image/png"),
            (picture("WEBP"), "image/webp"),
        ],
        ids=["pdf", "pdf padded by a scanner", "jpeg", "png", "webp"],
    )
    def test_comes_back_as_it_was(self, storage, content, media_type):
        kept = storage.put(content)

        assert (kept.size, kept.media_type) == (len(content), media_type)
        assert storage.get(kept.sha256) == content

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"hello", "type"),
            (b"<html><script>alert(1)</script>", "type"),
            (archive(), "type"),
            (picture("GIF"), "type"),
            (picture("TIFF"), "type"),
            (b"MZ" + b"\0" * 200, "type"),
            (PDF + archive(), "two_files_in_one"),
            (PDF + b"\nMZ executable", "two_files_in_one"),
            (PDF + archive() + b"%%EOF", "two_files_in_one"),
            (picture("JPEG") + archive(), "two_files_in_one"),
            (picture("PNG") + archive(), "two_files_in_one"),
            (picture("JPEG")[:20] + b"%PDF-1.7" + picture("JPEG")[20:], "two_files_in_one"),
            (b"%PDF-9", "damaged"),
            (PDF[: len(PDF) // 2], "damaged"),
            (b"%PDF-1.7\nno end", "damaged"),
            (picture("JPEG", (400, 300))[:700], "damaged"),
            (picture("PNG")[:50], "damaged"),
            (picture("WEBP")[:20], "damaged"),
            (flood(20_000, 20_000), "too_many_pixels"),
            (flood(9_000, 9_000), "too_many_pixels"),
            (flood(2_000_000, 2_000_000), "too_many_pixels"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_anything_else_is_refused_and_not_kept(self, storage, content, code):
        with pytest.raises(StorageFault) as fault:
            storage.put(content)

        assert fault.value.code == f"storage.{code}"
        assert not storage.root.exists()

    def test_a_file_over_the_limit_is_refused_with_both_figures(self, tmp_path):
        storage = FileStorage(tmp_path, Limits(max_bytes=len(PDF) - 1))

        with pytest.raises(StorageFault) as fault:
            storage.put(PDF)

        assert fault.value.facts == {"size": len(PDF), "at_most": len(PDF) - 1}

    def test_a_file_at_the_limit_is_accepted(self, tmp_path):
        assert FileStorage(tmp_path, Limits(max_bytes=len(PDF))).put(PDF).size == len(PDF)


class TestKeeping:
    def test_keeps_the_same_content_once(self, storage):
        assert storage.put(PDF) == storage.put(PDF)
        assert len([path for path in storage.root.rglob("*") if path.is_file()]) == 1

    def test_many_at_once_leave_one_whole_file(self, storage):
        threads = [threading.Thread(target=storage.put, args=(PDF,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [path.read_bytes() for path in storage.root.rglob("*") if path.is_file()] == [PDF]

    def test_a_change_on_the_disk_is_noticed_and_mended_by_the_next_put(self, storage):
        kept = storage.put(PDF)
        path = next(path for path in storage.root.rglob("*") if path.is_file())
        path.write_bytes(PDF[:-1])

        assert list(storage.verify()) == [kept.sha256]
        with pytest.raises(StorageFault) as fault:
            storage.get(kept.sha256)
        assert fault.value.code == "storage.changed"

        storage.put(PDF)
        assert storage.get(kept.sha256) == PDF
        assert list(storage.verify()) == []

    @pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
    def test_what_is_not_there_is_missing(self, storage, name):
        with pytest.raises(StorageFault) as fault:
            storage.get(name)

        assert fault.value.code == "storage.missing"

    def test_a_folder_that_takes_nothing_says_so_and_leaves_no_rest(self, storage, monkeypatch):
        def full(_handle):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)

        with pytest.raises(StorageFault) as fault:
            storage.put(PDF)

        assert fault.value.code == "storage.unwritable"
        assert [path for path in storage.root.rglob("*") if path.is_file()] == []
