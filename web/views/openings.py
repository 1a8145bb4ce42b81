"""`/berkas/<id>/terbuka`: the page of a file says that it is open, and when it is left."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from licensing.services.openings import keep_open, leave
from web.access import allow, current_officer, runtime
from web.views.applications import WORKERS

bp = Blueprint("openings", __name__, url_prefix="/berkas/<uuid:application_id>/terbuka")


@bp.post("")
@allow(*WORKERS)
def beat(application_id: UUID) -> ResponseReturnValue:
    """Note that the reader has the file open, or (`keluar=1`) has it no longer."""
    note = leave if request.form.get("keluar") == "1" else keep_open
    note(runtime(), application_id, current_officer())
    return "", 204
