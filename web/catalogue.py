"""The English catalogue, kept in step with the texts: `python -m web.catalogue` updates it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from web.i18n import TRANSLATIONS

WEB: Final = Path(__file__).parent
ENGLISH: Final = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"

_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
_PLACEHOLDER: Final = re.compile(r"%%|%\((\w+)\)[sd]")


@dataclass(frozen=True, slots=True)
class Fault:
    """A text that a reader of English would not get right."""

    text: str
    what: str

    def __str__(self) -> str:
        return f"{self.what}: {self.text!r}"


def texts(folder: Path = WEB) -> Catalog:
    """Return every text that the templates and the code of `folder` show."""
    with (WEB / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping, "babel.cfg")  # type: ignore[no-untyped-call]
    found = Catalog(locale="en", charset="utf-8")
    for _, _, message, _, context in extract_from_dir(
        folder, method_map=methods, options_map=options, keywords=_KEYWORDS
    ):
        found.add(message, context=context)
    return found


def translations(source: Path = ENGLISH) -> Catalog:
    """Return the English catalogue."""
    with source.open("rb") as text:
        return read_po(text, locale="en")


def faults(found: Catalog, translated: Catalog) -> list[Fault]:
    """Return each text without a translation, and each whose placeholders differ."""
    return [fault for message in found if message.id for fault in _faults(message, translated)]


def update(source: Path = ENGLISH) -> bytes:
    """Return the catalogue with new texts added, empty, and unused ones dropped."""
    known = translations(source)
    fresh = texts()
    fresh.mime_headers = known.mime_headers
    for message in fresh:
        old = known.get(message.id[0] if message.pluralizable else message.id)
        if message.id and old is not None:
            message.string = old.string
    written = BytesIO()
    write_po(written, fresh, no_location=True, omit_header=True, sort_output=True, width=96)
    return _HEADER + written.getvalue()


_HEADER: Final = b"""msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def _faults(message: Message, translated: Catalog) -> Iterator[Fault]:
    sources = _forms(message.id)
    entry = translated.get(sources[0])
    if entry is None:
        yield Fault(sources[0], "not in the English catalogue")
        return
    strings = _forms(entry.string)
    if entry.fuzzy or not all(strings):
        yield Fault(sources[0], "not translated")
        return
    wanted = _placeholders(sources[-1])
    if any(_placeholders(string) != wanted for string in strings):
        yield Fault(sources[0], "placeholders differ from the translation's")


def _forms(text: object) -> tuple[str, ...]:
    """Return singular and plural of a message, or its only form."""
    if isinstance(text, tuple | list):
        return tuple(str(form or "") for form in text)
    return (str(text or ""),)


def _placeholders(text: str) -> set[str]:
    return {match[1] for match in _PLACEHOLDER.finditer(text) if match[1]}


def main() -> int:
    """Write the catalogue anew and say what is still missing."""
    ENGLISH.write_bytes(update())
    missing = faults(texts(), translations())
    for fault in missing:
        print(fault)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
