"""The documentation of the SOP grammar, written from the schema that reads it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

from workflows.build import DEFAULT_LADDER
from workflows.faults import FAULTS
from workflows.schema import SopPart
from workflows.schema_fields import ListOf, Named, Of, Part, Value
from workflows.tree import MOST_BYTES, MOST_LEVELS

_INTRODUCTION = f"""\
# The grammar of an SOP

An SOP is one YAML file. Every scalar is read as text, so `no`, `08:30` and `010` stay what was
typed; the grammar below alone gives types. A text for people is `{{id: …, en: …}}`, or a plain
text that serves both languages. Where a list of one is meant, the one may stand alone.

A key twice, an anchor, an alias, a tag, a second document, more than {MOST_BYTES // 1024} kB or
{MOST_LEVELS} levels are refused. All faults are reported at once, each with its line, the path of
names that leads to it and, where a name is misspelt, the one that was probably meant.

Names are small letters, digits and `_`, a letter first, at most 40 characters. `file` is the
engine's own action: it creates the application at `starts_at`. `answered` is where every ask
ends.

## What is checked

- **Names**: every lane, step, action, ask, field and variant that is named exists, no name is
  used twice, and guards, effects, roles and audiences are in the registers of the office. An
  effect that belongs to one party (what the bank books) stands in lanes of that party alone,
  pressed by its own people: not by the clock, nor by whoever serves the lane from elsewhere.
- **To be confirmed**: every place that `to_confirm` names is there.
- **Graph**: every step and end can be reached; from every step its own actions lead to an end.
  An action of `everywhere` is no way out: withdrawing does not mend a dead end.
- **Time**: the longest path from where the service limit starts to where it stops, entering no
  step twice, fits the limit. A step counts when its party is counted, with its own time (and that
  of its holds, where they spend a counted party's days) or that of the longest ask open while it
  waits, whichever is longer. Hours are summed, divided by the office's shortest day and rounded
  up once. The limit is not longer than `law`, not even with every extension used up.
- **Holds**: a hold waits for the applicant or an agency, for no longer than it says: when that
  time is over, the clock ends it. A step that makes the bill, the permit or the refusal has none:
  waiting for our own work is our own time.

## An SOP that follows another

`follows: other-sop` says only what differs. Mappings are merged key by key; lists of named things
(steps, actions, holds, everywhere, asks, papers, fields, bands) are merged by the name, those of
`to_confirm` by their place; what stands here wins; other lists and texts are replaced whole. What
is new is appended, or put `after: name` (lanes, variants and ends too). `drop: yes` removes.
Publishing writes the whole text out. `base: yes` marks a text that is there to be followed: it is
checked like any other, is no service, cannot be published, and does not make those that follow it
bases too.

## Walking

An action without `to` leaves the application where it is, and so does one that leads back to its
own step: no visit is begun anew. During a hold only its `resume` and the actions of `everywhere`
are offered. People of the lane named by `served_by` press for that lane. Only the clock presses
the actions of a lane with `clock: yes`; in the lanes of people it presses nothing but the `resume`
of a hold that has lasted `at_most`.
"""


def grammar() -> str:
    """Return the documentation of the grammar in Markdown."""
    sections = [_INTRODUCTION, *(_section(part) for part in _parts(SopPart)), _ladder(), _faults()]
    return "\n".join(sections)


def _parts(first: type[Part]) -> Iterator[type[Part]]:
    seen, waiting = {first}, [first]
    while waiting:
        part = waiting.pop(0)
        yield part
        for _, value in _values(part):
            inner = value.one if isinstance(value, Named) else value
            if isinstance(inner, Of | ListOf) and inner.part not in seen:
                seen.add(inner.part)
                waiting.append(inner.part)


def _values(part: type[Part]) -> Iterator[tuple[str, Value]]:
    for name, value in part().fields.items():
        if isinstance(value, Value):
            yield value.data_key or name, value


def _section(part: type[Part]) -> str:
    lines = [
        f"## {part.__name__.removesuffix('Part')}",
        "",
        inspect.cleandoc(part.__doc__ or ""),
        "",
        "| key | value | means | when absent |",
        "|---|---|---|---|",
    ]
    for key, value in _values(part):
        absent = "**required**" if value.required else value.metadata["by_default"] or "–"
        lines.append(f"| `{key}` | {value.kind} | {value.metadata['means']} | {absent} |")
    return "\n".join([*lines, ""])


def _ladder() -> str:
    lines = ["## The ladder when none is given", "", "| rung | told |", "|---|---|"]
    lines += [f"| `{rung.name}` | {', '.join(rung.tell)} |" for rung in DEFAULT_LADDER]
    return "\n".join([*lines, ""])


def _faults() -> str:
    lines = ["## Faults", "", "| code | says |", "|---|---|"]
    lines += [f"| `{code}` | {english} |" for code, (_, english) in FAULTS.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(grammar())
