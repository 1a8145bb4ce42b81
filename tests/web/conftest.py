"""Fixtures of the pages: an office at work, and browsers in which its people have signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from licensing.people import Officer
from tests.factories import House
from tests.licensing.conftest import (  # noqa: F401 - the same fixtures for pages
    house,
    make_application,
    real_house,
    runtime,
    simulated_house,
    till,
)
from tests.web.office import office_app, signed_in


@pytest.fixture
def office(house: House) -> Flask:  # noqa: F811
    """The web application of `house`; everything done through it is undone."""
    return office_app(house.runtime)


@pytest.fixture
def browser_of(office: Flask) -> Callable[[Officer | None], FlaskClient]:
    """Return a function that gives a browser in which an officer has signed in."""
    return lambda officer: signed_in(office, officer)
