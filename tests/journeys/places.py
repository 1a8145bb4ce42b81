"""Every page in its states: what the audit walks and the gallery photographs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.journeys.desk import Desk


@dataclass(frozen=True, slots=True)
class Place:
    """One page in one state, as one person sees it."""

    name: str
    path: Callable[[Desk], str]
    who: str | None = None
    """The account to sign in with; None: nobody."""


def _file(step: str, suffix: str = "") -> Callable[[Desk], str]:
    return lambda desk: f"/berkas/{desk.application(step)}{suffix}"


def _tracked(step: str) -> Callable[[Desk], str]:
    def path(desk: Desk) -> str:
        number, code = desk.tracking(desk.application(step))
        return f"/lacak/{number}?k={code}"

    return path


def _at(path: str) -> Callable[[Desk], str]:
    return lambda _desk: path


_STEPS = ("intake", "completion", "verification", "correction", "signature", "handover")
_ENDS = ("issued", "refused", "withdrawn", "discontinued")

PLACES: tuple[Place, ...] = (
    Place("beranda", _at("/")),
    Place("layanan", _at("/layanan")),
    Place("layanan-siup", _at("/layanan/siup")),
    Place("layanan-siup-sop", _at("/layanan/siup/sop")),
    Place("lacak", _at("/lacak")),
    *(Place(f"lacak-{step}", _tracked(step)) for step in (*_STEPS, *_ENDS)),
    Place("periksa", _at("/periksa")),
    Place("periksa-berlaku", lambda desk: f"/periksa/{desk.verify_code()}"),
    Place("periksa-tidak-ada", _at("/periksa/tidak-ada-0000")),
    Place("masuk", _at("/masuk")),
    Place("gaya", _at("/gaya")),
    Place("tidak-ada", _at("/halaman-yang-tidak-ada")),
    Place("kerja-loket", _at("/kerja"), "loket"),
    Place("kerja-verifikator", _at("/kerja"), "verifikator"),
    Place("kerja-kepala", _at("/kerja"), "kepala"),
    Place("kerja-kosong", _at("/kerja"), "peninjau"),
    Place("loket", _at("/loket"), "loket"),
    Place("loket-baru", _at("/loket/baru/siup"), "loket"),
    Place("berkas-intake-loket", _file("intake"), "loket"),
    Place("berkas-completion-loket", _file("completion"), "loket"),
    Place("berkas-verification-verifikator", _file("verification"), "verifikator"),
    Place("berkas-correction-loket", _file("correction"), "loket"),
    Place("berkas-signature-kepala", _file("signature"), "kepala"),
    Place("berkas-handover-loket", _file("handover"), "loket"),
    *(Place(f"berkas-{end}-pengawas", _file(end), "pengawas") for end in _ENDS),
    Place("pengawas", _at("/pengawas"), "pengawas"),
    Place("pengawas-inspektorat", _at("/pengawas"), "inspektorat"),
    Place("bukan-untuk-anda", _at("/pengawas"), "bank"),
)
