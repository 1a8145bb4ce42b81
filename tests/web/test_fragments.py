"""Finished parts of pages: found by all that they say, so that none is ever another's or old."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from jinja2 import DictLoader

from tests.web.site import bare_app
from web import fragments
from web.i18n import LANGUAGE_COOKIE
from web.viewmodels import DueView, Form

_DUE = "{% from 'components/clock.html' import limit %}{{ kept(limit, due) }}"
_TOLD = "{% macro told(words) %}<b>{{ words }}</b>{{ icon_shape('cek') }}{% endmacro %}"


@pytest.fixture
def app() -> Flask:
    return bare_app()


def rendered(app: Flask, source: str, *, language: str = "id", **values: object) -> str:
    """Return `source` as a template of ours, for a reader of `language`."""
    cookie = {"Cookie": f"{LANGUAGE_COOKIE}={language}"}
    with app.test_request_context("/", headers=cookie):
        return app.jinja_env.from_string(source).render(**values)


class TestAFinishedPart:
    def test_says_what_its_macro_says_in_each_language_in_turn(self, app: Flask) -> None:
        due = DueView("aman", left=4, label="SOP")
        plain = _DUE.replace("kept(limit, due)", "limit(due)")

        for language in ("id", "en", "id"):
            said = rendered(app, _DUE, language=language, due=due)
            assert said == rendered(app, plain, language=language, due=due)

    def test_is_another_where_one_thing_of_what_it_shows_is(self, app: Flask) -> None:
        due = DueView("aman", left=4, label="SOP")
        rendered(app, _DUE, due=due)

        assert "5 hari kerja" in rendered(app, _DUE, due=replace(due, left=5))

    def test_escapes_what_it_is_given_also_the_second_time(self, app: Flask) -> None:
        for _time in range(2):
            said = rendered(app, _TOLD + "{{ kept(told, words) }}", words="<script>")
            assert said.startswith("<b>&lt;script&gt;</b><svg ")

    def test_of_a_macro_in_one_page_is_not_that_of_its_namesake_in_another(
        self, app: Flask
    ) -> None:
        app.jinja_env.loader = DictLoader(
            {
                "one": "{% macro m(x) %}one {{ x }}{% endmacro %}{{ kept(m, 1) }}",
                "two": "{% macro m(x) %}two {{ x }}{% endmacro %}{{ kept(m, 1) }}",
            }
        )

        said = [rendered(app, f"{{% include '{name}' %}}") for name in ("one", "two", "one")]

        assert said == ["one 1", "two 1", "one 1"]

    def test_of_the_same_macro_is_kept_once_however_often_its_page_is_drawn(
        self, app: Flask
    ) -> None:
        app.jinja_env.loader = DictLoader({"page": _TOLD + "{{ kept(told, 'a') }}"})
        for _time in range(3):
            rendered(app, "{% include 'page' %}")

        kept = app.extensions["satupintu.fragments"].known.values()
        assert [html for html in kept if html.startswith("<b>a</b>")] == ["<b>a</b>" + _mark(app)]

    def test_is_refused_where_what_it_shows_can_change_under_it(self, app: Flask) -> None:
        with pytest.raises(TypeError, match="unhashable"):
            rendered(app, _TOLD + "{{ kept(told, words) }}", words=["a"])

    def test_is_forgotten_with_all_others_when_there_are_too_many(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fragments, "MOST_LETTERS", 1_000)
        for number in range(200):
            rendered(app, _TOLD + "{{ kept(told, words) }}", words=f"{number}")

        assert len(app.extensions["satupintu.fragments"].known) < 20


def _mark(app: Flask) -> str:
    return rendered(app, "{{ icon_shape('cek') }}")


class TestAPartOfAForm:
    def test_has_the_values_and_first_faults_of_its_fields_alone(self) -> None:
        form = Form({"a": "1", "b": "2"}, {"a": ["wrong", "short"], "b": ["late"], "c": []})

        part = form.part("a", "c")

        assert (part.value("a"), part.value("b"), part.error("a")) == ("1", "", "wrong")
        assert (part.error("b"), part.error("c")) == (None, None)
        assert part == Form({"a": "1"}, {"a": ["wrong"]}).part("a", "c")


class TestAnAddress:
    @pytest.mark.parametrize("value", [1, "1", "a b", None])
    def test_is_the_one_that_flask_builds_the_second_time_too(
        self, app: Flask, value: object
    ) -> None:
        app.add_url_rule("/berkas", "file", lambda: "")
        with app.test_request_context("/"):
            built = app.url_for("file", n=value)
        source = "{{ url_for('file', n=value) }}"

        assert [rendered(app, source, value=value) for _time in range(2)] == [built, built]

    def test_tells_true_from_one(self, app: Flask) -> None:
        app.add_url_rule("/berkas", "file", lambda: "")
        source = "{{ url_for('file', n=value) }}"

        assert rendered(app, source, value=1) == "/berkas?n=1"
        assert rendered(app, source, value=True) == "/berkas?n=True"


class TestWhatIsRemembered:
    def test_is_made_once_for_the_same_and_anew_for_another(self, app: Flask) -> None:
        made: list[str] = []

        def asked(what: str, language: str = "id") -> object:
            cookie = {"Cookie": f"{LANGUAGE_COOKIE}={language}"}
            with app.test_request_context("/", headers=cookie):
                return fragments.remembered(lambda: made.append(what) or object(), "thing", what)

        first = asked("one")

        assert asked("one") is first
        assert asked("two") is not first
        assert asked("one", "en") is not first
        assert made == ["one", "two", "one"]
