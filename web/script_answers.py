"""Answers to `js/upload.js`: where to go next, or what is wrong with which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, jsonify, request


def by_script() -> bool:
    """Return whether the form was sent by our script, which reads JSON; a browser asks for HTML."""
    kinds = request.accept_mimetypes
    return kinds["application/json"] > kinds["text/html"]


def said_next(address: str) -> Response:
    """Return where the script leads the reader; what was flashed is shown there."""
    return jsonify({"next": address})


def said_faults(faults: Mapping[str, Sequence[str]]) -> tuple[Response, int]:
    """Return what is wrong, by field, for the script to say in its place."""
    return jsonify({"faults": {name: list(words) for name, words in faults.items()}}), 422
