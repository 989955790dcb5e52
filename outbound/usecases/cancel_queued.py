"""Take back from the carrier's queue what may no longer begin to ring."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.domain.attempt import Attempt
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact
from outbound.domain.identifiers import Identifiers
from outbound.usecases.log_fields import about
from outbound.usecases.may_call import Gathered, Rules, gather, judge
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError, UnansweredError
from outbound.usecases.ports.dialling import QueuedCall, StoredReceipt
from outbound.usecases.ports.store import Store, UnitOfWork

_log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=5)
"""How soon the queue is looked at again while anything waits in it: an order to stop holds within ten seconds."""

_ASK_AGAIN = timedelta(seconds=30)
"""After this a worker that took a call in hand is given up, and the carrier is told once more; that does no harm."""

_MOST_READ = 1000
_AREA_BLOCKED = "area_blocked"


@dataclass(frozen=True, slots=True)
class CancelReport:
    """Calls that the carrier cancelled, by cause; those that had `begun`; and those about which it gave no answer.

    Causes: closing_time, stop_order, contact_closed, campaign_unknown, or a code of the gate (area_blocked,
    suppressed). `next_due` is when to look again, None when nothing is queued.
    """

    cancelled: Mapping[str, int] = field(default_factory=dict)
    begun: int = 0
    unanswered: int = 0
    carrier_away: bool = False
    next_due: datetime | None = None


def cancel_queued(
    store: Store,
    *,
    carrier: Carrier,
    rules: Rules,
    campaigns: Mapping[str, Campaign],
    identifiers: Identifiers,
    now: datetime,
    limit: int = 100,
) -> CancelReport:
    """Cancel calls that have not begun to ring and must not any more, those first that the carrier took first.

    These are: calls whose `ring_by` has come, calls under a stop order, calls to contacts that were closed meanwhile,
    and calls that the gate refuses for what was said since they were reserved (an area suspended, a person
    suppressed, another place). The cause is on record before the carrier is told; the outcome is written when the
    carrier reports it. Safe in any number of workers: each takes other calls in hand.
    """
    return _Clearing(store, carrier, rules, campaigns, identifiers, now).run(limit)


@dataclass(frozen=True, slots=True)
class _Clearing:
    store: Store
    carrier: Carrier
    rules: Rules
    campaigns: Mapping[str, Campaign]
    identifiers: Identifiers
    now: datetime

    def run(self, limit: int) -> CancelReport:
        asked_before = self.now - _ASK_AGAIN
        with self.store.begin() as work:
            state = work.queue.state(self.now, asked_before)
            if not state.waiting:
                return CancelReport()
            ends = [self.now + LOOK_AGAIN, *([state.next_end] if state.next_end else [])]
            if not state.barred:
                return CancelReport(next_due=min(ends))
            barred = work.queue.barred(self.now, asked_before, _MOST_READ)
            decisions = self._ask_the_gate(work, barred)
            causes = {call.attempt.id: cause for call in barred if (cause := self._cause(call, decisions))}
            taken = dict(list(causes.items())[:limit])
            claimed = work.queue.claim(taken, self.now, asked_before) if taken else set()
            mine = [call.attempt for call in barred if call.attempt.id in claimed]
            self._keep_refusals(work, mine, decisions)
            nearer = _nearer([call.attempt for call in barred], decisions)
            if nearer:
                work.queue.tighten(nearer)
            if claimed or nearer:
                work.commit()
        again = self.now if len(causes) > len(taken) else min([*ends, *nearer.values()])
        return self._tell(mine, taken, again)

    def _tell(self, calls: Sequence[Attempt], causes: Mapping[str, str], again: datetime) -> CancelReport:
        """Tell the carrier, call by call; what it did not hear of is told to it again."""
        cancelled, begun, away = Counter[str](), 0, False
        unheard = [call.id for call in calls]
        for call in calls:
            try:
                if self.carrier.cancel_queued(call.sid or ""):
                    cancelled[causes[call.id]] += 1
                else:
                    begun += 1
            except UnansweredError as error:
                _log.warning("it stays in the carrier's queue for now: %s", error, extra=about(call.token))
                continue
            except CarrierAwayError as error:
                _log.warning("clearing the carrier's queue stops: %s", error)
                away = True
                break
            unheard.remove(call.id)
        if unheard:
            again = max(again, self.now + LOOK_AGAIN)
            with self.store.begin() as work:
                work.queue.let_go(unheard)
                work.commit()
        return CancelReport(dict(cancelled), begun, len(unheard), away, again)

    def _ask_the_gate(self, work: UnitOfWork, queued: Sequence[QueuedCall]) -> dict[str, Decision | None]:
        """Ask once more about calls that are in doubt or whose time is over; None where that is not possible."""
        asked = [each.attempt for each in queued if each.in_doubt or _is_over(each.attempt, self.now)]
        if not asked:
            return {}
        people = work.queue.contacts({each.contact_id for each in asked})
        gathered = gather(work, list(people.values()), self.now)
        return {each.id: self._judge(work, each, people, gathered) for each in asked}

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
        self, work: UnitOfWork, attempt: Attempt, people: Mapping[str, Contact], gathered: Gathered
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
            rules=self.rules,
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
