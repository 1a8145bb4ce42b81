"""The SIUP with side paths: two opinions beside the signature, a question beside the correction."""

from __future__ import annotations

from uuid import UUID

from tests.factories import House
from workflows.definitions import text_of

WORDS = {"opinion": "Bangunan memenuhi syarat teknis."}

_LANES = """\
  agency_pu: {title: {id: Dinas PU, en: Public works}, party: agency, letter: D}
  agency_head_pu: {title: {id: Kepala Dinas PU, en: Head of works}, party: agency, letter: E}
  agency_lh: {title: {id: Dinas LH, en: Environment}, party: agency, letter: H}
"""
_ASKS = """
asks:
  - ask: opinion_pu
    title: {id: Pendapat pekerjaan umum, en: Opinion of public works}
    within: 2 working days
    steps:
      - step: draft_pu
        lane: agency_pu
        title: {id: Menyusun pendapat, en: Draft the opinion}
        within: 1 working day
        actions:
          - {do: propose, title: {id: Ajukan konsep, en: Hand in the draft}, then: give_opinion}
      - step: decide_pu
        lane: agency_head_pu
        title: {id: Memutuskan pendapat, en: Decide on the opinion}
        within: 1 working day
        actions:
          - do: agree
            title: {id: Setuju, en: Agree}
            then: give_opinion
            answer: positive
            not_who_did: draft_pu
          - do: object
            title: {id: Keberatan, en: Object}
            then: give_opinion
            answer: negative
            reason: required
            not_who_did: draft_pu
          - do: send_back_draft
            title: {id: Kembalikan konsep, en: Send the draft back}
            to: draft_pu
            reason: required
  - ask: opinion_lh
    title: {id: Pendapat lingkungan hidup, en: Opinion of the environment agency}
    within: 2 working days
    steps:
      - step: draft_lh
        lane: agency_lh
        title: {id: Menilai lingkungan, en: Judge the environment}
        within: 2 working days
        actions:
          - {do: agree_lh, title: {id: Setuju, en: Agree}, then: give_opinion, answer: positive}
  - ask: question
    title: {id: Pertanyaan kepada pemohon, en: Question to the applicant}
    answer_within: {within: 5 working days, then: give_up, source: Standar pelayanan kantor}
    steps:
      - step: reply
        lane: applicant
        title: {id: Menjawab pertanyaan, en: Answer the question}
        actions:
          - {do: reply, title: {id: Catat jawaban, en: Record the answer}, answer: positive}
          - {do: give_up, lane: clock, answer: negative, only_if: applicant_warned}
ends:
"""


def with_opinions() -> str:
    """Return the text of an SOP whose signature asks two agencies, its correction the applicant."""
    return (
        text_of("siup")
        .replace("\nends:\n", _ASKS)
        .replace("  clock: {title", f"{_LANES}  clock: {{title")
        .replace(
            "  - step: signature\n", "  - step: signature\n    opens: [opinion_pu, opinion_lh]\n"
        )
        .replace("  - step: correction\n", "  - step: correction\n    opens: question\n")
    )


def draft(house: House, application: UUID) -> None:
    """Let the agency hand in its draft opinion."""
    house.press("propose", application, by=house.people.agency_pu, inputs=WORDS, ask="opinion_pu#1")
