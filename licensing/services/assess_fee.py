"""The billing officer calculates what is owed; the calculation is kept whole, with every factor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from licensing.change import Case
from licensing.errors import (
    BillStands,
    InvalidInput,
    NotAllowed,
    NotFound,
    SamePerson,
    SimulationOnly,
    StaleApplication,
    TakenByAnother,
)
from licensing.facts import having_acted
from licensing.history import FEE_ASSESSED
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.door_sql import dump, read_for_decision
from licensing.services.frozen import must_be_undecided
from licensing.services.notes import write_note
from licensing.services.prices import prices_on
from licensing.tariffs import Price, Sheet, Tariff, calculate, tariff_in_force, versions_of
from workflows.sop import Sop, Step

FEE_GUARDS = frozenset({"bill_due", "fee_settled"})
"""What marks the step at which a fee is calculated: its actions ask for the calculation."""

_STANDS = ("open", "paid")


@dataclass(frozen=True, slots=True)
class AssessFee:
    """What the billing officer answered, and the version of the file that was shown."""

    application_id: UUID
    seen_version: int
    answers: Mapping[str, str]
    at: datetime | None = None
    """When it counts as done; in a simulated office only."""


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """What a fee is calculated by on one day: the tariff in force and the office's unit prices."""

    tariff: Tariff
    prices: Mapping[str, Price]

    def sheet(self, answers: Mapping[str, str]) -> Sheet:
        """Return the calculation for these answers.

        Raises:
            InvalidInput: answers that cannot be used, or that leave nothing to charge for.
            PriceMissing, CalculationFailed: it cannot be calculated (see `licensing.tariffs`).
        """
        found = calculate(self.tariff, self.prices, answers)
        if found.exempt is None and not found.total_idr and not _weighs_nothing(found):
            # Nothing measured is no exemption, nor is a price that rounds away: neither a
            # forgotten figure nor a setting of the office must make a file free.
            first = next(
                name for name, asked in self.tariff.questions.items() if asked.table is None
            )
            raise InvalidInput(
                {first: "comes_to_nothing" if found.charged else "nothing_to_charge"}
            )
        return found


def fee_terms(runtime: Runtime, tariff: str, on: date, by: Officer) -> FeeTerms:
    """Return what a fee is calculated by on `on` in the office of `by`.

    Raises:
        NoTariffInForce: no version of the tariff holds on that day.
    """
    with runtime.transaction(by.office_id) as connection:
        return _terms(connection, tariff, on)


def _weighs_nothing(sheet: Sheet) -> bool:
    """Return whether something was measured that the tariff's own tables count as nothing."""
    return bool(sheet.charged) and any(
        factor.kind == "index" and not factor.value for factor in sheet.factors
    )


def is_assessed_at(step: Step | None) -> bool:
    """Return whether the fee is calculated at this step."""
    return step is not None and any(
        FEE_GUARDS.intersection(action.only_if) for action in step.actions.values()
    )


def assess_fee(runtime: Runtime, command: AssessFee, by: Officer) -> int:
    """Calculate and keep the fee of an application; return the new version of the file.

    A calculation is only ever added. The newest one stands, and an issued bill keeps its own.
    Source: UU 28/2009 Art 160(1).

    Raises:
        NotFound: no such application, or its service has no tariff.
        ApplicationEnded, StaleApplication, TakenByAnother: nothing can be calculated now.
        NotAllowed: the file is not at a step where a fee is calculated, or `by` not of its lane.
        SamePerson: `by` acted where whoever bills must not have.
        BillStands: a bill is open or paid; it has to be cancelled first.
        InvalidInput: answers that cannot be used, by question.
        NoTariffInForce, PriceMissing, CalculationFailed: see `licensing.tariffs.errors`.
        SimulationOnly: `command.at` outside a simulated office.
    """
    by.must_have("assess the fee", "billing")
    with runtime.transaction(by.office_id) as connection:
        case = read_for_decision(connection, command.application_id)
        sop, watched = _must_be_assessable(runtime, connection, case, command, by)
        if sop.fee.tariff is None:
            raise NotFound("tariff of service", sop.name)
        at = max(command.at or case.now, case.last_effective_at)
        calendar = runtime.calendar(connection, case.calendar_version_id, case.late_receipt)
        sheet = _terms(connection, sop.fee.tariff, calendar.local_date(at)).sheet(command.answers)
        assessment = connection.exec_driver_sql(
            _KEEP,
            {
                "office": case.office_id,
                "application": case.application_id,
                "tariff": sheet.tariff,
                "answers": dump(dict(command.answers)),
                "sheet": dump(sheet.to_json()),
                "amount": sheet.total_idr,
                "by": by.id,
                "at": at if case.simulated else None,
            },
        ).scalar_one()
        fee = {"i": str(assessment), "a": str(sheet.total_idr)}
        write_note(
            connection,
            case,
            FEE_ASSESSED,
            holder=case.holder_id,
            by=by.id,
            at=at,
            detail={"assessment": fee["i"], "amount_idr": fee["a"]},
            state={**having_acted(case.state, case.step, by.id, watched), "fee": fee},
        )
        connection.exec_driver_sql(_COUNT, (case.application_id,))
        return case.version + 1


def _terms(connection: Connection, tariff: str, on: date) -> FeeTerms:
    return FeeTerms(tariff_in_force(versions_of(tariff), on), prices_on(connection, tariff, on))


def _must_be_assessable(
    runtime: Runtime, connection: Connection, case: Case, command: AssessFee, by: Officer
) -> tuple[Sop, Collection[str]]:
    """Return the SOP, and the steps of which it asks who acted there, once a fee may be set."""
    if command.at is not None and not case.simulated:
        raise SimulationOnly(str(case.office_id))
    must_be_undecided(runtime, connection, case, command.at)
    if case.version != command.seen_version:
        raise StaleApplication(
            case.application_id,
            seen=command.seen_version,
            now=case.version,
            by=case.last_actor_id,
            at=case.last_recorded_at,
        )
    if case.holder_id is not None and case.holder_id != by.id:
        raise TakenByAnother(case.application_id, case.holder_id)
    bill = case.state.get("bill", {})
    if bill.get("s") in _STANDS:
        raise BillStands(case.application_id, bill["s"])
    rules = runtime.rules(connection, case.sop_version_id)
    step = rules.sop.steps[case.step]
    lane = rules.sop.lanes[step.lane]
    if not is_assessed_at(step) or by.roles.isdisjoint({lane.name, lane.served_by} - {None}):
        raise NotAllowed("assess the fee at this step", (step.lane,))
    _must_be_another(case, step, by)
    return rules.sop, rules.watched


def _must_be_another(case: Case, step: Step, by: Officer) -> None:
    """Pass for who may press what the calculation leads to: a figure is as good as the press.

    Raises:
        SamePerson: `by` did something before that keeps him from it.
    """
    for action in step.actions.values():
        who = case.state.get("who", {})
        if FEE_GUARDS.intersection(action.only_if) and any(
            str(by.id) in who.get(name, ()) for name in action.not_who_did
        ):
            raise SamePerson(action.name, action.not_who_did)


# In a simulated office the calculation has the time of its press, so that the newest one stands.
_KEEP = """
INSERT INTO fee_assessment (office_id, application_id, tariff, answers, sheet, amount_idr,
       assessed_by, assessed_at)
VALUES (%(office)s, %(application)s, %(tariff)s, %(answers)s, %(sheet)s, %(amount)s, %(by)s,
        coalesce(%(at)s::timestamptz, clock_timestamp()))
RETURNING id
"""

_COUNT = "UPDATE application SET version = version + 1 WHERE id = %s"
