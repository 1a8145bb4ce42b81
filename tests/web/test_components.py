"""The macros say what the values mean, to eyes and to ears alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import render_template_string

from tests.web.site import bare_app
from web.viewmodels import (
    DueView,
    Form,
    LedgerCell,
    LedgerSum,
    LedgerView,
    cell_class,
    clock_state,
)

AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
Render = Callable[..., str]


@pytest.fixture
def render() -> Render:
    app = bare_app()

    def shown(file: str, call: str, **values: object) -> str:
        name = call.split("(")[0]
        source = f'{{% from "components/{file}.html" import {name} %}}{{{{ {call} }}}}'
        with app.test_request_context():
            return " ".join(render_template_string(source, **values).split())

    return shown


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class TestTheState:
    @pytest.mark.parametrize(
        ("left", "running", "state"),
        [
            (3, True, "aman"),
            (2, True, "segera"),
            (1, True, "segera"),
            (0, True, "hariini"),
            (-1, True, "lewat"),
            (None, True, "jeda"),
            (3, False, "netral"),
        ],
    )
    def test_follows_the_working_days_that_are_left(self, left, running, state):
        assert clock_state(left, running=running) == state


class TestADueDate:
    @pytest.mark.parametrize(
        ("view", "shown"),
        [
            (DueView("aman", AT, 6), "Jum 27 Nov, 16.30 6 hari kerja lagi"),
            (DueView("hariini", AT, 0), "hari ini, 16.30 batas habis hari ini"),
            (DueView("lewat", AT, -2), "Jum 27 Nov, 16.30 lewat 2 hari kerja"),
            (DueView("lewat", AT, 0), "Jum 27 Nov, 16.30 baru lewat"),
            (DueView("jeda", None, 11), "11 hari kerja lagi waktu dijeda"),
            (DueView("netral"), "tidak ada tenggat"),
            (DueView("segera", AT, left_words="2 jam lagi"), "Jum 27 Nov, 16.30 2 jam lagi"),
        ],
    )
    def test_says_date_and_hour_first_and_what_is_left_second(self, render, view, shown):
        assert words(render("clock", "due(view)", view=view)) == shown


class TestALedgerCell:
    DAY = date(2026, 11, 5)

    @pytest.mark.parametrize(
        ("cell", "sentence"),
        [
            (LedgerCell(DAY, "zero"), "Kam 5 Nov: hari berkas diterima, tidak dihitung"),
            (
                LedgerCell(DAY, "held", "V", "office", "Verifikator", 1),
                "Kam 5 Nov: Verifikator, dihitung, hari ke-1",
            ),
            (
                LedgerCell(DAY, "held", "V", "office", "Verifikator", 3, True, limit=True),
                "Kam 5 Nov: Verifikator, dihitung, hari ke-3, batas waktu (hari ini)",
            ),
            (
                LedgerCell(DAY, "held", "P", "applicant", "Pemohon"),
                "Kam 5 Nov: Pemohon, tidak dihitung",
            ),
            (
                LedgerCell(DAY, "over", "K", "office", "Kantor", 2),
                "Kam 5 Nov: Kantor, dihitung, 2 hari kerja lewat batas",
            ),
            (LedgerCell(DAY, "ahead", ordinal=4), "Kam 5 Nov: hari ke-4, belum terjadi"),
            (
                LedgerCell(DAY, "ahead", ordinal=4, limit=True),
                "Kam 5 Nov: batas waktu, hari ke-4",
            ),
            (LedgerCell(None, "ahead", ordinal=4), "hari kantor ke-4, tanggal belum pasti"),
            (LedgerCell(DAY, "holiday", note="Natal"), "Kam 5 Nov: libur, Natal"),
        ],
    )
    def test_has_a_sentence_for_who_cannot_see_it(self, render, cell, sentence):
        assert render("ledger", "sentence(cell)", cell=cell) == sentence

    @pytest.mark.parametrize(
        ("party", "letter", "colour"),
        [
            ("office", "V", "sp-V"),
            ("agency", "D", "sp-D"),
            ("office", "P", "sp-K"),
            ("agency", "X", "sp-D"),
            ("applicant", "P", "sp-P"),
            ("applicant", "V", "sp-P"),
            ("bank", "B", "sp-B"),
            ("nobody", "", "sp-G"),
        ],
    )
    def test_is_hatched_by_its_party_and_never_by_its_letter(self, party, letter, colour):
        assert cell_class(party, letter) == colour


class TestALedger:
    def test_draws_a_gap_before_each_further_week_and_names_each_month_once(self):
        days = [date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)]

        view = LedgerView([LedgerCell(day, "held") for day in days])

        assert view.week_starts == {2}
        assert view.month_starts == {0, 3}
        assert view.columns == 5

    def test_has_a_column_for_a_saturday_that_is_worked(self):
        assert LedgerView([LedgerCell(date(2026, 11, 28), "held")]).columns == 6

    def test_adds_up_under_the_cells(self, render):
        view = LedgerView((), (LedgerSum("Kantor", 8), LedgerSum("Anda", 3)), True, 8, 14)

        assert words(render("ledger", "ledger_sum(view)", view=view)) == (
            "Kantor 8 + Anda 3 = 11 hari kerja termasuk hari ini. Terpakai 8 dari 14 hari kerja."
        )


class TestAField:
    def test_keeps_what_was_typed_and_says_what_is_wrong_beside_it(self, render):
        form = Form({"nik": '12"><b>'}, {"nik": ("NIK harus 16 angka",)})

        html = render("forms", "text_field(form, 'nik', 'NIK', 'Di KTP')", form=form)

        assert 'value="12&#34;&gt;&lt;b&gt;"' in html
        assert 'aria-describedby="f-nik-bantu f-nik-galat"' in html
        assert 'aria-invalid="true"' in html
        assert "NIK harus 16 angka" in html

    def test_never_writes_a_secret_back(self, render):
        html = render(
            "forms", "text_field(form, 's', 'Sandi', secret=true)", form=Form({"s": "rahasia"})
        )

        assert "rahasia" not in html

    def test_is_listed_in_the_summary_with_a_link_to_itself(self, render):
        form = Form({}, {"nik": ("NIK harus 16 angka",), "luas": ("Isi luas",)})

        html = render("forms", "error_summary(form)", form=form)

        assert "Ada 2 isian yang perlu diperbaiki" in html
        assert '<a href="#f-luas">Isi luas</a>' in html
        assert render("forms", "error_summary(form)", form=Form()) == ""
