"""The outbox: letters leave at least once, are recorded once, and never block each other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from licensing.database import OWNER_ROLE, connect
from licensing.ports.mail import (
    FolderMail,
    Letter,
    MailChannelDown,
    PermanentMailFault,
    TemporaryMailFault,
)
from licensing.services.deliver import AT_ONCE, deliver, message_id, wait_after
from tests.bed import Urls
from tests.factories import House, SentLetters, make_applicant, make_house, make_runtime

MINUTES = timedelta(minutes=1)


@dataclass(slots=True)
class MoodyMail:
    """A mail port that refuses some letters; it keeps every attempt."""

    mood: Callable[[Letter], Exception | None] = lambda _: None
    attempts: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        self.attempts.append(letter)
        fault = self.mood(letter)
        if fault is not None:
            raise fault


@pytest.fixture
def mail(house: House) -> MoodyMail:
    made = MoodyMail()
    house.runtime.mail = made
    return made


@pytest.fixture
def committed(fresh_database: Urls, tmp_path: Path) -> Iterator[House]:
    app = connect(fresh_database.app, pool_size=12)
    owner = connect(fresh_database.owner, role=OWNER_ROLE, pool_size=2)
    yield make_house(make_runtime(app, tmp_path), owner)
    app.dispose()
    owner.dispose()


def outbox(house: House) -> list[tuple[str, bool, int, bool]]:
    """Return (address, sent, tries, parked) of every letter."""
    rows = house.rows(
        "SELECT address, sent_at IS NOT NULL AS sent, tries, parked_at IS NOT NULL AS parked"
        " FROM notice WHERE channel = 'email' ORDER BY created_at, address"
    )
    return [(row.address, row.sent, row.tries, row.parked) for row in rows]


def waits(house: House) -> list[timedelta]:
    """Return how long from now each letter that is still to leave will wait."""
    rows = house.rows(
        "SELECT next_try_at - clock_timestamp() AS wait FROM notice"
        " WHERE next_try_at IS NOT NULL ORDER BY created_at, address"
    )
    return [row.wait for row in rows]


def later(house: House, span: timedelta) -> None:
    """Let time go by for everything that waits."""
    house.as_owner("UPDATE notice SET next_try_at = next_try_at - %(span)s", span=span)
    house.as_owner("UPDATE heartbeat SET at = at - %(span)s", span=span)


def tell(house: House, number: int = 1, email: str | None = None) -> UUID:
    """Let the office owe a letter to an applicant."""
    address = f"pemohon-{number}@contoh.example" if email is None else email
    return house.application("verification", applicant=make_applicant(number, email=address))


class TestSending:
    def test_a_letter_leaves_once(self, house: House, mail: MoodyMail) -> None:
        tell(house)

        assert deliver(house.runtime).sent == 1
        assert deliver(house.runtime).sent == 0
        assert outbox(house) == [("pemohon-1@contoh.example", True, 1, False)]
        letter = mail.attempts[0]
        assert letter.to == "pemohon-1@contoh.example"
        assert "berkas diterima" in letter.subject
        assert "Dinas Contoh" in letter.text
        assert f"{house.runtime.public_url}/lacak" in letter.text

    def test_it_is_written_in_the_readers_language(self, house: House, mail: MoodyMail) -> None:
        house.application("verification", applicant=make_applicant(2, locale="en"))
        deliver(house.runtime)

        assert mail.attempts[0].lang == "en"
        assert "file accepted" in mail.attempts[0].subject

    def test_nothing_leaves_a_simulated_office(self, simulated_house: House) -> None:
        from tests.licensing.test_sweep import MONDAY

        simulated_house.application("verification", at=MONDAY)
        deliver(simulated_house.runtime)

        assert isinstance(simulated_house.runtime.mail, SentLetters)
        assert simulated_house.runtime.mail.sent == []

    def test_the_limit_is_kept_and_the_rest_leaves_next_time(
        self, house: House, mail: MoodyMail
    ) -> None:
        for number in range(1, 5):
            tell(house, number)

        assert deliver(house.runtime, limit=3).sent == 3
        assert deliver(house.runtime, limit=3).sent == 1

    def test_a_desk_without_a_mail_server_finds_it_in_a_folder(
        self, house: House, tmp_path: Path
    ) -> None:
        house.runtime.mail = FolderMail(tmp_path / "surat")
        tell(house)
        deliver(house.runtime)

        files = list((tmp_path / "surat").glob("*.eml"))
        assert len(files) == 1
        assert b"Message-ID: <notice-" in files[0].read_bytes()


class TestRefusals:
    def test_a_refused_letter_is_tried_again_with_the_same_message_id(
        self, house: House, mail: MoodyMail
    ) -> None:
        tell(house)
        mail.mood = lambda _: TemporaryMailFault("451 later")

        assert deliver(house.runtime).put_off == 1
        assert deliver(house.runtime) == deliver(house.runtime)  # not due yet: nothing happens
        assert len(mail.attempts) == 1
        later(house, 5 * MINUTES)
        mail.mood = lambda _: None
        assert deliver(house.runtime).sent == 1
        assert len({letter.message_id for letter in mail.attempts}) == 1

    def test_waits_double_from_five_minutes_to_six_hours_for_seven_days(self) -> None:
        found = []
        tries = 1
        while (wait := wait_after(tries)) is not None:
            found.append(wait)
            tries += 1

        minutes = [wait // MINUTES for wait in found]
        assert minutes[:8] == [5, 10, 20, 40, 80, 160, 320, 360]
        assert set(minutes[7:]) == {360}
        assert sum(found, timedelta(0)) <= timedelta(days=7) < sum(found, 360 * MINUTES)

    def test_after_seven_days_of_refusals_it_is_parked_with_the_reason(
        self, house: House, mail: MoodyMail
    ) -> None:
        tell(house)
        mail.mood = lambda _: TemporaryMailFault("452 mailbox full")
        parked = rounds = 0
        while not parked and rounds < 50:
            parked = deliver(house.runtime).parked
            later(house, timedelta(hours=6))
            rounds += 1

        assert rounds == 34
        row = house.rows("SELECT parked_why, next_try_at FROM notice WHERE channel = 'email'")[0]
        assert tuple(row) == ("452 mailbox full", None)

    def test_a_permanent_refusal_is_parked_at_once(self, house: House, mail: MoodyMail) -> None:
        tell(house)
        mail.mood = lambda _: PermanentMailFault("550 no such user")

        assert deliver(house.runtime).parked == 1
        row = house.rows("SELECT parked_why, sent_at FROM notice WHERE channel = 'email'")[0]
        assert tuple(row) == ("550 no such user", None)
        later(house, timedelta(days=9))
        assert deliver(house.runtime).parked == 0
        assert len(mail.attempts) == 1

    def test_a_bad_letter_holds_up_no_other(self, house: House, mail: MoodyMail) -> None:
        for number in range(1, 4):
            tell(house, number)
        mail.mood = lambda letter: (
            RuntimeError("the port broke") if "pemohon-1@" in letter.to else None
        )

        report = deliver(house.runtime)

        assert (report.sent, report.put_off) == (2, 1)
        assert [sent for _, sent, _, _ in outbox(house)] == [False, True, True]

    def test_a_notice_that_cannot_be_written_is_parked(self, house: House, mail: MoodyMail) -> None:
        tell(house)
        tell(house, 2)
        house.as_owner(
            "UPDATE notice SET event = 'birthday' WHERE address = 'pemohon-1@contoh.example'"
        )

        report = deliver(house.runtime)

        assert (report.sent, report.parked) == (1, 1)
        row = house.rows("SELECT parked_why FROM notice WHERE parked_at IS NOT NULL")[0]
        assert "birthday" in row.parked_why


class TestChannelDown:
    def test_nothing_counts_as_a_try_and_the_channel_is_probed_every_five_minutes(
        self, house: House, mail: MoodyMail
    ) -> None:
        for number in range(1, 4):
            tell(house, number)
        mail.mood = lambda _: MailChannelDown("no route to host")

        report = deliver(house.runtime)
        assert (report.sent, report.put_off, report.parked) == (0, 0, 0)
        assert report.down == "no route to host"
        assert deliver(house.runtime).down is not None
        assert len(mail.attempts) == 1
        assert [tries for _, _, tries, _ in outbox(house)] == [0, 0, 0]
        later(house, 5 * MINUTES)
        deliver(house.runtime)
        assert len(mail.attempts) == 2

    def test_after_five_days_everything_leaves(self, house: House, mail: MoodyMail) -> None:
        for number in range(1, 4):
            tell(house, number)
        mail.mood = lambda _: MailChannelDown("no route to host")
        for _ in range(10):
            deliver(house.runtime)
            later(house, timedelta(hours=12))
        mail.mood = lambda _: None

        assert deliver(house.runtime).sent == 3
        assert [tuple(line[1:]) for line in outbox(house)] == [(True, 1, False)] * 3

    def test_letters_sent_before_it_broke_stay_sent(self, house: House, mail: MoodyMail) -> None:
        for number in range(1, 4):
            tell(house, number)
        mail.mood = lambda letter: (
            None if "pemohon-1@" in letter.to else MailChannelDown("connection reset")
        )

        assert deliver(house.runtime).sent == 1
        later(house, 5 * MINUTES)
        mail.mood = lambda _: None
        assert deliver(house.runtime).sent == 2
        first = [letter.to for letter in mail.attempts].count("pemohon-1@contoh.example")
        assert first == 1


class TestManyAtOnce:
    def test_two_deliveries_at_once_send_each_letter_once(self, committed: House) -> None:
        for number in range(1, AT_ONCE + 6):
            tell(committed, number)
        reports, start = [], threading.Barrier(3)

        def run() -> None:
            start.wait()
            reports.append(deliver(committed.runtime))

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert isinstance(committed.runtime.mail, SentLetters)
        sent = [letter.message_id for letter in committed.runtime.mail.sent]
        assert sum(report.sent for report in reports) == AT_ONCE + 5 == len(set(sent)) == len(sent)

    def test_what_another_process_is_claiming_is_left_to_it(self, committed: House) -> None:
        tell(committed)
        with committed.runtime.transaction(committed.office_id) as connection:
            connection.exec_driver_sql("SELECT 1 FROM notice FOR UPDATE")
            assert deliver(committed.runtime).sent == 0
        assert deliver(committed.runtime).sent == 1

    def test_killed_after_sending_the_repeat_is_the_same_letter(
        self, house: House, mail: MoodyMail
    ) -> None:
        tell(house)

        def power_cut(_: Letter) -> Exception:
            raise KeyboardInterrupt  # the server has it; we never learn

        mail.mood = power_cut
        with pytest.raises(KeyboardInterrupt):
            deliver(house.runtime)
        mail.mood = lambda _: None
        assert deliver(house.runtime).sent == 0  # its lease still runs
        later(house, 10 * MINUTES)
        assert deliver(house.runtime).sent == 1
        assert len({letter.message_id for letter in mail.attempts}) == 1


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://izin.example.go.id", "izin.example.go.id"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "satupintu.localdomain"),
    ],
)
def test_a_message_id_is_always_one(house: House, address: str, host: str) -> None:
    house.runtime.public_url = address
    made = message_id(house.runtime, UUID(int=7))
    assert made == f"<notice-{UUID(int=7)}@{host}>"
