"""The inbox item for a call of which nothing could be found out: what is known, and what a person can do."""

from collections.abc import Sequence
from datetime import datetime

from outbound.domain.attempt import Attempt
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.inbox import DUE_WITHIN, InboxKind
from outbound.usecases.ports.stored.desk import NewItem


def unknown_call_item(
    attempt: Attempt, candidates: Sequence[str], *, identifiers: Identifiers, now: datetime
) -> NewItem:
    """Make the item. `candidates` are the carrier's names of calls that may be this one, if there are any."""
    kind = InboxKind.UNKNOWN_CALL
    due, item_id = now + DUE_WITHIN[kind], identifiers.new()
    note = _note(attempt, candidates)
    return NewItem(item_id, kind, attempt.company_id, attempt.contact_id, attempt.id, now, due, note)


def _note(attempt: Attempt, candidates: Sequence[str]) -> str:
    at = f"{attempt.reserved_at or attempt.updated_at:%Y-%m-%d %H:%M:%S} UTC"
    chinese, english = _found(attempt.sid, candidates)
    return (
        f"系統在 {at} 請電信業者撥這通電話，之後查不到結果：{chinese}。"
        "客戶的電話可能響過，也可能沒有；系統不再自動撥打。"
        "請到業者的通話紀錄查這個時間前後的通話，再決定是否由專人聯繫客戶。 / "
        f"The robot ordered this call at {at} and could not find out what became of it: {english}. "
        "The telephone may have rung or not; the robot rings no more. Look at the carrier's records around that time, "
        "then decide whether a person calls."
    )


def _found(sid: str | None, candidates: Sequence[str]) -> tuple[str, str]:
    if sid is not None:
        return f"業者對通話 {sid} 沒有下文", f"the carrier tells nothing more of {sid}"
    if candidates:
        names = ", ".join(candidates)
        return f"有 {len(candidates)} 通都可能是它（{names}）", f"{len(candidates)} calls may be it ({names})"
    return "業者的清單裡沒有這通電話，也沒有任何回報", "the carrier lists no such call and reported nothing"
