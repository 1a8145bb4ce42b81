"""Rendering the page of a file, and the page on which one of its actions is confirmed."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from licensing.identity import mask_nik, show_phone
from licensing.queries.application import ApplicationView
from licensing.queries.file_parts import AskView
from licensing.secrecy import unseal
from licensing.services.file_application import NIK_PURPOSE
from web.access import current_officer, runtime
from web.action_inputs import inputs_of
from web.bill_panel import bill_panel
from web.clock_panel import clock_panel
from web.file_order import file_order
from web.file_page import (
    TELLS_FAULTS,
    Changed,
    FilePage,
    FileSeen,
    effects_of,
    faults_now,
    file_page,
)
from web.filters import in_language
from web.present import place_title
from web.silence_words import silence_banner
from web.viewmodels import Form, FormPart
from workflows.machine import Offer


def show_file(
    view: ApplicationView,
    *,
    form: Form | None = None,
    changed: Changed | None = None,
    refused: str = "",
    reason: str = "",
    nik: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of a file; what was typed and refused is kept in `form` and `reason`."""
    form = form or Form()
    page = file_page(view, current_officer(), form)
    cipher = view.applicant.nik_cipher
    masked = mask_nik(unseal(runtime().keyring, cipher, purpose=NIK_PURPOSE)) if cipher else ""
    return (
        render_template(
            "application/show.html",
            page=page,
            order=file_order(view, page),
            money=bill_panel(view, current_officer()),
            clock=clock_panel(view, current_officer()),
            view=view,
            form=form,
            part=_part(page, form),
            silence=silence_banner(view),
            labels={f"paper_{row.name}": row.title for row in page.papers},
            changed=changed,
            refused=refused,
            reason=reason,
            nik=nik,
            phone=show_phone(view.applicant.phone) if view.applicant.phone else "",
            nik_masked=masked,
        ),
        status,
    )


def _part(page: FilePage, form: Form) -> FormPart:
    """Return what of the form belongs to the papers."""
    return form.part("scan", "paper", *[f"paper_{row.name}" for row in page.papers])


def show_action(
    view: ApplicationView,
    offer: Offer,
    *,
    ask: AskView | None = None,
    form: Form | None = None,
    changed: Changed | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page on which an action is given its reason and confirmed."""
    effects = effects_of(view, offer.action, ask)
    inputs = inputs_of(effects)
    if form is None:
        key = None if ask is None else ask.key
        filled = [part.prefill(view, key) for part in inputs]
        form = Form({name: value for part in filled for name, value in part.items()})
    return (
        render_template(
            "application/act.html",
            view=view,
            offer=offer,
            title=in_language(offer.title),
            ask=ask,
            place=place_title(view.sop, view.step if ask is None else ask.step),
            target=place_title(view.sop, offer.target),
            ends=offer.target in view.sop.ends,
            form=form,
            changed=changed,
            inputs=inputs,
            faults=faults_now(view) if TELLS_FAULTS in effects else [],
            seen=FileSeen(view.version, view.events[-1].seq),
        ),
        status,
    )
