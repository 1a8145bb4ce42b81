"""`/hitung`: when a file would be done, without a case; the same answer for machines.

`/hitung.json` takes `service` (its name) or `within` (`3 working days`, `4 working hours`; it
stands before the service's own time), `received` (a date, or a time; without an offset it is the
office's; without it, now) and `office` (a code; without it, this address' own). It answers with
`due_at`, `due_on`, `received_at`, `counted_on`, `within`, `source`, `sentence`, `late_receipt`,
`calendar` (number, known_from, known_until), `warnings` (code, message) and `days`: each `on`,
`kind`, `ordinal`, `minutes`, `name`, `holiday`, `reason`. What cannot be used is answered with
422 and `errors`: field, `code` and `message`. Who asks too often is answered with 429 and problem
details; `retry_after` are seconds.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput, NotFound
from licensing.queries.deadlines import (
    DueAnswer,
    OfficeTimes,
    due_answer,
    office_times,
    office_times_named,
)
from web.access import public, runtime
from web.calculator_page import (
    as_json,
    calculator_fault,
    calculator_faults,
    service_choices,
    verdict,
)
from web.i18n import gettext as _
from web.office_frame import current_office
from web.rate_limit import per_address
from web.schemas.calculator import Asked, CalculatorSchema
from web.schemas.form import faults_of
from web.viewmodels import Form

bp = Blueprint("calculator", __name__)

_ASKS = ("service", "within", "amount")
_KEPT = ("office", "service", "amount", "unit", "date", "time")
_ERROR_FIELDS = {"within": "amount", "received": "date"}
"""Where the page shows what is wrong with a field that it does not have."""
_tries = per_address("60 per minute", scope="hitung")


@bp.get("/hitung")
@public
@_tries
def ask() -> ResponseReturnValue:
    """Show the calculator, and the answer to what the address asks."""
    office = _office()
    if office is None:
        return render_template("calculator/show.html", office=None, form=Form(), found=None)
    asked = any(name in request.args for name in _ASKS)
    choices = service_choices(office)
    shown: dict[str, Any] = {"office": office, "choices": choices, "found": None, "query": ""}
    if not asked:
        form = Form({"date": office.today.isoformat(), "unit": "days"})
        return render_template("calculator/show.html", form=form, **shown)
    kept = _kept(office)
    try:
        answer = _answer(office, _read())
    except InvalidInput as error:
        faults = {_ERROR_FIELDS.get(name, name): code for name, code in error.faults.items()}
        words = {name: [text] for name, text in calculator_faults(faults).items()}
        page = render_template("calculator/show.html", form=Form(kept, words), **shown)
        return page, 422
    shown |= {"found": verdict(answer), "answer": answer, "query": _query()}
    return render_template("calculator/show.html", form=Form(_filled(kept, answer)), **shown)


@bp.get("/hitung/cetak")
@public
@_tries
def sheet() -> ResponseReturnValue:
    """Show the answer as one sheet to print; a question that cannot be answered has none."""
    office = _office()
    if office is None:
        abort(404)
    try:
        answer = _answer(office, _read())
    except InvalidInput:
        abort(404)
    return render_template(
        "calculator/sheet.html", found=verdict(answer), answer=answer, query=_query()
    )


@bp.get("/hitung.json")
@public
@_tries
def answer_json() -> ResponseReturnValue:
    """Answer a machine."""
    office = _office()
    if office is None:
        words = _("Kantor ini tidak ada.")
        return jsonify({"errors": {"office": {"code": "not_found", "message": words}}}), 404
    try:
        return jsonify(as_json(_answer(office, _read())))
    except InvalidInput as error:
        faults = {
            name: {"code": code, "message": calculator_fault(code)}
            for name, code in error.faults.items()
        }
        return jsonify({"errors": faults}), 422


def _office() -> OfficeTimes | None:
    """Return the office asked for, else that of this address; None where there is none."""
    code = request.args.get("office", "")[:60].replace("\x00", "").strip()
    try:
        if code:
            return office_times_named(runtime(), code)
        own = current_office()
        return None if own is None else office_times(runtime(), own.id)
    except NotFound:
        return None


def _read() -> Asked:
    try:
        asked: Asked = CalculatorSchema().load(request.args.to_dict())
    except ValidationError as error:
        raise InvalidInput(faults_of(error)) from error
    return asked


def _answer(office: OfficeTimes, asked: Asked) -> DueAnswer:
    return due_answer(office, service=asked.service, within=asked.within, received=asked.received)


def _kept(office: OfficeTimes) -> dict[str, str]:
    """Return what was typed, so that nothing is lost."""
    kept = {name: request.args.get(name, "")[:100].replace("\x00", "") for name in _KEPT}
    kept["unit"] = kept["unit"] or "days"
    # A browser's field for a time knows 09:30 alone.
    if re.fullmatch(r"[0-9]{1,2}[.:][0-9]{2}", kept["time"]):
        kept["time"] = kept["time"].replace(".", ":").zfill(5)
    if not kept["date"] and "date" not in request.args:
        kept["date"] = office.today.isoformat()
    return kept


def _filled(kept: dict[str, str], answer: DueAnswer) -> dict[str, str]:
    """Return the form as it would have asked what the address asked in a machine's words."""
    if "received" in request.args:
        local = answer.due.received_at.astimezone(answer.office.calendar.zone)
        kept["date"] = local.date().isoformat()
        kept["time"] = f"{local:%H:%M}" if len(request.args["received"].strip()) > 10 else ""
    if "within" in request.args:
        kept["amount"] = str(answer.due.within.amount)
        kept["unit"] = "days" if answer.due.within.unit == "working days" else "hours"
    return kept


def _query() -> str:
    known = (*_KEPT, "within", "received")
    return urlencode(
        [(name, text) for name, text in request.args.items() if name in known and text]
    )
