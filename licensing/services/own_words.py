"""An office's own words for its letters: each change is a new version, none is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import IntegrityError

from licensing.errors import InvalidInput
from licensing.letters import OwnWords, OwnWordsFault, check_own
from licensing.people import Officer
from licensing.runtime import Runtime
from licensing.services.administration import record

KEEPERS: Final = ("admin", "head")
READERS: Final = ("admin", "head", "supervisor")
LOCALES: Final = ("id", "en")


class UnknownPlaceholder(InvalidInput):
    """A template names what there is not; `names` says which, by field."""

    def __init__(self, faults: Mapping[str, str], names: Mapping[str, tuple[str, ...]]) -> None:
        self.names = names
        super().__init__(faults)


def tidied(subject: str, body: str) -> OwnWords:
    """Return words as they are kept: one kind of line break, no tabs, no space at either end."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return OwnWords(" ".join(subject.split()), "\n".join(line.rstrip() for line in lines).strip())


def check_words(event: str, locale: str, own: OwnWords) -> None:
    """Pass for words that may be used.

    Raises:
        InvalidInput: every fault at once, by field; `UnknownPlaceholder` where names are unknown.
    """
    if locale not in LOCALES:
        raise InvalidInput({"locale": "choose"})
    found: Mapping[str, OwnWordsFault] = check_own(event, own)
    if found:
        raise UnknownPlaceholder(
            {field: fault.code for field, fault in found.items()},
            {field: fault.names for field, fault in found.items() if fault.names},
        )


def save_words(
    runtime: Runtime, event: str, locale: str, own: OwnWords | None, *, seen: int, by: Officer
) -> int:
    """Write the next version of an office's words, None for the built-in ones; return its number.

    `seen` is the version that was changed: a change that somebody else made meanwhile is not
    overwritten.

    Raises:
        NotAllowed: `by` keeps no letters.
        InvalidInput: as `check_words`; or `subject: changed_meanwhile`.
    """
    by.must_have("change the words of a letter", *KEEPERS)
    if own is not None:
        check_words(event, locale, own)
    elif locale not in LOCALES:
        raise InvalidInput({"locale": "choose"})
    words = own or OwnWords("", "")
    try:
        with runtime.transaction(by.office_id) as connection:
            newest = connection.exec_driver_sql(
                _NEWEST, (by.office_id, event, locale)
            ).fetchone() or (0, "", "")
            if newest[0] != seen:
                raise InvalidInput({"subject": "changed_meanwhile"})
            if (newest[1], newest[2]) == (words.subject, words.body):
                return seen
            connection.exec_driver_sql(
                _ADD,
                (by.office_id, event, locale, seen + 1, words.subject, words.body, by.id),
            )
            record(
                connection,
                by.office_id,
                "letter_changed" if own is not None else "letter_reset",
                f"{event} ({locale})",
                by=by.id,
                detail={
                    "before": {"subject": newest[1], "body": newest[2]},
                    "after": {"subject": words.subject, "body": words.body},
                    "number": seen + 1,
                },
            )
    except IntegrityError as raced:
        raise InvalidInput({"subject": "changed_meanwhile"}) from raced
    return seen + 1


_NEWEST = """
SELECT version, subject, body FROM letter_template
 WHERE office_id = %s AND event = %s AND locale = %s
 ORDER BY version DESC LIMIT 1
"""

_ADD = """
INSERT INTO letter_template (office_id, event, locale, version, subject, body, created_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
