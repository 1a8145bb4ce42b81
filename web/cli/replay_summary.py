"""What `satupintu replay` prints at the end."""

from __future__ import annotations

from collections.abc import Iterator

from licensing.replay.figures import AgainstStandard, Figures, Spread
from licensing.replay.report import Report

_DAY = 86_400
_ROWS = (("gross", "kotor/gross"), ("suspended", "tertahan/suspended"), ("net", "bersih/net"))


def summary(report: Report, code: str | None) -> Iterator[str]:
    """Yield the lines that tell what came of a replay; `code` is that of an office kept."""
    cases = len(report.per_case)
    yield f"berkas/cases                       {cases}"
    share = report.cases_without_refusal / cases
    yield f"tanpa penolakan/without refusal    {report.cases_without_refusal} ({share:.1%})"
    yield f"kejadian/events                    {report.events}"
    yield f"diterima/accepted                  {report.events_accepted}"
    yield f"batas terlewati/breaches           {report.breaches}"
    yield f"peringatan/alerts                  {report.alerts}"
    yield f"kejadian per detik/events a second {report.events_per_second:.0f}"
    for reason, count in report.refusals.items():
        yield f"ditolak/refused {reason}: {count}"
    if code is not None:
        yield f"kantor simulasi/simulated office: {code}"
    if report.figures is not None:
        yield from _figures(report.figures)


def _figures(figures: Figures) -> Iterator[str]:
    yield ""
    heads = ("jumlah/sum", "rerata/mean", "median", "P90", "maks/max")
    yield f"{'':32}" + "".join(f"{head:>13}" for head in heads)
    yield "hari kerja/working days"
    for name, words in _ROWS:
        yield _row(words, figures.days[name], 1)
    yield "hari kalender/calendar days"
    for name, words in _ROWS:
        yield _row(words, figures.seconds[name], _DAY)
    yield (
        f"ditangguhkan/suspended             {figures.suspensions} kali/times,"
        f" {figures.suspended_cases} berkas/cases"
    )
    if figures.standard is not None:
        yield from _standard(figures.standard)


def _row(words: str, spread: Spread, unit: int) -> str:
    numbers = (spread.total, spread.mean, spread.median, spread.p90, spread.most)
    return f"  {words:30}" + "".join(f"{number / unit:13.1f}" for number in numbers)


def _standard(standard: AgainstStandard) -> Iterator[str]:
    yield f"batas/limit                        {standard.within}"
    stood = ", ".join(f"{status} {count}" for status, count in sorted(standard.statuses.items()))
    yield f"  keadaan/status                   {stood}"
    yield (
        f"  diperpanjang/extended            {standard.extensions['in_time']},"
        f" terlambat/too late {standard.extensions['too_late']}"
    )
    for words, in_time in (
        ("  diputus tepat waktu/in time      ", standard.in_time),
        ("  tanpa perpanjangan/unextended    ", standard.in_time_unextended),
    ):
        share = standard.share(in_time)
        part = "" if share is None else f" ({share:.1%})"
        yield f"{words}{in_time} / {standard.decided}{part}"
