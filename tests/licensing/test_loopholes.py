"""Ways around the rules that somebody with an account and bad intentions would try."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pypdf
import pytest

from licensing.cashier import ways_past_the_bank
from licensing.documents import FindingLine, render
from licensing.documents.render import AnyPaper
from licensing.errors import (
    BanksOwnAccount,
    InvalidInput,
    LicensingError,
    NotAllowed,
    SamePerson,
    SopFaults,
    StaleApplication,
)
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.account_changes import AccountChange, change_account, set_password
from licensing.services.assess_fee import AssessFee, assess_fee
from licensing.services.deputies import NewDeputy, grant_deputy
from licensing.services.notes import reassign
from licensing.services.sop_drafts import preview_draft, save_draft, sop_standing
from licensing.services.sops import UnpaidPermit, publish_sop
from licensing.services.take_action import Receipt, take_action
from licensing.sop_settings import PaperWords, SopChanges, words_of
from licensing.vocabulary import VOCABULARY
from tests.bed import OwnerOf
from tests.factories import House, at_once, broken_promises, press
from tests.licensing.fees import I_2, I_2_PRICES, assess, at_billing, price, today
from tests.licensing.test_bill_papers import BILL, SLIP
from tests.licensing.test_visit_paper import PAPER as VISIT
from tests.licensing.visits import building, building_house
from tests.money import Till, make_till, paid_siup
from workflows.definitions import names, shipped, text_of
from workflows.reading import read_sop

STATE = I_2 | {"kepemilikan": "negara"}
"""Answers by which a building is the government's own, and free."""


@pytest.fixture
def builders(runtime: Runtime, owner_db: OwnerOf) -> House:
    """An office that issues building permits."""
    return building_house(runtime, owner_db)


def acting_as(officer: Officer, *roles: str) -> Officer:
    """Return an officer who is also a deputy."""
    return replace(officer, roles=officer.roles | set(roles))


class TestWhoWantsNothingToBePaid:
    def test_cannot_set_a_unit_price_of_nothing(self, builders: House) -> None:
        with pytest.raises(InvalidInput) as refused:
            price(builders, {"hsbg": Decimal(0)})
        assert refused.value.faults == {"hsbg": "price_of_nothing"}

    def test_cannot_set_one_so_small_that_the_fee_rounds_to_nothing(self, builders: House) -> None:
        """Only what the law exempts, or weighs with nothing, skips the bank."""
        price(builders, {"hsbg": Decimal("0.01")})
        application = at_billing(builders)

        with pytest.raises(InvalidInput) as refused:
            assess(builders, application, I_2 | {"luas": "1"})

        assert refused.value.faults == {"luas": "comes_to_nothing"}
        assert "fee" not in builders.row(application).state

    def test_may_still_free_a_place_of_worship_as_the_tariff_says(self, builders: House) -> None:
        price(builders, I_2_PRICES)
        application = at_billing(builders)

        assess(builders, application, I_2 | {"fungsi": "keagamaan"})

        assert builders.row(application).state["fee"]["a"] == "0"


class TestWhoVisitedTheSite:
    @pytest.mark.parametrize("answers", [I_2, STATE], ids=["fee", "free"])
    def test_does_not_calculate_its_fee_as_a_deputy(
        self, builders: House, answers: dict[str, str]
    ) -> None:
        price(builders, I_2_PRICES)
        application = at_billing(builders)
        inspector = acting_as(builders.people.inspector, "billing")
        command = AssessFee(application, builders.version(application), answers)

        with pytest.raises(SamePerson):
            assess_fee(builders.runtime, command, inspector)

        assert "fee" not in builders.row(application).state

    def test_does_not_pass_it_on_with_nothing_to_pay(self, builders: House) -> None:
        application = at_billing(builders)
        assess(builders, application, STATE)
        inspector = acting_as(builders.people.inspector, "billing")

        with pytest.raises(SamePerson):
            builders.press("nothing_to_pay", application, by=inspector)

        builders.press("nothing_to_pay", application, by=builders.people.billing)

    def test_does_not_weigh_the_report_of_it(self, builders: House) -> None:
        application = at_billing(builders)
        head, verifier = builders.people.head, builders.people.verifier
        assess(builders, application, STATE)
        builders.press("nothing_to_pay", application, by=builders.people.billing)
        builders.press("send_back", application, by=head, reason="Periksa lagi")
        inspector = acting_as(builders.people.inspector, "verifier")

        with pytest.raises(SamePerson):
            builders.press("propose_grant", application, by=inspector)

        builders.press("propose_grant", application, by=verifier)


