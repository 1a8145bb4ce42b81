"""Publishing an SOP: by a second person, whole or not at all, never changed afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from licensing.errors import NotAllowed, NotFound, SopFaults
from licensing.services.sops import Published, SameDrafter, list_sops, publish_sop
from tests.factories import House
from workflows.definitions import text_of

OTHER = text_of("siup").replace("within: 3 working days", "within: 4 working days", 1)
FOLLOWS = "sop: siup_cepat\nfollows: siup\ntitle: {id: SIUP cepat, en: Quick SIUP}\n"


def publish(house: House, text: str, **people: UUID) -> Published:
    two = {"drafted_by": house.people.supervisor.id, "published_by": house.people.head.id}
    return publish_sop(house.runtime, house.office_id, text, **{**two, **people})


def versions(house: House) -> list[Any]:
    return house.rows("SELECT service, number, text, expanded FROM sop_version ORDER BY number")


class TestPublishing:
    def test_makes_the_next_version(self, house: House) -> None:
        published = publish(house, OTHER)

        assert (published.service, published.number, published.again) == ("siup", 2, False)
        assert [line.in_force for line in list_sops(house.runtime, house.office_id)] == [
            True,
            False,
        ]

    def test_the_text_in_force_once_more_does_nothing(self, house: House) -> None:
        again = publish(house, text_of("siup"))

        assert (again.number, again.again) == (1, True)
        assert len(versions(house)) == 1

    def test_keeps_what_it_follows_written_out(self, house: House) -> None:
        publish(house, FOLLOWS)

        row = next(row for row in versions(house) if row.service == "siup_cepat")

        assert row.text == FOLLOWS
        assert "follows" not in row.expanded
        assert "verification" in row.expanded

    def test_leaves_open_applications_their_version(self, house: House) -> None:
        before = house.application(step="verification")
        publish(house, OTHER)
        after = house.application(step="intake")

        assert house.row(before).sop_version_id != house.row(after).sop_version_id

    def test_is_refused_where_one_person_did_both(self, house: House) -> None:
        with pytest.raises(SameDrafter):
            publish(house, OTHER, drafted_by=house.people.head.id)
        assert len(versions(house)) == 1

    def test_is_refused_by_the_database_where_one_person_did_both(self, house: House) -> None:
        with pytest.raises(IntegrityError, match="two_people"):
            house.as_owner("UPDATE sop_version SET drafted_by = published_by")

    @pytest.mark.parametrize(
        ("who", "role"), [("published_by", "supervisor"), ("drafted_by", "teller")]
    )
    def test_is_refused_to_who_has_no_role_for_it(self, house: House, who: str, role: str) -> None:
        people = {
            "drafted_by": house.people.admin.id,
            "published_by": house.people.head.id,
            who: getattr(house.people, role).id,
        }
        with pytest.raises(NotAllowed):
            publish(house, OTHER, **people)

    def test_is_refused_to_who_is_not_of_this_office(self, house: House) -> None:
        with pytest.raises(NotFound):
            publish(house, OTHER, published_by=UUID(int=1))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "sop: siup",
            text_of("siup").replace("documents_complete", "dokumen_lengkap"),
            text_of("siup").replace("within: 3 working days", "within: 1 working day", 1),
            "sop: x\nfollows: tidak_ada\n",
        ],
    )
    def test_with_faults_never_reaches_the_database(self, house: House, text: str) -> None:
        with pytest.raises(SopFaults) as refused:
            publish(house, text)
        assert refused.value.faults
        assert len(versions(house)) == 1


class TestAPublishedVersion:
    @pytest.mark.parametrize(
        "statement", ["UPDATE sop_version SET text = ''", "DELETE FROM sop_version"]
    )
    def test_cannot_be_changed_by_the_application(self, house: House, statement: str) -> None:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.exec_driver_sql(statement)
