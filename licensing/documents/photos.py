"""Photographs made small: upright, without what the camera wrote into them."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps

JPEG_QUALITY = 78


def thumbnail(content: bytes, *, longest: int) -> bytes:
    """Return a JPEG of the picture in `content`, no side longer than `longest` pixels.

    It is turned as it was held, and says nothing of where and with what it was taken. The same
    picture gives the same bytes.
    """
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (longest, longest))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((longest, longest))
        if upright.mode not in ("RGB", "L"):
            flat = Image.new("RGB", upright.size, "white")
            solid = upright.convert("RGBA")
            flat.paste(solid, mask=solid.getchannel("A"))
            upright = flat
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=JPEG_QUALITY, exif=b"", icc_profile=None)
    return out.getvalue()


def as_svg(jpeg: bytes) -> str:
    """Return an SVG that shows a JPEG: how a picture travels to the printer within text."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
        width, height = image.size
    data = base64.b64encode(jpeg).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"><image width="{width}" height="{height}"'
        f' href="data:image/jpeg;base64,{data}"/></svg>'
    )
