"""Interviews that policies need before acceptance: opened at intake, closed by people only."""

from datetime import datetime

from msgspec.structs import replace

from outbound.compliance.interview import TEXTS, InterviewRules, PolicyFacts, in_words, interview_needed
from outbound.domain.contact import Contact
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.inbox import DUE_WITHIN, InboxKind
from outbound.domain.outcome.interview import WAITING, Interview
from outbound.domain.policy import Policy, PolicyStatus
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.intake import IntakeWrites

_CHANGED = "訪問結案後保單資料有變：{} / the policy changed after its interview was closed: {}"


def why_needed(policy: Policy, rules: InterviewRules) -> tuple[str, ...]:
    """Return why a policy needs an interview; one that is not in force needs none any more."""
    if policy.status is not PolicyStatus.IN_FORCE:
        return ()
    facts = PolicyFacts(
        policy.issued_on, policy.holder.birth_date, policy.product_code, policy.product_name, policy.fund_source
    )
    return interview_needed(facts, rules)


def note_interview(
    writes: IntakeWrites,
    held: Interview | None,
    *,
    policy_id: str,
    contact: Contact,
    because: tuple[str, ...],
    rules: InterviewRules,
    identifiers: Identifiers,
    now: datetime,
) -> None:
    """Open an interview, or add new causes to the one there is; if that is closed, a person decides what follows."""
    if held is None:
        opened = Interview(identifiers.new(), policy_id, contact.id, because, rules.version)
        writes.new_interviews.append(opened)
        return
    both = tuple(code for code in TEXTS if code in {*held.because, *because})
    added = [code for code in because if code not in held.because]
    if added or held.contact_id != contact.id:
        writes.changed_interviews.append(
            replace(held, contact_id=contact.id, because=both, rules_version=rules.version)
        )
    if added and held.status != WAITING:
        writes.items.append(_changed(contact, added, identifiers, now))


def _changed(contact: Contact, added: list[str], identifiers: Identifiers, now: datetime) -> NewItem:
    return NewItem(
        id=identifiers.new(),
        kind=InboxKind.INTERVIEW,
        company_id=contact.company_id,
        contact_id=contact.id,
        attempt_id=None,
        at=now,
        due_at=now + DUE_WITHIN[InboxKind.INTERVIEW],
        note=_CHANGED.format(in_words(added, chinese=True), in_words(added, chinese=False)),
    )
