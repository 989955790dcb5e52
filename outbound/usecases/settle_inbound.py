"""Ask the carrier for calls that came in and of which we heard nothing, or no end: their webhooks may be lost."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from outbound.domain.connect import FINAL_STATUSES, CarrierStatus
from outbound.usecases.end_inbound_call import end_inbound_call
from outbound.usecases.inbound.caller import InboundRequest, InboundTerms
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError, CarrierCall
from outbound.usecases.ports.store import Store
from outbound.usecases.problems import TryAgainError

LOOK_BACK = timedelta(hours=25)
"""How far a worker that has just started looks back: who comes back after a day finds what was missed in it."""

_OVERLAP = timedelta(minutes=2)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InboundReport:
    """`ended` calls were over without our knowing, `live` ones are not over; `since` is where to look from next."""

    ended: int
    live: int
    since: datetime
    carrier_away: bool = False


def settle_inbound(
    store: Store, *, carrier: Carrier, terms: InboundTerms, now: datetime, since: datetime | None = None
) -> InboundReport:
    """End what the carrier says is over, each call in transactions of its own. Safe to run twice at once.

    `since` is that of the last report; None looks `LOOK_BACK` back.
    """
    since = now - LOOK_BACK if since is None else since
    with store.begin() as work:
        oldest = work.inbound.oldest_open()
    begin = min(since, oldest - _OVERLAP) if oldest is not None else since
    ended, live, earliest = 0, 0, now - _OVERLAP
    try:
        for company in terms.companies.values():
            calls = carrier.received_calls(to=company.caller_number, since=begin)
            ended += _end_all(store, calls, terms, now)
            talking = [each for each in calls if each.status not in FINAL_STATUSES]
            live += len(talking)
            earliest = min([earliest, *(each.started_at for each in talking if each.started_at is not None)])
    except CarrierAwayError as error:
        _log.warning("calls that came in were not looked at: %s", error)
        return InboundReport(ended, live, since, carrier_away=True)
    return InboundReport(ended, live, earliest)


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
