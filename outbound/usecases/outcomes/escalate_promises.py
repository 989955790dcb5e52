"""Hand a promised return call to a person while it can still be kept."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.callback import PERSON_LEAD, TIME_TO_CALL, Callback
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.planning import RiskyPromise

BATCH = 200

LONGEST_WINDOW = timedelta(days=1)
"""What is promised lies within a day: a window that runs at this moment ends within so long."""

_CAUSE = "callback_escalated"
_IN_THE_WAY: Mapping[str, tuple[str, str]] = {
    "unknown": ("系統撥過一通，不知道有沒有響鈴", "the robot ordered a call, and nobody knows whether it rang"),
    "stop_order": ("目前暫停撥號", "dialling is stopped"),
    "suppressed": ("客戶已登記不再來電，請先查明", "asked for no more calls: look into that first"),
    "do_not_call": ("客戶不願接到來電，請先查明", "does not want calls: look into that first"),
    "area_blocked": ("當地暫停撥打，請先查明", "calls to the area are suspended: look into that first"),
    "number_unusable": ("原號碼無法使用", "the number does not work"),
    "no_usable_number": ("沒有可用的號碼", "no number works"),
}
_NOT_YET = ("系統還沒有撥通", "the robot has not got through")

_log = logging.getLogger(__name__)


def escalate_promises(
    store: Store, *, companies: Mapping[str, Company], identifiers: Identifiers, now: datetime
) -> int:
    """Put promises into the inbox that nobody has kept shortly before their end; return how many.

    Whatever is in the way (a stop order, a carrier that is away, a campaign that was taken out), a person has the last
    half hour, or the last half of a shorter window. Where people go home before the window's end, it is counted back
    from then. Where nobody is at the company's desk, the robot has it to the end: what is handed to an empty desk is
    broken for certain. What the robot planned is cancelled and it rings no more, so that nobody is rung twice; whoever
    is being rung at this moment is left to that call. The person is told of a call of unknown fate. Safe to run twice
    at once.
    """
    handed_over = 0
    until = now + (LONGEST_WINDOW if _go_home_soon(companies, now) else PERSON_LEAD)
    behind: Callback | None = None
    while True:
        with store.begin() as work:
            promises = work.planning.promises_at_risk(now, until, BATCH, behind)
            done = sum(_hand_over(work, promise, companies, identifiers, now) for promise in promises)
            if done:
                work.commit()
        handed_over += done
        if len(promises) < BATCH:
            return handed_over
        behind = promises[-1].callback


def _go_home_soon(companies: Mapping[str, Company], now: datetime) -> bool:
    """Whether people leave a desk so soon that promises whose windows end much later may be theirs already."""
    desks = (company.service_desk for company in companies.values())
    soon = now + PERSON_LEAD
    return any(
        closes <= soon
        for desk in desks
        if desk is not None
        for _, closes in desk.open_spans(now, soon + timedelta.resolution)
    )


def _hand_over(
    work: UnitOfWork,
    promise: RiskyPromise,
    companies: Mapping[str, Company],
    identifiers: Identifiers,
    now: datetime,
) -> bool:
    callback = promise.callback
    due_at = _person_until(companies.get(promise.company_id), callback, now)
    if due_at is None:
        return False
    work.desk.cancel_planned(number_index=None, contact_id=callback.contact_id, cause=_CAUSE, now=now)
    # A worker may have reserved it in the same moment; it had the attempt's row first.
    if work.planning.is_live(callback.contact_id) or not work.planning.note_escalated(callback.id, now):
        return False
    _log.warning("callback %.8s is handed to a person", callback.id)
    work.planning.hand_over(callback.contact_id, _CAUSE, now)
    work.desk.add_item(
        NewItem(
            id=identifiers.new(),
            kind=InboxKind.CALLBACK_DUE,
            company_id=promise.company_id,
            contact_id=callback.contact_id,
            attempt_id=callback.attempt_id,
            at=now,
            due_at=due_at,
            note=_note(promise),
        )
    )
    return True


def _person_until(company: Company | None, callback: Callback, now: datetime) -> datetime | None:
    """Until when a person who gets a promise now can keep it; None while it is the robot's or nobody is at the desk."""
    desk, window_end = company.service_desk if company is not None else None, callback.window_end
    if desk is None:  # nobody knows when people work: they may be there
        return window_end if callback.person_takes_over_at(window_end) <= now else None
    spans = [
        (opens, closes)
        for opens, closes in desk.open_spans(now, window_end)
        if closes - opens >= min(TIME_TO_CALL, window_end - opens)
    ]
    if not spans or callback.person_takes_over_at(spans[-1][1]) > now:
        return None
    opens, closes = spans[0]
    return closes if opens <= now else None


def _note(promise: RiskyPromise) -> str:
    window = f"{promise.callback.window_start:%Y-%m-%d %H:%M}–{promise.callback.window_end:%H:%M} UTC"
    chinese, english = _IN_THE_WAY.get(promise.held_by or "", _NOT_YET)
    return (
        f"客戶請我們在 {window} 回電，{chinese}，系統不再撥打；請專人在時間內回電。 / "
        f"Asked to be called back {window}; {english}, and it rings no more: please call in time."
    )
