"""Who holds an ask, and which files an agency sees."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from licensing.errors import NotAllowed, NotFound, SamePerson, TakenByAnother
from licensing.history import NOTES
from licensing.people import Officer
from licensing.queries.application import view_application
from licensing.queries.inbox import inbox
from licensing.runtime import Runtime
from licensing.services.accounts import NewAccount, write_account
from licensing.services.notes import hand_back, reassign, take
from tests.asks_sop import WORDS, draft, with_opinions
from tests.bed import OwnerOf
from tests.factories import House, broken_promises, make_house, password_hash

PU = "opinion_pu#1"


@pytest.fixture
def office(runtime: Runtime, db: Engine, owner_db: OwnerOf) -> House:
    return make_house(runtime, owner_db, sop=with_opinions())


@pytest.fixture
def asked(office: House) -> UUID:
    """A file about which two agencies are asked."""
    return office.application("signature")


@pytest.fixture
def colleague(office: House) -> Officer:
    """A second officer of the agency."""
    with office.runtime.transaction(office.office_id) as connection:
        return write_account(
            connection,
            office.office_id,
            NewAccount(f"pu-dua-{office.code}", "Contoh PU Dua", ("agency_pu",), "",
                       organisation_kind="agency"),
            password_hash(),
        )  # fmt: skip


def holder(house: House, application: UUID, key: str = PU) -> tuple[UUID | None, str | None]:
    """Return who holds an ask, by its row and by the state of its file."""
    row = house.rows(
        "SELECT k.holder_id, a.state -> 'asks' -> %(key)s ->> 'h' AS said FROM ask k"
        " JOIN application a ON a.id = k.application_id"
        " WHERE k.application_id = %(id)s AND k.key = %(key)s",
        id=application,
        key=key,
    )[0]
    return row.holder_id, row.said


class TestTakingAnAsk:
    def test_leaves_it_to_the_one_who_took_it(
        self, office: House, asked: UUID, colleague: Officer
    ) -> None:
        who = office.people.agency_pu
        take(office.runtime, asked, who, ask=PU)

        assert holder(office, asked) == (who.id, str(who.id))
        with pytest.raises(TakenByAnother):
            office.press("propose", asked, by=colleague, inputs=WORDS, ask=PU)
        with pytest.raises(TakenByAnother):
            take(office.runtime, asked, colleague, ask=PU)
        view = view_application(office.runtime, asked, colleague)
        assert [ask.offers for ask in view.asks if ask.key == PU] == [()]

    def test_writes_one_line_that_names_it_and_leaves_the_file_as_it_was(
        self, office: House, asked: UUID
    ) -> None:
        before = office.row(asked)
        take(office.runtime, asked, office.people.agency_pu, ask=PU)
        take(office.runtime, asked, office.people.agency_pu, ask=PU)

        lines = office.rows(
            "SELECT action, from_step, to_step FROM application_event"
            " WHERE application_id = %(id)s AND ask = %(key)s",
            id=asked,
            key=PU,
        )
        assert [tuple(line) for line in lines] == [("take", "draft_pu", "draft_pu")]
        after = office.row(asked)
        assert (after.version, after.holder_id) == (before.version, before.holder_id)
        assert after.state["clock"] == before.state["clock"]

    def test_ends_when_it_moves_on(self, office: House, asked: UUID) -> None:
        take(office.runtime, asked, office.people.agency_pu, ask=PU)
        draft(office, asked)

        assert holder(office, asked) == (None, None)

    def test_belongs_to_its_lane(self, office: House, asked: UUID) -> None:
        for stranger in (office.people.head, office.people.agency_lh, office.people.agency_head_pu):
            with pytest.raises(NotAllowed):
                take(office.runtime, asked, stranger, ask=PU)

    def test_of_what_is_not_asked_is_refused(self, office: House, asked: UUID) -> None:
        for key in ("opinion_pu#2", "nothing#1"):
            for act in (take, hand_back):
                with pytest.raises(NotFound):
                    act(office.runtime, asked, office.people.agency_pu, ask=key)

    def test_breaks_no_promise(self, office: House, asked: UUID, colleague: Officer) -> None:
        take(office.runtime, asked, office.people.agency_pu, ask=PU)
        hand_back(office.runtime, asked, office.people.agency_pu, ask=PU)
        reassign(
            office.runtime, asked, colleague.id, office.people.supervisor, reason="Cuti", ask=PU
        )
        office.press("propose", asked, by=colleague, inputs=WORDS, ask=PU)
        take(office.runtime, asked, office.people.agency_head_pu, ask=PU)
        office.press("agree", asked, by=office.people.agency_head_pu, inputs=WORDS, ask=PU)

        assert broken_promises(office) == {}


class TestHandingBack:
    def test_is_for_the_holder_and_the_supervisor(
        self, office: House, asked: UUID, colleague: Officer
    ) -> None:
        take(office.runtime, asked, office.people.agency_pu, ask=PU)
        with pytest.raises(TakenByAnother):
            hand_back(office.runtime, asked, colleague, ask=PU)

        hand_back(office.runtime, asked, office.people.supervisor, ask=PU)

        assert holder(office, asked) == (None, None)

    def test_of_an_ask_leaves_the_holder_of_the_file(self, office: House, asked: UUID) -> None:
        take(office.runtime, asked, office.people.head)
        take(office.runtime, asked, office.people.agency_pu, ask=PU)
        hand_back(office.runtime, asked, office.people.agency_pu, ask=PU)

        assert office.row(asked).holder_id == office.people.head.id


class TestReassigning:
    def test_gives_it_to_a_colleague_of_the_lane_alone(
        self, office: House, asked: UUID, colleague: Officer
    ) -> None:
        by = office.people.supervisor
        with pytest.raises(NotFound, match="colleague"):
            reassign(office.runtime, asked, office.people.verifier.id, by, reason="x", ask=PU)

        reassign(office.runtime, asked, colleague.id, by, reason="Cuti", ask=PU)

        assert holder(office, asked) == (colleague.id, str(colleague.id))


class TestWhatAnAgencySees:
    def test_is_what_it_is_or_was_asked_about(self, office: House, asked: UUID) -> None:
        people = office.people
        draft(office, asked)
        office.press("agree", asked, by=people.agency_head_pu, inputs=WORDS, ask=PU)

        for officer in (people.agency_pu, people.agency_head_pu, people.agency_lh):
            assert view_application(office.runtime, asked, officer).id == asked

    def test_is_no_other_file(self, office: House) -> None:
        other = office.application("verification")
        asked_the_applicant = office.application("correction")

        for officer in (office.people.agency_pu, office.people.agency_head_lh):
            for application in (other, asked_the_applicant):
                with pytest.raises(NotFound):
                    view_application(office.runtime, application, officer)

    def test_is_not_what_another_agency_is_asked(self, office: House, asked: UUID) -> None:
        with pytest.raises(NotFound):
            view_application(office.runtime, asked, office.people.agency_head_lh)

    def test_does_not_bind_who_also_works_in_the_office(self, office: House) -> None:
        both = replace(office.people.verifier, roles=frozenset({"verifier", "agency_pu"}))

        assert view_application(office.runtime, office.application("intake"), both)


class TestTheInbox:
    def test_puts_asks_among_the_files_of_their_lanes_by_due_time(self, office: House) -> None:
        first, second = office.application("signature"), office.application("signature")
        both = replace(office.people.agency_pu, roles=frozenset({"agency_pu", "head"}))

        found = inbox(office.runtime, both)

        assert {(row.application_id, row.ask) for row in found.rows} == {
            (first, None), (second, None), (first, PU), (second, PU),
        }  # fmt: skip
        due = [row.due_at for row in found.rows if row.due_at is not None]
        assert due == sorted(due)
        assert (found.mine, found.pool) == (0, 4)
        row = next(row for row in found.rows if row.ask)
        assert row.limit is not None
        assert (row.limit.key, row.limit.due_at) == ("step:opinion_pu#1/draft_pu", row.due_at)

    def test_counts_and_filters_what_is_held(self, office: House, asked: UUID) -> None:
        who = office.people.agency_pu
        take(office.runtime, asked, who, ask=PU)

        assert (inbox(office.runtime, who).mine, inbox(office.runtime, who).pool) == (1, 0)
        assert [row.ask for row in inbox(office.runtime, who, which="mine").rows] == [PU]
        assert inbox(office.runtime, who, which="pool").rows == []

    def test_gives_the_question_to_the_applicant_to_the_counter(self, office: House) -> None:
        application = office.application("correction")

        rows = inbox(office.runtime, office.people.clerk).rows

        assert (application, "question#1") in {(row.application_id, row.ask) for row in rows}

    def test_is_read_page_by_page_without_a_row_twice(
        self, office: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("licensing.queries.inbox.PAGE", 2)
        for _ in range(3):
            office.application("signature")
            office.application("correction")
        everybody = replace(
            office.people.agency_pu,
            roles=frozenset({"agency_pu", "agency_lh", "head", "counter"}),
        )
        seen, after = [], None
        while True:
            found = inbox(office.runtime, everybody, after=after)
            seen += [(row.application_id, row.ask) for row in found.rows]
            after = found.next_after
            if after is None:
                break

        assert len(seen) == len(set(seen)) == 3 * 3 + 3 * 2

    def test_leaves_the_limit_of_an_ask_to_the_ask(self, office: House, asked: UUID) -> None:
        limits = office.rows(
            "SELECT min(due_at) FROM deadline WHERE application_id = %(id)s AND ended_at IS NULL"
            " AND key NOT LIKE 'ask:%%' AND key NOT LIKE '%%/%%'",
            id=asked,
        )[0][0]

        assert office.row(asked).due_at == limits


class TestFourEyes:
    def test_hold_within_an_ask(self, office: House, asked: UUID) -> None:
        draft(office, asked)
        both = replace(office.people.agency_pu, roles=frozenset({"agency_pu", "agency_head_pu"}))

        with pytest.raises(SamePerson):
            office.press("agree", asked, by=both, inputs=WORDS, ask=PU)

    def test_broken_within_an_ask_is_found(self, office: House, asked: UUID) -> None:
        draft(office, asked)
        office.press("agree", asked, by=office.people.agency_head_pu, inputs=WORDS, ask=PU)
        assert broken_promises(office, "I13") == {}

        office.as_owner(
            "UPDATE application_event SET actor_id = %(who)s"
            " WHERE application_id = %(id)s AND action = 'agree'",
            who=office.people.agency_pu.id,
            id=asked,
        )

        assert "I13" in broken_promises(office, "I13")

    def test_are_not_closed_by_a_note(self, office: House, asked: UUID) -> None:
        assert {"take", "hand_back", "reassign"} <= NOTES
        office.as_owner("UPDATE ask SET holder_id = NULL WHERE application_id = %(id)s", id=asked)
        head = replace(
            office.people.agency_head_pu, roles=frozenset({"agency_pu", "agency_head_pu"})
        )
        take(office.runtime, asked, head, ask=PU)
        hand_back(office.runtime, asked, head, ask=PU)
        draft(office, asked)
        office.press("agree", asked, by=head, inputs=WORDS, ask=PU)

        assert broken_promises(office, "I13") == {}
