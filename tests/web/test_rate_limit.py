"""How often one address may knock, counted in the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from licensing.services.housekeeping import drop_old_counts
from licensing.services.rate_counts import (
    count_up,
    forget_counter,
    read_counter,
    secret_of_day,
)
from tests.web.office import office_app
from web.rate_limit import visitor

MINUTE = timedelta(minutes=1)
WRONG = {"number": "REG-20260101-00001", "code": "AAAAAAAA"}


class TestACounter:
    def test_counts_up_within_its_window(self, runtime):
        assert [count_up(runtime, "k", MINUTE) for _ in range(3)] == [1, 2, 3]
        assert read_counter(runtime, "k").count == 3

    def test_begins_again_after_its_window(self, runtime):
        count_up(runtime, "k", timedelta(0))

        assert read_counter(runtime, "k") is None
        assert count_up(runtime, "k", MINUTE) == 1

    def test_can_be_forgotten(self, runtime):
        count_up(runtime, "k", MINUTE)
        forget_counter(runtime, "k")

        assert read_counter(runtime, "k") is None


class TestTheSecretOfADay:
    def test_is_the_same_for_every_process_and_another_the_next_day(self, runtime):
        first = secret_of_day(runtime, date(2026, 7, 6))

        assert secret_of_day(runtime, date(2026, 7, 6)) == first
        assert secret_of_day(runtime, date(2026, 7, 7)) != first
        assert len(bytes.fromhex(first)) == 32

    def test_is_deleted_with_what_has_run_out(self, runtime):
        first = secret_of_day(runtime, date(2020, 1, 1))
        drop_old_counts(runtime)

        assert secret_of_day(runtime, date(2020, 1, 1)) != first


class TestAnAddress:
    @pytest.mark.parametrize(
        ("method", "path", "data", "allowed"),
        [
            ("POST", "/lacak", WRONG, 30),
            ("GET", "/lacak/REG-1?k=AAAAAAAA", {}, 30),
            ("GET", "/periksa?number=REG-1", {}, 60),
            ("GET", "/periksa/REG-1", {}, 60),
            ("POST", "/masuk", {}, 60),
        ],
    )
    def test_may_knock_so_often_and_is_then_told_to_wait(self, office, method, path, data, allowed):
        client = office.test_client()
        answers = [client.open(path, method=method, data=data) for _ in range(allowed + 1)]

        assert [one.status_code for one in answers if one.status_code == 429] == [429]
        assert answers[-1].status_code == 429
        assert answers[-1].headers["Retry-After"] == "60"
        assert "Terlalu banyak percobaan" in answers[-1].text

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
            ("::ffff:192.0.2.1", "192.0.2.1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("fe80::1%eth0", "fe80::1%eth1", True),
        ],
    )
    def test_counts_as_the_line_that_it_belongs_to(self, office, one, other, same):
        def hashed(address: str) -> str:
            with office.test_request_context(environ_base={"REMOTE_ADDR": address}):
                return visitor()

        assert (hashed(one) == hashed(other)) is same

    def test_is_not_held_up_by_another(self, office):
        client = office.test_client()
        for _ in range(31):
            client.post("/lacak", data=WRONG)

        other = client.post("/lacak", data=WRONG, environ_base={"REMOTE_ADDR": "10.0.0.9"})

        assert other.status_code == 422

    def test_shares_one_count_between_the_form_and_the_qr(self, office):
        client = office.test_client()
        for _ in range(30):
            client.post("/lacak", data=WRONG)

        assert client.get("/lacak/REG-1?k=AAAAAAAA").status_code == 429

    def test_is_counted_by_every_process_together(self, house, office):
        for _ in range(30):
            office.test_client().post("/lacak", data=WRONG)

        assert office_app(house.runtime).test_client().post("/lacak", data=WRONG).status_code == 429

    def test_stands_nowhere_in_the_database(self, house, office):
        office.test_client().post(
            "/lacak", data=WRONG, environ_base={"REMOTE_ADDR": "203.0.113.77"}
        )

        keys = [row.key for row in house.rows("SELECT key FROM rate_count")]
        assert keys
        assert not any("203.0.113.77" in key for key in keys)
