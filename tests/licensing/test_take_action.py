"""The one door: what it lets through, what it refuses, and that a step is whole or absent."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from licensing.audit import verify_histories
from licensing.effects import EFFECTS
from licensing.errors import (
    ActionNotOffered,
    ApplicationEnded,
    GuardRefused,
    InputMissing,
    NotFound,
    NotYourLane,
    ReasonMissing,
    SamePerson,
    SimulationOnly,
    StaleApplication,
    TakenByAnother,
)
from licensing.people import Officer
from licensing.queries.application import view_application
from licensing.services.accounts import NewAccount, write_account
from licensing.services.notes import hand_back, reassign, take
from licensing.services.take_action import Receipt, take_action
from tests.bed import OwnerOf, Urls
from tests.factories import (
    COLLECTOR,
    House,
    at_once,
    broken_promises,
    make_house,
    password_hash,
    press,
)

ROOT = Path(__file__).parents[2]


class TestAcceptAtTheCounter:
    """SOP siup, step intake, action accept."""

    def test_is_refused_while_a_paper_is_missing(self, house: House, clerk: Officer) -> None:
        application = house.application(step="intake", missing="npwp")

        with pytest.raises(GuardRefused, match="documents_complete: npwp"):
            house.press("accept", application, by=clerk)

    def test_is_refused_while_papers_were_not_looked_at(self, house: House, clerk: Officer) -> None:
        with pytest.raises(GuardRefused, match="documents_complete"):
            house.press("accept", house.application(step="intake"), by=clerk)

    def test_moves_a_complete_file_on_and_starts_the_promise(
        self, house: House, clerk: Officer
    ) -> None:
        application = house.application(step="intake")
        house.check_all(application)

        receipt = house.press("accept", application, by=clerk)

        assert (receipt.from_step, receipt.to_step, receipt.outcome) == (
            "intake",
            "verification",
            None,
        )
        service = house.rows(
            "SELECT d.due_at, e.detail ->> 'promised' AS promised FROM deadline d"
            " JOIN application_event e ON e.application_id = d.application_id AND e.seq = 2"
            " WHERE d.application_id = %(id)s AND d.key = 'service'",
            id=application,
        )[0]
        assert service.due_at.isoformat() == service.promised

    def test_is_not_the_verifiers(self, house: House, verifier: Officer) -> None:
        application = house.application(step="intake")
        house.check_all(application)

        with pytest.raises(NotYourLane):
            house.press("accept", application, by=verifier)


class TestAReturn:
    def test_needs_one_full_list_of_faults(self, house: House, clerk: Officer) -> None:
        application = house.application(step="intake")

        with pytest.raises(GuardRefused, match="faults_listed"):
            house.press("return_incomplete", application, by=clerk, reason="Kurang")

    def test_names_every_missing_paper_in_the_history(self, house: House) -> None:
        application = house.application(step="completion")

        row = house.rows(
            "SELECT detail FROM application_event WHERE application_id = %(id)s AND seq = 2",
            id=application,
        )[0]

        assert row.detail["faults"] == ["npwp"]

    def test_keeps_what_was_wrong_after_the_paper_is_judged_anew(self, house: House) -> None:
        application = house.application(step="correction")
        house.press("resubmit_correction", application, by=house.people.clerk)
        house.judge_all(application)

        (row,) = house.rows(
            "SELECT detail FROM application_event WHERE application_id = %(id)s"
            " AND action = 'return_for_correction'",
            id=application,
        )

        assert row.detail["words"] == {"npwp": "Tidak terbaca"}

    def test_asks_again_only_for_what_was_faulty(
        self, house: House, clerk: Officer, verifier: Officer
    ) -> None:
        application = house.application(step="correction")
        house.press("resubmit_correction", application, by=clerk)

        verdicts = house.rows(
            "SELECT name, verdict FROM paper WHERE application_id = %(id)s", id=application
        )

        assert {row.name for row in verdicts if row.verdict != "correct"} == {"npwp"}
        house.judge_all(application)
        house.press("approve", application, by=verifier)
        assert house.row(application).step == "signature"

    def test_comes_back_through_the_counter(self, house: House, clerk: Officer) -> None:
        application = house.application(step="completion")

        house.press("resubmit", application, by=clerk)
        house.check_all(application)
        house.press("accept", application, by=clerk)

        assert house.history(application) == ["file", "return_incomplete", "resubmit", "accept"]


class TestARefusal:
    @pytest.mark.parametrize("reason", [None, "", "  "])
    def test_needs_a_written_reason(
        self, house: House, verifier: Officer, reason: str | None
    ) -> None:
        application = house.application(step="verification")

        with pytest.raises(ReasonMissing):
            house.press("propose_refusal", application, by=verifier, reason=reason)

    def test_proposed_may_be_sent_back(self, house: House, head: Officer) -> None:
        application = house.application(step="refusal")

        receipt = house.press("reject_proposal", application, by=head, reason="Belum cukup")

        assert receipt.to_step == "verification"


class TestFourEyes:
    def test_keep_who_accepted_from_approving(self, house: House) -> None:
        same = house.people.everybody
        application = house.application(step="intake")
        house.check_all(application)
        house.press("accept", application, by=same)
        house.judge_all(application)

        with pytest.raises(SamePerson):
            house.press("approve", application, by=same)

    @pytest.mark.parametrize("earlier", ["accept", "approve"])
    def test_keep_who_checked_from_signing(self, house: House, earlier: str) -> None:
        same, people = house.people.everybody, house.people
        application = house.application(step="intake")
        house.check_all(application)
        house.press("accept", application, by=same if earlier == "accept" else people.clerk)
        house.judge_all(application)
        house.press("approve", application, by=same if earlier == "approve" else people.verifier)

        with pytest.raises(SamePerson):
            house.press("sign", application, by=same)

    def test_keep_who_filed_from_approving_although_another_accepted(self, house: House) -> None:
        same = house.people.everybody
        application = house.file(by=same).application_id
        house.check_all(application)
        house.press("accept", application, by=house.people.clerk)
        house.judge_all(application)

        with pytest.raises(SamePerson):
            house.press("approve", application, by=same)

    @pytest.mark.parametrize("action", ["return_for_correction", "propose_refusal"])
    def test_keep_who_took_a_file_in_from_every_finding_on_it(
        self, house: House, action: str
    ) -> None:
        same = house.people.everybody
        application = house.application(step="intake")
        house.check_all(application, by=same)
        house.press("accept", application, by=same)
        house.judge_all(application, faulty="npwp")

        with pytest.raises(SamePerson):
            house.press(action, application, by=same, reason="x")

    def test_keep_who_checked_the_papers_from_approving_although_another_accepted(
        self, house: House
    ) -> None:
        same = house.people.everybody
        application = house.application(step="intake")
        house.check_all(application, by=same)
        house.press("accept", application, by=house.people.clerk)
        house.judge_all(application)

        with pytest.raises(SamePerson):
            house.press("approve", application, by=same)

    def test_keep_who_judged_the_papers_from_signing_although_another_approved(
        self, house: House
    ) -> None:
        same = house.people.everybody
        application = house.application(step="verification")
        house.judge_all(application, by=same)
        house.press("approve", application, by=house.people.verifier)

        with pytest.raises(SamePerson):
            house.press("sign", application, by=same)

    def test_let_a_third_person_sign(self, house: House, head: Officer) -> None:
        assert house.press("sign", house.application(step="signature"), by=head).to_step == (
            "handover"
        )


class TestAPageThatIsOutOfDate:
    def test_is_told_who_moved_the_file_and_when(self, house: House, clerk: Officer) -> None:
        application = house.application(step="intake")
        house.check_all(application)
        seen = house.version(application)
        first = house.press("accept", application, by=clerk)

        with pytest.raises(StaleApplication) as refused:
            take_action(
                house.runtime,
                press("accept", application, seen_version=seen),
                house.people.second_clerk,
            )

        assert (refused.value.seen, refused.value.now) == (seen, seen + 1)
        assert refused.value.by == clerk.id
        assert refused.value.at == first.at

    def test_is_refused_after_papers_were_marked_too(self, house: House, clerk: Officer) -> None:
        application = house.application(step="intake")
        seen = house.version(application)
        house.check_all(application)

        with pytest.raises(StaleApplication):
            take_action(house.runtime, press("accept", application, seen_version=seen), clerk)


class TestAFileThatSomebodyHolds:
    def test_is_moved_by_nobody_else(self, house: House) -> None:
        application = house.application(step="verification")
        house.judge_all(application)
        take(house.runtime, application, house.people.second_verifier)

        with pytest.raises(TakenByAnother):
            house.press("approve", application, by=house.people.verifier)

        hand_back(house.runtime, application, house.people.second_verifier)
        assert house.press("approve", application, by=house.people.verifier).to_step == "signature"

    def test_is_withdrawn_at_the_counter_all_the_same(self, house: House, clerk: Officer) -> None:
        application = house.application(step="verification")
        take(house.runtime, application, house.people.verifier)

        offered = view_application(house.runtime, application, clerk).offers
        assert [offer.action for offer in offered] == ["withdraw"]
        receipt = house.press("withdraw", application, by=clerk, reason="Pemohon batal")
        assert receipt.outcome == "withdrawn"

    def test_is_given_to_a_clerk_while_it_waits_for_the_applicant(self, house: House) -> None:
        application = house.application(step="correction")
        people = house.people
        view = view_application(house.runtime, application, people.supervisor)
        assert people.clerk.id in {colleague for colleague, _ in view.colleagues}

        reassign(house.runtime, application, people.clerk.id, people.supervisor, reason="Giliran")

        assert house.row(application).holder_id == people.clerk.id

    def test_lies_in_the_pool_again_after_a_step(self, house: House) -> None:
        application = house.application(step="verification")
        house.judge_all(application)
        take(house.runtime, application, house.people.verifier)

        house.press("approve", application, by=house.people.verifier)

        assert house.row(application).holder_id is None


class TestAnEnd:
    def test_whole_path_leads_to_a_numbered_permit(self, house: House) -> None:
        application = house.application(step="issued")

        row = house.row(application)
        permit = house.rows("SELECT * FROM permit")[0]

        assert (row.step, row.outcome, row.lane, row.due_at) == ("issued", "granted", None, None)
        assert permit.number == f"503/0001/SIUP/DPMPTSP/{permit.issued_on.year}"
        assert permit.signed_by == house.people.head.id
        assert house.history(application) == ["file", "accept", "approve", "sign", "hand_over"]

    def test_takes_no_more_presses(self, house: House, clerk: Officer) -> None:
        application = house.application(step="withdrawn")

        with pytest.raises(ApplicationEnded):
            house.press("withdraw", application, by=clerk, reason="Lagi")

    def test_of_a_refusal_names_reason_and_legal_basis(self, house: House) -> None:
        application = house.application(step="refused")

        last = house.rows(
            "SELECT reason, detail FROM application_event WHERE application_id = %(id)s"
            " ORDER BY seq DESC LIMIT 1",
            id=application,
        )[0]

        assert house.row(application).outcome == "refused"
        assert last.reason == "Usaha tidak sesuai"
        assert last.detail["legal_basis"]

    def test_by_handover_needs_to_know_who_collects(self, house: House, clerk: Officer) -> None:
        application = house.application(step="handover")

        with pytest.raises(InputMissing) as refused:
            house.press("hand_over", application, by=clerk, inputs={"collector_name": "A"})

        assert refused.value.fields == ("collector_relation", "collector_identity")
        assert house.press("hand_over", application, by=clerk, inputs=COLLECTOR).outcome

    def test_by_withdrawal_is_open_at_every_step_but_handover(
        self, house: House, clerk: Officer
    ) -> None:
        for step in ("intake", "completion", "verification", "correction", "signature", "refusal"):
            withdrawn = house.press(
                "withdraw", house.application(step=step), by=clerk, reason="Batal"
            )
            assert withdrawn.outcome == "withdrawn"
        with pytest.raises(ActionNotOffered):
            house.press("withdraw", house.application(step="handover"), by=clerk, reason="Batal")

    @pytest.mark.parametrize("step", ["issued", "refused", "withdrawn"])
    def test_leaves_no_deadline_open(self, house: House, step: str) -> None:
        application = house.application(step=step)

        open_ones = house.rows(
            "SELECT key FROM deadline WHERE application_id = %(id)s AND ended_at IS NULL",
            id=application,
        )

        assert open_ones == []


class TestAStep:
    def test_is_absent_when_an_effect_fails(
        self, house: House, head: Officer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        application = house.application(step="signature")
        before = house.row(application)

        def fails(_: object) -> None:
            raise RuntimeError("no paper in the printer")

        monkeypatch.setitem(EFFECTS, "issue_permit", fails)  # type: ignore[arg-type]
        with pytest.raises(RuntimeError):
            house.press("sign", application, by=head)

        assert house.row(application) == before
        assert len(house.history(application)) == 3
        assert house.rows("SELECT 1 FROM permit") == []

    def test_of_another_office_is_not_found(
        self, house: House, runtime: Any, owner_db: OwnerOf
    ) -> None:
        other = make_house(runtime, owner_db)
        application = house.application(step="intake")

        with pytest.raises(NotFound):
            take_action(runtime, press("accept", application), other.people.clerk)

    def test_is_never_backdated_in_a_real_office(self, house: House, clerk: Officer) -> None:
        application = house.application(step="intake")
        house.check_all(application)

        with pytest.raises(SimulationOnly):
            house.press("accept", application, by=clerk, at=house.row(application).last_recorded_at)

    def test_of_every_kind_leaves_a_whole_chain(self, house: House) -> None:
        for step in ("completion", "correction", "issued", "refused", "withdrawn"):
            house.application(step=step)
            with house.owner.begin() as connection:
                assert list(verify_histories(connection, house.office_id)) == []


class TestEightPeopleAtOnce:
    def test_press_one_button_and_one_wins_while_seven_are_told_who_and_when(
        self, real_house: House
    ) -> None:
        house = real_house
        with house.runtime.transaction(house.office_id) as connection:
            clerks = [
                write_account(
                    connection,
                    house.office_id,
                    NewAccount(f"loket-ke-{n}", f"Contoh Loket {n}", ("counter",), ""),
                    password_hash(),
                )
                for n in range(8)
            ]
        application = house.application(step="intake")
        house.check_all(application)
        command = press("accept", application, seen_version=house.version(application))

        results = at_once(
            *((lambda by=by: take_action(house.runtime, command, by)) for by in clerks)
        )

        won = [result for result in results if isinstance(result, Receipt)]
        told = [result for result in results if isinstance(result, StaleApplication)]
        assert (len(won), len(told)) == (1, 7)
        winner = clerks[results.index(won[0])]
        assert {refusal.by for refusal in told} == {winner.id}
        assert {refusal.at for refusal in told} == {won[0].at}
        assert house.history(application) == ["file", "accept"]
        assert broken_promises(house) == {}

    def test_sign_eight_permits_and_each_has_its_own_number(self, real_house: House) -> None:
        house = real_house
        applications = [house.application(step="signature") for _ in range(8)]

        results = at_once(
            *((lambda id=id: house.press("sign", id, by=house.people.head)) for id in applications)
        )

        assert [result for result in results if not isinstance(result, Receipt)] == []
        numbers = sorted(row.number for row in house.rows("SELECT number FROM permit"))
        year = numbers[0][-4:]
        assert numbers == [f"503/{n:04d}/SIUP/DPMPTSP/{year}" for n in range(1, 9)]

    def test_file_with_one_form_and_one_application_comes_of_it(self, real_house: House) -> None:
        results = at_once(*(lambda: real_house.file(once_key="sama"),) * 8)

        assert len({filed.application_id for filed in results}) == 1
        assert sorted(filed.again for filed in results) == [False] + [True] * 7


# Presses for ever, back and forth, and says each step once it was acknowledged.
_PRESSES = """
import sys
from pathlib import Path
from uuid import UUID
from licensing.database import connect
from licensing.people import Officer
from tests.factories import make_runtime, press
from licensing.services.take_action import take_action

