"""The form over the figures and papers of an SOP: what stands in it, and what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from licensing.errors import SopFaults
from licensing.forms import MAX_LONG_TEXT, clean, one_line
from licensing.sop_diff import DiffLine
from licensing.sop_settings import PaperWords, Setting, SopChanges, settings_of, words_of
from web.filters import in_language
from web.formats import working_days, working_hours
from web.i18n import current_language, lazy_gettext
from web.i18n import gettext as _
from workflows.sop import Paper, Sop, Step, Text, Within

UNIT: Final = ".unit"
CONFIRM: Final = "confirm."
ACTIVITY_RUNS: Final = "as long as the activity runs"
_MOST: Final = 9_999
_TIME: Final = re.compile(r"(\d+) working (day|hour)s?")
UNITS: Final = ("working days", "working hours")


_PAPER_FIELDS: Final = ("title_id", "title_en", "note_id", "note_en", "optional", "drop")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One figure on the form."""

    at: str
    label: str
    kind: str
    why: str | None
    """Why the office must confirm it; None where it need not."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper on the form."""

    at: str
    title: str
    when: str
    why: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple([f"{self.at}.{field}" for field in _PAPER_FIELDS])


@dataclass(frozen=True, slots=True)
class SettingsView:
    """The form: first what must be confirmed."""

    unconfirmed: Sequence[SettingRow]
    others: Sequence[SettingRow]
    papers: Sequence[PaperRow]
    further: Sequence[tuple[str, str, str]]
    """Places to be confirmed that are set elsewhere: place, label, why."""


def settings_view(sop: Sop) -> SettingsView:
    """Return what the form of an SOP offers."""
    why = {one.at: in_language(one.why) for one in sop.to_confirm}
    rows = [
        SettingRow(one.at, setting_words(one), one.kind, why.get(one.at))
        for one in settings_of(sop)
    ]
    papers = [
        PaperRow(
            f"papers.{paper.name}",
            in_language(paper.title),
            _when(sop, paper),
            why.get(f"papers.{paper.name}"),
        )
        for paper in sop.papers.values()
    ]
    known = {row.at for row in rows} | {paper.at for paper in papers}
    return SettingsView(
        [row for row in rows if row.why],
        [row for row in rows if not row.why],
        sorted(papers, key=lambda paper: paper.why is None),
        [(at, place_words(sop, at), said) for at, said in why.items() if at not in known],
    )


def form_values(sop: Sop) -> dict[str, str]:
    """Return what stands in the form before anything is typed."""
    values: dict[str, str] = {}
    for one in settings_of(sop):
        if one.within is not None:
            values[one.at] = str(one.within.amount)
            values[one.at + UNIT] = one.within.unit
        else:
            values[one.at] = "" if one.years is None else str(one.years)
    for paper in sop.papers.values():
        at, words = f"papers.{paper.name}", words_of(paper)
        for language in ("id", "en"):
            values[f"{at}.title_{language}"] = words.title[language]
            values[f"{at}.note_{language}"] = words.note[language] if words.note else ""
        values[f"{at}.optional"] = "ya" if words.optional else ""
    for language in ("id", "en"):
        values[f"summary_{language}"] = sop.summary[language] if sop.summary else ""
    return values


