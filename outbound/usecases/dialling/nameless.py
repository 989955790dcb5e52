"""Calls that we ordered, that must not ring, and whose names we do not know: the carrier's queue is searched for them.

An order that got no answer may stand in that queue all the same, and only the carrier can tell.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.company import Company
from outbound.domain.outcome.connect import FINAL_STATUSES
from outbound.usecases.log_fields import about
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError, CarrierCall
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.dialling import SidTakenError
from outbound.usecases.ports.stored.queue import NamelessCall

_log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=5)
"""How soon the carrier's queue is looked at again while anything may wait in it: an order to stop holds within ten."""

_OFTEN_FOR = timedelta(minutes=2)
_OFTEN_FOR_A_STOP_ORDER = timedelta(minutes=10)
_SELDOM = timedelta(hours=1)
_CREATED_BEFORE = timedelta(minutes=1)
_CREATED_AFTER = timedelta(minutes=5)


class Search(Struct, frozen=True):
    """What a look into the carrier's queue came to.

    `found` calls have their names now, of several that fit one attempt each was `cancelled`, and `missing` ones the
    carrier does not show. `next_due` is when to look again, None when nothing is missing.
    """

    found: int = 0
    cancelled: int = 0
    missing: int = 0
    carrier_away: bool = False
    next_due: datetime | None = None


def next_look(call: NamelessCall, now: datetime) -> datetime:
    """When the queue is to be searched for a call: at once, then every few seconds, at last each hour.

    Who waits in the queue stands in the list from the order on. What is not there for minutes would have to be made by
    an order that came in long after we had given it up.
    """
    asked = call.looked_for_at
    if asked is None or asked > now or _is_new_order(call, asked):
        return now
    return asked + (LOOK_AGAIN if _is_fresh(call, asked) else min(max(_age(call, asked) / 5, LOOK_AGAIN), _SELDOM))


def _is_new_order(call: NamelessCall, asked: datetime) -> bool:
    return call.stopped_at is not None and asked < call.stopped_at


def _age(call: NamelessCall, at: datetime) -> timedelta:
    ordered = call.attempt.dial_by or call.attempt.updated_at
    return at - (ordered if call.stopped_at is None else max(ordered, call.stopped_at))


def _is_fresh(call: NamelessCall, at: datetime) -> bool:
    return _age(call, at) < (_OFTEN_FOR if call.stopped_at is None else _OFTEN_FOR_A_STOP_ORDER)


def _is_searched_everywhere(call: NamelessCall, now: datetime) -> bool:
    """Whether it is also looked for among calls that left the queue, which takes a question each: not every time."""
    if call.attempt.status is not AttemptStatus.UNKNOWN:
        return False
    asked = call.looked_for_at
    return asked is None or _is_new_order(call, asked) or not _is_fresh(call, now)


def fitting(attempt: Attempt, calls: Iterable[CarrierCall]) -> list[CarrierCall]:
    """Keep the calls that were created when the attempt's order was sent."""
    reserved_at = attempt.reserved_at or attempt.updated_at
    earliest, last = reserved_at - _CREATED_BEFORE, (attempt.dial_by or reserved_at) + _CREATED_AFTER
    return [call for call in calls if call.created_at is not None and earliest <= call.created_at <= last]


def listed_since(attempt: Attempt) -> datetime:
    """From when on the carrier's list may show the attempt's call."""
    return (attempt.reserved_at or attempt.updated_at) - _CREATED_BEFORE


def search_queue(store: Store, *, carrier: Carrier, companies: Mapping[str, Company], now: datetime) -> Search:
    """Give calls that must not ring the names under which they stand in the carrier's queue; one question a caller.

    Of several calls that fit one attempt none can be taken for it: they are cancelled, for none of them may ring.
    """
    with store.begin() as work:
        nameless = work.queue.nameless(now)
    due = [each for each in nameless if next_look(each, now) <= now]
    if not due:
        return Search(missing=len(nameless), next_due=min([next_look(each, now) for each in nameless], default=None))
    looking = _Looking(store, carrier, now)
    found, cancelled = 0, 0
    try:
        for caller, calls in _by_caller(due, companies).items():
            for call, fits in looking.look(caller, calls):
                if len(fits) > 1:
                    cancelled += looking.cancel(call.attempt, fits)
                else:
                    found += adopt(store, call.attempt, fits[0], now)
    except CarrierAwayError as error:
        _log.warning("the carrier's queue could not be searched: %s", error)
        return Search(found, cancelled, len(nameless) - found, carrier_away=True, next_due=now + LOOK_AGAIN)
    missing = len(nameless) - found
    return Search(found, cancelled, missing, next_due=now + LOOK_AGAIN if missing else None)


def _by_caller(calls: Sequence[NamelessCall], companies: Mapping[str, Company]) -> dict[str, list[NamelessCall]]:
    found: dict[str, list[NamelessCall]] = defaultdict(list)
    for call in calls:
        if call.attempt.company_id in companies:
            found[companies[call.attempt.company_id].caller_number].append(call)
    return found


def adopt(store: Store, attempt: Attempt, call: CarrierCall, now: datetime) -> bool:
    """Write that the call is the attempt's; False where another one stands there or it is another attempt's."""
    try:
        with store.begin() as work:
            standing = work.dialling.note_placed(attempt, call.sid, call.created_at or now, now)
            work.commit()
    except SidTakenError:
        return False
    return standing == call.sid


class _Looking(Struct, frozen=True):
    store: Store
    carrier: Carrier
    now: datetime

    def look(self, caller: str, calls: Sequence[NamelessCall]) -> list[tuple[NamelessCall, list[CarrierCall]]]:
        """Ask what waits; return which of these calls are there, each with what may be it and belongs to nobody."""
        listed: dict[str, list[CarrierCall]] = defaultdict(list)
        for each in self.carrier.queued_calls(from_=caller):
            listed[each.to].append(each)
        for call in calls:
            if call.number not in listed and _is_searched_everywhere(call, self.now):
                since = listed_since(call.attempt)
                listed[call.number] = self.carrier.find_calls(to=call.number, from_=caller, since=since)
        pairs = [(call, fitting(call.attempt, listed[call.number])) for call in calls]
        with self.store.begin() as work:
            claimed = work.dialling.claimed_sids([each.sid for _, found in pairs for each in found])
            work.queue.note_looked_for([call.attempt.id for call in calls], self.now)
            work.commit()
        free = [(call, [each for each in found if each.sid not in claimed]) for call, found in pairs]
        return [(call, found) for call, found in free if found]

    def cancel(self, attempt: Attempt, calls: Sequence[CarrierCall]) -> int:
        """Take all of them out of the queue that are not over; which one it was, a person may find out."""
        waiting = [each.sid for each in calls if each.status not in FINAL_STATUSES]
        if not waiting:  # told when they were cancelled
            return 0
        _log.error("%d calls in the carrier's queue fit it, and none may ring", len(calls), extra=about(attempt.token))
        return sum(self.carrier.cancel_all_queued(waiting).told.values())
