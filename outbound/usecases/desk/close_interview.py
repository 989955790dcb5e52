"""Close an interview that the law asks for: the only verb that does, and a person's word, never a call's."""

import unicodedata
from datetime import datetime

from msgspec import Struct

from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.interview import WAITING, InterviewEvent, InterviewResult
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.interviews import FoundInterview
from outbound.usecases.problems import InputProblemError


class Closing(Struct, frozen=True):
    """What came of it: the event that goes to the company, or the code of why it was refused.

    Refusals: `closed_before` (with `found` saying when and by whom), `by_the_seller`.
    """

    found: FoundInterview
    event: InterviewEvent | None = None
    refusal: str | None = None


def close_interview(
    store: Store,
    *,
    interview_id: str,
    result: InterviewResult,
    by: str,
    agent_code: str | None,
    note: str | None,
    identifiers: Identifiers,
    now: datetime,
) -> Closing:
    """Close one interview and let the company know, in one transaction.

    `by` names who held it, `agent_code` is their own code if they have one: neither may be that of the agent who sold
    the policy. The event goes out on every result, so that acceptance can wait for it. Raises `InputProblemError` when
    there is no such interview, or nobody is named.
    """
    if not by.strip():
        raise InputProblemError("--by: name who held the interview")
    with store.begin() as work:
        found = work.interviews.find(interview_id)
        if found is None:
            raise InputProblemError("there is no such interview; `outbound interviews list` shows those that wait")
        if found.interview.status != WAITING:
            return Closing(found, refusal="closed_before")
        if _folded(found.agent_code) and _folded(found.agent_code) in {_folded(by), _folded(agent_code)}:
            return Closing(found, refusal="by_the_seller")
        if not work.interviews.close(interview_id, result, by.strip(), note, now):
            return Closing(found, refusal="closed_before")
        event = _event(found, result, by.strip(), identifiers, now)
        work.interviews.queue_event(event, found.company_id, found.interview.contact_id)
        work.commit()
    return Closing(found, event)


def _event(
    found: FoundInterview, result: InterviewResult, by: str, identifiers: Identifiers, now: datetime
) -> InterviewEvent:
    interview = found.interview
    return InterviewEvent(
        event_id=identifiers.new(),
        interview_id=interview.id,
        policy_no=found.policy_no,
        result=result,
        because=interview.because,
        rules_version=interview.rules_version,
        closed_by=by,
        closed_at=now,
        seller_compared=bool(_folded(found.agent_code)),
    )


def _folded(code: str | None) -> str:
    """Return a code as it is compared: width, letter case and spaces do not tell two people apart."""
    return "".join(unicodedata.normalize("NFKC", code or "").casefold().split())
