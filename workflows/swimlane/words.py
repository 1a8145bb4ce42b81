"""The words of the chart itself, in Indonesian and English; all others come from the SOP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.sop import Within


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    lang: str
    number: str
    activity: str
    executor: str
    quality: str
    completeness: str
    time: str
    output: str
    notes: str
    filing: str
    file: str
    uncounted: str
    legend: str
    basis: str
    service: str
    law: str

    def papers(self, count: int) -> str:
        """Return what the applicant brings."""
        if not count:
            return "Formulir permohonan" if self._id else "Application form"
        if self._id:
            return f"Formulir, {count} jenis dokumen menurut syarat"
        return f"Form, {count} kinds of papers as required"

    def within(self, within: Within) -> str:
        """Return an allowed time: `3 hari kerja`."""
        if not self._id:
            return str(within)
        return f"{within.amount} {'hari' if within.unit == 'working days' else 'jam'} kerja"

    def answer(self, within: Within) -> str:
        """Return the time of an answer, which is not the office's."""
        return f"({self.within(within)})"

    def pause(self, title: str, at_most: Within) -> str:
        """Return how a pause is noted."""
        if self._id:
            return f"Jeda: {title}, paling lama {self.within(at_most)}"
        return f"Pause: {title}, at most {self.within(at_most)}"

    def asks(self, title: str) -> str:
        """Return how the opening of a side path is noted."""
        inside = title[:1].lower() + title[1:]
        return f"meminta {inside}" if self._id else f"asks for {inside}"

    def by_law(self) -> str:
        """Return how the end of what silence grants is reached."""
        if self._id:
            return "Karena hukum, bila batas waktu lewat tanpa keputusan"
        return "By law, when the limit passes without a decision"

    def from_every_step(self, title: str, but: Sequence[int]) -> str:
        """Return the action that every step has, except those in the rows `but`."""
        rows = ", ".join(map(str, but))
        if self._id:
            return f"Dari setiap langkah{f' kecuali no. {rows}' if but else ''}: {title}"
        return f"From every step{f' but no. {rows}' if but else ''}: {title}"

    def other_person(self, numbers: Sequence[int]) -> str:
        """Return the rule of two people."""
        rows = ", ".join(map(str, numbers))
        return f"Bukan pelaku no. {rows}" if self._id else f"Not who did no. {rows}"

    def to_page(self, row: int, page: int | None) -> str:
        """Return what stands beside a connector that leaves the page."""
        where = "" if page is None else f" ({self.page_word} {page})"
        return f"ke no. {row}{where}" if self._id else f"to no. {row}{where}"

    def from_page(self, rows: Sequence[int]) -> str:
        """Return what stands beside a connector that comes from another page."""
        numbers = ", ".join(map(str, rows))
        return f"dari no. {numbers}" if self._id else f"from no. {numbers}"

    def page(self, number: int, pages: int) -> str:
        """Return the number of the page."""
        return f"Halaman {number} dari {pages}" if self._id else f"Page {number} of {pages}"

    @property
    def page_word(self) -> str:
        """Return the word before a page's number, inside a sentence."""
        return "halaman" if self._id else "page"

    @property
    def _id(self) -> bool:
        return self.lang == "id"


_INDONESIAN = Words(
    lang="id",
    number="No.",
    activity="Kegiatan",
    executor="Pelaksana",
    quality="Mutu baku",
    completeness="Kelengkapan",
    time="Waktu",
    output="Output",
    notes="Keterangan",
    filing="Mengajukan permohonan",
    file="Berkas permohonan",
    uncounted="tidak dihitung",
    legend=(
        "Simbol: kapsul = mulai dan selesai; kotak = kegiatan; belah ketupat = keputusan; panah = "
        "arah; segi lima = sambungan ke halaman lain. Waktu dalam kurung: milik pemohon, tidak "
        "dihitung."
    ),
    basis="Dasar",
    service="Standar pelayanan",
    law="batas menurut hukum",
)
_ENGLISH = Words(
    lang="en",
    number="No.",
    activity="Activity",
    executor="Executor",
    quality="Standard",
    completeness="Completeness",
    time="Time",
    output="Output",
    notes="Notes",
    filing="Filing the application",
    file="Application file",
    uncounted="not counted",
    legend=(
        "Symbols: capsule = start and end; box = activity; diamond = decision; arrow = direction; "
        "pentagon = continued on another page. Time in brackets is the applicant's, not counted."
    ),
    basis="Basis",
    service="Service standard",
    law="limit by law",
)


def words_in(lang: str) -> Words:
    """Return the words of `lang`.

    Raises:
        ValueError: there are words in id and en only.
    """
    if lang not in ("id", "en"):
        raise ValueError(f"no chart in language {lang!r}: choose id or en")
    return _INDONESIAN if lang == "id" else _ENGLISH
