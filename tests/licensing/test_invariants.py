"""Each invariant finds what breaks it, and nothing where nothing is broken."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from licensing.invariants import INVARIANTS, check
from licensing.invariants.money import past_the_cashier
from licensing.runtime import Runtime
from licensing.services.seal import seal_office
from tests.bed import OwnerOf
from tests.factories import House
from tests.licensing.visits import building, building_house
from tests.money import Till, paid_siup
from workflows.definitions import text_of
from workflows.reading import read_sop

EVERY_STEP = (
    "intake", "completion", "verification", "correction", "signature", "refusal", "handover",
    "issued", "refused", "withdrawn",
)  # fmt: skip

ALERT = (
    "INSERT INTO alert (office_id, application_id, key, rung, owed_at, raised_at) SELECT office_id,"
    " application_id, key, {rung}, {owed}, clock_timestamp() FROM deadline"
    " WHERE application_id = %(id)s AND key = 'service'"
)
NOTICE = (
    "INSERT INTO notice (id, office_id, application_id, alert_id, event, audience, address,"
    " channel, locale, created_at, next_try_at) SELECT gen_random_uuid(), a.office_id, a.id, t.id,"
    " 'progress', 'applicant', 'a@contoh.example', 'email', 'id', clock_timestamp(),"
    " clock_timestamp() - interval '2 hours' FROM application a"
    " LEFT JOIN alert t ON t.application_id = a.id WHERE a.id = %(id)s"
)
OTHER_OFFICE = (
    "INSERT INTO office (code, name, government, place, address, phone, email, zone, unit_code)"
    " VALUES ('lain', '', '', '', '', '', '', 'Asia/Jakarta', '')"
)

# Code, the step at which an application stands, and what breaks the promise about it.
BREAKS: list[tuple[str, str, tuple[str, ...]]] = [
    ("I1", "verification", ("UPDATE application SET step = 'signature' WHERE id = %(id)s",)),
    ("I2", "issued", ("DELETE FROM application_event WHERE application_id = %(id)s AND seq = 2",)),
    (
        "I2",
        "issued",
        (
            "UPDATE application_event SET from_step = 'refusal'"
            " WHERE application_id = %(id)s AND seq = 3",
        ),
    ),
    (
        "I3",
        "signature",
        (
            "UPDATE application_event SET lane = 'counter'"
            " WHERE application_id = %(id)s AND seq = 3",
        ),
    ),
    (
        "I4",
        "issued",
        (
            "UPDATE application_event SET previous = (SELECT previous FROM application_event"
            " WHERE application_id = %(id)s AND seq = 2) WHERE application_id = %(id)s AND seq = 3",
        ),
    ),
    ("I11", "intake", ("UPDATE number_series SET last = 0",)),
    ("I11", "issued", ("UPDATE number_series SET last = 0 WHERE series LIKE 'SIUP/%%'",)),
    (
        "I11",
        "intake",
        (
            "ALTER TABLE permit DROP CONSTRAINT uq_permit_office_id_number",
            "ALTER TABLE permit DROP CONSTRAINT uq_permit_application_id CASCADE",
            "INSERT INTO permit (office_id, application_id, service, number, number_key,"
            " holder_name, subject, issued_on, verify_code, content) SELECT office_id, id, 'siup',"
            " 'N', 'n', '', '', '2026-01-01', code, '{}' FROM application,"
            " (VALUES ('a'), ('b')) AS twice(code) WHERE id = %(id)s",
        ),
    ),
    ("I12", "issued", ("DELETE FROM permit WHERE application_id = %(id)s",)),
    (
        "I12",
        "verification",
        (
            "INSERT INTO permit (office_id, application_id, service, number, number_key,"
            " holder_name, subject, issued_on, verify_code, content) SELECT office_id, id, 'siup',"
            " 'N', 'n', '', '', '2026-01-01', 'code', '{}' FROM application WHERE id = %(id)s",
        ),
    ),
    (
        "I13",
        "handover",
        (
            "UPDATE application_event SET actor_id = (SELECT actor_id FROM application_event"
            " WHERE application_id = %(id)s AND seq = 2) WHERE application_id = %(id)s AND seq = 4",
        ),
    ),
    (
        "I14",
        "verification",
        (
            "UPDATE deadline SET rungs = jsonb_build_array(jsonb_build_array('50%%',"
            " extract(epoch FROM clock_timestamp())::bigint - 360))"
            " WHERE application_id = %(id)s AND key = 'service'",
        ),
    ),
    (
        "I15",
        "verification",
        (
            "DROP INDEX uq_alert_owed_once",
            ALERT.format(rung="'50%%'", owed="clock_timestamp()"),
            ALERT.format(rung="'50%%'", owed="clock_timestamp()"),
        ),
    ),
    (
        "I16",
        "verification",
        (
            "ALTER TABLE alert DROP CONSTRAINT ck_alert_never_early",
            ALERT.format(rung="'50%%'", owed="clock_timestamp() + interval '1 hour'"),
        ),
    ),
    ("I16", "verification", (ALERT.format(rung="'40%%'", owed="clock_timestamp()"),)),
    ("I17", "verification", (ALERT.format(rung="'50%%'", owed="clock_timestamp()"),)),
    (
        "I18",
        "verification",
        (ALERT.format(rung="'50%%'", owed="clock_timestamp()"), NOTICE, NOTICE),
    ),
    ("I19", "intake", (NOTICE,)),
    (
        "I20",
        "issued",
        ("UPDATE application_event SET reason = 'lain' WHERE application_id = %(id)s AND seq = 2",),
    ),
    ("I20", "issued", ("UPDATE seal SET sealed_at = sealed_at + interval '1 second'",)),
    (
        "I21",
        "issued",
        ("DELETE FROM application_event WHERE application_id = %(id)s AND seq = 5",),
    ),
    (
        "I22",
        "issued",
        (
            "UPDATE application_event SET recorded_at = recorded_at - interval '1 day'"
            " WHERE application_id = %(id)s AND seq = 3",
        ),
    ),
    (
        "I22",
        "intake",
        (
            "UPDATE application_event SET recorded_at = recorded_at + interval '1 day',"
            " effective_at = effective_at + interval '1 day' WHERE application_id = %(id)s",
        ),
    ),
    (
        "I22",
        "intake",
        (
            "UPDATE office SET sample = false",
            "UPDATE application_event SET effective_at = effective_at - interval '1 day'"
            " WHERE application_id = %(id)s",
        ),
    ),
    (
        "I23",
        "intake",
        (
            OTHER_OFFICE,
            "UPDATE dossier SET office_id = (SELECT id FROM office WHERE code = 'lain')"
            " WHERE application_id = %(id)s",
        ),
    ),
    (
        "I24",
        "intake",
        ("UPDATE sop_version SET published_at = clock_timestamp() + interval '1 hour'",),
    ),
    (
        "I24",
        "intake",
        (
            "INSERT INTO sop_version (office_id, service, number, text, expanded, sha256,"
            " drafted_by, published_by, published_at) SELECT office_id, service, 2, text, expanded,"
            " sha256, drafted_by, published_by, clock_timestamp() - interval '1 hour'"
            " FROM sop_version",
        ),
    ),
    (
        "I25",
        "withdrawn",
        (
            "UPDATE deadline SET ended_at = NULL, status = 'paused', due_at = NULL,"
            " broken_at = NULL WHERE application_id = %(id)s AND key LIKE 'step:%%'",
        ),
    ),
    (
        "I25",
        "verification",
        (
            "INSERT INTO deadline (application_id, key, office_id, name, status, started_at,"
            " due_at, rungs) SELECT application_id, 'step:verification#2', office_id, name, status,"
            " started_at, due_at, rungs FROM deadline WHERE application_id = %(id)s"
            " AND key = 'step:verification#1'",
        ),
    ),
    (
        "I25",
        "verification",
        ("UPDATE application SET due_at = due_at + interval '1 day' WHERE id = %(id)s",),
    ),
    (
        "I26",
        "verification",
        (
            "UPDATE deadline SET due_at = due_at + interval '1 day'"
            " WHERE application_id = %(id)s AND key = 'law'",
        ),
    ),
    ("I26", "correction", ("DELETE FROM deadline WHERE application_id = %(id)s",)),
    (
        "I32",
        "verification",
        (
            "INSERT INTO calendar_version (office_id, number, spec, source)"
            " SELECT office_id, 2, spec, source FROM calendar_version",
            "UPDATE office SET calendar_version_id = (SELECT id FROM calendar_version"
            " WHERE number = 2)",
        ),
    ),
    (
        "I27",
        "intake",
        (
            "INSERT INTO queue_day (office_id, day) SELECT office_id, '2026-01-05' FROM application"
            " WHERE id = %(id)s",
            "INSERT INTO queue_group (office_id, kind, letter, title_id, title_en, roles)"
            " SELECT office_id, 'office', 'A', 'x', 'x', ARRAY['counter'] FROM application"
            " WHERE id = %(id)s",
            "INSERT INTO ticket (office_id, day, letter, number, secret_hash, order_at, kind,"
            " group_id) SELECT office_id, '2026-01-05', 'A', 1, 'x', '2026-01-05', 'office', id"
            " FROM queue_group",
        ),
    ),
    (
        "I28",
        "intake",
        (
            "INSERT INTO kept_file (office_id, sha256, size, media_type)"
            " SELECT office_id, repeat('0', 64), 1, 'application/pdf'"
            " FROM application WHERE id = %(id)s",
            "INSERT INTO paper_file (office_id, application_id, paper, sha256, size, media_type,"
            " name) SELECT office_id, id, 'ktp', repeat('0', 64), 1, 'application/pdf', 'ktp.pdf'"
            " FROM application WHERE id = %(id)s",
        ),
    ),
    (
        "I28",
        "intake",
        (
            "INSERT INTO kept_file (office_id, sha256, size, media_type, kept_at)"
            " SELECT office_id, repeat('0', 64), 1, 'application/pdf', now() - interval '4 days'"
            " FROM application WHERE id = %(id)s",
        ),
    ),
    ("I30", "intake", ("ALTER TABLE permit ADD COLUMN fee_idr double precision",)),
    ("I30", "intake", ("ALTER TABLE permit ADD COLUMN seen_at timestamp without time zone",)),
]


FREE = "ALTER TABLE payment DROP CONSTRAINT {}"

# Code, what stands, and what breaks the promise about its money.
MONEY_BREAKS: list[tuple[str, str, tuple[str, ...]]] = [
    (
        "I5",
        "paid",
        (
            "UPDATE bill SET payment_id = NULL, status = 'expired' WHERE application_id = %(id)s",
            "DELETE FROM payment WHERE bill_id IN"
            " (SELECT id FROM bill WHERE application_id = %(id)s)",
        ),
    ),
    (
        "I5",
        "billed",
        ("UPDATE application SET step = 'signature', lane = 'head' WHERE id = %(id)s",),
    ),
    (
        "I5",
        "paid",
        (
            "INSERT INTO fee_assessment (office_id, application_id, tariff, answers, sheet,"
            " amount_idr, assessed_by, assessed_at) SELECT office_id, application_id, tariff,"
            " answers, sheet, amount_idr + 1, assessed_by, assessed_at + interval '1 hour'"
            " FROM fee_assessment WHERE application_id = %(id)s",
        ),
    ),
    (
        "I6",
        "paid",
        (
            "DROP INDEX uq_payment_one_live",
            "INSERT INTO payment (id, office_id, bill_id, amount_idr, slip_number, bank_reference,"
            " paid_at, paid_by, paid_by_kind, recorded_at) SELECT gen_random_uuid(), office_id,"
            " bill_id, amount_idr, 'lain', 'lain', paid_at, paid_by, paid_by_kind, recorded_at"
            " FROM payment",
        ),
    ),
    (
        "I6",
        "paid",
        (
            FREE.format("fk_payment_bill_id_amount_idr"),
            "UPDATE payment SET amount_idr = amount_idr - 1",
        ),
    ),
    (
        "I7",
        "reversed",
        (
            FREE.format("uq_payment_office_id_bank_reference"),
            "INSERT INTO payment (id, office_id, bill_id, amount_idr, slip_number, bank_reference,"
            " paid_at, paid_by, paid_by_kind, recorded_at) SELECT gen_random_uuid(), office_id,"
            " bill_id, amount_idr, 'lain', bank_reference, paid_at, paid_by, paid_by_kind,"
            " recorded_at FROM payment",
        ),
    ),
    (
        "I8",
        "paid",
        (
            FREE.format("ck_payment_by_the_bank"),
            "UPDATE payment SET paid_by_kind = 'office', paid_by = (SELECT id FROM officer"
            " WHERE organisation_kind = 'office' LIMIT 1)",
        ),
    ),
    (
        "I8",
        "paid",
        (
            "UPDATE payment SET paid_by = (SELECT id FROM officer WHERE organisation_kind = 'bank'"
            " AND id <> payment.paid_by LIMIT 1)",
        ),
    ),
    (
        "I9",
        "reversed",
        (
            "UPDATE bill SET status = 'paid', closed_at = now(),"
            " payment_id = (SELECT id FROM payment) WHERE application_id = %(id)s",
        ),
    ),
    (
        "I9",
        "paid",
        (
            "UPDATE application SET state = jsonb_set(state::jsonb, '{bill,s}', '\"open\"')"
            " WHERE id = %(id)s",
        ),
    ),
    ("I9", "billed", ("UPDATE application SET state = state::jsonb - 'bill' WHERE id = %(id)s",)),
]


# What breaks the promise about a building permit after its visit, one opinion in.
BUILDING_BREAKS: list[tuple[str, tuple[str, ...]]] = [
    ("I1", ("UPDATE ask SET step = 'decide_pu' WHERE key = 'opinion_pu#1'",)),
    ("I1", ("UPDATE ask SET closed_at = now(), lane = NULL WHERE key = 'opinion_lh#1'",)),
    ("I1", ("UPDATE ask SET key = 'opinion_pu#2' WHERE key = 'opinion_pu#1'",)),
    ("I31", ("UPDATE visit SET summary = 'Semua sesuai.'",)),
    ("I31", ("DELETE FROM visit",)),
    ("I31", ("UPDATE visit SET scheduled_on = scheduled_on - 1",)),
    (
        "I31",
        (
            "UPDATE application SET state = jsonb_set(state::jsonb, '{visit,s}', '\"planned\"')"
            " WHERE id = %(id)s",
        ),
    ),
]


def rows_against(house: House, *codes: str) -> dict[str, tuple[str, ...]]:
    with house.owner.begin() as connection:
        return {
            each.invariant.code: each.rows
            for each in check(connection, house.runtime.storage, only=frozenset(codes))
        }


class TestAnOfficeAtWork:
    def test_keeps_every_promise(self, house: House) -> None:
        for step in EVERY_STEP:
            house.application(step)
        seal_office(house.runtime, house.office_id)

        against = rows_against(house)

        assert {code: rows for code, rows in against.items() if rows} == {}
        assert len(against) == len(INVARIANTS)

    def test_keeps_them_in_simulated_time_too(self, simulated_house: House) -> None:
        for step in EVERY_STEP:
            simulated_house.application(step, at=datetime(2026, 3, 2, 3, tzinfo=UTC))

        assert {code: rows for code, rows in rows_against(simulated_house).items() if rows} == {}

    def test_keeps_them_in_a_sample_office_whose_past_is_invented(
        self, simulated_house: House
    ) -> None:
        for step in EVERY_STEP:
            simulated_house.application(step, at=datetime(2026, 3, 2, 3, tzinfo=UTC))

        simulated_house.as_owner("UPDATE office SET simulated = false, sample = true")

        assert rows_against(simulated_house, "I19", "I22") == {"I19": (), "I22": ()}

    @pytest.mark.parametrize(
        ("shift", "detail", "kept"),
        [
            ("- interval '1 hour'", '{"hold": "ends", "over": true}', True),
            ("- interval '1 hour'", '{"hold": "ends"}', False),
            ("+ interval '1 hour'", '{"hold": "ends", "over": true}', False),
        ],
    )
    def test_what_the_clock_ended_at_its_length_counts_before_it_is_recorded(
        self, house: House, shift: str, detail: str, kept: bool
    ) -> None:
        application_id = house.application("intake")
        house.as_owner("UPDATE office SET sample = false")
        statement = (
            "UPDATE application_event SET actor_id = NULL, detail = %(detail)s::jsonb,"
            f" effective_at = effective_at {shift} WHERE application_id = %(id)s"
        )
        house.as_owner(statement, id=application_id, detail=detail)

        assert (rows_against(house, "I22")["I22"] == ()) is kept


class TestABrokenPromise:
    @pytest.mark.parametrize(("code", "step", "statements"), BREAKS)
    def test_is_found(
        self, house: House, code: str, step: str, statements: tuple[str, ...]
    ) -> None:
        application_id: UUID = house.application(step)
        seal_office(house.runtime, house.office_id)
        assert rows_against(house, code) == {code: ()}

        for statement in statements:
            house.as_owner(statement, id=application_id)

        assert rows_against(house, code)[code] != ()

    def test_about_a_file_that_belongs_to_no_scan_is_found(self, house: House) -> None:
        import os

        root = house.runtime.storage.root
        stray: Path = root / "00" / "00" / ("0" * 64)
        stray.parent.mkdir(parents=True)
        stray.write_bytes(b"x")
        os.utime(stray, (0, 0))

        assert rows_against(house, "I28")["I28"] != ()

    def test_is_tried_for_every_invariant(self) -> None:
        tried = {code for code, _, _ in (*BREAKS, *MONEY_BREAKS)}
        tried |= {code for code, _ in BUILDING_BREAKS}
        assert tried == {each.code for each in INVARIANTS}


class TestMoneyAtWork:
    def test_keeps_every_promise(self, till: Till) -> None:
        house, people = till.house, till.house.people
        till.at_billing()
        till.billed()
        till.expire(till.billed())
        till.take_back(till.paid())
        again = till.paid()
        till.take_back(again)
        till.pay(again, by=people.second_teller)
        signed = till.paid()
        house.press("sign", signed, by=people.head)
        free = till.at_billing()
        till.assess(free, 0)
        house.press("nothing_to_pay", free, by=people.billing)
        gone = till.billed()
        house.press("withdraw", gone, by=people.clerk, reason="Batal")
        corrected = till.billed()
        house.press("correct_bill", corrected, by=people.billing, reason="Keliru")
        till.assess(corrected, 5)
        house.press("issue_bill", corrected, by=people.billing)
        seal_office(house.runtime, house.office_id)

        # A limit that the test itself let run out is not what the calendar says.
        assert {code: rows for code, rows in rows_against(house).items() if rows} == {}

    def test_knows_what_lies_past_the_cashier(self, till: Till) -> None:
        sop = read_sop(paid_siup(), vocabulary=till.house.runtime.vocabulary)
        imb = read_sop(text_of("imb"), vocabulary=till.house.runtime.vocabulary)
        siup = read_sop(text_of("siup"), vocabulary=till.house.runtime.vocabulary)
        assert past_the_cashier(sop) == {"signature", "handover", "issued"}
        assert past_the_cashier(imb) == {"signature", "handover", "issued"}
        assert past_the_cashier(siup) == frozenset()


class TestABrokenPromiseAboutMoney:
    @pytest.mark.parametrize(("code", "stands", "statements"), MONEY_BREAKS)
    def test_is_found(
        self, till: Till, code: str, stands: str, statements: tuple[str, ...]
    ) -> None:
        application = till.billed() if stands == "billed" else till.paid()
        if stands == "reversed":
            till.take_back(application)
        assert rows_against(till.house, code) == {code: ()}

        for statement in statements:
            till.house.as_owner(statement, id=application)

        assert rows_against(till.house, code)[code] != ()


class TestABuildingPermitAtWork:
    def test_keeps_every_promise(self, simulated_builders: House) -> None:
        for step in ("visit_planning", "visit", "visit_postponed", "review"):
            answered(simulated_builders, step)
        gone = building(simulated_builders, "visit", at=MONDAY)
        simulated_builders.press(
            "withdraw", gone, by=simulated_builders.people.clerk, reason="Batal", at=WEDNESDAY
        )

        against = rows_against(simulated_builders)

        assert {code: rows for code, rows in against.items() if rows} == {}

    @pytest.mark.parametrize(("code", "statements"), BUILDING_BREAKS)
    def test_is_found_where_one_is_broken(
        self, simulated_builders: House, code: str, statements: tuple[str, ...]
    ) -> None:
        application = answered(simulated_builders, "review")
        assert rows_against(simulated_builders, code) == {code: ()}

        for statement in statements:
            simulated_builders.as_owner(statement, id=application)

        assert rows_against(simulated_builders, code)[code] != ()


MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 3, tzinfo=UTC)


@pytest.fixture
def simulated_builders(runtime: Runtime, owner_db: OwnerOf) -> House:
    return building_house(runtime, owner_db, simulated=True)


def answered(house: House, step: str) -> UUID:
    """Return a building permit at `step` on which one agency has drafted and decided."""
    application = building(house, step, at=MONDAY)
    words = {"opinion": "Memenuhi syarat teknis."}
    for action, by in (("propose", house.people.agency_pu), ("agree", house.people.agency_head_pu)):
        house.press(action, application, by=by, inputs=words, at=WEDNESDAY, ask="opinion_pu#1")
    return application
