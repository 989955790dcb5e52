"""Transaction 1: choose attempts, ask the gate with a fresh clock, and reserve those that it allows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from outbound.compliance.facts import Stage
from outbound.compliance.gate import Decision
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.language import spoken_language
from outbound.domain.line.fair import Due
from outbound.domain.line.pace import Pace
from outbound.domain.line.trunk import Claim, Hold, Lines, claim
from outbound.usecases.conversation.facts import is_elderly
from outbound.usecases.dialling.asking import Case, ask, look_up, receipt_of
from outbound.usecases.dialling.terms import DIAL_WITHIN, Dropped, Held, Reservations, Reserved, Terms
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.dialling import NumberLiveError, StoredReceipt

_LIVE = frozenset({"number_live"})


class NotTogetherError(Exception):
    """The database objects to one of several; which one is found by trying each alone."""


class Foreseen(Struct, frozen=True):
    """What was claimed of `lines` at an instant, before the gate was asked."""

    at: datetime
    lines: Lines
    claim: Claim


def reserve(terms: Terms, due: Sequence[Due]) -> Reservations:
    """Reserve those of these attempts that may be dialled now, in one transaction and in the order given."""
    try:
        with terms.store.begin() as work:
            return reserve_in(work, terms, due)
    except NotTogetherError:
        return reserve_each(terms, due)


def reserve_in(work: UnitOfWork, terms: Terms, due: Sequence[Due], foreseen: Foreseen | None = None) -> Reservations:
    """Do the same in a transaction that has written nothing, and commit it.

    Raises `NotTogetherError` where `reserve_each` has to find out about which of several the database objects.
    """
    return _Reserving(terms, due, foreseen).run(work)


def reserve_each(terms: Terms, due: Sequence[Due]) -> Reservations:
    """Reserve each in a transaction of its own."""
    return _joined([reserve(terms, [each]) for each in due])


def _joined(each: Sequence[Reservations]) -> Reservations:
    return Reservations(
        reserved=[item for one in each for item in one.reserved],
        held=[item for one in each for item in one.held],
        dropped=[item for one in each for item in one.dropped],
        lines=next((one.lines for one in reversed(each) if one.lines is not None), None),
    )


class _Allowed(Struct, frozen=True):
    """A case that the gate allows, with the receipt of that."""

    case: Case
    decision: Decision
    receipt: StoredReceipt


@dataclass(slots=True)
class _Reserving:
    """One transaction."""

    terms: Terms
    due: Sequence[Due]
    foreseen: Foreseen | None = None
    held: list[Held] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    receipts: list[StoredReceipt] = field(default_factory=list)

    def run(self, work: UnitOfWork) -> Reservations:
        clock = self.terms.clock
        now, latest = clock.now(), clock.monotonic() + DIAL_WITHIN.total_seconds()
        tried, untried = self._choose(work)
        allowed = self._ask(work, tried, now)
        reserved, lines = self._take(work, allowed, now, latest) if allowed else ([], None)
        if self.receipts:
            work.dialling.add_receipts(self.receipts)
        if reserved or self.dropped:
            work.commit()
        return Reservations(reserved, self.held, self.dropped, untried, lines)

    def _choose(self, work: UnitOfWork) -> tuple[list[Attempt], list[Due]]:
        """Take attempts in hand, one for each number: the gate has to see the first before the second is asked for."""
        by_id = {each.attempt_id: each for each in self.due}
        first: dict[str, Attempt] = {}
        untried = []
        for attempt in work.dialling.choose(list(by_id)):
            if attempt.campaign_id not in self.terms.campaigns:
                self._hold(attempt, Hold.CAMPAIGN_UNKNOWN)
            elif first.setdefault(attempt.number_index, attempt) is not attempt:
                untried.append(by_id[attempt.id])
        return list(first.values()), untried

    def _ask(self, work: UnitOfWork, attempts: Sequence[Attempt], now: datetime) -> list[_Allowed]:
        """Ask the gate about each; what it refuses, or what is out of date, goes back to the planner."""
        allowed = list[_Allowed]()
        for case in look_up(work, attempts, self.terms.campaigns, now) if attempts else ():
            if isinstance(case, tuple):
                self._drop(work, *case, None, now)
                continue
            decision = ask(self.terms, case, now, Stage.RESERVATION)
            if {reason.code for reason in decision.reasons} == _LIVE:
                self._hold(case.attempt, Hold.NUMBER_LIVE)
                continue
            receipt = receipt_of(self.terms, case, decision, "reserve", now)
            if decision.allowed:
                allowed.append(_Allowed(case, decision, receipt))
            else:
                self.receipts.append(receipt)
                self._drop(work, case.attempt, decision.reasons[0].code, decision.next_allowed, now)
        return allowed

    def _take(
        self, work: UnitOfWork, allowed: Sequence[_Allowed], now: datetime, latest: float
    ) -> tuple[list[Reserved], Lines]:
        """Claim pace and place: from here to the commit this worker is alone on the trunk, so counts are true.

        Others wait meanwhile, so that whatever needs no count was done before.
        """
        terms = self.terms
        lines = work.dialling.lines(alone_on=terms.trunk.name)
        # A clock read anew: another worker may have been waited for.
        cases = {each.case.attempt.id: each for each in allowed}
        granted = self._claim(lines, cases)
        for attempt_id, hold in granted.held.items():
            self._hold(cases[attempt_id].case.attempt, hold)
        on_trial = lines.failures(terms.trunk) > 0
        reserved = [self._reserved(cases[each.attempt_id], now, latest, on_trial=on_trial) for each in granted.taken]
        if not reserved:
            return [], lines
        work.dialling.take_pace(self._moved(granted))
        return (reserved, granted.lines) if self._write(work, reserved, now) else ([], lines)

    def _claim(self, lines: Lines, asked: Collection[str]) -> Claim:
        due, terms, known = [each for each in self.due if each.attempt_id in asked], self.terms, self.foreseen
        now = terms.clock.now()
        if known is not None and (now, lines) == (known.at, known.lines) and len(due) == len(known.claim.taken):
            return replace(known.claim, held={})
        return claim(lines, due, terms.campaigns, terms.trunk, now, len(due))

    def _moved(self, granted: Claim) -> dict[str, tuple[Pace, float]]:
        terms, paces = self.terms, granted.lines.paces
        rates = {each.campaign_id: terms.campaigns[each.campaign_id].pacing.calls_per_second for each in granted.taken}
        rates[terms.trunk.name] = terms.trunk.calls_per_second
        return {name: (paces[name], rate) for name, rate in rates.items()}

    def _reserved(self, allowed: _Allowed, now: datetime, latest: float, *, on_trial: bool) -> Reserved:
        case, decision, receipt = allowed.case, allowed.decision, allowed.receipt
        self.receipts.append(receipt)
        attempt = replace(
            case.attempt,
            status=AttemptStatus.RESERVED,
            reserved_at=now,
            dial_by=now + DIAL_WITHIN,
            ring_by=decision.open_until,
            worker=self.terms.worker,
            attempt_number=case.next_number,
            receipt_id=receipt.id,
            # What the first words turn out to be is written over it: there the contact's own date counts.
            script=case.campaign.script_for(case.contact.id, senior=is_elderly(case.contact.birth_date, now.date())),
            language=spoken_language(case.contact.language, case.campaign.languages),
        )
        return Reserved(
            attempt, case.campaign, case.contact, case.phone, case.gathered, case.callback, decision, latest, on_trial
        )

    def _write(self, work: UnitOfWork, reserved: Sequence[Reserved], now: datetime) -> bool:
        """Reserve them; False when a single one is in other hands, so that nothing of this transaction remains."""
        try:
            if work.dialling.reserve([each.attempt for each in reserved], now):
                return True
        except NumberLiveError:
            if len(self.due) == 1:
                self._hold(reserved[0].attempt, Hold.NUMBER_LIVE)
        if len(self.due) > 1:
            raise NotTogetherError
        self.receipts.clear()
        return False

    def _hold(self, attempt: Attempt, hold: Hold) -> None:
        self.held.append(Held(hold, attempt.id, attempt.campaign_id))

    def _drop(self, work: UnitOfWork, attempt: Attempt, cause: str, not_before: datetime | None, now: datetime) -> None:
        if work.dialling.cancel(attempt, cause, not_before, now):
            self.dropped.append(Dropped(attempt.id, cause))
