"""`/admin/surat`: the office's own words for its letters, with the built-in ones beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput
from licensing.letters import (
    ALERT,
    PLACEHOLDERS,
    Letter,
    OwnWordsFault,
    render,
    render_own,
)
from licensing.letters.own import LONGEST_BODY, LONGEST_SUBJECT
from licensing.letters.placeholders import SAMPLE, SAMPLE_RUNG
from licensing.queries.channels import LetterVersion, letter_versions, own_letters
from licensing.services.own_words import (
    KEEPERS,
    LOCALES,
    READERS,
    UnknownPlaceholder,
    check_words,
    save_words,
    tidied,
)
from web.access import allow, current_officer, runtime
from web.admin_page import Change, Preview, refused_form, show_preview, typed_form
from web.i18n import gettext as _
from web.outbox_words import PLACEHOLDER_WORDS, event_sentence, event_words
from web.schemas.admin import loaded
from web.schemas.outbox import LetterSchema
from web.viewmodels import Crumb, Form, Tab
from web.views.admin_outbox import admin_above

bp = Blueprint("letter_words", __name__, url_prefix="/admin/surat")

_ONE: Final = "/<event>/<locale>"


@bp.get("")
@allow(*READERS)
def show() -> ResponseReturnValue:
    """Show every event that has a letter, and which letters are the office's own."""
    return render_template(
        "admin/letters.html",
        events=[(event, event_words(event), event_sentence(event)) for event in PLACEHOLDERS],
        own=own_letters(runtime(), current_officer()),
        locales=_locales(),
        above=admin_above(),
    )


@bp.get(_ONE)
@allow(*READERS)
def one(event: str, locale: str) -> ResponseReturnValue:
    """Show one letter in one language: as it leaves now, as built in, and its versions."""
    return _letter(event, locale, None)


@bp.post(_ONE)
@allow(*KEEPERS)
def save(event: str, locale: str) -> ResponseReturnValue:
    """Show the letter with sample data, or put a new version of its words in force."""
    _known(event, locale)
    typed = typed_form()
    asked, faults = loaded(LetterSchema(), typed)
    own = tidied(asked.get("subject", ""), asked.get("body", ""))
    try:
        if faults:
            raise InvalidInput(faults)
        check_words(event, locale, own)
        if asked["langkah"] == "simpan":
            save_words(runtime(), event, locale, own, seen=asked["seen"], by=current_officer())
            flash(_("Surat tersimpan. Surat yang keluar sesudah ini memakainya."))
            return redirect(url_for(".one", event=event, locale=locale), code=303)
    except InvalidInput as error:
        return _letter(event, locale, _refused(typed, error), 422)
    return _letter(event, locale, Form(typed))


@bp.post(f"{_ONE}/bawaan")
@allow(*KEEPERS)
def reset(event: str, locale: str) -> ResponseReturnValue:
    """Preview, then go back to the built-in words."""
    _known(event, locale)
    asked, faults = loaded(LetterSchema(), typed_form())
    if faults:
        abort(400)
    officer = current_officer()
    if asked["langkah"] == "simpan":
        try:
            save_words(runtime(), event, locale, None, seen=asked["seen"], by=officer)
        except InvalidInput as error:
            return _letter(event, locale, refused_form({}, error.faults), 422)
        flash(_("Surat bawaan dipakai lagi."))
        return redirect(url_for(".one", event=event, locale=locale), code=303)
    _name, _phone, versions = letter_versions(runtime(), officer, event, locale)
    newest = versions[0] if versions else None
    if newest is None or not newest.subject:
        return redirect(url_for(".one", event=event, locale=locale), code=303)
    return show_preview(
        Preview(
            title=_("Kembali ke surat bawaan: %(event)s", event=event_words(event)),
            lead=_("Periksa dahulu. Belum ada yang berubah."),
            confirm=_("Pakai surat bawaan"),
            post=url_for(".reset", event=event, locale=locale),
            above=[*_above(), Crumb(event_words(event), _href(event, locale))],
            changes=[Change(_("Judul"), newest.subject, _built_in(event, locale, "", "").subject)],
            touches=[_("Versi-versi sebelumnya tetap tersimpan dan dapat disalin lagi.")],
            hidden=[("seen", str(newest.version))],
            editable=False,
        )
    )