class TestWhoDraftedAnOpinion:
    @pytest.mark.parametrize("action", ["agree", "object"])
    def test_does_not_decide_on_it_as_a_deputy_of_his_head(
        self, builders: House, action: str
    ) -> None:
        application = building(builders)
        drafter = acting_as(builders.people.agency_pu, "agency_head_pu")
        opinion = {"opinion": "Rencana sesuai."}
        builders.press("propose", application, by=drafter, inputs=opinion, ask="opinion_pu#1")

        with pytest.raises(SamePerson):
            builders.press(
                action,
                application,
                by=drafter,
                inputs=opinion,
                reason="Tidak sesuai",
                ask="opinion_pu#1",
            )

        assert builders.row(application).state.get("answers", {}) == {}


class TestTheOfficeAtTheBanksWindow:
    @pytest.mark.parametrize("role", ["supervisor", "head"])
    def test_does_not_choose_the_teller_who_alone_may_book(self, till: Till, role: str) -> None:
        """Given to one teller, the bill would be refused at every other window until it expires."""
        house = till.house
        application = till.billed()
        boss = getattr(house.people, role)

        with pytest.raises(NotAllowed):
            reassign(house.runtime, application, house.people.second_teller.id, boss, reason="Coba")

        till.pay(application, by=house.people.teller)


class TestTheBanksAdministrator:
    """The command line gives him a new password: he must never be able to book."""

    def become_admin(self, house: House) -> None:
        people = house.people
        day = today(house)
        new = NewDeputy(people.bank_supervisor.username, "teller", day, day, "SK 1")
        grant_deputy(house.runtime, new, people.bank_admin)
        change = AccountChange(people.bank_supervisor.name, ("bank_admin",))
        change_account(
            house.runtime,
            house.office_id,
            people.bank_supervisor.username,
            change,
            by=people.bank_admin,
        )

    def test_is_made_of_nobody_who_is_a_deputy_at_the_window(self, house: House) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.become_admin(house)
        assert refused.value.faults == {"roles": "bank_admin_alone"}

    def test_gets_no_password_from_the_command_line_while_he_is_a_deputy(
        self, house: House
    ) -> None:
        people, day = house.people, today(house)
        new = NewDeputy(people.bank_supervisor.username, "teller", day, day, "SK 1")
        grant_deputy(house.runtime, new, people.bank_admin)
        house.as_owner(
            "UPDATE officer_role SET role = 'bank_admin' WHERE officer_id = %(id)s",
            id=people.bank_supervisor.id,
        )

        with pytest.raises(BanksOwnAccount):
            set_password(
                house.runtime,
                house.office_id,
                people.bank_supervisor.username,
                "kata-sandi-lain-1",
            )


