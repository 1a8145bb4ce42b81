"""Applications being written online: begun, saved as typed, given scans, filed, or thrown away.

Everything typed is kept sealed, since an identity number may stand in it from the first key on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from licensing.errors import InvalidInput, NotFound, ServiceClosed
from licensing.people import Applicant
from licensing.runtime import Runtime
from licensing.secrecy import Keyring, seal, unseal
from licensing.services.door_sql import dump
from licensing.services.file_application import ApplicantForm, FileApplication, ProxyForm
from licensing.services.first_line import filing_office
from licensing.services.uploads import Checked, file_name
from workflows.sop import Field, Sop

DRAFT_PURPOSE: Final = "online.draft"
KEPT_FOR: Final = timedelta(days=30)
"""How long an unfinished application is kept after it was last saved."""
MOST_DRAFTS: Final = 20
"""Unfinished applications of one account."""
MOST_FILES: Final = 10
"""Scans of one paper of a draft."""
LONGEST_TEXT: Final = 6_000
LONGEST_FORM: Final = 60_000

VARIANT: Final = "variant_"
FIELD: Final = "field_"
PERSON: Final = "applicant_"
PROXY: Final = "proxy_"
PERSON_NAMES: Final = (
    "kind", "name", "nik", "address", "phone", "email", "npwp", "nib", "tell_by",
)  # fmt: skip
PROXY_NAMES: Final = ("name", "nik", "letter_on")
WITH_PROXY: Final = "kuasa"
SEEN: Final = "lihat_"
"""Marks the pages that were saved once: what may stay empty is done only when it was seen."""
YES: Final = "ya"
SHARED: Final = frozenset({"phone", "email", "npwp", "nib"})
"""Types of fields that repeat what is known of the applicant: left empty, they are the same."""


@dataclass(frozen=True, slots=True)
class OnlineForm:
    """Everything typed into one draft, by the names of its form."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return what was typed under a name; empty where nothing was."""
        return self.values.get(name, "")


def begin_draft(runtime: Runtime, service: str, variants: Mapping[str, str], by: Applicant) -> UUID:
    """Begin an application of a service; return the id of its draft.

    Raises:
        NotFound: the office does not offer the service.
        ServiceClosed: the office takes no new applications for it now.
        InvalidInput: a question that decides what is asked has no answer; or there are too many
            unfinished applications already.
    """
    with runtime.transaction(by.office_id) as connection:
        office = filing_office(connection, by.office_id, service)
        if office.closed_note is not None:
            raise ServiceClosed(service, office.closed_note)
        sop = runtime.rules(connection, office.sop_version_id).sop
        faults = {
            f"{VARIANT}{name}": "choose"
            for name, variant in sop.variants.items()
            if variants.get(name) not in variant.choices
        }
        count: int = connection.exec_driver_sql(
            "SELECT count(*) FROM online_draft WHERE account_id = %s", (by.id,)
        ).scalar_one()
        if count >= MOST_DRAFTS:
            faults["draft"] = "too_many_drafts"
        if faults:
            raise InvalidInput(faults)
        form = {f"{VARIANT}{name}": variants[name] for name in sop.variants}
        form[f"{SEEN}pilihan"] = YES
        if by.kind in ("email", "phone"):
            form |= {f"{PERSON}{by.kind}": by.address, f"{PERSON}tell_by": by.kind}
        draft_id: UUID = connection.exec_driver_sql(
            "INSERT INTO online_draft (office_id, account_id, service, form)"
            " VALUES (%s, %s, %s, %s) RETURNING id",
            (by.office_id, by.id, service, dump(sealed_form(runtime.keyring, form))),
        ).scalar_one()
    return draft_id


def save_part(
    runtime: Runtime, draft_id: UUID, typed: Mapping[str, str], by: Applicant
) -> OnlineForm:
    """Keep what was typed on one page beside what is known; return everything.

    Raises:
        NotFound: `by` has no such draft.
        InvalidInput: a text is longer than any answer may be.
    """
    faults = {name: "too_long" for name, text in typed.items() if len(text) > LONGEST_TEXT}
    if faults:
        raise InvalidInput(faults)
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(
            "SELECT form FROM online_draft WHERE id = %s AND account_id = %s FOR UPDATE",
            (draft_id, by.id),
        ).fetchone()
        if row is None:
            raise NotFound("draft", draft_id)
        known = open_form(runtime.keyring, row.form)
        form = {name: text for name, text in {**known, **typed}.items() if text}
        if sum(len(name) + len(text) for name, text in form.items()) > LONGEST_FORM:
            raise InvalidInput(dict.fromkeys(typed, "too_long"))
        connection.exec_driver_sql(
            "UPDATE online_draft SET form = %s, saved_at = clock_timestamp() WHERE id = %s",
            (dump(sealed_form(runtime.keyring, form)), draft_id),
        )
    return OnlineForm(form)


