"""What is said of a call of which nobody knows what became of it."""

from collections.abc import Mapping
from typing import Any

from outbound.cli.why.told import Told
from outbound.usecases.outcomes.settle_calls import LONGEST_QUEUE


def in_doubt(row: Mapping[str, Any], authority: str, told: Told) -> str:
    """Say what is being done about the call, until when, and who takes it up then. `authority` names its receipt."""
    at, end = told.local(row["reserved_at"]), (row["dial_by"] or row["updated_at"]) + LONGEST_QUEUE
    until = told.local(end)
    known = told.say(
        f"有一通電話結果不明（{at} 撥出{authority}）：可能響過，也可能沒有。",
        f"What became of the call dialled at {at}{authority} is not known: it may have rung or not. ",
    )
    if end > told.now:
        doing = told.say(
            f"系統正向電信業者查詢，最遲到 {until}；仍查不到，就轉由專人處理。",
            f"We ask the carrier, until {until} at the latest; if it cannot say, a person takes it up. ",
        )
    else:
        doing = told.say(
            f"查詢期限 {until} 已過；下一次 `outbound settle` 會轉由專人處理。",
            f"The time for asking the carrier ended at {until}: the next `outbound settle` hands it to a person. ",
        )
    return known + doing + told.say("查明之前不會再撥打。", "The robot does not call again meanwhile.")
