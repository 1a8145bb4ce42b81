"""What commands say when something is refused: words, the place, what to do; never a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from licensing.errors import InvalidInput, LicensingError, NotAllowed, NotFound, SopFaults
from licensing.services.sops import SameDrafter, UnpaidPermit
from workflows.errors import WorkflowError

WORDS = {
    "required": "wajib diisi / is required",
    "taken": "sudah dipakai / is taken",
    "code": "2–31 huruf kecil, angka, tanda hubung / small letters, digits, hyphens",
    "username": "2–41 huruf kecil, angka, . _ - / small letters, digits, . _ -",
    "zone": "Asia/Jakarta, Asia/Makassar, Asia/Jayapura (WIB, WITA, WIT)",
    "number_pattern": "harus memuat / must hold {urut}; boleh / may {jenis} {unit} {tahun}",
    "unknown_choice": "pilihan tidak dikenal / unknown choice",
    "role_of_another_organisation": "peran bukan untuk organisasi ini / of another organisation",
    "name_of_another_kind": "nama organisasi jenis lain / names an organisation of another kind",
    "too_short": "paling sedikit 12 karakter / at least 12 characters",
    "too_long": "terlalu panjang / too long",
    "is_username": "tidak boleh sama dengan nama akun / must not be the user name",
    "too_common": "terlalu mudah ditebak / too easily guessed",
    "control_character": "mengandung karakter kendali / contains a control character",
    "nothing_changed": "tidak ada yang berubah / nothing would change",
    "past_unconfirmed": "mengenai hari yang sudah lewat / days that have passed: --past",
    "year_not_known": "terlalu jauh dari yang diketahui / too far from what is known",
    "zone_of_the_office": "harus zona waktu kantor / must be the office's zone",
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what somebody can mend into a message and exit code 1."""
    try:
        yield
    except InvalidInput as error:
        lines = [f"{name}: {WORDS.get(code, code)}" for name, code in error.faults.items()]
        raise click.ClickException("\n  ".join(["ditolak / refused:", *lines])) from error
    except SopFaults as error:
        raise click.ClickException(str(error)) from error
    except NotFound as error:
        raise click.ClickException(
            f"tidak ditemukan / not found: {error.what} {error.key}"
        ) from error
    except NotAllowed as error:
        roles = ", ".join(error.roles)
        raise click.ClickException(
            f"tidak berwenang / not allowed: {error.what}: peran / roles: {roles}"
        ) from error
    except SameDrafter as error:
        raise click.ClickException(
            f"{error.username} menyusun SOP ini; orang lain yang menerbitkan / "
            "drafted this SOP; somebody else publishes it"
        ) from error
    except UnpaidPermit as error:
        places = ", ".join(error.places)
        raise click.ClickException(
            f"{error.name}: berbayar, tetapi izin dapat terbit tanpa pembayaran lewat / "
            f"charges, but grants without payment by: {places}"
        ) from error
    except (LicensingError, WorkflowError) as error:
        raise click.ClickException(f"{error} ({error.code})") from error
    except ProgrammingError as error:
        if "does not exist" in str(error.orig):
            raise click.ClickException(
                "Basis data belum dimutakhirkan / the database is not up to date: satupintu migrate"
            ) from error
        raise click.ClickException(_said(error)) from error
    except OperationalError as error:
        raise click.ClickException(
            f"Basis data tidak menjawab / the database does not answer: {_said(error)}"
        ) from error


def _said(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
