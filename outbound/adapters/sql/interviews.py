"""Interviews before acceptance in SQL."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, select, update

from outbound.adapters.sql.database.bulk import Columns, columns_of
from outbound.adapters.sql.schema import interviews, outbox, policies
from outbound.domain.outcome.interview import WAITING, Interview, InterviewEvent, InterviewResult
from outbound.usecases.ports.stored.interviews import FoundInterview


class SqlInterviews:
    """Interviews, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, interview_id: str) -> FoundInterview | None:
        """Read one interview with its policy and hold it."""
        query = (
            select(interviews, policies.c.policy_no, policies.c.agent_code)
            .join(policies, policies.c.id == interviews.c.policy_id)
            .where(interviews.c.id == interview_id)
            .with_for_update(of=interviews)
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return FoundInterview(
            interview_from(row), row.company_id, row.policy_no, row.agent_code, row.closed_at, row.closed_by
        )

    def close(self, interview_id: str, result: InterviewResult, by: str, note: str | None, now: datetime) -> bool:
        """Close by one conditional update, so that two people never both do."""
        changed = self._connection.execute(
            update(interviews)
            .where(interviews.c.id == interview_id, interviews.c.status == WAITING)
            .values(status=result, closed_at=now, closed_by=by, note=note)
        )
        return changed.rowcount == 1

    def queue_event(self, event: InterviewEvent, company_id: str, contact_id: str) -> None:
        """Insert the outbox row, due at once."""
        self._connection.execute(
            outbox.insert().values(
                id=event.event_id,
                kind="event",
                company_id=company_id,
                contact_id=contact_id,
                body=event.to_data(),
                created_at=event.closed_at,
                status="pending",
                next_try_at=event.closed_at,
            )
        )


def new_interviews(company_id: str, found: Sequence[Interview], now: datetime) -> Columns:
    """Columns of interviews that are opened."""
    names = ("id", "policy_id", "contact_id", "rules_version", "status")
    return {
        **columns_of(found, {name: attrgetter(name) for name in names}),
        "because": [list(interview.because) for interview in found],
        "company_id": [company_id] * len(found),
        "opened_at": [now] * len(found),
    }


def changed_interview(interview: Interview) -> dict[str, Any]:
    """What new causes, or another holder, write; never the standing."""
    return {
        "this_id": interview.id,
        "contact_id": interview.contact_id,
        "because": list(interview.because),
        "rules_version": interview.rules_version,
    }


def interview_from(row: Row[Any]) -> Interview:
    """Make an `Interview` of a row of its table."""
    return Interview(row.id, row.policy_id, row.contact_id, tuple(row.because), row.rules_version, row.status)
