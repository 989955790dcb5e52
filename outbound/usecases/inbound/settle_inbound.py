"""Ask the carrier for calls that came in and of which we heard nothing, or no end: their webhooks may be lost."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.outcome.connect import FINAL_STATUSES, CarrierStatus
from outbound.usecases.inbound.caller import InboundRequest, InboundTerms
from outbound.usecases.inbound.end_inbound_call import end_inbound_call
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError, CarrierCall
from outbound.usecases.ports.store import Store
from outbound.usecases.problems import BrokenOffError, TryAgainError

LOOK_BACK = timedelta(hours=25)
"""How far the first look goes back, and how long a call that cannot be ended is tried again."""

_OVERLAP = timedelta(minutes=2)
"""How much of what was looked at is looked at again: the carrier's list may show a call later than a younger one."""

_ONE_CALLS_TROUBLE = (TryAgainError, BrokenOffError, LookupError, ValueError)
"""What may go wrong with one call while the others can be ended; a database that is away is not of it."""

_log = logging.getLogger(__name__)


class InboundReport(Struct, frozen=True):
    """`ended` calls were over without our knowing, `live` ones are not over; `failed` ones are taken up again.

    `since` says for each company (by its id) where to look from next, by the carrier's clock.
    """

    ended: int
    live: int
    since: Mapping[str, datetime]
    carrier_away: bool = False
    failed: int = 0


def settle_inbound(store: Store, *, carrier: Carrier, terms: InboundTerms, now: datetime) -> InboundReport:
    """End what the carrier says is over, each call in transactions of its own. Safe to run twice at once.

    Where the look begins is on record, so that no restart forgets a call or reads a day again; of a company that never
    had a call it goes `LOOK_BACK` back. It follows the calls that the carrier listed and never our clock: one that runs
    ahead for a while must not skip what comes in meanwhile. A call that cannot be ended does not stop the others, and
    holds the look for a day.
    """
    with store.begin() as work:
        known = work.inbound.looked_since()
        open_since = {each.id: work.inbound.oldest_open(each.id) for each in terms.companies.values()}
    looked, ended, live, failed, away = dict(known), 0, 0, 0, False
    try:
        for company in terms.companies.values():
            begin, oldest = known.get(company.id, now - LOOK_BACK), open_since[company.id]
            first = min(begin, oldest - _OVERLAP) if oldest is not None else begin
            calls = carrier.received_calls(to=company.caller_number, since=first)
            done, stuck = _end_all(store, calls, terms, now)
            ended, failed = ended + done, failed + len(stuck)
            live += sum(each.status not in FINAL_STATUSES for each in calls)
            if calls:
                looked[company.id] = max(begin, _next_look(begin, calls, stuck))
    except CarrierAwayError as error:
        _log.warning("calls that came in were not looked at: %s", error)
        away = True
    moved = {company: since for company, since in looked.items() if since != known.get(company)}
    if moved:
        with store.begin() as work:
            work.inbound.note_looked(moved)
            work.commit()
    return InboundReport(ended, live, looked, away, failed)


def _next_look(begin: datetime, calls: Sequence[CarrierCall], stuck: Sequence[CarrierCall]) -> datetime:
    """Return shortly before the youngest start that was listed, or the oldest start of those that are not over."""
    youngest = max(each.started_at or begin for each in calls)
    talking = [each.started_at or begin for each in calls if each.status not in FINAL_STATUSES]
    waiting = [max(each.started_at or begin, youngest - LOOK_BACK) for each in stuck]
    return min([youngest - _OVERLAP, *talking, *waiting])


def _end_all(
    store: Store, calls: Sequence[CarrierCall], terms: InboundTerms, now: datetime
) -> tuple[int, list[CarrierCall]]:
    """End what is news; return how many calls, and those that could not be ended."""
    over = [each for each in calls if each.status in FINAL_STATUSES]
    if not over:
        return 0, []
    with store.begin() as work:
        known = work.inbound.ended([each.sid for each in over])
    news, stuck = [each for each in over if each.sid not in known], []
    for call in news:
        try:
            _end(store, call, terms, now)
        except _ONE_CALLS_TROUBLE as error:
            _log.error("a call that came in could not be ended: %s", type(error).__name__, extra={"sid": call.sid})
            stuck.append(call)
    return len(news) - len(stuck), stuck


def _end(store: Store, call: CarrierCall, terms: InboundTerms, now: datetime) -> None:
    request = InboundRequest(call.sid, call.from_, call.to)
    at, seconds = call.ended_at or call.started_at, call.duration_seconds
    status = CarrierStatus(call.sid, call.status, None, at=at, duration_seconds=seconds)
    try:
        end_inbound_call(store, request=request, status=status, terms=terms, now=now)
    except TryAgainError:
        end_inbound_call(store, request=request, status=status, terms=terms, now=now)