def changes_in(sop: Sop, typed: Mapping[str, str]) -> tuple[SopChanges, dict[str, str]]:
    """Return what was changed on the form, and the code of the fault of each field."""
    faults: dict[str, str] = {}
    values: dict[str, str] = {}
    for setting in settings_of(sop):
        text = _typed_setting(setting, typed, faults)
        if text is not None:
            values[setting.at] = text
    summary = _both("summary", typed, faults, required=sop.summary is not None)
    papers: dict[str, PaperWords] = {}
    dropped: set[str] = set()
    for name, paper in sop.papers.items():
        at = f"papers.{name}"
        if typed.get(f"{at}.drop") == "ya":
            dropped.add(name)
            continue
        words = _paper(at, typed, faults)
        if words is not None and not _same(words, words_of(paper)):
            papers[name] = words
    added: list[PaperWords] = []
    if any(one_line(typed.get(f"new.{part}", "")) for part in ("title_id", "title_en", "note_id")):
        new = _paper("new", typed, faults)
        if new is not None:
            added.append(new)
    confirmed = frozenset(
        one.at for one in sop.to_confirm if typed.get(f"{CONFIRM}{one.at}") == "ya"
    )
    plain = dict(sop.summary) if sop.summary else None
    return (
        SopChanges(
            values=values,
            summary=summary if summary is not None and dict(summary) != plain else None,
            papers=papers,
            dropped=frozenset(dropped),
            added=tuple(added),
            confirmed=confirmed,
        ),
        faults,
    )


def fault_messages(sop: Sop, error: SopFaults) -> dict[str, list[str]]:
    """Return what is wrong with the changed text, at the field that says it or above all."""
    places = {setting.at for setting in settings_of(sop)}
    said: dict[str, list[str]] = {}
    for fault in error.faults:
        text = fault.text[current_language()]
        if fault.where in places:
            said.setdefault(fault.where, []).append(text)
        else:
            where = place_words(sop, fault.where)
            said.setdefault("changes", []).append(f"{where}: {text}" if where else text)
    return said


def setting_words(setting: Setting) -> str:
    """Return what a figure is called."""
    title = "" if setting.title is None else in_language(setting.title)
    match setting.kind:
        case "service":
            return _("Standar pelayanan, sejak berkas lengkap")
        case "extension":
            return _("Perpanjangan oleh kantor, paling lama")
        case "consent":
            return _("Perpanjangan dengan persetujuan pemohon, paling lama")
        case "hold":
            return _("%(hold)s: penundaan paling lama", hold=title)
        case "correction":
            return _("Pembetulan waktu terima, paling jauh")
        case "validity":
            return _("Masa berlaku %(product)s", product=title)
        case "answer":
            return _("%(step)s: waktu pemohon menjawab", step=title)
        case "ask":
            return _("%(ask)s: waktu menjawab", ask=title)
    return title


_KEYS: Final[Mapping[str, Any]] = {
    "limits": lazy_gettext("Batas waktu"),
    "service": lazy_gettext("standar pelayanan"),
    "law": lazy_gettext("batas hukum"),
    "filing": lazy_gettext("pemeriksaan kelengkapan"),
    "delivery": lazy_gettext("penyerahan"),
    "within": lazy_gettext("paling lama"),
    "answer_within": lazy_gettext("waktu pemohon menjawab"),
    "extensions": lazy_gettext("perpanjangan"),
    "office": lazy_gettext("oleh kantor"),
    "consent": lazy_gettext("dengan persetujuan pemohon"),
    "holds": lazy_gettext("penundaan"),
    "at_most": lazy_gettext("paling lama"),
    "times": lazy_gettext("berapa kali"),
    "product": lazy_gettext("Produk"),
    "valid": lazy_gettext("masa berlaku"),
    "summary": lazy_gettext("Ringkasan"),
    "papers": lazy_gettext("Dokumen"),
    "paper": lazy_gettext("diminta"),
    "title": lazy_gettext("nama"),
    "note": lazy_gettext("cara menyerahkan"),
    "optional": lazy_gettext("boleh tidak ada"),
    "needed": lazy_gettext("diminta bila"),
    "steps": lazy_gettext("Tahap"),
    "asks": lazy_gettext("Permintaan"),
    "fields": lazy_gettext("Isian"),
    "actions": lazy_gettext("tindakan"),
    "to_confirm": lazy_gettext("Menunggu konfirmasi"),
    "why": lazy_gettext("alasan"),
    "source": lazy_gettext("dasar hukum"),
    "fee": lazy_gettext("Biaya"),
    "corrections": lazy_gettext("Pembetulan waktu terima"),
}


