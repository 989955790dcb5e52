"""Interviews before acceptance, as the desk looks at them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, case, func, select

from outbound.adapters.sql.schema import contacts, interviews, phones, policies
from outbound.domain.outcome.interview import WAITING


def interview_rows(connection: Connection, *, closed: bool = True, limit: int = 200) -> list[Mapping[str, Any]]:
    """Interviews, those that wait first and oldest first, then the closed ones, newest first; whom to call, and where.

    `closed` False leaves the closed ones out.
    """
    waits = interviews.c.status == WAITING
    first = func.min(phones.c.rank).filter(phones.c.unusable.is_(None)).label("rank")
    best = select(phones.c.contact_id, first).group_by(phones.c.contact_id).subquery()
    shown = ("id", "status", "because", "rules_version", "opened_at", "closed_at", "closed_by", "contact_id")
    query = (
        select(
            *(interviews.c[name] for name in shown),
            policies.c.policy_no,
            policies.c.agent_code,
            policies.c.status.label("policy_status"),
            contacts.c.person,
            phones.c.number,
        )
        .join(policies, policies.c.id == interviews.c.policy_id)
        .join(contacts, contacts.c.id == interviews.c.contact_id)
        .outerjoin(best, best.c.contact_id == contacts.c.id)
        .outerjoin(phones, (phones.c.contact_id == contacts.c.id) & (phones.c.rank == best.c.rank))
        .where(*(() if closed else (waits,)))
        .order_by(
            case((waits, 0), else_=1),
            case((waits, interviews.c.opened_at)),
            interviews.c.closed_at.desc(),
            interviews.c.id,
        )
        .limit(limit)
    )
    return [_shown(row) for row in connection.execute(query).mappings()]


def waiting_interviews(connection: Connection) -> int:
    """How many interviews wait."""
    query = select(func.count(interviews.c.id)).where(interviews.c.status == WAITING)
    return int(connection.execute(query).scalar_one())


def _shown(row: Mapping[Any, Any]) -> Mapping[str, Any]:
    item = {key: value for key, value in row.items() if key != "person"}
    return {**item, "name": row["person"]["full_name"]}
