"""Languages: which one a request reads, and the compiled catalogues it reads from."""

import os
import tempfile
from gettext import NullTranslations
from pathlib import Path
from typing import Final, Literal, get_args
from weakref import WeakKeyDictionary

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_request_context, request
from flask.globals import _cv_app
from flask_babel import Babel, get_locale, get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup

Language = Literal["id", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT_LANGUAGE: Final[Language] = "id"
LANGUAGE_COOKIE: Final = "bahasa"
_CATALOGUE: Final = "satupintu_catalogue"
_LANGUAGE: Final = "satupintu_language"
_UNTRANSLATED: Final = NullTranslations()
_READY: Final[WeakKeyDictionary[NullTranslations, "_Texts"]] = WeakKeyDictionary()
_MOST_READY: Final = 5_000
"""Texts kept ready for each catalogue: more than there are; what readers typed is no text."""
TRANSLATIONS: Final = Path(__file__).parent / "translations"


def init_app(app: Flask) -> None:
    """Attach Babel to `app`, with Indonesian message ids and the language of the cookie."""
    compile_translations()
    Babel(app, default_locale=DEFAULT_LANGUAGE, locale_selector=requested_language)
    # A page asks for hundreds of texts: each is looked up in the catalogue of the request, which
    # is resolved once, and not through the chain of contexts every time.
    app.jinja_env.install_gettext_callables(_raw_gettext, _raw_ngettext, newstyle=True)  # type: ignore[attr-defined]
    # The same texts without the detour through the context of the template: every template of
    # ours is HTML, and a text that names no parts is put together once for all pages.
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _html_gettext


def gettext(text: str, **parts: object) -> str:
    """Return `text` in the language of the request, with its parts put in."""
    texts = _texts()
    found = texts.plain.get(text)
    if found is None:
        found = texts.say(text)
    return found % parts if parts else found


def ngettext(one: str, many: str, count: int, **parts: object) -> str:
    """Return the text for `count` things in the language of the request; it may name `num`."""
    found: str = _texts().catalogue.ngettext(one, many, count)
    return found % {"num": count, **parts}


def lazy_gettext(text: str) -> LazyString:
    """Return a text that is looked up when it is shown, in the language of that request."""
    return LazyString(gettext, text)


class _Texts:
    """The texts of one catalogue, as they were said before: plain, and as HTML without parts."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self.catalogue = catalogue
        self.plain: dict[str, str] = {}
        self.html: dict[str, Markup] = {}

    def say(self, text: str) -> str:
        found: str = self.catalogue.gettext(text)
        if len(self.plain) < _MOST_READY:
            self.plain[text] = found
        return found

    def write(self, text: str) -> Markup:
        found = Markup(self.catalogue.gettext(text)) % {}  # noqa: S704 - as in every text: %% is %
        if len(self.html) < _MOST_READY:
            self.html[text] = found
        return found


def _raw_gettext(text: str) -> str:
    return gettext(text)


def _html_gettext(text: str, **parts: object) -> Markup:
    """Return `text` as HTML in the language of the request, its parts escaped and put in."""
    texts = _texts()
    if parts:
        return Markup(texts.catalogue.gettext(text)) % parts  # noqa: S704 - texts are our own
    found = texts.html.get(text)
    return texts.write(text) if found is None else found


def _raw_ngettext(one: str, many: str, count: int) -> str:
    found: str = _texts().catalogue.ngettext(one, many, count)
    return found


_NO_TEXTS: Final = _Texts(_UNTRANSLATED)


def _texts() -> _Texts:
    """Return the texts of the request's language, resolved once; none outside a request."""
    # A look through `g` costs more than the text that it is asked for, and a page has hundreds.
    context = _cv_app.get(None)
    if context is None:
        return _NO_TEXTS
    kept: _Texts | None = getattr(context.g, _CATALOGUE, None)
    if kept is None:
        catalogue = get_translations()
        kept = _READY.get(catalogue)
        if kept is None:
            kept = _READY.setdefault(catalogue, _Texts(catalogue))
        setattr(context.g, _CATALOGUE, kept)
    return kept


def requested_language() -> Language:
    """Return the language the reader chose by the switch; Indonesian when none was chosen.

    The browser's own preference is not asked: office machines are often set to English, and a
    screen that changes language with the machine is a screen that nobody can describe on the phone.
    """
    if has_request_context():
        chosen = request.cookies.get(LANGUAGE_COOKIE)
        for language in LANGUAGES:
            if chosen == language:
                return language
    return DEFAULT_LANGUAGE


def current_language() -> Language:
    """Return the language in force, resolved once a request; Indonesian outside one."""
    context = _cv_app.get(None)
    if context is None:
        return DEFAULT_LANGUAGE
    kept: Language | None = getattr(context.g, _LANGUAGE, None)
    if kept is not None:
        return kept
    locale = get_locale()
    spoken = None if locale is None else locale.language
    found: Language = next((one for one in LANGUAGES if one == spoken), DEFAULT_LANGUAGE)
    setattr(context.g, _LANGUAGE, found)
    return found


def compile_translations(folder: Path = TRANSLATIONS) -> list[Path]:
    """Write each catalogue that is older than its text, and return what was written.

    A catalogue is replaced whole, so processes that start together never read half of one.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            _compile(source, target)
        except PermissionError:
            # An installed package may be read-only; the catalogue it came with is then right.
            if not target.exists():
                raise
            continue
        written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as text:
        catalogue = read_po(text)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".mo.part")
    try:
        with os.fdopen(handle, "wb") as out:
            write_mo(out, catalogue)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