def attach_to_draft(
    runtime: Runtime, draft_id: UUID, paper: str, checked: Checked, name: str, by: Applicant
) -> None:
    """Put a scan that was checked beside those of its paper.

    Raises:
        NotFound: `by` has no such draft, or its service no such paper.
        InvalidInput: the paper has as many scans as it may.
    """
    with runtime.transaction(by.office_id) as connection:
        row = connection.exec_driver_sql(_COUNTED, {"id": draft_id, "by": by.id, "paper": paper})
        found = row.fetchone()
        if found is None:
            raise NotFound("draft", draft_id)
        office = filing_office(connection, by.office_id, found.service)
        if paper not in runtime.rules(connection, office.sop_version_id).sop.papers:
            raise NotFound("paper", paper)
        if found.files >= MOST_FILES:
            raise InvalidInput({"scan": "too_many_scans"})
        connection.exec_driver_sql(
            "INSERT INTO online_file (office_id, draft_id, paper, sha256, size, media_type, name)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                by.office_id,
                draft_id,
                paper,
                checked.sha256,
                checked.size,
                checked.media_type,
                file_name(name, paper),
            ),
        )
        connection.exec_driver_sql(
            "UPDATE online_draft SET saved_at = clock_timestamp() WHERE id = %s", (draft_id,)
        )


def remove_from_draft(runtime: Runtime, draft_id: UUID, file_id: UUID, by: Applicant) -> bool:
    """Take a scan out of a draft; return whether it lay there."""
    with runtime.transaction(by.office_id) as connection:
        done = connection.exec_driver_sql(
            "DELETE FROM online_file f USING online_draft d WHERE f.id = %s AND f.draft_id = %s"
            " AND d.id = f.draft_id AND d.account_id = %s",
            (file_id, draft_id, by.id),
        )
        return done.rowcount == 1


def delete_online_draft(runtime: Runtime, draft_id: UUID, by: Applicant) -> bool:
    """Throw an unfinished application away with its scans; return whether there was one."""
    with runtime.transaction(by.office_id) as connection:
        done = connection.exec_driver_sql(
            "DELETE FROM online_draft WHERE id = %s AND account_id = %s", (draft_id, by.id)
        )
        return done.rowcount == 1


def command_of(
    sop: Sop, form: OnlineForm, draft_id: UUID | None, *, locale: str
) -> FileApplication:
    """Return what a draft asks the office to file."""
    person = {name: form.text(f"{PERSON}{name}") for name in PERSON_NAMES}
    person["kind"] = person["kind"] or "person"
    proxy = None
    if form.text(WITH_PROXY) == YES:
        proxy = ProxyForm(*(form.text(f"{PROXY}{name}") for name in PROXY_NAMES))
    return FileApplication(
        service=sop.name,
        applicant=ApplicantForm(**person, locale=locale),
        variants=variants_of(sop, form),
        fields={
            name: form.text(f"{FIELD}{name}")
            or (form.text(f"{PERSON}{asked.type}") if _is_shared(asked) else "")
            for name, asked in sop.fields.items()
        },
        once_key=str(draft_id),
        proxy=proxy,
        channel="online",
        draft_id=draft_id,
    )


def variants_of(sop: Sop, form: OnlineForm) -> dict[str, str]:
    """Return the answers that decide what is asked; an unknown one is none."""
    return {name: form.text(f"{VARIANT}{name}") for name in sop.variants}


def _is_shared(asked: Field) -> bool:
    return asked.required and asked.type in SHARED


def sealed_form(keyring: Keyring, form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed as it is stored."""
    return {"sealed": seal(keyring, json.dumps(dict(form)), purpose=DRAFT_PURPOSE)}


def open_form(keyring: Keyring, stored: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed into a stored draft.

    Raises:
        SecrecyFault: it was sealed with a key that is no longer known, or it was changed.
    """
    form: dict[str, str] = json.loads(unseal(keyring, stored["sealed"], purpose=DRAFT_PURPOSE))
    return form


_COUNTED = """
SELECT d.service,
       (SELECT count(*) FROM online_file f WHERE f.draft_id = d.id AND f.paper = %(paper)s) AS files
  FROM online_draft d WHERE d.id = %(id)s AND d.account_id = %(by)s
   FOR UPDATE
"""