class TestSettingsOfAnSop:
    @pytest.mark.parametrize(
        ("place", "value"),
        [
            ("steps.signature.lane", "counter"),
            ("limits.law.within", "90 working days"),
            ("limits.law.silence", "granted"),
            ("limits.filing.within", "90 working days"),
            ("starts_at", "signature"),
            ("fee.tariff", "none"),
            ("source", "Peraturan yang tidak ada"),
        ],
    )
    def test_reach_nothing_but_the_figures_that_the_office_sets(
        self, builders: House, place: str, value: str
    ) -> None:
        seen = sop_standing(builders.runtime, "imb", builders.people.admin).number

        with pytest.raises(InvalidInput) as refused:
            save_draft(
                builders.runtime,
                "imb",
                SopChanges(values={place: value}),
                note="Coba",
                seen=seen,
                by=builders.people.admin,
            )

        assert refused.value.faults == {"changes": "no_setting"}

    @pytest.mark.parametrize(
        "typed",
        [
            'x"}\nlanes: {head: {party: bank}}',
            "x\nsteps:\n  - step: signature\n    lane: counter",
            "yes", "no", "~", "0o7", "*alias", "&anchor x", "!tag x", "<<: x", "- x", "x: y",
            "x #y", "--- x", "...", "| x", "> x", "%YAML 1.1", "@x", "`x`", "{x", "[x", "'x", "\\x",
        ],
    )  # fmt: skip
    def test_hold_words_that_stay_words(self, builders: House, typed: str) -> None:
        admin = builders.people.admin
        standing = sop_standing(builders.runtime, "imb", admin)
        words = PaperWords({"id": typed, "en": typed}, {"id": typed, "en": typed}, optional=False)

        drafted = preview_draft(
            builders.runtime,
            "imb",
            SopChanges(papers={"ktp": words}),
            note="Coba",
            seen=standing.number,
            by=admin,
        ).sop

        assert words_of(drafted.papers["ktp"]) == words
        for part in ("lanes", "steps", "asks", "limits", "fee", "ends"):
            assert getattr(drafted, part) == getattr(standing.sop, part)

    @pytest.mark.parametrize("limit", ["limits.service.within", "steps.signature.within"])
    def test_never_promise_more_time_than_the_law_allows(self, builders: House, limit: str) -> None:
        seen = sop_standing(builders.runtime, "imb", builders.people.admin).number

        with pytest.raises(SopFaults, match="7 working days"):
            save_draft(
                builders.runtime,
                "imb",
                SopChanges(values={limit: "8 working days"}),
                note="Coba",
                seen=seen,
                by=builders.people.admin,
            )


SKIPS = {
    "straight to the signature": ("to: billing\n        only_if: papers_correct",
        "to: signature\n        only_if: papers_correct"),
    "unguarded nothing to pay": ("to: signature\n        only_if: fee_settled", "to: signature"),
    "unbooked payment": ("only_if: bill_open\n        then: book_payment", "only_if: bill_open"),
    "reversed past the bank": ("lane: bank_supervisor\n        to: payment",
        "lane: bank_supervisor\n        to: signature"),
    "a lapsed bill": ("lane: clock\n        to: bill_expired",
        "lane: clock\n        to: signature"),
}  # fmt: skip


class TestAnSopThatCharges:
    @pytest.mark.parametrize("skip", SKIPS)
    def test_is_not_published_where_it_leads_past_the_bank(self, till: Till, skip: str) -> None:
        house, (before, after) = till.house, SKIPS[skip]
        text = paid_siup()
        assert text.count(before) == 1
        with house.runtime.transaction(house.office_id) as connection:
            versions = "SELECT count(*) FROM sop_version"
            known = connection.exec_driver_sql(versions).scalar_one()

        with pytest.raises((UnpaidPermit, SopFaults)):
            publish_sop(
                house.runtime,
                house.office_id,
                text.replace(before, after),
                drafted_by=house.people.supervisor.id,
                published_by=house.people.head.id,
            )

        with house.runtime.transaction(house.office_id) as connection:
            assert connection.exec_driver_sql(versions).scalar_one() == known

    @pytest.mark.parametrize("name", sorted(names()))
    def test_of_ours_leads_everybody_past_the_cashier(self, name: str) -> None:
        sop = read_sop(text_of(name), vocabulary=VOCABULARY, base=shipped)
        assert ways_past_the_bank(sop) == ()


Press = Callable[[], Receipt]


