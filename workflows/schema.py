"""The grammar of an SOP: which keys there are, what each means, what it is when absent."""

from __future__ import annotations

from typing import get_args

from workflows.faults import Path, Problem
from workflows.schema_fields import (
    Both,
    Draft,
    Flag,
    Letter,
    ListOf,
    Name,
    Named,
    Of,
    OneOf,
    Part,
    RungAt,
    Several,
    SopName,
    Time,
    Validity,
    Value,
    Warnings,
    Whole,
    load,
)
from workflows.sop import FieldType, Outcome, Party, Silence
from workflows.tree import Branch, FaultList

WAYS = ("app", "email", "gateway")
PARTIES = tuple(party.value for party in Party if party is not Party.NOBODY)
HOLDERS = (Party.APPLICANT.value, Party.AGENCY.value)
"""For whom a hold may wait: waiting for ourselves is our own time."""


class ProductPart(Part):
    """What the applicant receives."""

    title = Both("its name", required=True)
    series = Value("short code in its number, such as `SIUP`", required=True)
    valid = Validity("how long it is valid", required=True)
    validity = Both("how long it is valid in words, where the years alone do not say it")
    source = Value("rule and article", required=True)


class FeePart(Part):
    """What the service costs. Without it the service is free: no levy without a rule."""

    tariff = Value("`none`, or the name of a tariff", required=True)
    source = Value("rule and article", required=True)


class CertificatePart(Part):
    """The office's own words on the paper that says what silence has granted."""

    title = Both("its title", by_default="certificate of what is deemed granted by law")
    closing = Both("what stands below the facts", by_default="that the form is set by Perpres")


class LimitPart(Part):
    """A limit over the whole application, between two actions. Reaching an end stops it too."""

    within = Time("the time allowed", required=True)
    starts = Several(
        "actions that start it; `file` is the filing of the application",
        Name(""),
        by_default="`filing`: `file`; `law`: as `service`; else to be given",
    )
    stops = Several(
        "actions that stop it",
        Name(""),
        by_default="`filing`: every action of the first step; `law`: as `service`; else an end",
    )
    counts = Several(
        "parties whose days it counts", OneOf("", PARTIES), by_default="`office` and `agency`"
    )
    silence = OneOf(
        "what the law makes of a decision that does not come",
        [silence.value for silence in Silence],
        by_default="`none`",
    )
    certificate = Of("words on the paper about what silence granted", CertificatePart)
    source = Value("rule and article", by_default="the `source` of the SOP")


class StartedPart(LimitPart):
    """A limit that has no start of its own accord."""

    starts = Several("actions that start it", Name(""), required=True)


class ExtensionPart(Part):
    """How the standard may be extended: only before it is due, with a reason and a notice."""

    at_most = Time("the most that one extension adds, in the unit of the standard", required=True)
    times = Whole("how often an application may be extended so", 1, 9, by_default="1")
    by = Several("roles of the office that decide it", Name(""), by_default="`head`")
    source = Value("rule that allows it", required=True)


class ExtensionsPart(Part):
    """The extensions of the service standard. The law's limit is never extended."""

    office = Of("decided by the office alone", ExtensionPart)
    consent = Of("with the written consent of the applicant", ExtensionPart)


class ServicePart(StartedPart):
    """The service standard: what the applicant is promised."""

    extensions = Of("how it may be extended", ExtensionsPart, by_default="it cannot be extended")


class LawPart(LimitPart):
    """The legal limit, which must name its rule."""

    source = Value("rule and article", required=True)


class LimitsPart(Part):
    """The limits of the whole application."""

    filing = Of(
        "from filing to accepted or returned",
        LimitPart,
        by_default="5 working days, UU 30/2014 Pasal 50(3)-(4)",
    )
    service = Of("the service standard", ServicePart, required=True)
    law = Of(
        "the legal limit; the standard may not be longer",
        LawPart,
        by_default="5 working days, silence `flag`, UU 30/2014 Pasal 53(2)",
    )
    delivery = Of("from signature to handed over", StartedPart)


class RungPart(Part):
    """One rung of the ladder: when somebody is told, and who."""

    at = RungAt(
        "a share of the limit, working time before its end, its breach, or working time after it",
        required=True,
    )
    tell = Several("audiences", Name(""), required=True)
    by = Several(
        "ways by which officers are told, besides the application itself; `gateway`: the "
        "channels of the office",
        OneOf("", WAYS),
        by_default="`app` and `email`",
    )


class VariantPart(Part):
    """A question whose answer decides which papers and fields apply."""

    title = Both("the question", by_default="its name")
    choices = Named("the answers", Both(""), required=True)


class FieldPart(Part):
    """One datum the application form asks for."""

    field = Name("its name", required=True)
    title = Both("its label", by_default="its name")
    type = OneOf("its type", get_args(FieldType), by_default="`text`")
    needed = Named(
        "asked only for these choices of these variants",
        Several("", Name("")),
        by_default="always",
    )
    optional = Flag("may be left empty", by_default="`no`")
    hint = Both("how to fill it in")
    choices = Named("the answers, for the type `choice`", Both(""))


