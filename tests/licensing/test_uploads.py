"""What is sent in: kept once, scanned, told, counted, and swept away where nobody needs it."""

from __future__ import annotations

from uuid import UUID

import pytest

from licensing.ports.malware import MalwarePort, Verdict
from licensing.ports.storage import StorageFault
from licensing.queries.application import view_application
from licensing.queries.scans import place_scan, read_scan
from licensing.services import scans as scan_service
from licensing.services.kept_files import scan_waiting, sweep_unused
from licensing.services.scans import attach_scan
from licensing.services.uploads import Checked, check_upload
from tests import files
from tests.factories import House, broken_promises, make_house


class Scanner(MalwarePort):
    """A scanner whose answer the test chooses."""

    def __init__(self, scan: str = "clean", *, away: bool = False) -> None:
        self.verdict = self.of(scan, away)
        self.asked: list[bytes] = []

    @staticmethod
    def of(scan: str, away: bool = False) -> Verdict:
        return Verdict(scan, "Uji.Perusak" if scan == "infected" else "", away)  # type: ignore[arg-type]

    @property
    def present(self) -> bool:
        return True

    def scan(self, content: bytes) -> Verdict:
        self.asked.append(content)
        return self.verdict


@pytest.fixture
def scanner(house: House) -> Scanner:
    """Return the scanner of the office; it finds everything clean."""
    found = Scanner()
    house.runtime.malware = found
    return found


def send(house: House, content: bytes) -> Checked:
    return check_upload(house.runtime, content, "ktp.pdf", office_id=house.office_id)


def attach(house: House, application: UUID, content: bytes, paper: str = "ktp") -> str:
    return attach_scan(house.runtime, application, paper, content, "ktp.pdf", house.people.clerk)


def kept(house: House) -> list[str]:
    return [one.sha256 for one in house.runtime.storage.names()]


def history(house: House, application: UUID) -> list[tuple[str, object]]:
    view = view_application(house.runtime, application, house.people.clerk)
    return [(event.action, event.detail) for event in view.events if event.action != "file"]


class TestAFileSentIn:
    def test_is_kept_with_what_is_known_of_it(self, house: House, scanner: Scanner) -> None:
        checked = send(house, files.pdf(3))

        assert (checked.media_type, checked.pages, checked.scan) == ("application/pdf", 3, "clean")
        assert house.rows("SELECT pages, scan, scanned_at IS NOT NULL FROM kept_file") == [
            (3, "clean", True)
        ]
        assert house.runtime.storage.get(checked.sha256) == files.pdf(3)

    def test_twice_is_kept_once(self, house: House, scanner: Scanner) -> None:
        assert send(house, files.pdf()) == send(house, files.pdf())
        assert len(house.rows("SELECT 1 FROM kept_file")) == len(kept(house)) == 1

    def test_without_a_scanner_is_kept_as_not_scanned(self, house: House) -> None:
        assert send(house, files.pdf()).scan == "not_scanned"

    def test_that_was_clean_stays_so_while_the_scanner_is_away(
        self, house: House, scanner: Scanner
    ) -> None:
        send(house, files.pdf())
        scanner.verdict = Scanner.of("not_scanned", away=True)

        assert send(house, files.pdf()).scan == "clean"

    def test_that_is_not_accepted_is_not_shown_to_the_scanner(
        self, house: House, scanner: Scanner
    ) -> None:
        with pytest.raises(StorageFault, match="type"):
            send(house, b"MZ")

        assert scanner.asked == []
        assert not house.rows("SELECT 1 FROM kept_file")


