"""Whoever changes history is found, and the row is named."""

from __future__ import annotations

from uuid import UUID

import pytest

from licensing.audit import (
    Finding,
    count_events,
    verify_anchors,
    verify_histories,
    verify_seals,
)
from licensing.history import Event
from licensing.services.seal import Anchor, newest_seals, seal_office, seal_offices
from tests.factories import House

# What a hand in the database might change, and the column that is then named.
CHANGES = [
    ("action = 'send_back'", "content"),
    ("ask = 'x#1'", "content"),
    ("from_step = 'signature'", "content"),
    ("to_step = 'refusal'", "content"),
    ("lane = 'head'", "content"),
    ("actor_id = NULL", "content"),
    ("reason = 'lain'", "content"),
    ("detail = detail || '{\"a\": 1}'", "content"),
    ("recorded_at = recorded_at + interval '1 microsecond'", "content"),
    ("effective_at = effective_at - interval '1 microsecond'", "content"),
    ("previous = set_byte(previous, 5, 255 - get_byte(previous, 5))", "previous"),
    ("hash = set_byte(hash, 31, 255 - get_byte(hash, 31))", "hash"),
]
IS_TESTED_ELSEWHERE = {"application_id", "seq", "office_id"}


def found(house: House, number: str | None = None) -> list[Finding]:
    with house.owner.begin() as connection:
        return list(verify_histories(connection, house.office_id, number=number))


def broken_seals(house: House) -> list[Finding]:
    with house.owner.begin() as connection:
        return list(verify_seals(connection, house.office_id))


def number_of(house: House, application_id: UUID) -> str:
    query = "SELECT number FROM dossier WHERE application_id = %(id)s"
    return str(house.rows(query, id=application_id)[0].number)


class TestAnUntouchedHistory:
    def test_has_no_findings(self, house: House) -> None:
        for step in ("intake", "completion", "correction", "issued", "refused", "withdrawn"):
            house.application(step)
        seal_offices(house.runtime)

        assert found(house) == []
        assert broken_seals(house) == []

    def test_is_counted_row_by_row_while_it_is_read(self, house: House) -> None:
        house.application("verification")
        ticks: list[int] = []

        with house.owner.begin() as connection:
            list(verify_histories(connection, house.office_id, progress=ticks.append))
            total = count_events(connection, house.office_id)

        assert sum(ticks) == total == 2


class TestOneChangedByte:
    @pytest.mark.parametrize(("change", "field"), CHANGES)
    def test_is_found_and_its_row_named(self, house: House, change: str, field: str) -> None:
        house.application("issued")
        touched = house.application("issued")

        rows = house.as_owner(
            f"UPDATE application_event SET {change} WHERE application_id = %(id)s AND seq = 3",
            id=touched,
        )

        assert rows == 1
        findings = found(house)
        first = findings[0]
        assert (first.where, first.seq, first.field) == (number_of(house, touched), 3, field)
        assert {finding.where for finding in findings} == {number_of(house, touched)}

    def test_is_found_in_every_column_that_there_is(self, house: House) -> None:
        columns = house.rows(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'application_event'"
        )
        tried = {change.split(" ")[0] for change, _ in CHANGES}

        assert {row.column_name for row in columns} == tried | IS_TESTED_ELSEWHERE

    def test_is_found_in_the_newest_row(self, house: House) -> None:
        application_id = house.application("issued")

        house.as_owner(
            "UPDATE application_event SET reason = 'lain' WHERE application_id = %(id)s"
            " AND seq = (SELECT last_seq FROM application WHERE id = %(id)s)",
            id=application_id,
        )

        assert [finding.field for finding in found(house)] == ["content"]

    def test_is_found_when_asked_for_that_application_alone(self, house: House) -> None:
        touched, other = house.application("issued"), house.application("issued")
        house.as_owner(
            "UPDATE application_event SET lane = 'x' WHERE application_id = %(id)s AND seq = 2",
            id=touched,
        )

        assert found(house, number_of(house, other)) == []
        assert len(found(house, number_of(house, touched))) == 1

    def test_is_found_in_the_office_column(self, house: House) -> None:
        application_id = house.application("issued")
        house.as_owner(
            "INSERT INTO office (code, name, government, place, address, phone, email, zone,"
            " unit_code) VALUES ('lain', '', '', '', '', '', '', 'Asia/Jakarta', '')"
        )

        house.as_owner(
            "UPDATE application_event SET office_id = (SELECT id FROM office WHERE code = 'lain')"
            " WHERE application_id = %(id)s AND seq = 2",
            id=application_id,
        )

        assert [(f.seq, f.field) for f in found(house)] == [(2, "office_id")]


class TestARowThatIsGone:
    def test_leaves_a_hole_in_the_middle(self, house: House) -> None:
        application_id = house.application("issued")

        house.as_owner(
            "DELETE FROM application_event WHERE application_id = %(id)s AND seq = 2",
            id=application_id,
        )

        assert (found(house)[0].seq, found(house)[0].field) == (2, "seq")

    def test_is_missed_by_the_application_when_it_was_the_newest(self, house: House) -> None:
        application_id = house.application("issued")

        house.as_owner(
            "DELETE FROM application_event WHERE application_id = %(id)s AND seq = 5",
            id=application_id,
        )

        assert [(f.seq, f.field) for f in found(house)] == [(5, "seq")]

    def test_is_missed_by_the_seal_when_the_application_was_mended(self, house: House) -> None:
        application_id = house.application("issued")
        seal_office(house.runtime, house.office_id)

        cut_off_newest(house, application_id)

        assert found(house) == []
        findings = broken_seals(house)
        assert [(f.where, f.seq, f.field) for f in findings] == [
            (number_of(house, application_id), 5, "seq")
        ]


