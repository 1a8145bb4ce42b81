"""The names that an SOP may use here: the registers of guards, effects and roles."""

from __future__ import annotations

from licensing.effects import EFFECTS
from licensing.guards import GUARDS
from licensing.models.people import ROLES_OF
from workflows.sop import Party, Vocabulary

CLOCK_LANE = "clock"

# Whose people the accounts of an organisation are; inspectorate and Ombudsman only read.
_PARTY_OF = {
    "office": Party.OFFICE,
    "bank": Party.BANK,
    "agency": Party.AGENCY,
    "public": Party.APPLICANT,
}

VOCABULARY = Vocabulary(
    guards=frozenset(GUARDS),
    effects=frozenset(EFFECTS),
    roles=frozenset(role for roles in ROLES_OF.values() for role in roles) | {CLOCK_LANE},
    parties={"book_payment": Party.BANK, "reverse_payment": Party.BANK},
    people={role: party for kind, party in _PARTY_OF.items() for role in ROLES_OF[kind]},
    judged=frozenset({"schedule_visit", "report_visit"}),
    own_work=frozenset({"issue_bill", "issue_permit", "issue_refusal"}),
)
