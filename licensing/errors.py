"""What can go wrong in licensing, one class per thing a person can do something about.

LicensingError
├── NotFound                the thing asked for does not exist in this office
├── NotAllowed              the person has no role for it
├── StaleApplication        the application moved on after the page was shown
├── ApplicationEnded        the application has ended
│   └── LapsedByLaw         it is granted by law: nobody decides it any more
├── TakenByAnother          somebody else has taken the file
├── InputMissing            an action needs something that was not given
├── InvalidInput            something typed cannot be used as it is
├── BillStands              a bill is open or paid: what it rests on cannot be calculated anew
├── AmountDiffers           the teller saw another bill or amount than the one that is open
├── ServiceClosed           the office does not take new applications for the service now
├── StaleSetting            a setting of the office changed after its preview was shown
├── OwnAccount              nobody changes what his own account may do
├── LastAdmin               somebody must be left who can administer
├── BanksOwnAccount         the account is the bank's: the bank's administrator looks after it
├── ExtensionRefused        the standard cannot be extended so, or not any more
├── CorrectionRefused       the proposed time is decided on already, or needs somebody else
├── QueueClosed             no tickets are given now; it says when they are again
├── NotSeated               who calls people sits at a counter first
├── SeatTaken               a colleague sits at this counter
├── QueueMoved              the counter's queue moved on after the page was shown
├── SopNotPublishable       the two people are one, or the text has faults
├── SignInRefused           name and password do not belong together, or the account is closed
├── TooManyTries            too many failed sign-ins; it says when to try again
├── SimulationOnly          a time of one's own choice outside a simulated office
└── Unavailable             the database or another dependency does not answer

The engine's refusals (`workflows.errors.Refusal` and below) are raised as they are; they are
offered here too, so that a caller needs one import.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from workflows.errors import (
    ActionNotOffered,
    GuardRefused,
    NotYourLane,
    OnHold,
    ReasonMissing,
    Refusal,
    SamePerson,
    SopFaults,
)

__all__ = [
    "ActionNotOffered", "AmountDiffers", "ApplicationEnded", "BanksOwnAccount",
    "BillStands", "CorrectionRefused", "ExtensionRefused", "GuardRefused",
    "InputMissing", "InvalidInput", "LapsedByLaw", "LastAdmin", "LicensingError", "NotAllowed",
    "NotFound", "NotSeated", "NotYourLane", "OnHold", "OwnAccount", "QueueClosed", "QueueMoved",
    "ReasonMissing", "Refusal", "SamePerson", "SeatTaken",
    "ServiceClosed", "SignInRefused", "SimulationOnly", "SopFaults", "SopNotPublishable",
    "StaleApplication", "StaleSetting", "TakenByAnother", "TooManyTries", "Unavailable",
]  # fmt: skip


class LicensingError(Exception):
    """Something a person can do something about."""

    code = "licensing"


class NotFound(LicensingError):
    """The thing asked for does not exist in this office."""

    code = "not_found"

    def __init__(self, what: str, key: object) -> None:
        self.what, self.key = what, key
        super().__init__(f"no {what} {key}")


class NotAllowed(LicensingError):
    """The person has no role for it."""

    code = "not_allowed"

    def __init__(self, what: str, roles: tuple[str, ...] = ()) -> None:
        self.what, self.roles = what, roles
        super().__init__(f"{what} needs one of the roles {', '.join(roles) or '(nobody)'}")


class StaleApplication(LicensingError):
    """The application moved on after the page was shown."""

    code = "application.stale"

    def __init__(
        self,
        application_id: UUID,
        *,
        seen: int,
        now: int,
        by: UUID | None = None,
        at: datetime | None = None,
    ) -> None:
        self.application_id, self.seen, self.now, self.by, self.at = (
            application_id,
            seen,
            now,
            by,
            at,
        )
        super().__init__(f"page showed version {seen}, application is at {now}")


class ApplicationEnded(LicensingError):
    """The application has ended; nothing can be pressed any more."""

    code = "application.ended"

    def __init__(self, application_id: UUID, outcome: str) -> None:
        self.application_id, self.outcome = application_id, outcome
        super().__init__(f"application {application_id} has ended: {outcome}")


class LapsedByLaw(ApplicationEnded):
    """The limit of the law has passed: granted by law, recorded or not; nobody decides any more.

    Source: UU 30/2014 Art 53(4).
    """

    code = "application.lapsed"

    def __init__(self, application_id: UUID, *, since: datetime, deemed_on: date) -> None:
        super().__init__(application_id, "lapsed")
        self.since, self.deemed_on = since, deemed_on


class TakenByAnother(LicensingError):
    """Somebody else has taken the file."""

    code = "application.taken"

    def __init__(self, application_id: UUID, holder: UUID) -> None:
        self.application_id, self.holder = application_id, holder
        super().__init__(f"application {application_id} is with officer {holder}")


class InputMissing(LicensingError):
    """An action needs something that was not given."""

    code = "input.missing"

    def __init__(self, action: str, fields: tuple[str, ...]) -> None:
        self.action, self.fields = action, fields
        super().__init__(f"{action} needs {', '.join(fields)}")


class InvalidInput(LicensingError):
    """Something typed cannot be used as it is; `faults` maps each field to a stable code."""

    code = "input.invalid"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(", ".join(f"{field}: {code}" for field, code in faults.items()))


class BillStands(LicensingError):
    """A bill is open or paid: the fee is not calculated anew before it is cancelled."""

    code = "bill.stands"

    def __init__(self, application_id: UUID, status: str) -> None:
        self.application_id, self.status = application_id, status
        super().__init__(f"application {application_id} has a bill that is {status}: cancel it")


class AmountDiffers(LicensingError):
    """The teller saw another bill, or another amount, than the one that is open now."""

    code = "bill.amount_differs"

    def __init__(self, application_id: UUID, *, expected: int) -> None:
        self.application_id, self.expected = application_id, expected
        super().__init__(f"the open bill of {application_id} is over {expected} rupiah")


class ServiceClosed(LicensingError):
    """The office does not take new applications for the service now; open ones go on."""

    code = "service.closed"

    def __init__(self, service: str, note: str) -> None:
        self.service, self.note = service, note
        super().__init__(f"service {service} takes no new applications: {note}")


class StaleSetting(LicensingError):
    """A setting of the office changed after its preview was shown."""

    code = "setting.stale"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} changed after the preview was shown")


class OwnAccount(LicensingError):
    """Nobody changes what his own account may do: a colleague does it."""

    code = "account.own"

    def __init__(self, username: str) -> None:
        self.username = username
        super().__init__(f"{username} is your own account: somebody else must change it")


class LastAdmin(LicensingError):
    """This is the last account that can administer: another one must be made first."""

    code = "account.last_admin"

    def __init__(self, username: str, role: str) -> None:
        self.username, self.role = username, role
        super().__init__(f"{username} is the last active account with the role {role}")


class BanksOwnAccount(LicensingError):
    """The account is the bank's: only its own administrator looks after it."""

    code = "account.of_the_bank"

    def __init__(self, what: str, username: str) -> None:
        self.what, self.username = what, username
        super().__init__(f"{what}: {username} is the bank's, and only the bank_admin may do it")