class TestTwoPressesAtOnce:
    """Every pair that could leave money and file at odds: one wins, the other is told."""

    @pytest.fixture
    def busy(self, real_house: House) -> Till:
        """An office in a database of its own, where presses really meet."""
        return make_till(real_house.runtime, real_house.owner, code="ramai")

    def race(
        self, till: Till, application: UUID, *presses: tuple[str, Officer, dict[str, Any]]
    ) -> str:
        house = till.house
        seen = house.version(application)

        def one(action: str, by: Officer, rest: dict[str, Any]) -> Press:
            command = press(action, application, seen_version=seen, **rest)
            return lambda: take_action(house.runtime, command, by)

        done = at_once(*(one(*wanted) for wanted in presses))
        won = [answer.action for answer in done if isinstance(answer, Receipt)]
        assert len(won) == 1, done
        lost = [answer for answer in done if not isinstance(answer, Receipt)]
        assert all(isinstance(answer, StaleApplication | LicensingError) for answer in lost), done
        assert broken_promises(house) == {}
        return won[0]

    def test_issue_one_bill(self, busy: Till) -> None:
        application = busy.at_billing()
        busy.assess(application)
        billing = busy.house.people.billing
        self.race(busy, application, *(("issue_bill", billing, {}) for _ in range(4)))
        bills = busy.house.rows("SELECT 1 FROM bill WHERE application_id = %(id)s", id=application)
        assert len(bills) == 1

    @pytest.mark.parametrize("turn", range(3))
    def test_pay_correct_or_withdraw_a_bill(self, busy: Till, turn: int) -> None:
        people = busy.house.people
        application = busy.billed()
        won = self.race(
            busy,
            application,
            ("pay", people.teller, {"inputs": busy.inputs(application)}),
            ("pay", people.second_teller, {"inputs": busy.inputs(application)}),
            ("correct_bill", people.billing, {"reason": "Salah ukur"}),
            ("withdraw", people.clerk, {"reason": "Batal"}),
        )
        status = busy.bill(application).status
        assert (status, len(busy.payments(application))) == (
            ("paid", 1) if won == "pay" else ("cancelled", 0)
        )

    @pytest.mark.parametrize("turn", range(3))
    def test_reverse_a_payment_or_sign(self, busy: Till, turn: int) -> None:
        people = busy.house.people
        application = busy.paid()
        won = self.race(
            busy,
            application,
            ("sign", people.head, {}),
            ("reverse_payment", people.bank_supervisor, {"reason": "Salah"}),
        )
        assert busy.bill(application).status == ("paid" if won == "sign" else "open")
        permits = busy.house.rows(
            "SELECT 1 FROM permit WHERE application_id = %(id)s", id=application
        )
        assert len(permits) == (won == "sign")

    def test_bill_no_other_amount_than_the_calculation_that_stands(self, busy: Till) -> None:
        house = busy.house
        price(house, I_2_PRICES)
        application = busy.at_billing()
        assess(house, application, I_2)
        seen = house.version(application)
        billing = house.people.billing
        again = AssessFee(application, seen, I_2 | {"luas": "100"})
        at_once(
            lambda: assess_fee(house.runtime, again, billing),
            lambda: take_action(
                house.runtime, press("issue_bill", application, seen_version=seen), billing
            ),
        )
        state = house.row(application).state
        if "bill" in state:
            assert state["bill"]["a"] == state["fee"]["a"]
            assert int(busy.bill(application).amount_idr) == int(state["fee"]["a"])
        assert broken_promises(house) == {}


MARKUP = '#panic("x") *b* $x^2$ [#sys.inputs] `r` <l> @l \\ "'


class TestNamesThatLookLikeMarkup:
    @pytest.mark.parametrize(
        "paper",
        [
            replace(BILL, payer=MARKUP, address=MARKUP, subject=MARKUP),
            replace(SLIP, payer=MARKUP, teller=MARKUP, bank_reference=MARKUP, reversed_why=MARKUP),
            replace(
                VISIT,
                applicant=MARKUP,
                place=MARKUP,
                summary=MARKUP,
                present=(MARKUP,),
                measured=((MARKUP, MARKUP),),
                findings=(FindingLine(MARKUP, MARKUP, False),),
            ),
        ],
        ids=["skrd", "ssrd", "bap"],
    )
    def test_are_printed_as_they_were_typed(self, paper: AnyPaper) -> None:
        made = pypdf.PdfReader(io.BytesIO(render(paper)))
        text = " ".join(page.extract_text() for page in made.pages).replace("\u200b", "")
        assert '#panic("x")*b*$x^2$[#sys.inputs]`r`<l>@l\\"' in "".join(text.split())