def _letter(event: str, locale: str, form: Form | None, status: int = 200) -> ResponseReturnValue:
    _known(event, locale)
    officer = current_officer()
    office, phone, versions = letter_versions(runtime(), officer, event, locale)
    newest = versions[0] if versions else None
    own = newest if newest is not None and newest.subject else None
    typed = form is not None and bool(form.values)
    built_in = _built_in(event, locale, office, phone)
    if form is None or not form.values:
        # A form that is refused without its text keeps what is stored.
        values = {"subject": own.subject, "body": own.body} if own else {}
        form = Form(values, {} if form is None else form.errors)
    shown, fault = _shown(event, locale, form, office, phone)
    return (
        render_template(
            "admin/letter.html",
            event=event,
            locale=locale,
            name=event_words(event),
            sentence=event_sentence(event),
            form=form,
            typed=typed,
            own=own,
            seen=0 if newest is None else newest.version,
            shown=shown,
            fault=fault,
            built_in=built_in,
            versions=_told(versions),
            placeholders=[(n, str(PLACEHOLDER_WORDS.get(n, n))) for n in PLACEHOLDERS[event]],
            longest={"subject": LONGEST_SUBJECT, "body": LONGEST_BODY},
            keeps=officer.has(*KEEPERS),
            tabs_of_languages=[
                Tab(words, _href(event, one), current=one == locale) for one, words in _locales()
            ],
            above=_above(),
        ),
        status,
    )


def _shown(
    event: str, locale: str, form: Form, office: str, phone: str
) -> tuple[Letter | None, str]:
    """Return the office's own letter with sample data; why there is none, where it cannot be."""
    own = tidied(form.value("subject"), form.value("body"))
    if not own.subject and not own.body:
        return None, ""
    try:
        return render_own(own, _sample_event(event), _sample(office, phone, event), locale), ""
    except OwnWordsFault as fault:
        return None, fault.code


def _built_in(event: str, locale: str, office: str, phone: str) -> Letter:
    return render(_sample_event(event), _sample(office, phone, event), locale)


def _sample(office: str, phone: str, event: str) -> dict[str, Any]:
    page = "/berkas/…" if event == ALERT else "/lacak"
    return {**SAMPLE, "office": office, "phone": phone, "url": f"{runtime().public_url}{page}"}


def _sample_event(event: str) -> str:
    return f"{ALERT}.{SAMPLE_RUNG}" if event == ALERT else event


def _refused(typed: dict[str, str], error: InvalidInput) -> Form:
    form = refused_form(typed, error.faults)
    if not isinstance(error, UnknownPlaceholder):
        return form
    told = {name: list(words) for name, words in form.errors.items()}
    for field, names in error.names.items():
        unknown = ", ".join(f"{{{name}}}" for name in names)
        told[field] = [_("Tidak dikenal: %(names)s. Pakai yang ada dalam daftar.", names=unknown)]
    return Form(typed, told)


def _told(versions: Sequence[LetterVersion]) -> list[tuple[LetterVersion, bool]]:
    """Return each version and whether it went back to the built-in words."""
    return [(version, not version.subject) for version in versions]


def _locales() -> list[tuple[str, str]]:
    return [("id", _("Bahasa Indonesia")), ("en", _("Bahasa Inggris"))]


def _known(event: str, locale: str) -> None:
    if event not in PLACEHOLDERS or locale not in LOCALES:
        abort(404)


def _href(event: str, locale: str) -> str:
    return url_for("letter_words.one", event=event, locale=locale)


def _above() -> list[Crumb]:
    return [*admin_above(), Crumb(_("Kata-kata surat"), url_for("letter_words.show"))]
