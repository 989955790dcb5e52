"""Interviews before acceptance, as the verb that closes one needs them."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outbound.domain.outcome.interview import Interview, InterviewEvent, InterviewResult


class FoundInterview(Struct, frozen=True):
    """An interview with what of its policy decides who may hold it; closed ones say when and by whom."""

    interview: Interview
    company_id: str
    policy_no: str
    agent_code: str | None
    closed_at: datetime | None
    closed_by: str | None


class InterviewStore(Protocol):
    """Interviews and what the company is told of them, inside one transaction."""

    def find(self, interview_id: str) -> FoundInterview | None:
        """Return an interview, locked until the transaction ends."""
        ...

    def close(self, interview_id: str, result: InterviewResult, by: str, note: str | None, now: datetime) -> bool:
        """Close an interview that waits; False when it does not (any more). `note` is sealed."""
        ...

    def queue_event(self, event: InterviewEvent, company_id: str, contact_id: str) -> None:
        """Let the company's systems be told, at once and once a key."""
        ...
