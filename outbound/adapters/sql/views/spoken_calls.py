"""Calls of a campaign that spoke a script, with what versions of scripts are compared by and no more."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from outbound.adapters.sql.schema import answers, attempts, inbox, suppressions
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import InboxKind
from outbound.review.compare import SpokenCall

_A = attempts.c
_PERSON = (InboxKind.PERSON_REQUESTED, InboxKind.TRANSFER_MISSED)
_BY_A_CALL = "attempt "
"""How the evidence of a suppression begins that was entered in a call."""


def spoken_calls(connection: Connection, campaign_id: str, senior_script: str | None) -> list[SpokenCall]:
    """Return every call of the campaign that has ended and spoke, in order of time."""
    query = (
        select(
            _A.id, _A.contact_id, _A.origin, _A.script, _A.script_version, _A.connect_result, _A.verified,
            _A.disposition, _A.answered_at, _A.ended_at, _A.updated_at, answers.c.score,
        )
        .outerjoin(answers, (answers.c.attempt_id == _A.id) & (answers.c.name == "satisfaction"))
        .where(_A.campaign_id == campaign_id, _A.script_version.is_not(None), _A.ended_at.is_not(None))
        .order_by(_A.ended_at, _A.id)
    )  # fmt: skip
    refused = set(_refused_in(connection))
    complained = _with_item(connection, campaign_id, (InboxKind.COMPLAINT,))
    wished_a_person = _with_item(connection, campaign_id, _PERSON)
    return [
        SpokenCall(
            contact_id=row.contact_id,
            heard_by=_heard_by(row, senior_script),
            script=row.script or "",
            version=row.script_version,
            at=row.answered_at or row.ended_at,
            by_a_person=row.connect_result == "human",
            verified=row.verified,
            completed=row.disposition == Disposition.WELCOMED,
            opted_out=row.id in refused or row.disposition == Disposition.OPTED_OUT,
            complained=row.id in complained or row.disposition == Disposition.COMPLAINT,
            asked_for_a_person=row.id in wished_a_person or row.disposition == Disposition.PERSON_REQUESTED,
            nps=None if row.score is None else int(row.score),
            seconds=_seconds(row),
        )
        for row in connection.execute(query)
    ]


def _heard_by(row: Any, senior_script: str | None) -> str:
    if row.origin == "inbound":
        return "rings_back"
    return "senior" if row.script == senior_script else "called"


def _seconds(row: Any) -> float | None:
    if row.answered_at is None:
        return None
    return float(max((row.ended_at - row.answered_at).total_seconds(), 0.0))


def _refused_in(connection: Connection) -> Iterator[str]:
    """Yield the calls in which somebody refused further calls, of one class or all; a death is no refusal."""
    table = suppressions.c
    query = select(table.evidence).where(
        table.evidence.startswith(_BY_A_CALL, autoescape=True), table.reason != "deceased"
    )
    for evidence in connection.execute(query).scalars():
        yield evidence.removeprefix(_BY_A_CALL).partition(" ")[0]


def _with_item(connection: Connection, campaign_id: str, kinds: tuple[InboxKind, ...]) -> set[str]:
    query = (
        select(inbox.c.attempt_id)
        .join(attempts, _A.id == inbox.c.attempt_id)
        .where(_A.campaign_id == campaign_id, inbox.c.kind.in_([kind.value for kind in kinds]))
    )
    return set(connection.execute(query).scalars())
