"""The icons of the installed page, drawn from the shape of `static/img/logo.svg`.

`python -m web.icons` writes them into `static/img/`; the few kilobytes stand in the repository, so
that nobody needs to draw them to run the program.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

FOLDER: Final = Path(__file__).resolve().parent / "static" / "img"
BRAND: Final = "#0063a8"
_FINER: Final = 4
"""Drawn so many times larger, then made small: edges come out smooth."""
_WIDE, _HIGH = 26.0, 30.0
"""The logo's own measure."""
_LEAF: Final = ((8.5, 28.0), (8.5, 8.5), (19.0, 5.0), (19.0, 28.0))

ICONS: Final = (
    ("icon-192.png", 192, 0.62, 0.19),
    ("icon-512.png", 512, 0.62, 0.19),
    # A phone cuts its own shape out of this one; the door stays within the middle 80 %.
    ("icon-maskable-512.png", 512, 0.5, 0.0),
)
"""File, pixels, height of the door and radius of the corners as parts of the whole."""


def draw(pixels: int, height: float, radius: float) -> Image.Image:
    """Return the door of the house, white on the brand's colour."""
    side = pixels * _FINER
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius * side, fill=BRAND)
    scale = side * height / _HIGH
    left, top = (side - _WIDE * scale) / 2, (side - _HIGH * scale) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * scale, top + y * scale

    # The frame, 3 wide: two posts and the lintel; then the threshold, then the leaf.
    for box in ((0.5, 2, 3.5, 28), (22.5, 2, 25.5, 28), (0.5, 2, 25.5, 5), (0, 26.5, 26, 29.5)):
        pen.rectangle((*at(box[0], box[1]), *at(box[2], box[3])), fill="white")
    pen.polygon([at(*point) for point in _LEAF], fill="white")
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


def main() -> None:
    """Write every icon."""
    for name, pixels, height, radius in ICONS:
        image = draw(pixels, height, radius)
        if not radius:
            image = image.convert("RGB")
        image.quantize(32).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