url, folder, office, application, verifier, head = sys.argv[1:]
runtime = make_runtime(connect(url, pool_size=1), Path(folder))
people = {
    "approve": Officer(UUID(verifier), UUID(office), "", "", frozenset({"verifier"})),
    "send_back": Officer(UUID(head), UUID(office), "", "", frozenset({"head"})),
}
while True:
    for action, by in people.items():
        receipt = take_action(runtime, press(action, UUID(application), reason="Sekali lagi"), by)
        print(receipt.seq, flush=True)
"""


class TestKilledBetweenSteps:
    def test_loses_nothing_that_was_acknowledged(
        self, real_house: House, fresh_database: Urls, tmp_path: Path
    ) -> None:
        house = real_house
        for steps in (1, 7, 20):
            application = house.application(step="verification")
            house.judge_all(application)

            acknowledged = _killed_after(steps, house, application, fresh_database.app, tmp_path)

            # The one under way may have been committed before its answer was read.
            found = len(house.history(application))
            assert acknowledged <= found <= acknowledged + 1
        assert broken_promises(house) == {}


def _killed_after(steps: int, house: House, application: UUID, url: str, folder: Path) -> int:
    """Return the last step acknowledged by a process that was killed after so many."""
    people = house.people
    arguments = [url, folder, house.office_id, application, people.verifier.id, people.head.id]
    with subprocess.Popen(
        [sys.executable, "-c", _PRESSES, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        for _ in range(steps):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")
        process.wait()
    heard = [int(line) for line in rest[:-1] if line]
    return max([steps + 2, *heard])
