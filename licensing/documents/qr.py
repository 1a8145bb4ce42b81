"""QR codes: the same for paper and screen."""

from __future__ import annotations

import io

import segno


def svg(text: str, *, title: str | None = None) -> str:
    """Return the QR code of `text` as one scalable `<svg>` element, black on white, with margin."""
    out = io.BytesIO()
    _code(text).save(
        out,
        kind="svg",
        xmldecl=False,
        nl=False,
        omitsize=True,
        light="#fff",
        title=title,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode()


def png(text: str, *, pixels_per_module: int = 8) -> bytes:
    """Return the QR code of `text` as a PNG, black on white, with margin."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=pixels_per_module, light="#fff")
    return out.getvalue()


def _code(text: str) -> segno.QRCode:
    # Level M survives a crease and a coffee stain; Micro QR is unknown to most telephones.
    return segno.make_qr(text, error="m", boost_error=False)
