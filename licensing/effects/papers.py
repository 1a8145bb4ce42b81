"""Effects on the papers of a file: the receipt, the list of faults, papers asked for again."""

from __future__ import annotations

from dataclasses import replace

from licensing.change import Change
from licensing.facts import RENEWED, PaperCount


def issue_receipt(change: Change) -> Change:
    """Record the day promised to the applicant, as printed on the receipt."""
    service = next((limit for limit in change.limits if limit.name == "service"), None)
    promised = None if service is None else service.due_at
    return change.noting(promised=None if promised is None else promised.isoformat())


def list_faults(change: Change) -> Change:
    """Record which papers the return is about and what is wrong with each: one full list.

    The papers themselves are marked anew when they come back; this line stays. A fault of a paper
    that was there, unchanged, when the file was first returned could have been named then: it is
    recorded as late. Source: PP 16/2021 Art 257(5), by analogy.
    """
    papers = change.facts.papers
    faults = [*papers.missing, *papers.faulty]
    renewed = change.state.get(RENEWED)
    late = [] if renewed is None else [name for name in faults if name not in renewed]
    noted = change.noting(faults=faults, words=dict(papers.words))
    if late:
        noted = noted.noting(late_faults=late)
    # What is returned now comes back another paper.
    again = sorted({*(renewed or ()), *faults})
    return replace(noted, state={**noted.state, RENEWED: again})


def reopen_papers(change: Change) -> Change:
    """Put the papers that were missing or faulty before the officer again, and only those.

    A paper accepted once is not asked for again.
    """
    papers = change.facts.papers
    again = PaperCount(
        unchecked=papers.unchecked + papers.missing, unjudged=papers.unjudged + papers.faulty
    )
    state = {**change.state, "papers": again.to_json()}
    return replace(change, state=state, reopens_papers=True)
