"""What the administration shows: previews before a change, and the record in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from licensing.queries.administration import RecordRow
from licensing.services.calendars import Moved
from web.access import current_officer
from web.fault_words import fault_words
from web.i18n import gettext as _
from web.i18n import lazy_gettext
from web.outbox_words import CHANNEL_WORDS, takes_words
from web.role_words import ROLE_WORDS, role_list
from web.viewmodels import Crumb, Form

NOT_CARRIED: Final = frozenset({"langkah", "csrf_token"})
_LONGEST_VALUE: Final = 240


@dataclass(frozen=True, slots=True)
class Change:
    """One thing as it is and as it would be."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do, before anybody confirms it."""

    title: str
    lead: str
    confirm: str
    """Words of the button that carries it out."""
    post: str
    above: Sequence[Crumb]
    changes: Sequence[Change] = ()
    touches: Sequence[str] = ()
    hidden: Sequence[tuple[str, str]] = ()
    danger: bool = False
    editable: bool = True
    """Whether there is a form to go back to with what was typed."""
    moved: Sequence[Moved] = ()
    warning: str = ""
    """What must be read before it is carried out."""
    past: bool = False
    """Whether it touches days that have passed: that is ticked before it is carried out."""
    past_error: str = ""

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """What changes, as the rows of a table."""
        return [(change.label, change.before, change.after) for change in self.changes]


def typed_form() -> dict[str, str]:
    """Return what was typed into the form of this request."""
    return request.form.to_dict()


def carried(typed: Mapping[str, str], **more: str) -> list[tuple[str, str]]:
    """Return what a preview hands on, so that confirming needs no typing."""
    kept = {name: text for name, text in typed.items() if name not in NOT_CARRIED}
    return list((kept | more).items())


def show_preview(preview: Preview, status: int = 200) -> ResponseReturnValue:
    """Return the page that says what a change would touch."""
    opens_files = current_officer().has("head")
    page = render_template("admin/preview.html", preview=preview, opens_files=opens_files)
    return page, status


def refused_form(typed: Mapping[str, str], faults: Mapping[str, str]) -> Form:
    """Return a form with everything that was typed, and what is wrong with it."""
    return Form(typed, {name: [fault_words(code)] for name, code in faults.items()})


def admin_crumb() -> Crumb:
    """Return the way up to the first page of the administration."""
    return Crumb(_("Administrasi"), "/admin")


ACTION_WORDS: Final[Mapping[str, Any]] = {
    "account_created": lazy_gettext("Akun dibuat"),
    "account_changed": lazy_gettext("Akun diubah"),
    "account_opened": lazy_gettext("Akun diaktifkan"),
    "account_closed": lazy_gettext("Akun dinonaktifkan"),
    "bank_admin_created": lazy_gettext("Admin bank dibuat"),
    "password_set": lazy_gettext("Kata sandi diganti"),
    "signed_out": lazy_gettext("Dikeluarkan dari semua perangkat"),
    "service_opened": lazy_gettext("Layanan dibuka"),
    "service_closed": lazy_gettext("Layanan ditutup"),
    "sop_drafted": lazy_gettext("Rancangan SOP disimpan"),
    "sop_draft_discarded": lazy_gettext("Rancangan SOP dibuang"),
    "sop_published": lazy_gettext("SOP diterbitkan"),
    "calendar_set": lazy_gettext("Kalender diubah"),
    "recompute_retried": lazy_gettext("Berkas gagal dihitung lagi"),
    "deputy_granted": lazy_gettext("Pengganti ditunjuk"),
    "deputy_ended": lazy_gettext("Pengganti diakhiri"),
    "prices_set": lazy_gettext("Harga satuan ditetapkan"),
    "channel_added": lazy_gettext("Saluran ditambahkan"),
    "channel_replaced": lazy_gettext("Alamat saluran diganti"),
    "channel_on": lazy_gettext("Saluran dinyalakan"),
    "channel_off": lazy_gettext("Saluran dimatikan"),
    "channel_tested": lazy_gettext("Saluran dicoba"),
    "notices_resent": lazy_gettext("Pesan tertahan dikirim lagi"),
    "letter_changed": lazy_gettext("Kata-kata surat diubah"),
    "counter_added": lazy_gettext("Loket ditambahkan"),
    "counter_changed": lazy_gettext("Loket diubah"),
    "queue_group_added": lazy_gettext("Kelompok antrean ditambahkan"),
    "queue_group_changed": lazy_gettext("Kelompok antrean diubah"),
    "queue_rules_set": lazy_gettext("Aturan antrean diubah"),
    "letter_reset": lazy_gettext("Kembali ke surat bawaan"),
    "draft_taken_over": lazy_gettext("Draf loket diambil alih"),
    "nik_filled_in": lazy_gettext("NIK mengisi formulir loket"),
}
"""What a line of the record is about."""

