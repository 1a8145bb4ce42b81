"""No text is missing: each can be translated, each is translated, each keeps its placeholders."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment, nodes

from tests.web.site import bare_app
from web.catalogue import WEB, faults, texts, translations

TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PROPER_NAMES = frozenset({"Satupintu", "Indonesia", "English", "px"})
"""Words that are the same in every language."""
IN_ATTRIBUTES = frozenset(
    {"body_class", "main_class", "sheet_class", "theme", "cell_classes", "_described"}
)
"""Blocks and macros whose text stands inside a tag, where nobody reads it."""
KEYS = frozenset({"Ctrl Enter", "Esc", "Escape", "Enter"})

_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"^[A-Z][a-z]{2,}")
_SHOWN_ATTRIBUTES = frozenset({"aria-label", "title", "alt", "placeholder"})
_UNSPOKEN = frozenset({"code", "kbd", "script", "style"})
_TRANSLATE = frozenset({"_", "gettext", "ngettext"})


@pytest.fixture(scope="module")
def environment() -> Environment:
    return bare_app().jinja_env


class TestTheCatalogue:
    def test_translates_every_text_with_the_same_placeholders(self):
        assert [str(fault) for fault in faults(texts(), translations())] == []

    def test_holds_nothing_that_is_no_longer_shown(self):
        shown = {str(message.id) for message in texts()}

        assert {str(message.id) for message in translations()} - shown == set()

    @pytest.mark.parametrize(
        ("translated", "fault"),
        [
            (None, "not in the English catalogue: '%(n)s berkas'"),
            ("", "not translated: '%(n)s berkas'"),
            ("%(m)s files", "placeholders differ from the translation's: '%(n)s berkas'"),
        ],
    )
    def test_a_fault_is_found_and_named(self, translated, fault):
        found, english = Catalog(), Catalog(locale="en")
        found.add("%(n)s berkas")
        if translated is not None:
            english.add("%(n)s berkas", translated)

        assert [str(one) for one in faults(found, english)] == [fault]


class TestTheTemplates:
    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
    def test_show_no_word_that_cannot_be_translated(self, path: Path, environment: Environment):
        assert bare_words(path.read_text(), environment) == []

    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ("<p>Simpan</p>", ["Simpan"]),
            ("<p>{% if a %}Ada{% else %}{{ _('Tidak') }}{% endif %}</p>", ["Ada"]),
            ('<a aria-label="Tutup"></a>', ["Tutup"]),
            ("{{ button('Simpan dahulu') }}", ["Simpan dahulu"]),
            ("<p>{{ _('Simpan') }} 3 × <kbd>Ctrl</kbd></p>", []),
            ("<p>{% trans %}Simpan{% endtrans %}</p>", []),
            (
                '<a class="btn{% if a %} besar{% endif %}"{% if c %} download{% endif %}>×</a>',
                [],
            ),
            ("{# Simpan #}<h{{ level }}>{{ _('Judul') }}</h{{ level }}>", []),
        ],
    )
    def test_a_bare_word_is_found(self, source, found, environment):
        assert bare_words(source, environment) == found


def bare_words(source: str, environment: Environment) -> list[str]:
    """Return the words a template shows without asking for their translation."""
    reader = _Shown()
    reader.feed(_markup(source, environment))
    reader.close()
    return reader.words + _bare_constants(source, environment)


def _markup(source: str, environment: Environment) -> str:
    """Return the HTML of a template: an expression becomes a digit, a statement nothing."""
    parts: list[str] = []
    statement: list[str] | None = None
    silent = False
    for _, kind, text in environment.lex(source):
        if kind == "block_begin":
            statement = []
        elif kind == "block_end" and statement is not None:
            silent = _silences(statement, silent)
            statement = None
        elif statement is not None:
            statement += [text] if kind == "name" else []
        elif kind == "variable_begin" and not silent:
            parts.append("1")
        elif kind == "data" and not silent:
            parts.append(text)
    return "".join(parts)


def _silences(statement: list[str], silent: bool) -> bool:
    """Return whether what follows a statement is translated already, or stands in an attribute."""
    match statement:
        case ["trans", *_]:
            return True
        case ["block" | "macro", name, *_]:
            return name in IN_ATTRIBUTES
        case ["endtrans" | "endblock" | "endmacro", *_]:
            return False
    return silent


class _Shown(HTMLParser):
    """Collects the words of text nodes and of attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _UNSPOKEN
        for name, value in attrs:
            if name in _SHOWN_ATTRIBUTES:
                self._look(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _UNSPOKEN

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._look(data)

    def _look(self, text: str) -> None:
        self.words += [word for word in _WORD.findall(text) if word not in PROPER_NAMES]


def _bare_constants(source: str, environment: Environment) -> list[str]:
    """Return the strings in expressions that read like a text and are not translated."""
    tree = environment.parse(source)
    asked = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in _TRANSLATE
        for constant in call.find_all(nodes.Const)
    }
    return [
        constant.value
        for constant in tree.find_all(nodes.Const)
        if isinstance(constant.value, str)
        and _SENTENCE.match(constant.value)
        and id(constant) not in asked
        and constant.value not in KEYS | PROPER_NAMES
    ]
