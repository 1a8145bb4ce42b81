"""Files as people send them, and as some should not: made in the test, small and whole."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from functools import cache

from PIL import Image
from pypdf import PdfWriter

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner says is malware, though it does nothing. Source: eicar.org."""


@cache
def pdf(pages: int = 1) -> bytes:
    """Return a PDF of so many pages, each of another height."""
    writer = PdfWriter()
    for number in range(pages):
        writer.add_blank_page(width=595, height=842 - number)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """Return the file of a writer."""
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "white") -> bytes:
    """Return a picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def photograph(size: tuple[int, int] = (400, 300)) -> bytes:
    """Return a JPEG as a phone makes it: lying on its side, and saying where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees to the right
    exif[0x0110] = "Kamera Uji"
    exif.get_ifd(0x8825).update({1: "S", 2: (5.0, 6.0, 48.0), 3: "E", 4: (105.0, 18.0, 0.0)})
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def raw_pdf(objects: Sequence[bytes], *, root: int = 1, streams: Mapping[int, bytes] = {}) -> bytes:
    """Return a PDF of just these objects, numbered from 1; some with a stream, deflated."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number
        data = streams.get(number)
        if data is None:
            out += body
        else:
            packed = zlib.compress(data, 9)
            out += body[:-2] + b" /Length %d /Filter /FlateDecode >>" % len(packed)
            out += b"\nstream\n" + packed + b"\nendstream"
        out += b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root %d 0 R >>\n" % (len(objects) + 1, root)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def acting_pdf(catalogue: bytes = b"", page: bytes = b"") -> bytes:
    """Return a PDF of one page, with more in its catalogue or in its page."""
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] " + page + b" >>",
        ]
    )


def locked_pdf(password: str) -> bytes:
    """Return a PDF that asks for `password`; with none it only forbids to print."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.encrypt(user_password=password, owner_password="pemilik", algorithm="RC4-128")
    return written(writer)


def bomb_pdf(unpacked: int) -> bytes:
    """Return a small PDF whose page unfolds to `unpacked` bytes of drawing."""
    line = b"0 0 m 200 200 l S\n" * 64
    data = line * (unpacked // len(line))
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
            b"<< >>",
        ],
        streams={4: data},
    )