class ExtensionRefused(LicensingError):
    """The standard cannot be extended so, or not any more.

    `why`: none (the SOP knows no such extension), used_up, past_due, not_running.
    """

    code = "extension.refused"

    def __init__(self, application_id: UUID, why: str) -> None:
        self.application_id, self.why = application_id, why
        super().__init__(f"the standard of application {application_id} is not extended: {why}")


class CorrectionRefused(LicensingError):
    """The proposed time is decided on already, or somebody else must decide.

    `why`: same_person, decided, waiting (another proposal for this file has to be decided first).
    """

    code = "correction.refused"

    def __init__(self, application_id: UUID, why: str) -> None:
        self.application_id, self.why = application_id, why
        super().__init__(f"the correction in application {application_id} is refused: {why}")


class QueueClosed(LicensingError):
    """No tickets are given now: outside the hours, or because the office says so."""

    code = "queue.closed"

    def __init__(self, opens_at: datetime | None, note: str = "") -> None:
        self.opens_at, self.note = opens_at, note
        super().__init__(f"no tickets before {opens_at}" if opens_at else f"no tickets now: {note}")


class NotSeated(LicensingError):
    """Who calls people sits at a counter first."""

    code = "queue.not_seated"

    def __init__(self, username: str) -> None:
        self.username = username
        super().__init__(f"{username} sits at no counter today")


class SeatTaken(LicensingError):
    """A colleague sits at this counter."""

    code = "queue.seat_taken"

    def __init__(self, window: int, name: str) -> None:
        self.window, self.name = window, name
        super().__init__(f"{name} sits at counter {window}")


class QueueMoved(LicensingError):
    """The counter's queue moved on after the page was shown: nothing was done twice."""

    code = "queue.moved"

    def __init__(self, window: int) -> None:
        self.window = window
        super().__init__(f"the queue of counter {window} moved on after the page was shown")


class SopNotPublishable(LicensingError):
    """An SOP cannot be published as asked."""

    code = "sop.not_publishable"


class SignInRefused(LicensingError):
    """Name and password do not belong together, or the account is closed: it is not said which."""

    code = "sign_in.refused"

    def __init__(self) -> None:
        super().__init__("name and password do not belong together")


class TooManyTries(LicensingError):
    """Too many sign-ins have failed; `retry_after` is when the next one is looked at."""

    code = "sign_in.too_many"

    def __init__(self, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many failed sign-ins: wait {retry_after.total_seconds():.0f} s")


class SimulationOnly(LicensingError):
    """Writing at a time of one's own choice is allowed in a simulated office only."""

    code = "simulation_only"

    def __init__(self, office: str) -> None:
        self.office = office
        super().__init__(f"office {office} is not simulated: its time is the database's")


class Unavailable(LicensingError):
    """The database or another dependency does not answer now."""

    code = "unavailable"
