"""What an office sets of extensions and holds, beside the other figures of its SOP."""

from __future__ import annotations

import pytest

from licensing.sop_diff import sop_diff
from licensing.sop_settings import SopChanges, edited, settings_of
from licensing.vocabulary import VOCABULARY
from tests.licensing.clock_office import sop_text
from workflows.errors import SopFaults
from workflows.reading import read_sop

OFFICE = "limits.service.extensions.office.at_most"
HOLD = "steps.verification.holds.wait_applicant.at_most"


def test_extensions_and_holds_are_figures_that_an_office_sets() -> None:
    sop = read_sop(sop_text(), vocabulary=VOCABULARY)

    found = {one.at: (one.kind, str(one.within)) for one in settings_of(sop)}

    assert found[OFFICE] == ("extension", "1 working day")
    assert found["limits.service.extensions.consent.at_most"] == ("consent", "1 working day")
    assert found[HOLD] == ("hold", "2 working days")


def test_setting_them_changes_the_text_there_and_nowhere_else() -> None:
    text = sop_text()

    after = edited(text, SopChanges(values={HOLD: "4 working days"}))

    changed = [(line.place, line.before, line.after) for line in sop_diff(text, after)]
    assert changed == [(HOLD, "2 working days", "4 working days")]


def test_an_extension_past_the_law_is_refused_when_the_text_is_read() -> None:
    after = edited(sop_text(), SopChanges(values={OFFICE: "2 working days"}))

    with pytest.raises(SopFaults, match="with all extensions is 6 working days"):
        read_sop(after, vocabulary=VOCABULARY)


CAP = "corrections.at_most"
SAID = "corrections:\n  at_most: 5 working days\n  times: 2\n  source: Keputusan kepala dinas\n"


def test_how_far_a_time_may_be_corrected_is_a_figure_too_and_counts_as_confirmed() -> None:
    text = sop_text()
    sop = read_sop(text, vocabulary=VOCABULARY)
    found = {one.at: (one.kind, str(one.within)) for one in settings_of(sop)}
    assert found[CAP] == ("correction", "5 working days")
    assert CAP in {one.at for one in sop.to_confirm}

    after = read_sop(
        edited(text, SopChanges(values={CAP: "2 working days"})), vocabulary=VOCABULARY
    )

    assert (str(after.corrections.at_most), after.corrections.times) == ("2 working days", 2)
    assert CAP not in {one.at for one in after.to_confirm}


def test_it_can_be_set_where_the_text_says_nothing_of_it() -> None:
    assert sop_text().count(SAID) == 1
    text = sop_text().replace(SAID, "").partition("  - at: corrections.at_most")
    ladder = text[2].partition("ladder:")
    silent = text[0] + "".join(ladder[1:])
    before = read_sop(silent, vocabulary=VOCABULARY).corrections
    assert (str(before.at_most), before.times) == ("1 working day", 1)

    after = read_sop(
        edited(silent, SopChanges(values={CAP: "3 working days"})), vocabulary=VOCABULARY
    )

    assert str(after.corrections.at_most) == "3 working days"
    assert (after.corrections.times, after.corrections.source) == (1, before.source)