def place_words(sop: Sop, place: str) -> str:
    """Return a place of the text in words: `Tahap › Memeriksa kebenaran berkas › paling lama`."""
    items: dict[str, Mapping[str, Step | Paper | Any]] = {
        "steps": {**sop.steps, **{n: s for ask in sop.asks.values() for n, s in ask.steps.items()}},
        "papers": sop.papers,
        "asks": sop.asks,
        "fields": sop.fields,
        "variants": sop.variants,
    }
    words: list[str] = []
    around = ""
    for name in place.split(".") if place else ():
        item = items.get(around, {}).get(name)
        known = _KEYS.get(name)
        words.append(
            in_language(item.title) if item is not None else name if known is None else str(known)
        )
        around = name
    return " › ".join(words)


def diff_words(sop: Sop, line: DiffLine) -> tuple[str, str, str]:
    """Return one difference as label, before and after."""
    return place_words(sop, line.place), _said(line.before), _said(line.after)


def _said(text: str | None) -> str:
    """Return a value of the text as it is read: times in the reader's language."""
    found = _TIME.fullmatch(text or "")
    if found is None:
        return text or "–"
    words = working_days if found[2] == "day" else working_hours
    return words(int(found[1]), lang=current_language())


def _typed_setting(
    setting: Setting, typed: Mapping[str, str], faults: dict[str, str]
) -> str | None:
    """Return the text that a figure becomes; None where it stays as it is."""
    raw = typed.get(setting.at, "").strip()
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else 0
    if setting.within is None:
        if raw and not 0 < number < 100:
            faults[setting.at] = "years"
            return None
        if (number or None) == setting.years:
            return None
        return f"{number} year{'' if number == 1 else 's'}" if number else ACTIVITY_RUNS
    unit = typed.get(setting.at + UNIT, setting.within.unit)
    if not 0 < number <= _MOST:
        faults[setting.at] = "positive"
        return None
    if unit not in UNITS:
        faults[setting.at] = "unknown_choice"
        return None
    wanted = Within(number, "working hours" if unit == UNITS[1] else "working days")
    return None if wanted == setting.within else str(wanted)


def _paper(at: str, typed: Mapping[str, str], faults: dict[str, str]) -> PaperWords | None:
    title = _both(f"{at}.title", typed, faults, required=True)
    note = _both(f"{at}.note", typed, faults, required=False)
    if title is None:
        return None
    return PaperWords(title, note, typed.get(f"{at}.optional") == "ya")


def _both(
    name: str, typed: Mapping[str, str], faults: dict[str, str], *, required: bool
) -> Text | None:
    """Return a text in both languages; where the English is empty it is the Indonesian."""
    text = {language: clean(typed.get(f"{name}_{language}", "")) for language in ("id", "en")}
    for language, said in text.items():
        if len(said) > MAX_LONG_TEXT:
            faults[f"{name}_{language}"] = "too_long"
    if not text["id"]:
        if required or text["en"]:
            faults[f"{name}_id"] = "required"
        return None
    return {"id": text["id"], "en": text["en"] or text["id"]}


def _same(one: PaperWords, other: PaperWords) -> bool:
    def plain(words: PaperWords) -> tuple[object, ...]:
        note = None if words.note is None else (words.note["id"], words.note["en"])
        return words.title["id"], words.title["en"], note, words.optional

    return plain(one) == plain(other)


def _when(sop: Sop, paper: Paper) -> str:
    """Return for whom a paper is asked: `Baru; Perseroan terbatas (PT)`; nothing for everybody."""
    said = []
    for variant, choices in paper.when.choices.items():
        known = sop.variants.get(variant)
        titles = {} if known is None else known.choices
        said.append(
            ", ".join(
                in_language(titles[choice]) if choice in titles else choice for choice in choices
            )
        )
    return "; ".join(said)