class TestARewrittenHistory:
    def test_is_not_the_one_that_the_seal_has_seen(self, house: House) -> None:
        application_id = house.application("refusal")
        seal_office(house.runtime, house.office_id)

        rehash_newest(house, application_id, reason="Alasan lain")

        assert found(house) == []
        assert [(f.seq, f.field) for f in broken_seals(house)] == [(3, "hash")]

    def test_shows_where_a_row_was_added(self, house: House) -> None:
        application_id = house.application("verification")

        house.as_owner(
            "INSERT INTO application_event SELECT application_id, 3, office_id, 'approve', NULL,"
            " 'verification', 'signature', 'verifier', actor_id, NULL, '{}', recorded_at,"
            " effective_at, hash, hash FROM application_event"
            " WHERE application_id = %(id)s AND seq = 2",
            id=application_id,
        )

        assert {finding.seq for finding in found(house)} == {2, 3}


class TestSeals:
    def test_name_every_application_that_moved_and_only_once(self, house: House) -> None:
        first = house.application("verification")
        assert seal_office(house.runtime, house.office_id) == 1
        second = house.application("intake")
        assert seal_office(house.runtime, house.office_id) == 1

        heads = [row.heads for row in house.rows("SELECT heads FROM seal ORDER BY number")]

        assert [list(each) for each in heads] == [[str(first)], [str(second)]]

    def test_are_not_made_when_nothing_has_happened(self, house: House) -> None:
        house.application("intake")
        seal_office(house.runtime, house.office_id)

        assert seal_office(house.runtime, house.office_id) == 0
        assert len(house.rows("SELECT 1 FROM seal")) == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ('heads = heads || \'{"00000000-0000-0000-0000-000000000000": [1, "00"]}\'', "content"),
            ("sealed_at = sealed_at + interval '1 second'", "content"),
            ("previous = set_byte(previous, 0, 1)", "previous"),
            ("hash = set_byte(hash, 0, 255 - get_byte(hash, 0))", "content"),
        ],
    )
    def test_that_were_changed_are_found(self, house: House, change: str, field: str) -> None:
        house.application("intake")
        seal_office(house.runtime, house.office_id)

        house.as_owner(f"UPDATE seal SET {change}")

        assert (broken_seals(house)[0].where, broken_seals(house)[0].seq) == ("seal", 1)
        assert field in {finding.field for finding in broken_seals(house)}

    def test_cannot_be_cut_off_unseen_where_an_anchor_lies_outside(self, house: House) -> None:
        house.application("intake")
        seal_office(house.runtime, house.office_id)
        anchors = [Anchor.parse(str(anchor)) for anchor in newest_seals(house.runtime)]

        house.as_owner("DELETE FROM seal")

        assert broken_seals(house) == []
        with house.owner.begin() as connection:
            findings = list(verify_anchors(connection, house.office_id, house.code, anchors))
        assert [(f.where, f.seq, f.field) for f in findings] == [("seal", 1, "number")]

    def test_agree_with_the_anchor_while_nobody_touches_them(self, house: House) -> None:
        house.application("intake")
        seal_office(house.runtime, house.office_id)

        with house.owner.begin() as connection:
            anchors = newest_seals(house.runtime)
            assert list(verify_anchors(connection, house.office_id, house.code, anchors)) == []


def cut_off_newest(house: House, application_id: UUID) -> None:
    """Delete the newest line and mend the application, as a skilled hand would."""
    house.as_owner(
        "DELETE FROM application_event WHERE application_id = %(id)s"
        " AND seq = (SELECT last_seq FROM application WHERE id = %(id)s)",
        id=application_id,
    )
    house.as_owner(
        "UPDATE application a SET last_seq = e.seq, last_hash = e.hash,"
        " last_recorded_at = e.recorded_at, last_effective_at = e.effective_at"
        " FROM application_event e WHERE a.id = %(id)s AND e.application_id = a.id"
        " AND e.seq = a.last_seq - 1",
        id=application_id,
    )


def rehash_newest(house: House, application_id: UUID, *, reason: str) -> None:
    """Change the reason of the newest line and work its hash out anew."""
    row = house.rows(
        "SELECT application_id, seq, action, ask, from_step, to_step, lane, actor_id, reason,"
        " detail, recorded_at, effective_at, previous FROM application_event"
        " WHERE application_id = %(id)s ORDER BY seq DESC LIMIT 1",
        id=application_id,
    )[0]
    event = Event(**{**row._mapping, "reason": reason})
    house.as_owner(
        "UPDATE application_event SET reason = %(reason)s, hash = %(hash)s"
        " WHERE application_id = %(id)s AND seq = %(seq)s",
        reason=reason,
        hash=event.hash(),
        id=application_id,
        seq=event.seq,
    )
    house.as_owner(
        "UPDATE application SET last_hash = %(hash)s WHERE id = %(id)s",
        hash=event.hash(),
        id=application_id,
    )
