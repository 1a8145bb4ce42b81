"""Signing in tells nobody which accounts exist, and a session ends when it should."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from licensing import database, passwords
from licensing.errors import InvalidInput, SignInRefused, TooManyTries
from licensing.services import sign_in as doors
from licensing.services.account_changes import set_active, set_password
from licensing.services.sign_in import (
    SignedIn,
    end_sessions_of,
    officer_of_session,
    sign_in,
    sign_out,
)
from tests.factories import PASSWORD, House


def enter(house: House, password: str = PASSWORD, *, address: str = "") -> SignedIn:
    return sign_in(house.runtime, house.people.clerk.username, password, address=address)


class TestSigningIn:
    def test_opens_a_session_of_that_person_with_roles(self, house: House) -> None:
        signed_in = enter(house)

        assert signed_in.officer == house.people.clerk
        assert officer_of_session(house.runtime, signed_in.session_key) == house.people.clerk

    def test_takes_the_name_in_any_case(self, house: House) -> None:
        username = f" {house.people.clerk.username.upper()} "
        assert sign_in(house.runtime, username, PASSWORD).officer.id == house.people.clerk.id

    def test_stores_only_a_hash_of_the_key(self, house: House) -> None:
        key = enter(house).session_key

        stored = house.rows("SELECT * FROM login_session")[0]

        assert key.encode() not in bytes(stored.key_hash)
        assert key not in str(stored)

    def test_gives_every_session_its_own_key(self, house: House) -> None:
        assert enter(house).session_key != enter(house).session_key

    @pytest.mark.parametrize("why", ["password", "unknown", "disabled"])
    def test_is_refused_with_the_same_words_whatever_is_wrong(self, house: House, why: str) -> None:
        username = house.people.clerk.username
        if why == "disabled":
            set_active(house.runtime, house.office_id, username, active=False)
        name = "tidak-ada" if why == "unknown" else username
        password = "salah-salah-salah" if why == "password" else PASSWORD

        with pytest.raises(SignInRefused) as refused:
            sign_in(house.runtime, name, password)

        assert str(refused.value) == "name and password do not belong together"

    @pytest.mark.parametrize("name", ["known", "tidak-ada"])
    def test_works_out_one_hash_whether_or_not_there_is_such_an_account(
        self, house: House, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at: list[str | None] = []
        real = passwords.matches

        def matches(stored: str | None, password: str) -> bool:
            looked_at.append(stored)
            return real(stored, password)

        monkeypatch.setattr(doors, "matches", matches)
        username = house.people.clerk.username if name == "known" else name

        with pytest.raises(SignInRefused):
            sign_in(house.runtime, username, "salah-salah-salah")

        assert len(looked_at) == 1
        assert (looked_at[0] is None) == (name == "tidak-ada")

    def test_accepts_no_password_where_there_is_no_account(self) -> None:
        assert not passwords.matches(None, "")
        assert not passwords.matches("not a hash", "x")


class TestTooManyTries:
    def test_at_one_account_are_told_to_wait(self, house: House) -> None:
        for _ in range(10):
            with pytest.raises(SignInRefused):
                enter(house, "salah-salah-salah")

        with pytest.raises(TooManyTries) as refused:
            enter(house)

        assert timedelta(minutes=14) < refused.value.retry_after <= timedelta(minutes=15)

    def test_at_a_name_that_nobody_has_are_told_to_wait_as_well(self, house: House) -> None:
        for _ in range(10):
            with pytest.raises(SignInRefused):
                sign_in(house.runtime, "tidak-ada", "salah-salah-salah")
        with pytest.raises(TooManyTries):
            sign_in(house.runtime, "tidak-ada", "salah-salah-salah")

    def test_from_one_address_at_many_names_are_told_to_wait(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(doors, "TRIES_OF_ADDRESS", 3)
        for number in range(3):
            with pytest.raises(SignInRefused):
                sign_in(house.runtime, f"nama-{number}", "x", address="192.0.2.1")

        with pytest.raises(TooManyTries):
            enter(house, address="192.0.2.1")
        assert enter(house, address="192.0.2.2").officer == house.people.clerk

    def test_are_forgotten_when_the_window_has_passed(self, house: House) -> None:
        for _ in range(11):
            with pytest.raises((SignInRefused, TooManyTries)):
                enter(house, "salah-salah-salah")
        house.as_owner("UPDATE rate_count SET expires_at = clock_timestamp() - interval '1 second'")

        assert enter(house).officer == house.people.clerk

    def test_are_not_made_by_those_who_know_their_password(self, house: House) -> None:
        for _ in range(12):
            enter(house, address="192.0.2.1")

    def test_leave_neither_name_nor_address_behind(self, house: House) -> None:
        with pytest.raises(SignInRefused):
            sign_in(house.runtime, "seseorang", "x", address="192.0.2.1")

        keys = " ".join(row.key for row in house.rows("SELECT key FROM rate_count"))

        assert "seseorang" not in keys
        assert "192.0.2.1" not in keys


class TestASession:
    def test_is_read_in_one_statement(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        key = enter(house).session_key
        engine = house.runtime.db
        assert isinstance(engine, Engine)
        sent: list[str] = []
        straight = database.execute

        def heard(_c: object, _x: object, statement: str, *_: object) -> None:
            sent.append(statement)

        def told(connection: Any, statement: Any, *parameters: Any) -> Any:
            sent.append(statement)
            return straight(connection, statement, *parameters)

        monkeypatch.setattr(database, "execute", told)
        event.listen(engine, "before_cursor_execute", heard)
        officer_of_session(house.runtime, key)
        event.remove(engine, "before_cursor_execute", heard)

        assert len(sent) == 1

    @pytest.mark.parametrize(
        ("change", "alive"),
        [
            ("seen_at = clock_timestamp() - interval '59 minutes'", True),
            ("seen_at = clock_timestamp() - interval '60 minutes'", False),
            ("created_at = clock_timestamp() - interval '11 hours 59 minutes'", True),
            ("created_at = clock_timestamp() - interval '12 hours'", False),
        ],
    )
    def test_ends_when_idle_for_an_hour_or_open_for_twelve(
        self, house: House, change: str, alive: bool
    ) -> None:
        key = enter(house).session_key

        house.as_owner(f"UPDATE login_session SET {change}")

        assert (officer_of_session(house.runtime, key) is not None) is alive

    def test_remembers_at_most_once_a_minute_that_it_was_seen(self, house: House) -> None:
        key = enter(house).session_key
        first = house.rows("SELECT seen_at FROM login_session")[0].seen_at

        officer_of_session(house.runtime, key)
        assert house.rows("SELECT seen_at FROM login_session")[0].seen_at == first

        house.as_owner("UPDATE login_session SET seen_at = seen_at - interval '2 minutes'")
        officer_of_session(house.runtime, key)
        assert house.rows("SELECT seen_at FROM login_session")[0].seen_at > first

    def test_is_nobodys_after_signing_out(self, house: House) -> None:
        first, second = enter(house).session_key, enter(house).session_key

        sign_out(house.runtime, first)

        assert officer_of_session(house.runtime, first) is None
        assert officer_of_session(house.runtime, second) is not None

    def test_ends_with_all_others_of_its_account(self, house: House) -> None:
        keys = [enter(house).session_key for _ in range(2)]
        other = sign_in(house.runtime, house.people.head.username, PASSWORD).session_key

        assert end_sessions_of(house.runtime, house.people.clerk) == 2

        assert [officer_of_session(house.runtime, key) for key in keys] == [None, None]
        assert officer_of_session(house.runtime, other) == house.people.head

    @pytest.mark.parametrize("how", ["password", "disabled"])
    def test_ends_when_the_account_changes(self, house: House, how: str) -> None:
        key, username = enter(house).session_key, house.people.clerk.username

        if how == "password":
            set_password(house.runtime, house.office_id, username, "kata-sandi-yang-baru")
        else:
            set_active(house.runtime, house.office_id, username, active=False)

        assert officer_of_session(house.runtime, key) is None

    @pytest.mark.parametrize("key", ["", "x", "x" * 10_000, "ü" * 40])
    def test_with_an_invented_key_is_nobodys(self, house: House, key: str) -> None:
        assert officer_of_session(house.runtime, key) is None
        sign_out(house.runtime, key)


class TestPasswords:
    @pytest.mark.parametrize(
        ("password", "fault"),
        [
            ("sebelashuru", "too_short"),
            ("x" * 201, "too_long"),
            ("aaaaaaaaaaaa", "too_common"),
            ("password1234", "too_common"),
            ("kepala-dinas", "is_username"),
            ("KEPALA-dinas1", "is_username"),
            ("kuda baterai\n", "control_character"),
        ],
    )
    def test_that_are_weak_are_refused(self, password: str, fault: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            passwords.check_new(password, username="kepala-dinas")
        assert refused.value.faults == {"password": fault}

    @pytest.mark.parametrize(
        "password", ["kuda baterai kayu", "kepala-dinas yang lama", "ünïcödé-123"]
    )
    def test_that_are_long_enough_are_taken(self, password: str) -> None:
        passwords.check_new(password + "!", username="kepala-dinas")

    def test_made_up_are_strong_and_never_the_same(self) -> None:
        made = {passwords.make_password() for _ in range(50)}
        assert len(made) == 50
        for password in made:
            passwords.check_new(password, username="loket")