class TestMalware:
    def test_is_refused_recorded_and_not_kept(self, house: House, scanner: Scanner) -> None:
        application = house.application("intake")
        scanner.verdict = Scanner.of("infected")

        with pytest.raises(StorageFault) as fault:
            attach(house, application, files.pdf())

        assert fault.value.code == "storage.infected"
        assert kept(house) == []
        (row,) = house.rows(
            "SELECT paper, name, finding, sent_by, application_id FROM refused_file"
        )
        assert tuple(row) == (
            "ktp", "ktp.pdf", "Uji.Perusak", house.people.clerk.id, application,
        )  # fmt: skip
        assert history(house, application) == [
            ("file_refused", {"paper": "ktp", "finding": "Uji.Perusak"})
        ]

    def test_once_known_is_refused_also_while_the_scanner_is_away(
        self, house: House, scanner: Scanner
    ) -> None:
        scanner.verdict = Scanner.of("not_scanned", away=True)
        send(house, files.pdf())
        scanner.verdict = Scanner.of("infected")
        scan_waiting(house.runtime)
        scanner.verdict = Scanner.of("not_scanned", away=True)

        with pytest.raises(StorageFault, match="infected"):
            send(house, files.pdf())

    def test_found_later_closes_the_scan_and_stands_in_the_history(
        self, house: House, scanner: Scanner
    ) -> None:
        application = house.application("intake")
        scanner.verdict = Scanner.of("not_scanned", away=True)
        name = attach(house, application, files.pdf())
        (row,) = house.rows("SELECT id FROM paper_file")
        assert read_scan(house.runtime, application, row.id, house.people.clerk).sha256 == name

        scanner.verdict = Scanner.of("infected")
        assert scan_waiting(house.runtime) == 1

        with pytest.raises(StorageFault, match="infected"):
            read_scan(house.runtime, application, row.id, house.people.clerk)
        assert history(house, application)[-1] == (
            "file_infected", {"papers": ["ktp"], "finding": "Uji.Perusak", "sha256": name},
        )  # fmt: skip
        assert broken_promises(house, "I1", "I2", "I3", "I20") == {}


class TestScanningLater:
    def test_scans_what_came_in_while_the_scanner_was_away(
        self, house: House, scanner: Scanner
    ) -> None:
        scanner.verdict = Scanner.of("not_scanned", away=True)
        send(house, files.pdf())
        send(house, files.picture())
        assert scan_waiting(house.runtime) == 0

        scanner.verdict = Scanner.of("clean")

        assert scan_waiting(house.runtime) == 2
        assert {row.scan for row in house.rows("SELECT scan FROM kept_file")} == {"clean"}
        assert scan_waiting(house.runtime) == 0

    def test_asks_an_absent_scanner_once_and_not_for_every_file(
        self, house: House, scanner: Scanner
    ) -> None:
        scanner.verdict = Scanner.of("not_scanned", away=True)
        for number in (1, 2, 3):
            send(house, files.pdf(number))
        scanner.asked.clear()

        scan_waiting(house.runtime)

        assert len(scanner.asked) == 1

    def test_goes_on_past_what_the_scanner_does_not_take(
        self, house: House, scanner: Scanner
    ) -> None:
        scanner.verdict = Scanner.of("not_scanned")
        for number in (1, 2, 3):
            send(house, files.pdf(number))
        scanner.asked.clear()

        assert scan_waiting(house.runtime) == 0
        assert len(scanner.asked) == 3


class TestVersions:
    def test_the_newest_is_in_force_and_the_older_ones_stay(
        self, house: House, scanner: Scanner
    ) -> None:
        application = house.application("intake")
        first = attach(house, application, files.pdf(1))
        second = attach(house, application, files.pdf(2))

        view = view_application(house.runtime, application, house.people.clerk)
        ktp = next(paper for paper in view.papers if paper.name == "ktp")
        assert [one.sha256 for one in ktp.files] == [second, first]
        place = place_scan(house.runtime, application, ktp.files[1].id, house.people.clerk)
        assert [(one.sha256, one.in_force) for one in place.versions] == [
            (second, True), (first, False),
        ]  # fmt: skip
        assert history(house, application)[-1] == (
            "scan_added", {"paper": "ktp", "sha256": second, "name": "ktp.pdf", "before": first},
        )  # fmt: skip

    def test_the_same_scan_pressed_twice_is_one(self, house: House, scanner: Scanner) -> None:
        application = house.application("intake")
        attach(house, application, files.pdf())
        attach(house, application, files.pdf())

        assert len(house.rows("SELECT 1 FROM paper_file")) == 1
        assert [action for action, _ in history(house, application)] == ["scan_added"]

    @pytest.mark.parametrize(
        ("limit", "code"),
        [
            ("MOST_OF_PAPER", "too_many_of_paper"),
            ("MOST_OF_APPLICATION", "too_many_of_application"),
        ],
    )
    def test_beyond_the_limit_are_refused_before_anything_is_kept(
        self,
        house: House,
        scanner: Scanner,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        code: str,
    ) -> None:
        application = house.application("intake")
        monkeypatch.setattr(scan_service, limit, 2)
        attach(house, application, files.pdf(1))
        attach(house, application, files.pdf(2))

        with pytest.raises(StorageFault) as fault:
            attach(house, application, files.pdf(3))

        assert (fault.value.code, fault.value.facts["at_most"]) == (f"storage.{code}", 2)
        assert len(kept(house)) == 2