class BandPart(Part):
    """One class of a scale, up to and including `up_to`."""

    band = Name("its name", required=True)
    title = Both("its title", by_default="its name")
    up_to = Whole("upper end; the last band has none", 0, 10**17)


class ScalePart(Part):
    """A classification of the application by one of its number fields."""

    title = Both("its title", by_default="its name")
    by = Name("a field of the type `money_idr` or `number`", required=True)
    source = Value("rule and article", required=True)
    bands = ListOf("the classes, rising", BandPart, required=True)


class PaperPart(Part):
    """One document the applicant hands in."""

    paper = Name("its name", required=True)
    title = Both("its title", by_default="its name")
    note = Both("how it is handed in: original, copy")
    needed = Named(
        "asked only for these choices of these variants",
        Several("", Name("")),
        by_default="always",
    )
    optional = Flag("may be missing", by_default="`no`")


class LanePart(Part):
    """A column of the swimlane: a pool of people with one role."""

    title = Both("its title", by_default="its name")
    party = OneOf("whose days it spends", PARTIES, required=True)
    letter = Letter("stands for it in the ledger", by_default="a free letter of its name")
    served_by = Name("the lane whose people press for this one")
    clock = Flag("the clock itself acts here, no person does", by_default="`no`")


class ActionPart(Part):
    """What somebody may press at a step. One step, one action, one target."""

    do = Name("its name", required=True)
    title = Both("words of the button", by_default="its name")
    lane = Name("who may press", by_default="the lane of the step")
    to = Name("step or end it leads to", by_default="the application stays")
    only_if = Several("guards that must agree", Name(""))
    then = Several("effects", Name(""))
    opens = Several("asks it opens", Name(""))
    reason = OneOf("`required`: not without a written reason", ("required", "no"))
    not_who_did = Several("steps: whoever acted there may not press this", Name(""))
    confirm = Flag("asked once more, because it cannot be undone", by_default="`no`")


class EverywherePart(ActionPart):
    """An action that every step of the main line has, except those named."""

    lane = Name("who may press", required=True)
    to = Name("step or end it leads to", required=True)
    except_ = Several("steps that do not have it", Name(""), data_key="except")


class AskActionPart(Part):
    """What somebody may press in an ask."""

    do = Name("its name", required=True)
    title = Both("words of the button", by_default="its name")
    lane = Name("who may press", by_default="the lane of the step")
    to = Name(
        "step of the ask, or `answered`", by_default="the next step; from the last `answered`"
    )
    only_if = Several("guards that must agree", Name(""))
    then = Several("effects", Name(""))
    answer = Name("the answer with which the ask closes")
    reason = OneOf("`required`: not without a written reason", ("required", "no"))
    not_who_did = Several("steps: whoever acted there may not press this", Name(""))
    confirm = Flag("asked once more, because it cannot be undone", by_default="`no`")


class HoldPart(Part):
    """A named pause inside a step: `do` starts it, `resume` ends it."""

    do = Name("the action that starts it", required=True)
    resume = Name("the action that ends it", required=True)
    title = Both("words of the button that starts it", by_default="its name")
    resume_title = Both("words of the button that ends it", by_default="its name")
    lane = Name("who may press", by_default="the lane of the step")
    party = OneOf("for whom we wait; its days are theirs", HOLDERS, by_default="`applicant`")
    at_most = Time(
        "how long it may last; then the clock presses `resume`, our time runs again, and who holds "
        "the file hears of it",
        required=True,
    )
    times = Whole("how often it may be used at one step", 1, 99, by_default="1")
    source = Value("rule that allows the pause", required=True)


class AnswerPart(Part):
    """How long the applicant may take, and what the clock presses when that has passed."""

    within = Time("the time allowed; counts the days of the applicant", required=True)
    then = Name("action of the clock's lane at this step", required=True)
    source = Value("rule and article", required=True)
    warnings = Warnings(
        "the two shares in percent at which the applicant is warned", by_default="50 and 80"
    )


class StepPart(Part):
    """A row of the swimlane."""

    step = Name("its name", required=True)
    lane = Name("who acts", required=True)
    title = Both("the activity", by_default="its name")
    papers = Both("what is needed to begin (column kelengkapan)")
    output = Both("what leaves the step (column output)")
    within = Time("the time allowed")
    party = OneOf("whose time it is", PARTIES, by_default="that of the lane")
    opens = Several("asks opened whenever the step is entered", Name(""))
    answer_within = Of("limit for the answer of the applicant", AnswerPart)
    holds = ListOf("pauses", HoldPart)
    actions = ListOf("what may be pressed", ActionPart, required=True)


class AskStepPart(Part):
    """A step of an ask."""

    step = Name("its name", required=True)
    lane = Name("who acts", required=True)
    title = Both("the activity", by_default="its name")
    papers = Both("what is needed to begin (column kelengkapan)")
    output = Both("what leaves the step (column output)")
    within = Time("the time allowed")
    party = OneOf("whose time it is", PARTIES, by_default="that of the lane")
    actions = ListOf("what may be pressed", AskActionPart, required=True)


