"""From a notice to what leaves: its words for people, its facts for other programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from licensing import letters
from licensing.runtime import Runtime
from licensing.secrecy import unseal
from licensing.services.applicant_accounts import SEALED_PURPOSE
from licensing.services.deliver_sql import Claimed
from licensing.services.stop_messages import stop_token

log = logging.getLogger(__name__)

BROKEN: Final = "\0broken"
"""The param of a notice that cannot be put into words; no text of the database holds a NUL."""

# What other programs are told. Names, places, and what somebody typed are not in it.
_FACTS: Final = (
    "step", "faults", "answer_by", "promised", "due", "due_at", "owed", "late", "limit", "key",
    "rung", "amount_idr", "on", "time", "before", "after", "more", "unit",
)  # fmt: skip


def in_words(runtime: Runtime, connection: Connection, notice: Claimed) -> Claimed:
    """Return the notice with the titles that its SOP gives to what its params name.

    One that cannot be put into words says so in its params and holds up no other.
    """
    notice = replace(notice, facts=notice.params)
    if notice.sop_version_id is None:
        return notice
    try:
        return _in_words(runtime, connection, notice)
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.exception("notice %s cannot be put into words", notice.id)
        return replace(notice, params={BROKEN: f"{type(error).__name__}: {error}"})


def _in_words(runtime: Runtime, connection: Connection, notice: Claimed) -> Claimed:
    if notice.sop_version_id is None:
        return notice
    sop = runtime.rules(connection, notice.sop_version_id).sop
    params: dict[str, Any] = {
        "service": sop.title,
        "number": notice.number,
        "subject": notice.subject,
        **notice.params,
    }
    step = params.get("step")
    if isinstance(step, str):
        place = sop.steps.get(step) or sop.asks.get(step)
        params["step"] = step if place is None else place.title
    params["faults"] = [
        sop.papers[name].title if name in sop.papers else name for name in params.get("faults", ())
    ]
    return replace(notice, params=params)


def letter_of(
    runtime: Runtime, notice: Claimed, *, group: bool = False
) -> tuple[letters.Letter, str | None]:
    """Return the words of a notice, and why the office's own could not be used, if so.

    A `group` reads no subject: it may be the name of a person. Whoever watches over the office
    reads the built-in words: an office does not choose how its breaches are told.

    Raises:
        Exception: not even the built-in letter can be written.
    """
    if BROKEN in notice.params:
        raise ValueError(notice.params[BROKEN])
    params = {**notice.params, **_unsealed(runtime, notice), **_about(runtime, notice)}
    if group:
        params["subject"] = ""
    why = None
    if notice.own_subject and notice.own_body and notice.audience != "inspectorate":
        own = letters.OwnWords(notice.own_subject, notice.own_body)
        try:
            return letters.render_own(own, notice.event, params, notice.locale), None
        except Exception as error:  # whatever an office wrote, the letter leaves
            why = str(error) or type(error).__name__
            log.warning("own words for %s cannot be used: %s", notice.event, why)
    return letters.render(notice.event, params, notice.locale), why


def event_of(notice: Claimed, facts: Mapping[str, Any]) -> bytes:
    """Return what another program is told of a notice; `facts` are its params as stored."""
    told = {
        "id": str(notice.id),
        "event": notice.event,
        "office": notice.office_code,
        "number": notice.number,
        "at": notice.created_at.isoformat(),
        "params": {name: facts[name] for name in _FACTS if name in facts},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _unsealed(runtime: Runtime, notice: Claimed) -> Mapping[str, Any]:
    """Return what lies sealed in the outbox; a code is read by nobody before it leaves."""
    sealed = notice.params.get("sealed")
    if not isinstance(sealed, str):
        return {}
    found: Mapping[str, Any] = json.loads(unseal(runtime.keyring, sealed, purpose=SEALED_PURPOSE))
    return found


def _about(runtime: Runtime, notice: Claimed) -> dict[str, str]:
    page = "/lacak" if notice.application_id is not None else "/pemohon"
    if notice.audience != "applicant":
        about_a_file = notice.application_id is not None
        page = f"/berkas/{notice.application_id}" if about_a_file else "/admin/riwayat"
        page = "/kerja" if notice.event == letters.DIGEST else page
    stop = {}
    if notice.audience == "applicant" and notice.application_id is not None:
        token = stop_token(runtime.keyring, notice.office_code, notice.application_id)
        stop = {"stop": f"{runtime.public_url}/pesan/{token}"}
    return {
        **stop,
        "office": notice.office,
        "phone": notice.phone,
        "zone": notice.zone,
        "url": runtime.public_url + page,
    }
