"""Applicants online for tests: accounts entered by their codes, drafts filled in and handed in."""

from __future__ import annotations

import io
import json
import re
from functools import cache
from typing import Protocol
from uuid import UUID

from PIL import Image

from licensing.people import Applicant
from licensing.queries.online import view_draft
from licensing.runtime import Runtime
from licensing.secrecy import unseal
from licensing.services.applicant_accounts import (
    SEALED_PURPOSE,
    enter_by_code,
    send_code,
)
from licensing.services.applicant_drafts import (
    attach_to_draft,
    begin_draft,
    command_of,
    save_part,
)
from licensing.services.file_application import Filed, file_application
from licensing.services.uploads import check_upload


class Office(Protocol):
    """What these functions need of an office: a house of tests has it, so has a served one."""

    @property
    def runtime(self) -> Runtime:
        """The world of its services."""

    @property
    def office_id(self) -> UUID:
        """Which office it is."""

    @property
    def service(self) -> str:
        """What is applied for."""


EMAIL = "warga@contoh.example"
VARIANTS = {"purpose": "new", "legal_form": "perorangan"}
ANSWERS = {
    "applicant_kind": "person",
    "applicant_name": "Contoh Warga",
    "applicant_nik": "9999014101900001",
    "applicant_address": "Jalan Contoh 3",
    "applicant_phone": "081200000901",
    "applicant_email": EMAIL,
    "applicant_tell_by": "email",
    "kuasa": "tidak",
    "field_business_name": "Toko Daring Contoh",
    "field_business_address": "Jalan Contoh 3",
    "field_phone": "",
    "field_npwp": "091234567012000",
    "field_net_worth": "75.000.000",
    "field_institution": "pengecer",
    "field_kbli": "47111",
    "field_main_goods": "Bahan pokok",
    "field_responsible_name": "Contoh Warga",
    "field_responsible_title": "Pemilik",
    **{
        f"lihat_{part}": "ya"
        for part in ("pilihan", "pemohon", "kontak", "kuasa", "isian-1", "isian-2", "isian-3")
    },
}


@cache
def photo(shade: int = 200) -> bytes:
    """Return a small picture of a paper, other for each shade."""
    held = io.BytesIO()
    Image.new("RGB", (60, 80), (shade, shade, shade)).save(held, "JPEG")
    return held.getvalue()


def code_on_its_way(house: Office, event: str = "online_code") -> str:
    """Return the code in the newest letter of the outbox."""
    with house.runtime.transaction(house.office_id) as connection:
        params = connection.exec_driver_sql(
            "SELECT params FROM notice WHERE event = %s ORDER BY created_at DESC LIMIT 1", (event,)
        ).scalar_one()
    assert not re.search(r"\d{6}", json.dumps({**params, "sealed": ""})), "a code lies open"
    opened = unseal(house.runtime.keyring, params["sealed"], purpose=SEALED_PURPOSE)
    return str(json.loads(opened)["code"])


def applicant(house: Office, email: str = EMAIL, *, guest: Applicant | None = None) -> Applicant:
    """Return who has proved that `email` is his."""
    sent = send_code(house.runtime, house.office_id, email, locale="id")
    return enter_by_code(
        house.runtime,
        house.office_id,
        sent.id,
        code_on_its_way(house),
        locale="id",
        guest=guest,
    ).applicant


def draft(house: Office, by: Applicant, *, without: str | None = None) -> UUID:
    """Return a draft with every answer and every paper, but the paper `without`."""
    draft_id = begin_draft(house.runtime, house.service, VARIANTS, by)
    save_part(house.runtime, draft_id, ANSWERS, by)
    view = view_draft(house.runtime, draft_id, by)
    for name, paper in view.sop.papers.items():
        if paper.when.holds_for(VARIANTS) and name != without:
            checked = check_upload(house.runtime, photo(), f"{name}.jpg", office_id=house.office_id)
            attach_to_draft(house.runtime, draft_id, name, checked, f"{name}.jpg", by)
    return draft_id


def hand_in(house: Office, by: Applicant, draft_id: UUID) -> Filed:
    """Return the application that a draft becomes."""
    view = view_draft(house.runtime, draft_id, by)
    command = command_of(view.sop, view.form, draft_id, locale="id")
    return file_application(house.runtime, command, by)
