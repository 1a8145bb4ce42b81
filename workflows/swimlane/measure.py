"""How wide a text is before anything is drawn: an upper bound for the usual sans-serif fonts."""

from __future__ import annotations

_WIDTHS = {
    300: "'IJijl",
    350: " \u00a0,./:;\\|",
    400: "!()-[]ft",
    450: "r",
    500: '"*_`–',
    550: "?csz",
    600: "FLkvxy",
    650: "$0123456789EPSTYabdeghnopqu{}",
    700: "ABCKRVXZ",
    750: "NU",
    800: "&DGHOQ",
    850: "#+<=>^w~→",
    900: "Mm",
    950: "%",
}
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_UNKNOWN = 1000
_BOLD = 1.1


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return at most how wide `text` is at `size`, in the unit of `size`."""
    units = sum(_WIDTH_OF.get(letter, _UNKNOWN) for letter in text)
    return units / 1000 * size * (_BOLD if bold else 1)


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return `text` in lines no wider than `room`; a word that is wider is cut between letters."""
    text = " ".join(part for part in text.split(" ") if part)
    if not text:
        return ()
    lines: list[str] = []
    line = ""
    # A no-break space keeps an arrow and its number together.
    for word in text.split(" "):
        for piece in _pieces(word, size, room, bold):
            longer = f"{line} {piece}" if line else piece
            if width(longer, size, bold=bold) <= room:
                line = longer
            else:
                lines.append(line)
                line = piece
    return (*lines, line)


def _pieces(word: str, size: float, room: float, bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width(pieces[-1] + letter, size, bold=bold) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
