"""Take back from the carrier's queue what may no longer begin to ring."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.domain.attempt import Attempt
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import Contact
from outbound.domain.identifiers import Identifiers
from outbound.usecases.dialling.nameless import LOOK_AGAIN, Search, search_queue
from outbound.usecases.log_fields import about
from outbound.usecases.ports.carrier import Carrier
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.dialling import StoredReceipt
from outbound.usecases.ports.stored.queue import QueuedCall, QueueState
from outbound.usecases.scheduling.may_call import Gathered, Rules, gather, judge

__all__ = ["LOOK_AGAIN", "TOGETHER", "CancelReport", "cancel_queued"]

_log = logging.getLogger(__name__)

TOGETHER = 20
"""Calls that are taken in hand, and that the carrier is asked about, at a time.

It needs two answers for each: at a quarter of a second an answer, 300 calls are taken back within ten seconds.
"""

_ASK_AGAIN = timedelta(seconds=8)
"""After this a worker that took calls in hand is given up, and the carrier is told once more; that does no harm."""

_MOST_READ = 1000
_AREA_BLOCKED = "area_blocked"


class CancelReport(Struct, frozen=True):
    """Calls that the carrier cancelled, by cause; those that had `begun`; and those about which it gave no answer.

    Causes: closing_time, stop_order, contact_closed, campaign_unknown, a code of the gate (area_blocked,
    suppressed), or `in_doubt` for calls of which several fit one attempt. `found` calls of unknown fate were found in
    the carrier; `nameless` ones must not ring either and are not there. `next_due` is when to look again, None when
    nothing is queued or in doubt.
    """

    cancelled: Mapping[str, int] = field(default_factory=dict)
    begun: int = 0
    unanswered: int = 0
    found: int = 0
    nameless: int = 0
    carrier_away: bool = False
    next_due: datetime | None = None


def cancel_queued(
    store: Store,
    *,
    carrier: Carrier,
    rules: Callable[[], Rules],
    campaigns: Mapping[str, Campaign],
    companies: Mapping[str, Company],
    identifiers: Identifiers,
    now: datetime,
    limit: int = 100,
) -> CancelReport:
    """Cancel calls that have not begun to ring and must not any more, those first that the carrier took first.

    These are: calls whose `ring_by` has come, calls under a stop order, calls to contacts that were closed meanwhile,
    and calls that the gate refuses for what was said since they were reserved (an area suspended, a person
    suppressed, another place). Calls of unknown fate are looked for in the queue first. The cause is on record before
    the carrier is told; the outcome is written when the carrier reports it. `rules` are read only where the gate has
    to be asked. Safe in any number of workers: each takes other calls in hand.
    """
    return _Clearing(store, carrier, rules, campaigns, companies, identifiers, now).run(limit)


class _Barred(Struct, frozen=True):
    """Calls against which something may stand: why each must not ring, and what the gate says."""

    calls: Mapping[str, Attempt]
    causes: Mapping[str, str]
    decisions: Mapping[str, Decision | None]
    nearer: Mapping[str, datetime]


class _Told(Struct, frozen=True):
    """What the carrier said about some calls."""

    cancelled: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    unheard: int = 0
    away: bool = False

    def __add__(self, other: "_Told") -> "_Told":
        begun, unheard = self.begun + other.begun, self.unheard + other.unheard
        return _Told(self.cancelled + other.cancelled, begun, unheard, self.away or other.away)


class _Clearing(Struct, frozen=True):
    store: Store
    carrier: Carrier
    rules: Callable[[], Rules]
    campaigns: Mapping[str, Campaign]
    companies: Mapping[str, Company]
    identifiers: Identifiers
    now: datetime

    def run(self, limit: int) -> CancelReport:
        state = self._look()
        search = Search()
        if state.nameless:
            search = search_queue(self.store, carrier=self.carrier, companies=self.companies, now=self.now)
            state = self._look() if search.found else state
        ends = [each for each in (search.next_due, state.next_end) if each is not None]
        if state.waiting:
            ends.append(self.now + LOOK_AGAIN)
        told = _Told(Counter(in_doubt=search.cancelled) if search.cancelled else Counter())
        if state.barred:
            more, soonest = self._clear(limit)
            told, ends = told + more, [*ends, soonest]
        return CancelReport(
            cancelled=dict(told.cancelled),
            begun=told.begun,
            unanswered=told.unheard,
            found=search.found,
            nameless=search.missing,
            carrier_away=told.away or search.carrier_away,
            next_due=min(ends, default=None),
        )

    def _look(self) -> QueueState:
        with self.store.begin() as work:
            return work.queue.state(self.now, self.now - _ASK_AGAIN)

    def _clear(self, limit: int) -> tuple[_Told, datetime]:
        """Take back what must not ring, `TOGETHER` at a time; return also when to come back."""
        barred, told = self._read(), _Told()
        ids = list(barred.causes)
        for start in range(0, min(len(ids), limit), TOGETHER):
            told += self._take_back(barred, ids[start : min(start + TOGETHER, limit)])
            if told.away:
                break
        soon = self.now + LOOK_AGAIN
        if len(ids) > limit and not told.away:
            return told, soon if told.unheard else self.now
        return told, min([soon, *barred.nearer.values()])

    def _read(self) -> _Barred:
        with self.store.begin() as work:
            barred = work.queue.barred(self.now, self.now - _ASK_AGAIN, _MOST_READ)
        asked = [each.attempt for each in barred if each.in_doubt or _is_over(each.attempt, self.now)]
        # Between two transactions: whoever reads rules may keep them as evidence, in a transaction of their own.
        rules = self.rules() if asked else None
        with self.store.begin() as work:
            decisions = self._ask_the_gate(work, asked, rules) if rules is not None else {}
            causes = {call.attempt.id: cause for call in barred if (cause := self._cause(call, decisions))}
            calls = {call.attempt.id: call.attempt for call in barred}
            nearer = _nearer(list(calls.values()), decisions)
            if nearer:
                work.queue.tighten(nearer)
                work.commit()
        return _Barred(calls, causes, decisions, nearer)

    def _take_back(self, barred: _Barred, ids: Sequence[str]) -> _Told:
        """Take those of these calls in hand that nobody has, and tell the carrier."""
        with self.store.begin() as work:
            taken = {each: barred.causes[each] for each in ids}
            claimed = work.queue.claim(taken, self.now, self.now - _ASK_AGAIN)
            mine = [barred.calls[each] for each in ids if each in claimed]
            self._keep_refusals(work, mine, barred.decisions)
            if claimed:
                work.commit()
        return self._tell(mine, barred.causes)

    def _tell(self, calls: Sequence[Attempt], causes: Mapping[str, str]) -> _Told:
        """Tell the carrier; what it did not hear of is told to it again."""
        answer = self.carrier.cancel_all_queued([call.sid or "" for call in calls])
        unheard = [call for call in calls if call.sid not in answer.told]
        for call in unheard:
            _log.warning("it stays in the carrier's queue for now", extra=about(call.token))
        if unheard:
            with self.store.begin() as work:
                work.queue.let_go([call.id for call in unheard])
                work.commit()
        cancelled = Counter(causes[call.id] for call in calls if answer.told.get(call.sid or ""))
        begun = len(calls) - len(unheard) - cancelled.total()
        return _Told(cancelled, begun, len(unheard), answer.away)

    def _ask_the_gate(self, work: UnitOfWork, asked: Sequence[Attempt], rules: Rules) -> dict[str, Decision | None]:
        """Ask once more about calls that are in doubt or whose time is over; None where that is not possible."""
        people = work.queue.contacts({each.contact_id for each in asked})
        gathered = gather(work, list(people.values()), self.now)
        return {each.id: self._judge(work, each, people, gathered, rules) for each in asked}

    def _cause(self, call: QueuedCall, decisions: Mapping[str, Decision | None]) -> str | None:
        """Why a call must not begin to ring; None when it may."""
        if call.closed:
            return "contact_closed"
        if call.stopped:
            return "stop_order"
        if call.attempt.id not in decisions:
            return None
        decision = decisions[call.attempt.id]
        if decision is None:
            return "campaign_unknown"
        codes = [reason.code for reason in decision.reasons]
        if _is_over(call.attempt, self.now):
            return _AREA_BLOCKED if _AREA_BLOCKED in codes else "closing_time"
        return codes[0] if codes else None

    def _judge(
        self, work: UnitOfWork, attempt: Attempt, people: Mapping[str, Contact], gathered: Gathered, rules: Rules
    ) -> Decision | None:
        contact, campaign = people.get(attempt.contact_id), self.campaigns.get(attempt.campaign_id)
        phones = contact.phones if contact is not None else ()
        phone = next((each for each in phones if each.id == attempt.phone_id), None)
        if contact is None or campaign is None or phone is None:
            return None
        window = work.dialling.callback_window(attempt.callback_id) if attempt.callback_id is not None else None
        return judge(
            gathered,
            contact=contact,
            phone=phone,
            instant=self.now,
            campaign=campaign,
            rules=rules,
            stage=Stage.CARRIER,
            callback=ChosenWindow(*window) if window else None,
            leave_out=attempt.id,
            find_next=False,
        )

    def _keep_refusals(
        self, work: UnitOfWork, calls: Sequence[Attempt], decisions: Mapping[str, Decision | None]
    ) -> None:
        for call in calls:
            decision = decisions.get(call.id)
            if decision is None or decision.allowed:
                continue
            work.dialling.add_receipt(
                StoredReceipt(
                    id=self.identifiers.new(),
                    contact_id=call.contact_id,
                    attempt_id=call.id,
                    stage=Stage.CARRIER.value,
                    at=self.now,
                    allowed=False,
                    reasons=tuple(reason.code for reason in decision.reasons),
                    body=decision.receipt.body(),
                )
            )


def _nearer(calls: Sequence[Attempt], decisions: Mapping[str, Decision | None]) -> dict[str, datetime]:
    """When the gate closes for calls that may still ring, where that is sooner than was known."""
    found = {}
    for call in calls:
        decision = decisions.get(call.id)
        until = decision.open_until if decision is not None else None
        if until is not None and (call.ring_by is None or until < call.ring_by):
            found[call.id] = until
    return found


def _is_over(attempt: Attempt, now: datetime) -> bool:
    return attempt.ring_by is not None and attempt.ring_by <= now
