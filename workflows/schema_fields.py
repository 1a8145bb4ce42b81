"""The kinds of values that an SOP is written in: marshmallow fields that read texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from workflows.faults import Problem, nearest
from workflows.sop import Within

Draft = dict[str, Any]
"""What a part of an SOP says, read but not yet put together. `@` is its place in its list."""

LANGUAGES = ("id", "en")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SOP_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_TIME = re.compile(r"(\d{1,4}) +working +(day|hour)s?")
_RUNG = re.compile(
    r"(?P<share>\d{1,2}) *%"
    r"|(?P<before>\d{1,3}) +working +(?P<before_unit>day|hour)s? +before"
    r"|breach(?: *\+ *(?P<after>\d{1,3}) +working +(?P<after_unit>day|hour)s?)?"
)
_VALIDITY = re.compile(r"(\d{1,2}) +years?|as long as .+")
_FLAGS = {"yes": True, "no": False, "true": True, "false": False}


def refuse(code: str, suggestion: str | None = None, **facts: object) -> ValidationError:
    """Return the error by which a field refuses a value."""
    return ValidationError([Problem(code, facts, suggestion)])


class Part(Schema):
    """A mapping with known keys; a strange one is refused with the key that was meant."""

    class Meta:
        """An unknown key is reported by `_know_every_key`, which can suggest another."""

        unknown = EXCLUDE

    error_messages = {"type": "sop.not_mapping"}  # noqa: RUF012 - marshmallow's own way

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _know_every_key(self, _: Draft, original: object, **__: object) -> None:
        if not isinstance(original, Mapping):
            return
        known = [one.data_key or name for name, one in self.fields.items()]
        strange = {
            key: [Problem("sop.unknown_key", {"key": key}, nearest(key, known))]
            for key in original
            if key not in known
        }
        if strange:
            raise ValidationError(strange)


class Value(fields.Field[Any]):
    """A value of an SOP. `kind` says in words what may be written."""

    kind = "text"
    default_error_messages = {  # noqa: RUF012 - marshmallow's own way
        "required": "sop.missing",
        "null": "sop.blank",
    }

    def __init__(self, means: str, *, by_default: str | None = None, **kwargs: Any) -> None:
        # Said once, here: the reader's rule and the line of the grammar's documentation.
        kwargs["metadata"] = {"means": means, "by_default": by_default}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return self._accept(value)

    def _accept(self, value: Any) -> Any:
        """Return what a node of the tree means.

        Raises:
            ValidationError: it means nothing here.
        """
        if not isinstance(value, str):
            raise refuse("sop.not_text")
        if not value.strip():
            raise refuse("sop.blank")
        return self.read(str(value).strip())

    def read(self, value: str) -> Any:
        """Return what the text `value` means."""
        return value


class Name(Value):
    """A name: small letters, digits and `_`."""

    kind = "name"
    pattern = _NAME

    def read(self, value: str) -> str:
        """Return the name."""
        if not self.pattern.fullmatch(value):
            raise refuse("sop.bad_name", value=value)
        return value


class SopName(Name):
    """The name of an SOP, which may have hyphens."""

    pattern = _SOP_NAME


class Both(Value):
    """A text in both languages; a plain text is Indonesian and English alike."""

    kind = "text, or `{id: …, en: …}`"

    def _accept(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            text = super()._accept(value)
            return dict.fromkeys(LANGUAGES, text)
        problems: dict[str, Any] = {}
        for key in value:
            if key not in LANGUAGES:
                suggestion = nearest(key, LANGUAGES)
                problems[key] = [Problem("sop.unknown_key", {"key": key}, suggestion)]
        for language in LANGUAGES:
            if language not in value:
                problems[language] = [Problem("sop.language_missing", {"language": language})]
                continue
            try:
                super()._accept(value[language])
            except ValidationError as error:
                problems[language] = error.messages
        if problems:
            raise ValidationError(problems)
        return {language: str(value[language]).strip() for language in LANGUAGES}


class Time(Value):
    """An allowed time."""

    kind = "`3 working days` or `4 working hours`"

    def read(self, value: str) -> Within:
        """Return the allowed time."""
        found = _TIME.fullmatch(value)
        if found is None or int(found[1]) == 0:
            number = re.match(r"[1-9]\d{0,3}\b", value)
            unit = "working hour" if re.search("hour|jam", value) else "working day"
            meant = f"{number[0]} {unit}{'' if number[0] == '1' else 's'}" if number else None
            raise refuse("sop.bad_time", meant if meant != value else None, value=value)
        return Within(int(found[1]), "working days" if found[2] == "day" else "working hours")


class Flag(Value):
    """Yes or no."""

    kind = "`yes` or `no`"

    def read(self, value: str) -> bool:
        """Return whether the text says yes."""
        if value not in _FLAGS:
            raise refuse("sop.bad_flag", value=value)
        return _FLAGS[value]


class Whole(Value):
    """A whole number."""

    kind = "whole number"

    def __init__(self, means: str, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(means, **kwargs)

    def read(self, value: str) -> int:
        """Return the number."""
        if not re.fullmatch(r"[0-9]{1,18}", value) or not self.least <= int(value) <= self.most:
            raise refuse("sop.bad_number", value=value, least=self.least, most=self.most)
        return int(value)


class OneOf(Value):
    """One word of a fixed few."""

    def __init__(self, means: str, allowed: Iterable[str], **kwargs: Any) -> None:
        self.allowed = tuple(allowed)
        self.kind = ", ".join(f"`{word}`" for word in self.allowed)
        super().__init__(means, **kwargs)

    def read(self, value: str) -> str:
        """Return the word."""
        if value not in self.allowed:
            near = nearest(value, self.allowed)
            raise refuse("sop.bad_choice", near, value=value, allowed=", ".join(self.allowed))
        return value


class Letter(Value):
    """One capital letter."""

    kind = "capital letter"

    def read(self, value: str) -> str:
        """Return the letter."""
        if not re.fullmatch(r"[A-Z]", value):
            raise refuse("sop.bad_letter", value=value)
        return value


@dataclass(frozen=True, slots=True)
class RungMoment:
    """When a rung of the ladder is reached, and the name that it has for ever."""

    name: str
    share: int | None = None
    """Percent of the limit that is used."""
    before: Within | None = None
    """How much of the limit is left."""
    after: int | None = None
    """Working days after the breach."""
    after_hours: int | None = None


class RungAt(Value):
    """When a rung of the ladder is reached."""

    kind = (
        "`80 %`, `1 working day before`, `4 working hours before`, `breach`, "
        "`breach + 1 working day` or `breach + 4 working hours`"
    )

    def read(self, value: str) -> RungMoment:
        """Return when the rung is reached."""
        found = _RUNG.fullmatch(value)
        if found is None or any(found[key] and int(found[key]) == 0 for key in ("share", "before")):
            raise refuse("sop.bad_rung", value=value)
        if found["share"]:
            share = int(found["share"])
            return RungMoment(f"{share}%", share=share)
        if found["before"]:
            amount, hours = int(found["before"]), found["before_unit"] == "hour"
            left = Within(amount, "working hours" if hours else "working days")
            return RungMoment(f"-{amount}{'h' if hours else 'd'}", before=left)
        amount = int(found["after"] or 0)
        if amount and found["after_unit"] == "hour":
            return RungMoment(f"breach+{amount}h", after_hours=amount)
        return RungMoment(f"breach+{amount}" if amount else "breach", after=amount)


class Validity(Value):
    """How long what is issued stays valid."""

    kind = "`5 years` or `as long as the business runs`"

    def read(self, value: str) -> int | None:
        """Return the years, or None for as long as the activity runs."""
        found = _VALIDITY.fullmatch(value)
        if found is None or (found[1] and int(found[1]) == 0):
            raise refuse("sop.bad_validity", value=value)
        return int(found[1]) if found[1] else None


class Several(Value):
    """One value, or a list of them."""

    def __init__(self, means: str, one: Value, **kwargs: Any) -> None:
        self.one = one
        self.kind = f"{one.kind}, or a list of them"
        super().__init__(means, **kwargs)

    def _accept(self, value: Any) -> Any:
        if not isinstance(value, list):
            return (self.one.deserialize(value),)
        read, problems = [], {}
        for place, item in enumerate(value):
            try:
                read.append(self.one.deserialize(item))
            except ValidationError as error:
                problems[place] = error.messages
        if problems:
            raise ValidationError(cast("dict[str, Any]", problems))
        return tuple(read)


class Warnings(Several):
    """The two shares of a time at which somebody is warned, the earlier first."""

    def __init__(self, means: str, **kwargs: Any) -> None:
        super().__init__(means, Whole("", 1, 99), **kwargs)
        self.kind = "`[50, 80]`"

    def _accept(self, value: Any) -> Any:
        shares = super()._accept(value)
        if len(shares) != 2 or shares[0] >= shares[1]:
            raise refuse("sop.bad_warnings")
        return shares


class Named(Value):
    """A mapping of names to values of one kind."""

    def __init__(self, means: str, one: Value, **kwargs: Any) -> None:
        self.one = one
        self.kind = f"`name: …`, each {one.kind}"
        super().__init__(means, **kwargs)

    def _accept(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise refuse("sop.not_mapping")
        if not value:
            raise refuse("sop.blank")
        read: Draft = {}
        problems: dict[str, Any] = {}
        for key, item in value.items():
            if not _NAME.fullmatch(key):
                problems[key] = [Problem("sop.bad_name", {"value": key})]
            try:
                read[str(key)] = self.one.deserialize(item)
            except ValidationError as error:
                problems.setdefault(key, error.messages)
                if error.valid_data is not None:
                    read[str(key)] = error.valid_data
        if problems:
            raise ValidationError(problems, valid_data=read)
        return read


def linked(part: type[Part]) -> str:
    """Return a Markdown link to the part's section of the grammar's documentation."""
    title = part.__name__.removesuffix("Part")
    return f"[{title}](#{title.lower()})"


class Of(Value):
    """A mapping described by a part of the grammar."""

    def __init__(self, means: str, part: type[Part], **kwargs: Any) -> None:
        self.part = part
        self.kind = f"mapping: {linked(part)}"
        super().__init__(means, **kwargs)

    def _accept(self, value: Any) -> Any:
        return _load(self.part, value)


class ListOf(Value):
    """A list of mappings described by a part of the grammar."""

    def __init__(self, means: str, part: type[Part], **kwargs: Any) -> None:
        self.part = part
        self.kind = f"list, each {linked(part)}"
        super().__init__(means, **kwargs)

    def _accept(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise refuse("sop.not_list")
        if not value:
            raise refuse("sop.blank")
        read: list[Draft] = []
        problems: dict[int, Any] = {}
        for place, item in enumerate(value):
            try:
                draft = _load(self.part, item)
            except ValidationError as error:
                problems[place] = error.messages
                draft = cast("Draft", error.valid_data or {})
            read.append({**draft, "@": place})
        if problems:
            raise ValidationError(cast("dict[str, Any]", problems), valid_data=read)
        return read


_SCHEMAS: dict[type[Part], Part] = {}


def _load(part: type[Part], value: Any) -> Draft:
    # One schema object a class: marshmallow's building of one costs more than a reading.
    schema = _SCHEMAS.setdefault(part, _SCHEMAS.get(part) or part())
    return cast("Draft", schema.load(value))


def load(part: type[Part], value: Any) -> tuple[Draft, Any]:
    """Return what `value` says as a `part`, as far as it can be read, and the error messages."""
    try:
        return _load(part, value), {}
    except ValidationError as error:
        return cast("Draft", error.valid_data or {}), error.messages
