"""The web application of an office at work, in the process of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from licensing import database
from licensing.people import Applicant, Officer
from licensing.runtime import Runtime
from licensing.services.applicant_accounts import begin_without_address
from tests.factories import PASSWORD, House
from tests.web.site import Plain
from web.access import APPLICANT_COOKIE
from web.app import create_app


def office_app(runtime: Runtime) -> Flask:
    """Return the application on `runtime`; its forms need no token unless a test asks for it."""
    app = create_app(Plain(), runtime)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def signed_in(app: Flask, officer: Officer | None) -> FlaskClient:
    """Return a browser in which `officer` has signed in; None: nobody has."""
    client = app.test_client()
    if officer is not None:
        answer = client.post("/masuk", data={"username": officer.username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
    return client


def let_applicant_in(client: FlaskClient, house: House) -> Applicant:
    """Give a browser the cookie of somebody who applies online; return who that is."""
    entered, _code = begin_without_address(house.runtime, house.office_id, locale="id")
    client.set_cookie(APPLICANT_COOKIE, entered.session_key)
    return entered.applicant


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Return the list into which every statement sent meanwhile is written."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    def noted(connection: Any, statement: Any, *parameters: Any) -> Any:
        sent.append(str(statement))
        return straight(connection, statement, *parameters)

    # The look-up of a session goes straight to the driver.
    straight = database.execute
    event.listen(engine, "before_cursor_execute", note)
    database.execute = noted
    try:
        yield sent
    finally:
        database.execute = straight
        event.remove(engine, "before_cursor_execute", note)
