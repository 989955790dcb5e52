"""Ask the carrier for calls that came in and of which we heard nothing, or no end: their webhooks may be lost."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.connect import FINAL_STATUSES, CarrierStatus
from outbound.usecases.end_inbound_call import end_inbound_call
from outbound.usecases.inbound.caller import InboundRequest, InboundTerms
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError, CarrierCall
from outbound.usecases.ports.store import Store
from outbound.usecases.problems import TryAgainError

LOOK_BACK = timedelta(hours=25)
"""How far a worker that has just started looks back: who comes back after a day finds what was missed in it."""

_OVERLAP = timedelta(minutes=2)
"""How much of what was looked at is looked at again: the carrier's list may show a call later than a younger one."""

_log = logging.getLogger(__name__)


class InboundReport(Struct, frozen=True):
    """`ended` calls were over without our knowing, `live` ones are not over.

    `since` says for each company (by its id) where to look from next, by the carrier's clock.
    """

    ended: int
    live: int
    since: Mapping[str, datetime]
    carrier_away: bool = False


def settle_inbound(
    store: Store, *, carrier: Carrier, terms: InboundTerms, now: datetime, since: Mapping[str, datetime] | None = None
) -> InboundReport:
    """End what the carrier says is over, each call in transactions of its own. Safe to run twice at once.

    `since` is that of the last report; where it names no company, the look goes `LOOK_BACK` back. It follows the calls
    that the carrier listed and never our clock: one that runs ahead for a while must not skip what comes in meanwhile.
    """
    looked = dict(since or {})
    with store.begin() as work:
        open_since = {each.id: work.inbound.oldest_open(each.id) for each in terms.companies.values()}
    ended, live = 0, 0
    try:
        for company in terms.companies.values():
            begin = looked.get(company.id, now - LOOK_BACK)
            oldest = open_since[company.id]
            first = min(begin, oldest - _OVERLAP) if oldest is not None else begin
            calls = carrier.received_calls(to=company.caller_number, since=first)
            ended += _end_all(store, calls, terms, now)
            live += sum(each.status not in FINAL_STATUSES for each in calls)
            if calls:
                looked[company.id] = max(begin, _next_look(begin, calls))
    except CarrierAwayError as error:
        _log.warning("calls that came in were not looked at: %s", error)
        return InboundReport(ended, live, looked, carrier_away=True)
    return InboundReport(ended, live, looked)


def _next_look(begin: datetime, calls: Sequence[CarrierCall]) -> datetime:
    """Return shortly before the youngest start that was listed, or the oldest start of those that are not over."""
    youngest = max(each.started_at or begin for each in calls)
    talking = [each.started_at or begin for each in calls if each.status not in FINAL_STATUSES]
    return min([youngest - _OVERLAP, *talking])


def _end_all(store: Store, calls: list[CarrierCall], terms: InboundTerms, now: datetime) -> int:
    over = [each for each in calls if each.status in FINAL_STATUSES]
    if not over:
        return 0
    with store.begin() as work:
        known = work.inbound.ended([each.sid for each in over])
    news = [each for each in over if each.sid not in known]
    for call in news:
        _end(store, call, terms, now)
    return len(news)


def _end(store: Store, call: CarrierCall, terms: InboundTerms, now: datetime) -> None:
    request = InboundRequest(call.sid, call.from_, call.to)
    at, seconds = call.ended_at or call.started_at, call.duration_seconds
    status = CarrierStatus(call.sid, call.status, None, at=at, duration_seconds=seconds)
    try:
        end_inbound_call(store, request=request, status=status, terms=terms, now=now)
    except TryAgainError:
        end_inbound_call(store, request=request, status=status, terms=terms, now=now)
