"""`/healthz`, `/readyz`, `/metrics`: for the machines that watch this one."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from licensing.queries.workings import answers
from web.access import public, runtime
from web.metrics import current_metrics

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that this process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether this process and its database answer; of nobody else."""
    try:
        answers(runtime())
    except SQLAlchemyError as error:
        log.warning("not ready: %s", type(error).__name__)
        return jsonify(status="unavailable", database="no answer"), 503
    return jsonify(status="ok", database="ok")


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Show the counters in the text format of Prometheus."""
    return Response(current_metrics().text(), content_type=CONTENT_TYPE_LATEST)
