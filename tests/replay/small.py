"""A small invented office and its log: a file is checked, advice is asked beside it, it is sent."""

from __future__ import annotations

from pathlib import Path

SOP = """
sop: small
title: Kecil
source: Perwali 1/2026
starts_at: check
limits:
  service: {within: 3 working days, starts: file, stops: send}
lanes:
  counter: {title: Loket, party: office}
  agency_pu: {title: Dinas, party: agency}
steps:
  - step: check
    lane: counter
    within: 1 working day
    opens: [advice]
    actions:
      - {do: check, to: checked}
  - step: checked
    lane: counter
    within: 1 working day
    actions:
      - {do: send, to: sent, only_if: [asks_answered]}
asks:
  - ask: advice
    within: 1 working day
    steps:
      - {step: advising, lane: agency_pu, actions: [{do: answer, answer: positive}]}
ends:
  sent: {title: Terkirim, outcome: granted}
"""

MAP = """
map: small
columns: {case: case, activity: what, time: when, resource: who}
zone: Asia/Jakarta
windows:
  mon: 08:00-16:00
  tue: 08:00-16:00
  wed: 08:00-16:00
  thu: 08:00-16:00
  fri: [08:00-11:30, 13:00-16:00]
holidays: none
late_receipt: same_date
files: File
activities:
  - {activity: Check, do: check}
  - {activity: Send, do: send}
  - {activity: Answer, do: answer, ask: advice}
ignore: Phone call
"""

HEADER = "case,what,when,who"

# July 2026 begins on a Wednesday.
GOOD = (
    "A,File,2026-07-06T09:00:00+07:00,Ani",
    "A,Answer,2026-07-06T10:00:00+07:00,Budi",
    "A,Check,2026-07-06T11:00:00+07:00,Ani",
    "A,Send,2026-07-07T09:00:00+07:00,Ani",
)
"""One case that passes."""


def write_log(folder: Path, *lines: str, header: str = HEADER) -> Path:
    """Return a CSV file of these lines."""
    path = folder / "events.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path
