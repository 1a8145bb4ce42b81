"""What an action asks for before it is carried out, by the effect that needs it: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from marshmallow import Schema, fields, validate

from licensing.effects.opinions import LONGEST_OPINION
from licensing.queries.application import ApplicationView
from web.schemas.form import FormSchema
from web.visit_inputs import (
    PostponeSchema,
    ReportSchema,
    ScheduleSchema,
    postpone_prefill,
    report_prefill,
    schedule_prefill,
)

Prefill = Callable[[ApplicationView, str | None], Mapping[str, str]]
"""Is handed the file and the side path, if it is pressed in one."""


class CollectorSchema(FormSchema):
    """Who collects a permit."""

    collector_name = fields.String(load_default="", validate=validate.Length(max=200))
    collector_relation = fields.String(load_default="", validate=validate.Length(max=200))
    collector_identity = fields.String(load_default="", validate=validate.Length(max=200))


class OpinionSchema(FormSchema):
    """The words of an opinion."""

    opinion = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_OPINION, error="too_long")
    )


@dataclass(frozen=True, slots=True)
class ActionInputs:
    """The fields of one effect: how they are drawn, read, and filled in beforehand."""

    template: str
    schema: type[Schema]
    prefill: Prefill

    @property
    def names(self) -> Sequence[str]:
        """Return the names of its fields."""
        return tuple(self.schema().fields)


def _collector(view: ApplicationView, _ask: str | None) -> Mapping[str, str]:
    return {"collector_name": view.applicant.name}


def _opinion(view: ApplicationView, ask: str | None) -> Mapping[str, str]:
    """Return the words that were written last in this side path: a draft is taken over."""
    for event in reversed(view.events):
        if event.ask == ask and "opinion" in event.detail:
            return {"opinion": str(event.detail["opinion"])}
    return {}


INPUTS: Mapping[str, ActionInputs] = {
    "record_collector": ActionInputs(
        "application/inputs/collector.html", CollectorSchema, _collector
    ),
    "give_opinion": ActionInputs("application/inputs/opinion.html", OpinionSchema, _opinion),
    "schedule_visit": ActionInputs(
        "application/inputs/schedule_visit.html", ScheduleSchema, schedule_prefill
    ),
    "postpone_visit": ActionInputs(
        "application/inputs/postpone_visit.html", PostponeSchema, postpone_prefill
    ),
    "report_visit": ActionInputs(
        "application/inputs/report_visit.html", ReportSchema, report_prefill
    ),
}


def inputs_of(effects: Sequence[str]) -> list[ActionInputs]:
    """Return what these effects ask for, in their order."""
    return [INPUTS[effect] for effect in effects if effect in INPUTS]
