"""A draft whose names are all known, put together as an `Sop`."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any

from workflows.check import ANSWERED, FILE
from workflows.schema_fields import Draft, RungMoment
from workflows.sop import (
    DEFAULT_CORRECTIONS,
    Action,
    AnswerWithin,
    Ask,
    Band,
    Certificate,
    Condition,
    Corrections,
    End,
    Extension,
    Fee,
    Field,
    Hold,
    Lane,
    Limit,
    Outcome,
    Paper,
    Party,
    Product,
    Rung,
    Scale,
    Silence,
    Sop,
    Standard,
    Step,
    Text,
    ToConfirm,
    Variant,
    Within,
)

DEFAULT_LADDER = (
    Rung("50%", 50, None, ("holder",)),
    Rung("80%", 80, None, ("holder", "supervisor")),
    Rung("breach", None, 0, ("holder", "supervisor")),
    Rung("breach+1", None, 1, ("head",)),
    Rung("breach+3", None, 3, ("inspectorate",)),
)
_BUSINESS = "business_name"
"""The field that says what an application is about where the SOP names none."""
_COUNTED = frozenset({Party.OFFICE, Party.AGENCY})


def build(draft: Draft) -> Sop:
    """Return the SOP that a faultless draft says."""
    lanes = _lanes(draft["lanes"])
    shared = draft.get("everywhere", [])
    asks = {ask["ask"]: _ask(ask, lanes) for ask in draft.get("asks", [])}
    steps = {
        step["step"]: _step(step, lanes, [_action(one, step) for one in step["actions"]], shared)
        for step in draft["steps"]
    }
    return Sop(
        name=draft["sop"],
        title=draft["title"],
        source=draft["source"],
        starts_at=intern(draft["starts_at"]),
        lanes=lanes,
        steps=steps,
        ends={
            intern(name): End(intern(name), _title(end, name), Outcome(end["outcome"]))
            for name, end in draft["ends"].items()
        },
        limits=_limits(draft, steps),
        ladder=tuple(map(_rung, draft.get("ladder", ()))) or DEFAULT_LADDER,
        fee=_fee(draft),
        product=_product(draft.get("product")),
        asks=asks,
        variants={
            name: Variant(name, _title(variant, name), variant["choices"])
            for name, variant in draft.get("variants", {}).items()
        },
        fields={one["field"]: _field(one) for one in draft.get("fields_", [])},
        scales={name: _scale(name, scale) for name, scale in draft.get("scales", {}).items()},
        papers={one["paper"]: _paper(one) for one in draft.get("papers", [])},
        summary=draft.get("summary"),
        legal_basis=draft.get("legal_basis", ()),
        safety_critical=draft.get("safety_critical", False),
        base=draft.get("base", False),
        for_whom=draft.get("for_whom"),
        category=draft.get("category"),
        complaints=draft.get("complaints"),
        standard=Standard(**draft.get("standard", {})),
        subject=_subject(draft),
        to_confirm=tuple(ToConfirm(one["at"], one["why"]) for one in draft.get("to_confirm", [])),
        corrections=_corrections(draft.get("corrections")),
        escalate_after=draft.get("escalate_after"),
    )


def _subject(draft: Draft) -> str | None:
    fields = {field["field"] for field in draft.get("fields_", [])}
    subject: str | None = draft.get("subject", _BUSINESS if _BUSINESS in fields else None)
    return subject


def _title(part: Draft, name: str, key: str = "title") -> Text:
    words = name.replace("_", " ").capitalize()
    title: Text = part.get(key) or {"id": words, "en": words}
    return title


def _rung(draft: Draft) -> Rung:
    at: RungMoment = draft["at"]
    # Whatever else is named: what somebody was told stands in the application.
    by = tuple(dict.fromkeys(("app", *draft.get("by", ("email",)))))
    return Rung(at.name, at.share, at.after, draft["tell"], at.before, at.after_hours, by)


def _lanes(drafts: Mapping[str, Draft]) -> dict[str, Lane]:
    taken = {lane["letter"] for lane in drafts.values() if "letter" in lane}
    lanes = {}
    for name, lane in drafts.items():
        letter = lane.get("letter")
        if letter is None:
            wanted = name.replace("_", "").upper() + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            letter = next((one for one in wanted if one.isalpha() and one not in taken), "-")
            taken.add(letter)
        lanes[intern(name)] = Lane(
            name=intern(name),
            title=_title(lane, name),
            party=Party(lane["party"]),
            letter=letter,
            served_by=lane.get("served_by"),
            clock=lane.get("clock", False),
        )
    return lanes


def _action(draft: Draft, step: Draft, *, shared: bool = False, ask_next: str = "") -> Action:
    # An action back to its own step would begin a new visit, with a new allowance: it stays.
    to: str = draft.get("to", ask_next)
    return Action(
        name=intern(draft["do"]),
        title=_title(draft, draft["do"]),
        lane=intern(draft["lane"] if "lane" in draft else step["lane"]),
        to=intern(to) if to and to != step["step"] else None,
        only_if=draft.get("only_if", ()),
        then=draft.get("then", ()),
        opens=draft.get("opens", ()),
        reason_required=draft.get("reason") == "required",
        not_who_did=draft.get("not_who_did", ()),
        answer=draft.get("answer"),
        confirm=draft.get("confirm", False),
        everywhere=shared,
    )


def _step(draft: Draft, lanes: Mapping[str, Lane], own: list[Action], shared: list[Draft]) -> Step:
    name = draft["step"]
    actions = {action.name: action for action in own}
    for one in shared:
        if name not in one.get("except_", ()):
            # What a step says itself goes before what is said for all of them.
            actions.setdefault(one["do"], _action(one, draft, shared=True))
    party = draft.get("party")
    answer = draft.get("answer_within")
    return Step(
        name=intern(name),
        title=_title(draft, name),
        lane=intern(draft["lane"]),
        party=Party(party) if party else lanes[draft["lane"]].party,
        actions=actions,
        within=draft.get("within"),
        opens=draft.get("opens", ()),
        holds={one["do"]: _hold(one, draft["lane"]) for one in draft.get("holds", [])},
        answer_within=_answer(answer),
        output=draft.get("output"),
        papers=draft.get("papers"),
    )


def _hold(draft: Draft, lane: str) -> Hold:
    return Hold(
        do=intern(draft["do"]),
        resume=intern(draft["resume"]),
        title=_title(draft, draft["do"]),
        resume_title=_title(draft, draft["resume"], "resume_title"),
        party=Party(draft.get("party", "applicant")),
        at_most=draft["at_most"],
        times=draft.get("times", 1),
        source=draft["source"],
        lane=draft.get("lane", lane),
    )


def _answer(draft: Draft | None) -> AnswerWithin | None:
    if draft is None:
        return None
    warnings = draft.get("warnings", (50, 80))
    return AnswerWithin(draft["within"], intern(draft["then"]), draft["source"], warnings)


def _ask(draft: Draft, lanes: Mapping[str, Lane]) -> Ask:
    names = [step["step"] for step in draft["steps"]]
    steps = {}
    for step, following in zip(draft["steps"], [*names[1:], ANSWERED], strict=True):
        own = [_action(one, step, ask_next=following) for one in step["actions"]]
        steps[step["step"]] = _step(step, lanes, own, [])
    return Ask(
        name=draft["ask"],
        title=_title(draft, draft["ask"]),
        starts_at=names[0],
        steps=steps,
        within=draft.get("within"),
        answer_within=_answer(draft.get("answer_within")),
    )


def _limits(draft: Draft, steps: Mapping[str, Step]) -> dict[str, Limit]:
    said = draft["limits"]
    service = said["service"]
    checked = tuple(
        action.name
        for action in steps[draft["starts_at"]].actions.values()
        if not action.everywhere and action.to is not None
    )
    defaults: dict[str, dict[str, Any]] = {
        "filing": {
            "within": Within(5),
            "starts": (FILE,),
            "stops": checked,
            "source": "UU 30/2014 Pasal 50(3)-(4)",
        },
        "service": {"stops": (), "source": draft["source"]},
        "law": {
            "within": Within(5),
            "starts": service["starts"],
            "stops": service.get("stops", ()),
            "source": "UU 30/2014 Pasal 53(2)",
        },
        "delivery": {"stops": (), "source": draft["source"]},
    }
    if "law" not in said:
        defaults["law"]["silence"] = "flag"
    limits = {}
    for name, default in defaults.items():
        if name not in said and "within" not in default:
            continue
        limit: Draft = {**default, **said.get(name, {})}
        limits[name] = Limit(
            name=name,
            within=limit["within"],
            starts=limit["starts"],
            stops=limit["stops"],
            counts=frozenset(map(Party, limit["counts"])) if "counts" in limit else _COUNTED,
            source=limit["source"],
            silence=Silence(limit.get("silence", "none")),
            certificate=Certificate(**limit.get("certificate", {})),
            extensions={
                kind: _extension(kind, one) for kind, one in limit.get("extensions", {}).items()
            },
        )
    return limits


def _extension(kind: str, draft: Draft) -> Extension:
    return Extension(
        kind=kind,
        at_most=draft["at_most"],
        times=draft.get("times", 1),
        by=draft.get("by", ("head",)),
        source=draft["source"],
    )


def _corrections(draft: Draft | None) -> Corrections:
    if draft is None:
        return DEFAULT_CORRECTIONS
    return Corrections(draft["at_most"], draft.get("times", 1), draft["source"])


def _fee(draft: Draft) -> Fee:
    fee = draft.get("fee")
    if fee is None:
        return Fee(None, draft["source"])
    return Fee(None if fee["tariff"] == "none" else fee["tariff"], fee["source"])


def _product(draft: Draft | None) -> Product | None:
    if draft is None:
        return None
    return Product(
        draft["title"], draft["series"], draft["valid"], draft["source"], draft.get("validity")
    )


def _field(draft: Draft) -> Field:
    return Field(
        name=draft["field"],
        title=_title(draft, draft["field"]),
        type=draft.get("type", "text"),
        required=not draft.get("optional", False),
        when=Condition(draft.get("needed", {})),
        hint=draft.get("hint"),
        choices=draft.get("choices", {}),
    )


def _paper(draft: Draft) -> Paper:
    return Paper(
        name=draft["paper"],
        title=_title(draft, draft["paper"]),
        when=Condition(draft.get("needed", {})),
        required=not draft.get("optional", False),
        note=draft.get("note"),
    )


def _scale(name: str, draft: Draft) -> Scale:
    bands = tuple(
        Band(band["band"], _title(band, band["band"]), band.get("up_to")) for band in draft["bands"]
    )
    return Scale(name, _title(draft, name), draft["by"], bands, draft["source"])