_KEY_WORDS: Final[Mapping[str, Any]] = {
    "active": lazy_gettext("aktif"),
    "arrived": lazy_gettext("sampai"),
    "body": lazy_gettext("isi"),
    "kind": lazy_gettext("jenis"),
    "groups": lazy_gettext("kelompok"),
    "name_en": lazy_gettext("nama (Inggris)"),
    "services": lazy_gettext("layanan"),
    "head_start_minutes": lazy_gettext("didahulukan (menit)"),
    "calls_before_absent": lazy_gettext("panggilan sebelum dilewati"),
    "always_open": lazy_gettext("buka di luar jam kantor"),
    "closed_note": lazy_gettext("nomor tidak diberikan karena"),
    "messages": lazy_gettext("pesan"),
    "place": lazy_gettext("menuju"),
    "subject": lazy_gettext("judul"),
    "takes": lazy_gettext("untuk"),
    "tries": lazy_gettext("kali dicoba"),
    "why": lazy_gettext("mengapa"),
    "after": lazy_gettext("menjadi"),
    "closed": lazy_gettext("hari libur"),
    "covers": lazy_gettext("libur dimuat"),
    "day": lazy_gettext("tanggal"),
    "decree": lazy_gettext("nomor keputusan"),
    "deed": lazy_gettext("perubahan"),
    "drafted_by": lazy_gettext("penyusun"),
    "email": lazy_gettext("surel"),
    "employee_number": lazy_gettext("NIP"),
    "from": lazy_gettext("mulai"),
    "makeup": lazy_gettext("hari kerja pengganti"),
    "name": lazy_gettext("nama"),
    "note": lazy_gettext("keterangan"),
    "number": lazy_gettext("versi"),
    "open": lazy_gettext("dibuka"),
    "outages": lazy_gettext("gangguan"),
    "open_applications": lazy_gettext("berkas terbuka"),
    "organisation": lazy_gettext("organisasi"),
    "reason": lazy_gettext("alasan"),
    "role": lazy_gettext("peran"),
    "roles": lazy_gettext("peran"),
    "sessions_ended": lazy_gettext("sesi diakhiri"),
    "since": lazy_gettext("berlaku sejak"),
    "source": lazy_gettext("dasar hukum"),
    "tariff": lazy_gettext("tarif"),
    "title": lazy_gettext("jabatan"),
    "until": lazy_gettext("sampai"),
    "value_idr": lazy_gettext("harga"),
    "weekly": lazy_gettext("jam kerja"),
}


def action_words(action: str) -> str:
    """Return what kind of change a line of the record is."""
    known = ACTION_WORDS.get(action)
    return action if known is None else str(known)


def key_words(key: str) -> str:
    """Return what a detail of the record is called."""
    known = _KEY_WORDS.get(key)
    return key if known is None else str(known)


def record_changes(row: RecordRow) -> tuple[Change, ...]:
    """Return what a line of the record says was changed."""
    before, after = row.detail.get("before") or {}, row.detail.get("after") or {}
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ()
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(
        Change(key_words(key), _value(key, before.get(key)), _value(key, after.get(key)))
        for key in keys
        if before.get(key) or after.get(key) or before.get(key) != after.get(key)
    )


def record_notes(row: RecordRow) -> tuple[str, ...]:
    """Return what else a line of the record says."""
    return tuple(
        f"{key_words(key)}: {_value(key, value)}"
        for key, value in row.detail.items()
        if key not in ("before", "after") and value not in (None, "", 0)
    )


def _value(key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if key == "role":
        return str(ROLE_WORDS.get(str(value), value))
    if key == "takes" and isinstance(value, list):
        return takes_words(value)
    if key == "kind":
        return str(CHANNEL_WORDS.get(str(value), value))
    if key == "roles" and isinstance(value, list):
        return role_list(value)
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} …"