class AskPart(Part):
    """A side path: an opinion of an agency, a question. A straight list of steps."""

    ask = Name("its name", required=True)
    title = Both("its title", by_default="its name")
    within = Time("the time allowed from asking to the answer")
    answer_within = Of("limit for the answer of the applicant", AnswerPart)
    steps = ListOf("its steps, in order", AskStepPart, required=True)


class EndPart(Part):
    """A place where an application stops."""

    title = Both("its title", by_default="its name")
    outcome = OneOf("how it ended", [outcome.value for outcome in Outcome], required=True)


class ToConfirmPart(Part):
    """A figure or paper that no verified source sets: the office confirms or changes it.

    The place is a path of keys in which an item of a list stands by its name, such as
    `limits.service.within`, `papers.surat_sehat`, `steps.completion.answer_within.within`. How
    the time of the standard is shared out among the steps is the office's own and needs none.
    """

    at = Value("where it stands in this text", required=True)
    why = Both("why it is to be confirmed", required=True)


class StandardPart(Part):
    """What a service standard says besides basis, papers, steps, time, cost and product.

    Source: UU 25/2009 Pasal 21. What is absent is said by the office for all its services.
    """

    facilities = Both("rooms, equipment and facilities")
    competence = Both("what those who carry it out must be able to do")
    supervision = Both("internal supervision")
    staff = Both("how many carry it out")
    guarantee = Both("what is guaranteed")
    safety = Both("how security and safety are guaranteed")
    evaluation = Both("how the performance is evaluated")


class CorrectionsPart(Part):
    """How far a wrongly recorded time of receipt may be corrected, and how often.

    No rule sets these figures: they are the office's own, decided by its head. A correction takes
    two persons in any case.
    """

    at_most = Time(
        "the most working time between the recorded and the right one; in days, between the days "
        "on which they count",
        required=True,
    )
    times = Whole("how many corrections one application may have", 1, 9, by_default="1")
    source = Value(
        "what allows it: a rule, or the decision of the head of the office", required=True
    )


class SopPart(Part):
    """A whole SOP."""

    sop = SopName("its name; hyphens are allowed", required=True)
    base = Flag("to be followed by others, no service itself", by_default="`no`")
    title = Both("name of the service", required=True)
    summary = Both("the service in one or two sentences")
    for_whom = Both("whom the service is for")
    category = Both("under what it is listed: business, buildings, health")
    complaints = Both("where to complain", by_default="the channels of the office")
    standard = Of("further components of the service standard", StandardPart)
    source = Value("the rule the service rests on", required=True)
    legal_basis = Several("further rules", Value(""))
    safety_critical = Flag("silence can never grant it", by_default="`no`")
    product = Of("what the applicant receives", ProductPart)
    fee = Of("what it costs", FeePart, by_default="free")
    starts_at = Name("the step where an application begins", required=True)
    limits = Of("limits over the whole application", LimitsPart, required=True)
    corrections = Of(
        "how a wrongly recorded time of receipt may be corrected",
        CorrectionsPart,
        by_default="by 1 working day, once, `Keputusan kepala dinas`: the office's own setting",
    )
    to_confirm = ListOf("what the office has to confirm", ToConfirmPart)
    ladder = ListOf(
        "who is told, when; for every limit",
        RungPart,
        by_default="50 % holder; 80 % and breach holder and supervisor; "
        "+ 1 working day head; + 3 working days inspectorate",
    )
    escalate_after = Time(
        "how long an alert of a breach may stay without an answer before the next in rank is told",
        by_default="as the installation says: 4 working hours",
    )
    variants = Named("questions that decide what applies", Of("", VariantPart))
    fields_ = ListOf("the form", FieldPart, data_key="fields")
    subject = Name(
        "the field that says in one line what an application is about",
        by_default="`business_name`, else the name of the applicant",
    )
    scales = Named("classifications", Of("", ScalePart))
    papers = ListOf("documents to hand in", PaperPart)
    lanes = Named("columns of the swimlane", Of("", LanePart), required=True)
    steps = ListOf("rows of the swimlane", StepPart, required=True)
    asks = ListOf("side paths", AskPart)
    everywhere = ListOf("actions of every step", EverywherePart)
    ends = Named("where applications stop", Of("", EndPart), required=True)


def load_draft(tree: Branch, faults: FaultList) -> Draft:
    """Return what the tree says as far as its shape is right, and add a fault where it is not."""
    draft, messages = load(SopPart, tree)
    report_faults(messages, (), faults)
    return draft


def report_faults(messages: object, path: Path, faults: FaultList) -> None:
    """Add a fault for every error message of a part that stands at `path`."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            report_faults(inner, path if key == "_schema" else (*path, key), faults)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Problem):
            faults.add(message.code, path, message.suggestion, **message.facts)
        elif isinstance(message, str):
            faults.add(message, path, key=path[-1] if path else "")
        else:
            report_faults(message, path, faults)