class TestTheSweep:
    def age(self, house: House, days: float) -> None:
        house.as_owner(f"UPDATE kept_file SET kept_at = now() - interval '{days} days'")

    def test_removes_what_nobody_attached_for_a_day(self, house: House, scanner: Scanner) -> None:
        send(house, files.pdf())
        self.age(house, 1.1)

        assert sweep_unused(house.runtime) == 1
        assert kept(house) == []
        assert not house.rows("SELECT 1 FROM kept_file")

    def test_leaves_what_came_in_today(self, house: House, scanner: Scanner) -> None:
        send(house, files.pdf())
        self.age(house, 0.9)

        assert sweep_unused(house.runtime, whole=True) == 0
        assert len(kept(house)) == 1

    def test_leaves_what_a_paper_refers_to_older_versions_too(
        self, house: House, scanner: Scanner
    ) -> None:
        application = house.application("intake")
        attach(house, application, files.pdf(1))
        attach(house, application, files.pdf(2))
        self.age(house, 400)

        assert sweep_unused(house.runtime, whole=True) == 0
        assert len(kept(house)) == 2
        assert broken_promises(house, "I28") == {}

    def test_looks_back_three_days_and_at_everything_when_told(
        self, house: House, scanner: Scanner
    ) -> None:
        send(house, files.pdf())
        self.age(house, 30)

        assert sweep_unused(house.runtime) == 0
        assert sweep_unused(house.runtime, whole=True) == 1

    def test_leaves_the_content_that_another_office_keeps(
        self, house: House, scanner: Scanner, owner_db: object
    ) -> None:
        other = make_house(house.runtime, owner_db)  # type: ignore[arg-type]
        name = send(house, files.pdf()).sha256
        send(other, files.pdf())
        house.as_owner(
            "UPDATE kept_file SET kept_at = now() - interval '2 days' WHERE office_id = %(id)s",
            id=house.office_id,
        )

        assert sweep_unused(house.runtime) == 1
        assert kept(house) == [name]

    def test_that_is_late_is_a_fault_that_the_check_finds(
        self, house: House, scanner: Scanner
    ) -> None:
        send(house, files.pdf())
        assert broken_promises(house, "I28") == {}

        self.age(house, 4)

        assert len(broken_promises(house, "I28")["I28"]) == 1

    def test_cannot_remove_today_what_came_in_today_even_by_hand(
        self, house: House, scanner: Scanner
    ) -> None:
        send(house, files.pdf())
        with house.runtime.transaction(house.office_id) as connection:
            gone = connection.exec_driver_sql("DELETE FROM kept_file").rowcount

        assert gone == 0


def test_a_crash_between_claim_and_content_leaves_nothing_that_belongs_to_nobody(
    house: House, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = type(house.runtime.storage).keep

    def crash(*_arguments: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(house.runtime.storage), "keep", crash)
    with pytest.raises(KeyboardInterrupt):
        send(house, files.pdf())
    monkeypatch.setattr(type(house.runtime.storage), "keep", real)

    assert kept(house) == []
    house.as_owner("UPDATE kept_file SET kept_at = now() - interval '2 days'")
    assert sweep_unused(house.runtime) == 1
