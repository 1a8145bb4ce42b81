"""The second wall: what SQL in the role of the application can reach, table by table."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from licensing.database import OWNER_ROLE, connect
from licensing.models import metadata
from licensing.runtime import Runtime
from licensing.services.seal import seal_offices
from licensing.services.sign_in import sign_in
from tests.bed import OwnerOf, Urls
from tests.factories import PASSWORD, House, make_house

# What the application may do to each table: Select, Insert, Update, Delete. `office`, `bill`,
# `payment` and `visit`: a right on a few columns alone, which is no right on the table.
RIGHTS = {
    "alert_preference": "S",
    "alert": "SIU",
    "applicant": "SIU",
    "application": "SIU",
    "application_event": "SI",
    "ask": "SIU",
    "bill": "SI",
    "business_field": "S",
    "calendar_version": "SI",
    "counter_window": "S",
    "deadline": "SIU",
    "deputy": "SI",
    "dossier": "SIU",
    "fee_assessment": "SI",
    "heartbeat": "SIU",
    "intake_draft": "SIUD",
    "kept_file": "SID",
    "letter_template": "S",
    "login_session": "SIU",
    "notice": "SIU",
    "number_series": "SIU",
    "office": "S",
    "office_channel": "S",
    "office_event": "S",
    "officer": "SIU",
    "opening": "SID",
    "officer_role": "SIUD",
    "organisation": "SIU",
    "paper": "SIU",
    "paper_file": "SI",
    "payment": "SI",
    "permit": "SIU",
    "queue_day": "S",
    "queue_group": "S",
    "queue_setting": "SI",
    "rate_count": "SIUD",
    "recompute": "S",
    "recompute_moved": "SI",
    "reference_import": "S",
    "online_account": "S",
    "online_code": "SD",
    "online_draft": "SD",
    "online_file": "SD",
    "online_session": "SD",
    "refused_file": "SI",
    "region": "S",
    "seal": "SI",
    "service_state": "SI",
    "sop_draft": "SI",
    "sop_version": "SI",
    "tariff_price": "SI",
    "ticket": "S",
    "ticket_event": "S",
    "time_correction": "SI",
    "visit": "SI",
    "window_group": "SID",
    "window_seat": "S",
}
# They belong to no office: the pulse of the program itself, counters under keyed hashes, and the
# names of regions and business fields.
OF_NO_OFFICE = {"business_field", "heartbeat", "rate_count", "reference_import", "region"}
HISTORY = (
    "application_event", "calendar_version", "office_event", "paper_file", "seal", "sop_version",
    "ticket_event",
)  # fmt: skip

WORDS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}
# A file that was issued in time, without scans, has none of these.
WITHOUT_ROWS = {
    "alert", "alert_preference", "ask", "bill", "counter_window", "deputy", "fee_assessment",
    "intake_draft", "kept_file", "letter_template", "office_channel", "online_account",
    "online_code", "online_draft", "online_file", "online_session", "opening", "paper_file",
    "payment", "queue_day", "queue_group", "queue_setting", "recompute", "recompute_moved",
    "refused_file", "service_state", "sop_draft", "tariff_price", "ticket", "ticket_event",
    "time_correction", "visit", "window_group", "window_seat",
}  # fmt: skip
WALLED = sorted(RIGHTS.keys() - OF_NO_OFFICE - {"office"})


@pytest.fixture
def neighbour(house: House, runtime: Runtime, owner_db: OwnerOf) -> House:
    """Another office at work in the same database; both have rows."""
    other = make_house(runtime, owner_db)
    for each in (house, other):
        each.application("issued")
        sign_in(runtime, each.people.clerk.username, PASSWORD)
    seal_offices(runtime)
    return other


def count(engine: Engine | OwnerOf, table: str, office: UUID) -> int:
    with engine.begin() as connection:
        found = connection.execute(
            text(f"SELECT count(*) FROM {table} WHERE office_id = :office"), {"office": office}
        )
        return int(found.scalar_one())


class TestTheMatrix:
    def test_names_every_table(self) -> None:
        assert set(RIGHTS) == set(metadata.tables)

    @pytest.mark.parametrize("table", sorted(RIGHTS))
    def test_says_what_the_application_may_do(self, db: Engine, table: str) -> None:
        with db.begin() as connection:
            rights = {
                letter: connection.execute(
                    text("SELECT has_table_privilege(:table, :right)"),
                    {"table": table, "right": word},
                ).scalar_one()
                for letter, word in {**WORDS, "T": "TRUNCATE"}.items()
            }

        assert "".join(letter for letter, may in rights.items() if may) == RIGHTS[table]

    @pytest.mark.parametrize("table", sorted(RIGHTS.keys() - OF_NO_OFFICE))
    def test_has_a_wall_on_every_table_of_an_office(self, db: Engine, table: str) -> None:
        with db.begin() as connection:
            on = connection.execute(
                text("SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass(:table)"),
                {"table": table},
            ).scalar_one()
        assert on

    def test_lets_the_application_change_no_wall(self, db: Engine) -> None:
        with pytest.raises(ProgrammingError, match="must be owner"), db.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE application DISABLE ROW LEVEL SECURITY")


class TestAnotherOffice:
    @pytest.mark.parametrize("table", WALLED)
    def test_cannot_be_read(
        self, house: House, neighbour: House, owner_db: OwnerOf, table: str
    ) -> None:
        query = f"SELECT count(*) AS rows FROM {table} WHERE office_id = %(office)s"

        assert house.rows(query, office=neighbour.office_id)[0].rows == 0
        if table not in WITHOUT_ROWS:
            assert count(owner_db, table, neighbour.office_id) > 0
            assert neighbour.rows(query, office=neighbour.office_id)[0].rows > 0

    @pytest.mark.parametrize("table", WALLED)
    def test_cannot_be_written_into(self, house: House, neighbour: House, table: str) -> None:
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.execute(
                text(f"INSERT INTO {table} (office_id) VALUES (:office)"),
                {"office": neighbour.office_id},
            )

    @pytest.mark.parametrize("table", [name for name in WALLED if "U" in RIGHTS[name]])
    def test_cannot_be_changed(
        self, house: House, neighbour: House, owner_db: OwnerOf, table: str
    ) -> None:
        statement = text(f"UPDATE {table} SET office_id = office_id WHERE office_id = :office")
        with house.runtime.transaction(house.office_id) as connection:
            assert connection.execute(statement, {"office": neighbour.office_id}).rowcount == 0

    @pytest.mark.parametrize("table", [name for name in WALLED if "D" in RIGHTS[name]])
    def test_cannot_be_deleted_from(self, house: House, neighbour: House, table: str) -> None:
        statement = text(f"DELETE FROM {table} WHERE office_id = :office")
        with house.runtime.transaction(house.office_id) as connection:
            assert connection.execute(statement, {"office": neighbour.office_id}).rowcount == 0

    @pytest.mark.parametrize(
        "table", [name for name in WALLED if "U" in RIGHTS[name] and name not in WITHOUT_ROWS]
    )
    def test_cannot_be_given_our_rows(self, house: House, neighbour: House, table: str) -> None:
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.execute(
                text(f"UPDATE {table} SET office_id = :office"), {"office": neighbour.office_id}
            )

    def test_shows_none_of_its_applicants_and_how_they_are_reached(
        self, house: House, neighbour: House, owner_db: OwnerOf
    ) -> None:
        """A view reads with its owner's rights, past every wall, unless it says otherwise."""
        query = "SELECT applicant_id FROM way_to_applicant"
        ours, theirs = (
            {row.applicant_id for row in each.rows(query)} for each in (house, neighbour)
        )

        assert ours
        assert theirs
        assert not ours & theirs
        with owner_db.begin() as connection:
            views = connection.exec_driver_sql(
                "SELECT relname, reloptions FROM pg_class"
                " WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
            ).fetchall()
        assert views
        for name, options in views:
            assert "security_invoker=true" in (options or ()), name

    def test_is_public_by_name_and_changed_only_by_itself(
        self, house: House, neighbour: House
    ) -> None:
        statement = text("UPDATE office SET late_receipt = 'same_date' WHERE id = :id")
        with house.runtime.transaction(house.office_id) as connection:
            assert connection.execute(statement, {"id": neighbour.office_id}).rowcount == 0
            assert connection.execute(statement, {"id": house.office_id}).rowcount == 1

    @pytest.mark.parametrize("column", ["simulated", "sample", "zone", "code"])
    def test_nor_ours_can_be_made_another_kind(self, house: House, column: str) -> None:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.exec_driver_sql(f"UPDATE office SET {column} = {column}")


class TestNoOffice:
    @pytest.mark.parametrize("table", WALLED)
    def test_means_no_rows(self, neighbour: House, db: Engine, table: str) -> None:
        with db.begin() as connection:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


class TestHistory:
    @pytest.mark.parametrize("table", HISTORY)
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE {table} SET office_id = office_id",
            "DELETE FROM {table}",
            "TRUNCATE {table}",
            "ALTER TABLE {table} ADD COLUMN x int",
            "DROP TABLE {table}",
        ],
    )
    def test_cannot_be_changed_by_the_application(
        self, house: House, table: str, statement: str
    ) -> None:
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            house.runtime.transaction(house.office_id) as connection,
        ):
            connection.exec_driver_sql(statement.format(table=table))

    def test_cannot_be_reached_by_taking_the_owners_role(self, database_urls: Urls) -> None:
        if database_urls.app == database_urls.owner:
            pytest.skip("this server is reached by one login, which may act as both roles")
        engine = connect(database_urls.app)
        try:
            with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as our:
                our.exec_driver_sql(f"SET ROLE {OWNER_ROLE}")
        finally:
            engine.dispose()
