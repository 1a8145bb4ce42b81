"""What an SOP says of extensions and holds: their caps, their units, who decides, the law."""

from __future__ import annotations

import pytest

from tests.workflows.sops import SMALL, VOCABULARY
from workflows.errors import SopFaults
from workflows.grammar import grammar
from workflows.reading import read_sop
from workflows.sop import Extension, Sop, Within

SERVICE = "service: {within: 3 working days, starts: accept, stops: [sign]}"
OFFICE = "{at_most: 1 working day, source: Perda 1/2020 Pasal 9}"
CONSENT = "{at_most: 1 working day, times: 1, by: [head, counter], source: Perda 1/2020 Pasal 10}"


def extended(extensions: str) -> Sop:
    said = SERVICE.replace("]}", f"], extensions: {extensions}}}")
    return read_sop(SMALL.replace(SERVICE, said), vocabulary=VOCABULARY)


class TestExtensionsOfTheStandard:
    def test_are_none_where_the_sop_says_none(self) -> None:
        sop = read_sop(SMALL, vocabulary=VOCABULARY)

        assert all(not limit.extensions for limit in sop.limits.values())

    def test_say_how_much_how_often_who_and_by_which_rule(self) -> None:
        sop = extended(f"{{office: {OFFICE}, consent: {CONSENT}}}")

        assert dict(sop.limits["service"].extensions) == {
            "office": Extension("office", Within(1), 1, ("head",), "Perda 1/2020 Pasal 9"),
            "consent": Extension(
                "consent", Within(1), 1, ("head", "counter"), "Perda 1/2020 Pasal 10"
            ),
        }

    def test_all_of_them_together_stay_within_the_law(self) -> None:
        # Five working days by law, three promised: two are left to extend by.
        assert extended("{office: {at_most: 2 working days, source: Perda 1}}")
        with pytest.raises(SopFaults, match="with all extensions is 6 working days, longer than"):
            extended("{office: {at_most: 3 working days, source: Perda 1}}")

    def test_count_as_often_as_they_may_be_used(self) -> None:
        with pytest.raises(SopFaults, match="with all extensions is 6 working days"):
            extended("{office: {at_most: 1 working day, times: 3, source: Perda 1}}")

    def test_both_kinds_are_added_up(self) -> None:
        two = "{at_most: 2 working days, source: Perda 1}"

        with pytest.raises(SopFaults, match="with all extensions is 7 working days"):
            extended(f"{{office: {two}, consent: {two}}}")

    def test_have_the_unit_of_the_standard(self) -> None:
        with pytest.raises(SopFaults, match="must be in the unit of the standard"):
            extended("{office: {at_most: 4 working hours, source: Perda 1}}")

    @pytest.mark.parametrize("role", ["agency_pu", "teller", "applicant", "somebody"])
    def test_are_decided_by_people_of_the_office_alone(self, role: str) -> None:
        with pytest.raises(SopFaults, match=f"`{role}` is no role of the office's own people"):
            extended(f"{{office: {{at_most: 1 working day, by: {role}, source: Perda 1}}}}")

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ("{office: {at_most: 1 working day}}", "`source` is missing"),
            ("{office: {source: Perda 1}}", "`at_most` is missing"),
            ("{nobody: {at_most: 1 working day, source: Perda 1}}", "no key `nobody`"),
        ],
    )
    def test_name_their_length_and_their_rule(self, said: str, fault: str) -> None:
        with pytest.raises(SopFaults, match=fault):
            extended(said)

    @pytest.mark.parametrize("limit", ["law", "filing", "delivery"])
    def test_belong_to_the_standard_alone(self, limit: str) -> None:
        text = SMALL.replace(
            SERVICE,
            f"{SERVICE}\n  {limit}: {{within: 9 working days, starts: accept, stops: sign,"
            f" source: UU, extensions: {{office: {OFFICE}}}}}",
        )

        with pytest.raises(SopFaults, match="no key `extensions`"):
            read_sop(text, vocabulary=VOCABULARY)

    def test_are_documented(self) -> None:
        assert "## Extension" in grammar()


class TestAHold:
    @pytest.mark.parametrize("party", ["office", "bank", "nobody"])
    def test_never_waits_for_ourselves_or_the_bank(self, party: str) -> None:
        text = SMALL.replace("resume: go_on,", f"resume: go_on, party: {party},")

        with pytest.raises(SopFaults, match="is not one of: applicant, agency"):
            read_sop(text, vocabulary=VOCABULARY)

    @pytest.mark.parametrize("effect", ["issue_bill", "issue_permit", "issue_refusal"])
    def test_is_refused_at_a_step_that_waits_for_our_own_bill_or_signature(
        self, effect: str
    ) -> None:
        text = SMALL.replace("do: sign, to: issued,", f"do: sign, to: issued, then: {effect},")

        with pytest.raises(SopFaults, match="waiting for our own work is our time"):
            read_sop(text, vocabulary=VOCABULARY)

    @pytest.mark.parametrize("name", ["extend", "correct_time", "recount"])
    def test_is_not_called_like_what_is_done_to_the_clock(self, name: str) -> None:
        with pytest.raises(SopFaults, match="is the engine's own"):
            read_sop(SMALL.replace("do: pause", f"do: {name}"), vocabulary=VOCABULARY)
