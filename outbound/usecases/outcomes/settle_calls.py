"""Find out what became of calls of which nothing is known; by evidence, never by dialling again."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from outbound.domain.attempt import Attempt, AttemptStatus, ConnectResult
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.connect import FINAL_STATUSES, CarrierStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.conversation.last_words.hang_up import hear_hang_up
from outbound.usecases.dialling.nameless import adopt, fitting, listed_since
from outbound.usecases.log_fields import about
from outbound.usecases.outcomes.close_attempt import Closing, close_attempt
from outbound.usecases.outcomes.conclude import conclude
from outbound.usecases.outcomes.escalate_promises import escalate_promises
from outbound.usecases.outcomes.unknown_call import unknown_call_item
from outbound.usecases.ports.carrier import Carrier, CarrierAwayError, CarrierCall, UnansweredError
from outbound.usecases.ports.scripts import ScriptCatalogue
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.dialling import SilentCall

_log = logging.getLogger(__name__)

LONGEST_QUEUE = timedelta(hours=24)
"""How long the carrier may keep a call in its queue: before that its absence from the list proves nothing (Twilio)."""

RINGING_SILENCE = timedelta(minutes=2)
TALKING_SILENCE = timedelta(minutes=10)
_SILENCE = {
    AttemptStatus.PLACED: RINGING_SILENCE,
    AttemptStatus.RINGING: RINGING_SILENCE,
    AttemptStatus.IN_PROGRESS: TALKING_SILENCE,
    AttemptStatus.UNKNOWN: timedelta(seconds=30),
}
_UNKNOWN_YOUNG = timedelta(minutes=10)
"""How long the carrier is asked often about a call of unknown fate; afterwards no oftener than this."""

UNKNOWN_OLD = timedelta(hours=2)
"""When a call is of unknown fate for so long, the carrier is asked about it hourly: its word may come by itself."""

ASKED_HOURLY = timedelta(hours=1)
"""How long such a call is left alone after each question."""

_AGAIN = timedelta(seconds=30)

FORGOTTEN_AFTER = timedelta(minutes=15)
"""How long a call that the carrier says it does not know is left alone before it is asked once more.

A call with a sid has left our hands: what the carrier does not know can neither wait in its queue nor ring. Longer than
a caller says nothing in a conversation, and than a lookup may lag behind.
"""
_NOT_FOUND = "not_found"
"""Stands as the carrier's last word on a call that it said it does not know."""
_LAPSED = "reservation_lapsed"


class SettleReport(Struct, frozen=True):
    """Counts of one batch: reservations that lapsed, calls found at the carrier, calls ended, calls given up.

    `escalated` counts promised return calls that were handed to a person in time. `live` is what may still be ringing
    or talking; `next_due` is None when that is nothing.
    """

    lapsed: int = 0
    adopted: int = 0
    concluded: int = 0
    given_up: int = 0
    live: int = 0
    carrier_away: bool = False
    next_due: datetime | None = None
    escalated: int = 0


def settle_calls(
    store: Store,
    *,
    carrier: Carrier,
    campaigns: Mapping[str, Campaign],
    companies: Mapping[str, Company],
    scripts: ScriptCatalogue,
    identifiers: Identifiers,
    now: datetime,
    longest_queue: timedelta = LONGEST_QUEUE,
    limit: int = 200,
) -> SettleReport:
    """Take up lapsed reservations and silent calls, each in transactions of its own. Safe to run twice at once.

    Promised return calls that nobody has kept shortly before their end go to a person first, whatever the carrier says.
    """
    escalated = escalate_promises(store, companies=companies, identifiers=identifiers, now=now)
    batch = _Settling(store, carrier, campaigns, companies, scripts, identifiers, now, longest_queue)
    return replace(batch.run(limit), escalated=escalated)


