"""Conversations that were had, as `outbound script replay` hears them again: without the people who had them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, select

from outbound.adapters.sql.schema import attempts, turns
from outbound.dialogue.replay.recorded import KINDS, PROOF, Conversation, RecordedTurn, without_person
from outbound.dialogue.session import Session, final_disposition

_AT_ONCE = 200


def recorded_conversations(
    connection: Connection, *, script: str | None = None, since: datetime | None = None, limit: int = 1000
) -> Iterator[Conversation]:
    """Yield the latest calls in which a conversation was begun and is over, newest first.

    Words stand in them where they were kept, redacted as they are stored. Sessions that this version cannot read are
    left out.
    """
    begun = [attempts.c.session.is_not(None), attempts.c.status == "ended"]
    begun += [attempts.c.script == script] if script is not None else []
    begun += [attempts.c.answered_at >= since] if since is not None else []
    shown = (attempts.c.id, attempts.c.session, attempts.c.answered_at)
    query = select(*shown).where(*begun).order_by(attempts.c.answered_at.desc(), attempts.c.id).limit(limit)
    rows = connection.execute(query).mappings().all()
    for start in range(0, len(rows), _AT_ONCE):
        batch = rows[start : start + _AT_ONCE]
        heard = _turns_of(connection, [row["id"] for row in batch])
        for row in batch:
            session = _session(row["session"])
            if session is not None:
                yield _conversation(row, session, heard.get(row["id"], []))


def _session(stored: Mapping[str, Any]) -> Session | None:
    try:
        return Session.from_data(stored)
    except ValueError:
        return None


def _turns_of(connection: Connection, calls: list[str]) -> dict[str, list[RowMapping]]:
    columns = (turns.c.attempt_id, turns.c.turn, turns.c.at, turns.c.step, turns.c.kind, turns.c.meaning, turns.c.heard)
    query = select(*columns).where(turns.c.attempt_id.in_(calls)).order_by(turns.c.attempt_id, turns.c.turn)
    found: dict[str, list[RowMapping]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["attempt_id"], []).append(row)
    return found


def _conversation(row: RowMapping, session: Session, rows: list[RowMapping]) -> Conversation:
    began = session.began_at or (rows[0]["at"] if rows else row["answered_at"])
    heard = [each for each in rows if each["kind"] in KINDS]
    told = [_turn(each, began, right) for each, right in zip(heard, _rights(heard, session), strict=True)]
    if session.ended and session.turn > max((each["turn"] for each in heard), default=0):
        # The line was gone: what that says is no turn of its own.
        told.append(RecordedTurn(kind="hung_up", step=session.step, meaning="hung_up"))
    zone = ZoneInfo(session.facts.zones[0]) if session.facts.zones else None
    return Conversation(
        id=row["id"],
        script=session.script,
        script_version=session.script_version,
        language=session.facts.language,
        facts=without_person(session.facts),
        turns=tuple(told),
        disposition=final_disposition(session).value,
        answers=session.answers,
        began_at=began.astimezone(zone) if began is not None and zone is not None else began,
    )


def _turn(row: RowMapping, began: datetime | None, right: bool | None) -> RecordedTurn:
    return RecordedTurn(
        kind=row["kind"],
        step=row["step"],
        meaning=row["meaning"],
        words=row["heard"] if row["meaning"] != PROOF else None,
        right=right,
        seconds=(row["at"] - began).total_seconds() if began is not None else None,
    )


def _rights(rows: list[RowMapping], session: Session) -> list[bool | None]:
    """Say of every proof whether it was right: as many were wrong, and first, as there were wrong tries."""
    rights: list[bool | None] = []
    wrong = session.tries
    for row in rows:
        if row["meaning"] != PROOF:
            rights.append(None)
        else:
            rights.append(wrong <= 0)
            wrong -= 1
    return rights
