"""Every fault that the text of an SOP can have, in both languages, and how one is found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FAULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # The text
        "sop.empty": ("Teks SOP kosong.", "the SOP is empty"),
        "sop.too_large": (
            "Teks SOP {size} byte; paling banyak {limit} byte.",
            "the SOP has {size} bytes; at most {limit} are read",
        ),
        "sop.too_deep": (
            "Susunan lebih dalam dari {limit} tingkat.",
            "nested deeper than {limit} levels",
        ),
        "sop.control_character": (
            "Tanda kendali {character} tidak boleh dipakai.",
            "the control character {character} is not allowed",
        ),
        "sop.syntax": ("YAML tidak terbaca: {problem}.", "this is not YAML: {problem}"),
        "sop.many_documents": (
            "Hanya satu dokumen YAML dalam satu SOP.",
            "an SOP is one YAML document, here begins another",
        ),
        "sop.duplicate_key": (
            "Kunci `{key}` ditulis dua kali (pertama pada baris {first}).",
            "the key `{key}` stands twice (first on line {first})",
        ),
        "sop.key_not_text": ("Kunci harus berupa teks.", "a key must be a text"),
        "sop.alias": (
            "Alias `*{name}` tidak boleh dipakai; tulis isinya lengkap.",
            "the alias `*{name}` is not allowed; write it out",
        ),
        "sop.anchor": (
            "Jangkar `&{name}` tidak boleh dipakai.",
            "the anchor `&{name}` is not allowed",
        ),
        "sop.tag": ("Tag `{name}` tidak boleh dipakai.", "the tag `{name}` is not allowed"),
        # `follows`
        "sop.unknown_base": (
            "SOP dasar `{name}` tidak ada.",
            "there is no SOP `{name}` to follow",
        ),
        "sop.follows_circle": (
            "SOP saling mengikuti dalam lingkaran: {circle}.",
            "SOPs follow each other in a circle: {circle}",
        ),
        "sop.base_faulty": (
            "SOP dasar `{name}` sendiri salah: {problem}",
            "the SOP `{name}` to follow is itself wrong: {problem}",
        ),
        "sop.unknown_item": (
            "SOP dasar tidak memiliki `{name}`.",
            "the SOP that is followed has no `{name}`",
        ),
        # Shape
        "sop.missing": ("`{key}` wajib ada.", "`{key}` is missing"),
        "sop.unknown_key": ("Kunci `{key}` tidak dikenal.", "there is no key `{key}` here"),
        "sop.not_mapping": (
            "Harus berupa pasangan `kunci: nilai`.",
            "must be a mapping, `key: value`",
        ),
        "sop.not_list": ("Harus berupa daftar.", "must be a list"),
        "sop.not_text": ("Harus berupa teks.", "must be a text"),
        "sop.blank": ("Tidak boleh kosong.", "must not be empty"),
        "sop.language_missing": (
            "Teks dalam bahasa `{language}` belum ada.",
            "the text in the language `{language}` is missing",
        ),
        "sop.bad_name": (
            "`{value}` bukan nama: huruf kecil, angka dan `_`, diawali huruf, paling banyak 40.",
            "`{value}` is not a name: small letters, digits and `_`, a letter first, at most 40",
        ),
        "sop.bad_time": (
            "`{value}` bukan jangka waktu; tulis misalnya `3 working days` atau `4 working hours`.",
            "`{value}` is not an allowed time; write `3 working days` or `4 working hours`",
        ),
        "sop.bad_flag": ("`{value}` harus `yes` atau `no`.", "`{value}` must be `yes` or `no`"),
        "sop.bad_number": (
            "`{value}` harus bilangan bulat dari {least} sampai {most}.",
            "`{value}` must be a whole number from {least} to {most}",
        ),
        "sop.bad_choice": (
            "`{value}` bukan salah satu dari: {allowed}.",
            "`{value}` is not one of: {allowed}",
        ),
        "sop.bad_letter": (
            "`{value}` harus satu huruf besar A sampai Z.",
            "`{value}` must be one capital letter, A to Z",
        ),
        "sop.bad_rung": (
            "`{value}` bukan anak tangga; tulis `80 %`, `1 working day before`, "
            "`4 working hours before`, `breach`, `breach + 1 working day` atau "
            "`breach + 4 working hours`.",
            "`{value}` is not a rung; write `80 %`, `1 working day before`, "
            "`4 working hours before`, `breach`, `breach + 1 working day` or "
            "`breach + 4 working hours`",
        ),
        "sop.bad_validity": (
            "`{value}` bukan masa berlaku; tulis `5 years` atau `as long as the business runs`.",
            "`{value}` is not a validity; write `5 years` or `as long as the business runs`",
        ),
        "sop.bad_warnings": (
            "Tulis dua bagian dalam persen, yang awal dahulu: `[50, 80]`.",
            "write two shares in percent, the earlier first: `[50, 80]`",
        ),
        "sop.bad_bands": (
            "Golongan harus naik menurut `up_to`; hanya yang terakhir tanpa batas atas.",
            "bands must rise by `up_to`, and only the last has none",
        ),
        "sop.choices_missing": (
            "Isian berjenis `choice` harus menyebut `choices`.",
            "a field of the type `choice` must list its `choices`",
        ),
        # Names
        "sop.duplicate_name": (
            "Nama `{name}` dipakai dua kali.",
            "the name `{name}` is used twice",
        ),
        "sop.reserved_name": (
            "Nama `{name}` dipakai oleh sistem sendiri.",
            "the name `{name}` is the engine's own",
        ),
        "sop.unknown_lane": ("Lajur `{name}` tidak ada.", "there is no lane `{name}`"),
        "sop.unknown_role": (
            "Lajur `{name}` bukan peran yang dikenal kantor.",
            "the lane `{name}` is no role that the office knows",
        ),
        "sop.unknown_step": (
            "Tidak ada langkah atau akhir `{name}`.",
            "there is no step or end `{name}`",
        ),
        "sop.unknown_action": ("Tindakan `{name}` tidak ada.", "there is no action `{name}`"),
        "sop.unknown_ask": ("Permintaan `{name}` tidak ada.", "there is no ask `{name}`"),
        "sop.unknown_guard": ("Syarat `{name}` tidak dikenal.", "there is no guard `{name}`"),
        "sop.unknown_effect": ("Akibat `{name}` tidak dikenal.", "there is no effect `{name}`"),
        "sop.unknown_audience": (
            "Penerima `{name}` tidak dikenal.",
            "there is no audience `{name}`",
        ),
        "sop.unknown_variant": ("Varian `{name}` tidak ada.", "there is no variant `{name}`"),
        "sop.unknown_field": (
            "Tidak ada isian angka `{name}`.",
            "there is no number field `{name}`",
        ),
        "sop.unknown_subject": (
            "Tidak ada isian `{name}` pada formulir.",
            "the form has no field `{name}`",
        ),
        "sop.unknown_place": (
            "Tidak ada `{name}` dalam SOP ini.",
            "nothing in this SOP stands at `{name}`",
        ),
        "sop.letter_twice": (
            "Huruf `{letter}` sudah dipakai lajur `{lane}`.",
            "the letter `{letter}` already stands for the lane `{lane}`",
        ),
        "sop.not_of_the_clock": (
            "`{name}` bukan tindakan lajur sistem (`clock: yes`) pada langkah ini.",
            "`{name}` is no action of the clock's lane (`clock: yes`) at this step",
        ),
        "sop.effect_of_another": (
            "`{name}` hanya untuk lajur pihak `{party}` dan orangnya sendiri; lajur `{lane}` "
            "bukan.",
            "`{name}` is for lanes of the party `{party}` and its own people; `{lane}` is none",
        ),
        "sop.not_of_the_office": (
            "`{name}` bukan peran pegawai kantor ini.",
            "`{name}` is no role of the office's own people",
        ),
        "sop.hold_of_own_work": (
            "`{name}`: tahap dengan `{effect}` tidak dapat ditunda; menunggu pekerjaan sendiri "
            "tetap waktu kantor.",
            "`{name}`: a step with `{effect}` cannot be held; waiting for our own work is our time",
        ),
        # The graph
        "sop.unreachable": (
            "`{name}` tidak dapat dicapai dari awal.",
            "`{name}` cannot be reached from the start",
        ),
        "sop.dead_end": (
            "Dari `{name}` tidak ada jalan ke akhir.",
            "from `{name}` no way leads to an end",
        ),
        "sop.ask_never_opened": (
            "Permintaan `{name}` tidak pernah dibuka.",
            "the ask `{name}` is never opened",
        ),
        # Time
        "sop.within_missing": (
            "`{name}` berada pada jalur standar pelayanan tetapi tanpa jangka waktu (`within`).",
            "`{name}` lies on the path of the service limit and has no time (`within`)",
        ),
        "sop.path_too_long": (
            "Jalur terpanjang {path} memerlukan {needed}; standar {allowed}.",
            "the longest path {path} needs {needed}; the standard is {allowed}",
        ),
        "sop.path_missing": (
            "Dari tindakan `starts` tidak ada jalur ke tindakan `stops` atau ke akhir.",
            "no path leads from an action of `starts` to one of `stops` or to an end",
        ),
        "sop.too_many_paths": (
            "Terlalu banyak jalur untuk diperiksa; kurangi cabangnya.",
            "there are too many paths to check; use fewer branches",
        ),
        "sop.ask_too_long": (
            "Langkah-langkahnya memerlukan {needed}; permintaan ini {allowed}.",
            "its steps need {needed}; the ask has {allowed}",
        ),
        "sop.longer_than_law": (
            "Standar {service} lebih lama dari batas hukum {law} ({source}).",
            "the standard, {service}, is longer than the legal limit, {law} ({source})",
        ),
        "sop.extension_unit": (
            "Perpanjangan {extension} harus memakai satuan standar, {service}.",
            "the extension, {extension}, must be in the unit of the standard, {service}",
        ),
        "sop.extended_past_law": (
            "Standar {service} dengan semua perpanjangan menjadi {total}, lebih lama dari batas "
            "hukum {law} ({source}).",
            "the standard, {service}, with all extensions is {total}, longer than the legal limit, "
            "{law} ({source})",
        ),
        "sop.deemed_granted": (
            "Layanan yang menyangkut keselamatan tidak boleh dikabulkan karena diam.",
            "silence cannot grant what is critical to safety",
        ),
        "sop.silence_of_law": (
            "`silence` hanya untuk batas `law`, bukan `{name}`: diamnya kantor diatur oleh "
            "undang-undang.",
            "`silence` belongs to the limit `law`, not to `{name}`: what an office leaves undecided"
            " is a matter of the law",
        ),
        "sop.deemed_needs_end": (
            "`deemed_granted` memerlukan tepat satu akhir dengan `outcome: lapsed`; ada {count}.",
            "`deemed_granted` needs exactly one end with `outcome: lapsed`; there are {count}",
        ),
        "sop.deemed_needs_judgement": (
            "`{effect}` memerlukan penilaian di lapangan; diam tidak dapat mengabulkannya.",
            "`{effect}` needs somebody who looks at the site; silence cannot grant that",
        ),
        "sop.lapsed_by_hand": (
            "`{name}` dicapai hanya karena hukum; tindakan tidak boleh menuju ke sana.",
            "`{name}` is reached by law alone; no action may lead there",
        ),
    }
)

Path = tuple[str | int, ...]
"""Where something stands in the tree: keys of mappings, places in lists."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault before anybody knows its line."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    suggestion: str | None = None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` was probably meant to be."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return close[0] if close else None