class _Settling(Struct, frozen=True):
    store: Store
    carrier: Carrier
    campaigns: Mapping[str, Campaign]
    companies: Mapping[str, Company]
    scripts: ScriptCatalogue
    identifiers: Identifiers
    now: datetime
    longest_queue: timedelta

    def run(self, limit: int) -> SettleReport:
        lapsed, silent, live = self._look(limit)
        counts: Counter[str] = Counter(lapsed=lapsed)
        away = False
        try:
            for call in filter(self._is_due, silent):
                counts[self._settle(call)] += 1
        except CarrierAwayError as error:
            _log.warning("settling stops: %s", error)
            away = True
        if silent:
            with self.store.begin() as work:
                live = sum(work.dialling.lines().live.values())
        return SettleReport(
            lapsed=counts["lapsed"],
            adopted=counts["adopted"] + counts["adopted_concluded"],
            concluded=counts["concluded"] + counts["adopted_concluded"],
            given_up=counts["given_up"],
            live=live,
            carrier_away=away,
            next_due=self.now + _AGAIN if live else None,
        )

    def _look(self, limit: int) -> tuple[int, list[SilentCall], int]:
        """Return how many reservations lapsed, the calls to ask about, and how many calls are live."""
        with self.store.begin() as work:
            # A worker that reserved and was not heard of again may have dialled.
            overdue = work.dialling.overdue_reservations(self.now, limit)
            lapsed = sum(work.dialling.note_unknown(each, _LAPSED, self.now) for each in overdue)
            self._name_who_lapsed(work, overdue)
            silent = work.dialling.silent(
                {status: self.now - wait for status, wait in _SILENCE.items()},
                young_since=self.now - _UNKNOWN_YOUNG,
                over_since=self.now - self.longest_queue,
                limit=limit,
            )
            live = sum(work.dialling.lines().live.values())
            if lapsed:
                work.commit()
        return lapsed, silent, live

    def _name_who_lapsed(self, work: UnitOfWork, overdue: Sequence[Attempt]) -> None:
        """Say whose reservations lapsed and when that process was last heard of; the law rests on `dial_by` alone."""
        for each in overdue:
            seen = work.heartbeats.last_seen(each.worker) if each.worker else None
            _log.warning(
                "its worker reserved it and wrote no outcome; that process was last heard of %s",
                f"at {seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "at no time that is on record",
                extra=about(each.token, campaign=each.campaign_id, cause=_LAPSED, worker=each.worker),
            )

    def _age(self, attempt: Attempt) -> timedelta:
        return self.now - (attempt.dial_by or attempt.updated_at)

    def _is_due(self, silent: SilentCall) -> bool:
        age, rested = self._age(silent.attempt), self.now - silent.attempt.updated_at
        if silent.attempt.carrier_status == _NOT_FOUND and rested < FORGOTTEN_AFTER:
            return False
        is_old = silent.attempt.status is AttemptStatus.UNKNOWN and UNKNOWN_OLD <= age < self.longest_queue
        return not is_old or rested >= ASKED_HOURLY

    def _settle(self, silent: SilentCall) -> str:
        """Ask about one call. A question that fails must not keep the others waiting."""
        try:
            return self._with_sid(silent) if silent.attempt.sid else self._without_sid(silent)
        except UnansweredError as error:
            _log.warning("%s", error, extra=about(silent.attempt.token, campaign=silent.attempt.campaign_id))
            return self._wait_or_give_up(silent.attempt)

    def _with_sid(self, silent: SilentCall) -> str:
        attempt = silent.attempt
        call = self.carrier.fetch(attempt.sid or "")
        was_missing = attempt.carrier_status == _NOT_FOUND
        if call is None and was_missing:
            return self._give_up(attempt, "carrier_forgot")
        if call is None or was_missing:
            self._note_word(attempt, _NOT_FOUND if call is None else None)
        return "waiting" if call is None else self._take_over(attempt, call)

    def _note_word(self, attempt: Attempt, word: str | None) -> None:
        with self.store.begin() as work:
            if self._still(work, attempt):
                work.outcomes.amend(attempt.id, {"carrier_status": word}, self.now)
                work.commit()

    def _without_sid(self, silent: SilentCall) -> str:
        attempt = silent.attempt
        caller = self.companies[attempt.company_id].caller_number
        found = self.carrier.find_calls(to=silent.number, from_=caller, since=listed_since(attempt))
        fits = fitting(attempt, found)
        with self.store.begin() as work:
            claimed = work.dialling.claimed_sids([call.sid for call in fits]) if fits else frozenset()
        free = [call for call in fits if call.sid not in claimed]
        if len(free) != 1:
            if free:
                _log.error("%d calls fit it; none is taken for it", len(free), extra=about(attempt.token))
            return self._wait_or_give_up(attempt, [call.sid for call in free])
        return self._adopt(attempt, free[0])

    def _adopt(self, attempt: Attempt, call: CarrierCall) -> str:
        """The one call that fits and belongs to nobody is the attempt's, unless a webhook has just told otherwise."""
        if not adopt(self.store, attempt, call, self.now):
            return "waiting"
        return "adopted_concluded" if self._take_over(attempt, call) == "concluded" else "adopted"

    def _take_over(self, attempt: Attempt, call: CarrierCall) -> str:
        """Write what the carrier says of a call, as if it had reported it."""
        over = call.status in FINAL_STATUSES
        report = close_attempt(
            self.store,
            token=attempt.token,
            status=CarrierStatus(
                sid=call.sid,
                status=call.status,
                sequence=None,
                at=call.ended_at if over else call.started_at or call.created_at,
                duration_seconds=call.duration_seconds,
                answered_by=call.answered_by,
            ),
            campaigns=self.campaigns,
            scripts=self.scripts,
            identifiers=self.identifiers,
            now=self.now,
        )
        if report.closing is Closing.CONCLUDED:
            return "concluded"
        self._touch(attempt)
        return "waiting"

    def _wait_or_give_up(self, attempt: Attempt, candidates: Sequence[str] = ()) -> str:
        """Absence from the carrier's list, or silence about it, is evidence only when its longest queue has passed."""
        if self._age(attempt) < self.longest_queue:
            self._touch(attempt)
            return "waiting"
        return self._give_up(attempt, "never_found", candidates)

    def _still(self, work: UnitOfWork, attempt: Attempt) -> Attempt | None:
        """Return the attempt anew, or None when something was heard of it since it was read."""
        fresh = work.outcomes.attempt_of(attempt.token)
        seen, known = (None if each is None else (each.status, each.sid, each.updated_at) for each in (fresh, attempt))
        return fresh if seen == known else None

    def _give_up(self, attempt: Attempt, cause: str, candidates: Sequence[str] = ()) -> str:
        """End it as unknown: it is for a person, who learns which calls (`candidates`) may be it."""
        with self.store.begin() as work:
            fresh = self._still(work, attempt)
            if fresh is None:
                return "waiting"
            campaign = self.campaigns.get(fresh.campaign_id)
            told = hear_hang_up(
                work, fresh, campaign=campaign, scripts=self.scripts, identifiers=self.identifiers, now=self.now
            )
            if not work.outcomes.item_waits(fresh.id, InboxKind.UNKNOWN_CALL):
                work.desk.add_item(unknown_call_item(fresh, candidates, identifiers=self.identifiers, now=self.now))
            conclude(
                work,
                attempt=replace(fresh, **told),
                connect_result=ConnectResult.UNKNOWN,
                disposition=Disposition.UNKNOWN,
                cause=cause,
                ended_at=None,
                campaign=self.campaigns.get(fresh.campaign_id),
                identifiers=self.identifiers,
                now=self.now,
                learnt=told,
            )
            work.commit()
        return "given_up"

    def _touch(self, attempt: Attempt) -> None:
        with self.store.begin() as work:
            work.dialling.touch(attempt.id, self.now)
            work.commit()
