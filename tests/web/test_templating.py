"""Texts and macros in templates: what is known beforehand says the same as what is asked anew."""

from __future__ import annotations

import pytest
from flask import Flask
from jinja2 import DictLoader, UndefinedError

from tests.web.site import bare_app
from web.i18n import LANGUAGE_COOKIE


@pytest.fixture
def app() -> Flask:
    return bare_app()


def rendered(app: Flask, source: str, *, language: str = "id", **values: object) -> str:
    """Return `source` as a template of ours, for a reader of `language`."""
    cookie = {"Cookie": f"{LANGUAGE_COOKIE}={language}"}
    with app.test_request_context("/", headers=cookie):
        return app.jinja_env.from_string(source).render(**values)


class TestATextInATemplate:
    def test_is_in_the_language_of_each_reader_in_turn(self, app: Flask) -> None:
        said = [rendered(app, "{{ _('Keluar') }}", language=one) for one in ("id", "en", "id")]

        assert said == ["Keluar", "Sign out", "Keluar"]

    def test_has_its_parts_escaped_and_itself_not(self, app: Flask) -> None:
        said = rendered(app, "{{ _('<b>%(name)s</b>', name=name) }}", name="<script>")

        assert said == "<b>&lt;script&gt;</b>"

    def test_has_one_percent_sign_for_two_with_parts_and_without(self, app: Flask) -> None:
        source = "{{ _('100 %%') }}|{{ _('%(n)s %%', n=5) }}"

        assert rendered(app, source) == "100 %|5 %"

    def test_is_the_same_inside_a_loop_and_a_block(self, app: Flask) -> None:
        source = "{% for n in [1, 2] %}{{ _('%(n)s', n=n) }}{% endfor %}{% block b %}{{ _('a') }}"

        assert rendered(app, source + "{% endblock %}") == "12a"


class TestAMacro:
    @pytest.fixture
    def app(self, app: Flask) -> Flask:
        parts = "{% macro put(text) %}<i>{{ text }}</i>{% endmacro %}"
        app.jinja_env.loader = DictLoader({"parts.html": parts})
        return app

    def test_escapes_what_it_is_given_and_is_not_escaped_itself(self, app: Flask) -> None:
        source = "{% from 'parts.html' import put %}{{ put('<') }}"

        assert rendered(app, source) == "<i>&lt;</i>"

    def test_takes_what_stands_in_its_call(self, app: Flask) -> None:
        source = "{% macro m() %}({{ caller() }}){% endmacro %}{% call m() %}x{% endcall %}"

        assert rendered(app, source) == "(x)"

    def test_refuses_an_argument_that_it_does_not_have(self, app: Flask) -> None:
        with pytest.raises(TypeError, match="takes no keyword argument"):
            rendered(app, "{% from 'parts.html' import put %}{{ put(txt='x') }}")


class TestANameThatIsNotKnown:
    def test_is_refused(self, app: Flask) -> None:
        with pytest.raises(UndefinedError):
            rendered(app, "{{ nothing_like_this }}")
