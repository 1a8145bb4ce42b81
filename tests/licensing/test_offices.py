"""A new office comes with its calendar; a calendar is never changed, only followed by another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from licensing.errors import InvalidInput, NotAllowed, NotFound
from licensing.services.calendars import set_calendar
from licensing.services.offices import NewOffice, create_office, office_id_of
from tests.bed import OwnerOf
from tests.factories import House
from workflows.calendar_spec import CalendarSpec, ClosedDay, Outage, decreed

NEW = NewOffice(
    code="kota-contoh",
    name="Dinas Contoh",
    government="Pemerintah Kota Contoh",
    place="Kota Contoh",
    address="Jalan Contoh 1",
    phone="",
    email="kantor@contoh.example",
    zone="Asia/Makassar",
    unit_code="DPMPTSP",
)


def calendar_of(house: House) -> CalendarSpec:
    row = house.rows(
        "SELECT c.spec FROM office o JOIN calendar_version c ON c.id = o.calendar_version_id"
        " WHERE o.id = %(id)s",
        id=house.office_id,
    )[0]
    return CalendarSpec.from_json(row.spec)


class TestANewOffice:
    def test_has_a_calendar_from_last_year_to_next(self, owner_db: OwnerOf) -> None:
        office_id = create_office(owner_db, NEW)

        with owner_db.begin() as connection:
            spec = connection.exec_driver_sql(
                "SELECT spec FROM calendar_version WHERE office_id = %s AND number = 1",
                (office_id,),
            ).scalar_one()
        calendar = CalendarSpec.from_json(spec)
        year = datetime.now(UTC).year
        assert calendar.zone == "Asia/Makassar"
        last = year + 1 if decreed(year + 1) else year
        assert calendar.covers == (date(year - 1, 1, 1), date(last, 12, 31))
        assert max(calendar.closed) <= calendar.covers[1]
        assert calendar.closed[date(year, 8, 17)].kind == "national"

    def test_knows_who_watches_over_it(self, owner_db: OwnerOf) -> None:
        office_id = create_office(owner_db, NEW)

        with owner_db.begin() as connection:
            kinds = connection.exec_driver_sql(
                "SELECT kind FROM organisation WHERE office_id = %s ORDER BY kind", (office_id,)
            ).scalars()
            assert list(kinds) == ["inspectorate", "office", "ombudsman"]
            assert office_id_of(connection, "kota-contoh") == office_id

    @pytest.mark.parametrize(
        ("change", "faults"),
        [
            ({"code": "Kota"}, {"code": "code"}),
            ({"name": " "}, {"name": "required"}),
            ({"zone": "Asia/Singapore"}, {"zone": "zone"}),
            ({"zone": "Asia/Nirgends", "simulated": True}, {"zone": "zone"}),
            ({"email": "kantor"}, {"email": "identity.email.shape"}),
            ({"number_pattern": "503/{jenis}"}, {"number_pattern": "number_pattern"}),
            ({"number_pattern": "{urut}/{nama}"}, {"number_pattern": "number_pattern"}),
            ({"late_receipt": "never"}, {"late_receipt": "unknown_choice"}),
        ],
    )
    def test_is_refused_with_every_fault_named(
        self, owner_db: OwnerOf, change: dict[str, object], faults: dict[str, str]
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            create_office(owner_db, replace(NEW, **change))  # type: ignore[arg-type]
        assert refused.value.faults == faults

    def test_may_lie_abroad_when_it_is_simulated(self, owner_db: OwnerOf) -> None:
        create_office(owner_db, replace(NEW, zone="Europe/Amsterdam", simulated=True))

    def test_needs_a_code_of_its_own(self, owner_db: OwnerOf) -> None:
        create_office(owner_db, NEW)
        with pytest.raises(InvalidInput) as refused:
            create_office(owner_db, NEW)
        assert refused.value.faults == {"code": "taken"}

    def test_is_not_found_under_another_code(self, owner_db: OwnerOf) -> None:
        with owner_db.begin() as connection, pytest.raises(NotFound):
            office_id_of(connection, "tidak-ada")


class TestANewCalendar:
    def test_is_a_version_of_its_own_with_who_and_why(self, house: House) -> None:
        spec = calendar_of(house)
        more = {**spec.closed, date(2026, 12, 9): ClosedDay("Pilkada", "local")}

        made = set_calendar(
            house.runtime, replace(spec, closed=more), source="SK 1/2026", by=house.people.admin
        )

        rows = house.rows("SELECT number, source, created_by FROM calendar_version ORDER BY number")
        assert made.number == 2
        assert [row.number for row in rows] == [1, 2]
        assert (rows[1].source, rows[1].created_by) == ("SK 1/2026", house.people.admin.id)
        assert date(2026, 12, 9) in calendar_of(house).closed

    def test_counts_for_new_filings_and_leaves_open_files_their_promise(self, house: House) -> None:
        before = house.application(step="verification")
        promised = house.row(before).due_at

        set_calendar(house.runtime, calendar_of(house), source="SK 1/2026", by=house.people.admin)

        after = house.application(step="intake")
        assert house.row(before).due_at == promised
        assert house.row(before).calendar_version_id != house.row(after).calendar_version_id

    def test_is_not_the_counters_to_set(self, house: House) -> None:
        with pytest.raises(NotAllowed):
            set_calendar(house.runtime, calendar_of(house), source="x", by=house.people.clerk)

    def test_declares_an_outage_only_by_the_head(self, house: House) -> None:
        spec, now = calendar_of(house), datetime.now(UTC)
        dark = replace(spec, outages=(Outage(now - timedelta(hours=4), now, "listrik", "SK 5"),))

        with pytest.raises(NotAllowed, match="outage"):
            set_calendar(house.runtime, dark, source="SK", by=house.people.admin)
        set_calendar(house.runtime, dark, source="SK", by=house.people.head)
        # Neither does anybody else take it back, nor lose it on the way.
        with pytest.raises(NotAllowed, match="outage"):
            set_calendar(house.runtime, spec, source="SK", by=house.people.admin)
        set_calendar(house.runtime, calendar_of(house), source="SK", by=house.people.admin)
        assert calendar_of(house).outages[0].legal == "SK 5"

    def test_needs_a_source_and_the_zone_of_the_office(self, house: House) -> None:
        spec = calendar_of(house)
        with pytest.raises(InvalidInput, match="source"):
            set_calendar(house.runtime, spec, source=" ", by=house.people.admin)
        with pytest.raises(InvalidInput, match="zone"):
            set_calendar(
                house.runtime,
                replace(spec, zone="Asia/Jayapura"),
                source="x",
                by=house.people.admin,
            )
