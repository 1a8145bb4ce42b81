"""The process that reads one PDF from its standard input; started by `licensing.ports.pdf` alone.

It imports nothing of this program, so that it starts quickly and knows nothing worth stealing.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

_MEMORY = 1024 * 1024 * 1024
_SECONDS = 8
_SAID = 3
_LONGEST_SIDE = 4_000
_MOST_OBJECTS = 200_000
_ACTS = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute"}
)
"""Kinds of actions, and keys of them, by which a page does something to whoever opens it."""
_CARRIES = frozenset({"/EmbeddedFile", "/EmbeddedFiles", "/XFA", "/RichMedia", "/RichMediaContent"})
_TOKENS = (b"/JavaScript", b"/EmbeddedFile", b"/RichMedia")
"""Long enough not to turn up by chance in ten megabytes of a picture."""


class _Refused(Exception):
    pass


def main(arguments: list[str]) -> None:
    """Answer one call on standard output; end with 3 and one line on standard error if refused."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        if arguments[0] == "inspect":
            answer = json.dumps({"pages": _inspect(content)}).encode()
        else:
            answer = _draw(content, int(arguments[1]), int(arguments[2]))
    except _Refused as refused:
        _say(str(refused))
    except (MemoryError, RecursionError) as spent:
        _say(f"too_complex {type(spent).__name__}")
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _say(words: str) -> NoReturn:
    sys.stderr.write(f"\n{words}\n")
    sys.exit(_SAID)


def _inspect(content: bytes) -> int:
    pages = _open(content)
    count = len(pages)
    if not count:
        raise _Refused("damaged no pages")
    # The first page is drawn small: what cannot be drawn is of no use to whoever must judge it.
    _render(pages, 1, 64)
    pages.close()
    for token in _TOKENS:
        if token in content:
            raise _Refused(f"active {token.decode()[1:]}")
    for key in _words(content):
        if key in _ACTS or key in _CARRIES:
            raise _Refused(f"active {key[1:]}")
    return count


def _open(content: bytes) -> Any:
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as refusal:
        locked = getattr(refusal, "err_code", None) == pdfium.raw.FPDF_ERR_PASSWORD
        raise _Refused("locked password" if locked else "damaged not read") from refusal


def _render(pages: Any, number: int, width: int) -> Any:
    import pypdfium2 as pdfium

    if not 1 <= number <= len(pages):
        raise _Refused("damaged no such page")
    try:
        page = pages[number - 1]
        wide, high = page.get_size()
        if wide < 1 or high < 1:
            raise _Refused("damaged page without size")
        # Half a pixel less: its sides are rounded up.
        scale = min((width - 0.5) / wide, (_LONGEST_SIDE - 0.5) / high)
        return page.render(scale=scale, may_draw_forms=False).to_pil()
    except (pdfium.PdfiumError, ValueError, OverflowError) as refusal:
        raise _Refused("damaged not drawn") from refusal


def _draw(content: bytes, number: int, width: int) -> bytes:
    out = io.BytesIO()
    picture = _render(_open(content), number, min(width, _LONGEST_SIDE))
    picture.convert("RGB").save(out, "PNG", compress_level=3)
    return out.getvalue()


def _words(content: bytes) -> Iterator[str]:
    """Return every key and every name that stands as a value, of every object of the file."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PdfReadError, PyPdfError

    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        for one in _objects(reader):
            yield from _names(one)
        yield from _names(reader.trailer)
    except (
        PyPdfError,
        PdfReadError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
    ) as refusal:
        # It could be drawn, so somebody's reader opens it; but what it does cannot be said.
        raise _Refused(f"damaged {type(refusal).__name__}") from refusal


def _objects(reader: Any) -> Iterator[Any]:
    from pypdf.generic import IndirectObject

    places = {(number, turn) for turn, known in reader.xref.items() for number in known}
    places |= {(number, 0) for number in reader.xref_objStm}
    if len(places) > _MOST_OBJECTS:
        raise _Refused("too_complex objects")
    for number, turn in sorted(places):
        if number:
            yield reader.get_object(IndirectObject(number, turn, reader))


def _names(one: Any) -> Iterator[str]:
    """Return the names within one object, without following what it points to."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    todo = [one]
    while todo:
        here = todo.pop()
        if isinstance(here, DictionaryObject):
            # Raw, so that nothing is followed: each object is met in its own turn.
            for key, value in dict.items(here):
                yield str(key)
                todo.append(value)
        elif isinstance(here, ArrayObject):
            todo.extend(list.__iter__(here))
        elif isinstance(here, NameObject):
            yield str(here)


if __name__ == "__main__":
    main(sys.argv[1:])
