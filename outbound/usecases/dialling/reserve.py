"""Transaction 1: choose an attempt, ask the gate with a fresh clock, and reserve it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision
from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.callback import MOST_DIALS
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactPhone, ContactState
from outbound.domain.identifiers import Identifiers
from outbound.domain.language import spoken_language
from outbound.domain.trunk import Hold, Trunk, rates
from outbound.usecases.may_call import Gathered, Rules, gather, judge
from outbound.usecases.ports.clock import Clock
from outbound.usecases.ports.dialling import Bars, NumberLiveError, StoredReceipt
from outbound.usecases.ports.store import Store, UnitOfWork

DIAL_WITHIN = timedelta(seconds=10)
_LIVE = frozenset({"number_live"})
_FIRST_LOOK = 8
"""How many are looked at before the rest: a worker that is alone gets the first, and names are costly to spell out."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker dials under."""

    store: Store
    rules: Rules
    campaigns: Mapping[str, Campaign]
    trunk: Trunk
    clock: Clock
    identifiers: Identifiers
    worker: str


@dataclass(frozen=True, slots=True)
class Reserved:
    """An attempt that is ours to dial until the monotonic clock shows `latest`."""

    attempt: Attempt
    campaign: Campaign
    contact: Contact
    phone: ContactPhone = field(repr=False)
    gathered: Gathered = field(repr=False)
    callback: ChosenWindow | None
    latest: float


@dataclass(frozen=True, slots=True)
class Held:
    """An attempt that stays planned."""

    hold: Hold
    attempt_id: str
    campaign_id: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """An attempt that was cancelled, with the reason's code."""

    attempt_id: str
    cause: str


@dataclass(frozen=True, slots=True)
class _Case:
    attempt: Attempt
    campaign: Campaign
    contact: Contact
    phone: ContactPhone
    gathered: Gathered
    callback: ChosenWindow | None


def reserve(terms: Terms, ids: Sequence[str]) -> Reserved | Held | Dropped | None:
    """Reserve the first of these attempts that may be dialled now; None when other workers took them all."""
    with terms.store.begin() as work:
        now, latest = terms.clock.now(), terms.clock.monotonic() + DIAL_WITHIN.total_seconds()
        attempt = work.dialling.choose(ids[:_FIRST_LOOK]) or work.dialling.choose(ids[_FIRST_LOOK:])
        if attempt is None:
            return None
        campaign = terms.campaigns.get(attempt.campaign_id)
        if campaign is None:
            return Held(Hold.CAMPAIGN_UNKNOWN, attempt.id, attempt.campaign_id)
        case = _look_up(work, attempt, campaign, now)
        if isinstance(case, str):
            return _drop(work, attempt, case, None, now)
        decision = _ask(terms, case, now, Stage.RESERVATION)
        codes = {reason.code for reason in decision.reasons}
        if codes == _LIVE:
            return Held(Hold.NUMBER_LIVE, attempt.id, campaign.id)
        receipt = _keep(work, terms, case, decision, "reserve", now)
        if not decision.allowed:
            return _drop(work, attempt, decision.reasons[0].code, decision.next_allowed, now)
        return _take(work, terms, case, (decision, receipt), now, latest)


def _take(
    work: UnitOfWork, terms: Terms, case: _Case, asked: tuple[Decision, str], now: datetime, latest: float
) -> Reserved | Held | None:
    """Claim pace and place, in that order: whoever holds the pace is alone until the commit, so counts are true."""
    attempt, campaign = case.attempt, case.campaign
    decision, receipt_id = asked
    if not work.dialling.take_pace(rates(campaign, terms.trunk), now):
        return Held(Hold.PACE, attempt.id, campaign.id)
    bar = work.dialling.lines().full_or_stopped(campaign, terms.trunk)
    if bar is not None:
        return Held(bar, attempt.id, campaign.id)
    changes: dict[str, Any] = {
        "reserved_at": now,
        "dial_by": now + DIAL_WITHIN,
        "ring_by": decision.open_until,
        "worker": terms.worker,
        "attempt_number": _next_number(case),
        "receipt_id": receipt_id,
        "script": campaign.script,
        "language": spoken_language(case.contact.language, campaign.languages),
    }
    try:
        if not work.dialling.reserve(attempt, changes, now):
            return None
    except NumberLiveError:
        return Held(Hold.NUMBER_LIVE, attempt.id, campaign.id)
    work.commit()
    reserved = replace(attempt, status=AttemptStatus.RESERVED, **changes)
    return Reserved(reserved, campaign, case.contact, case.phone, case.gathered, case.callback, latest)


def _look_up(work: UnitOfWork, attempt: Attempt, campaign: Campaign, now: datetime) -> _Case | str:
    """Read what the decision rests on, or say why the plan is out of date."""
    if attempt.window_end <= now:
        return "window_passed"
    contact = work.dialling.callee(attempt.contact_id, attempt.phone_id)
    if contact is None or contact.state in {ContactState.DONE, ContactState.WITHDRAWN}:
        return "contact_closed"
    phone = next((phone for phone in contact.phones if phone.id == attempt.phone_id), None)
    if phone is None or phone.unusable is not None:
        return "number_unusable"
    if contact.round != attempt.round or not contact.due_policies:
        return "nothing_due"
    gathered = gather(work, [contact], now)
    if _is_spent(gathered, attempt, campaign):
        return "attempts_exhausted"
    window = work.dialling.callback_window(attempt.callback_id) if attempt.callback_id is not None else None
    return _Case(attempt, campaign, contact, phone, gathered, ChosenWindow(*window) if window else None)


def _is_spent(gathered: Gathered, attempt: Attempt, campaign: Campaign) -> bool:
    """Whether the campaign's cap, or a promise's own, is reached: the plan was made before the last dial."""
    of_contact = gathered.by_contact.get(attempt.contact_id, ())
    past = [item for item in of_contact if item.round == attempt.round and (item.attempt_number or item.rang)]
    if attempt.callback_id is not None:
        return sum(item.callback_id == attempt.callback_id for item in past) >= MOST_DIALS
    return len(past) >= campaign.max_attempts


def _next_number(case: _Case) -> int:
    past = case.gathered.by_contact.get(case.contact.id, ())
    return 1 + max((item.attempt_number for item in past if item.round == case.attempt.round), default=0)


def _ask(terms: Terms, case: _Case | Reserved, instant: datetime, stage: Stage) -> Decision:
    return judge(
        case.gathered,
        contact=case.contact,
        phone=case.phone,
        instant=instant,
        campaign=case.campaign,
        rules=terms.rules,
        stage=stage,
        callback=case.callback,
        leave_out=case.attempt.id,
    )


def ask_again(terms: Terms, reserved: Reserved, bars: Bars, instant: datetime) -> Decision:
    """Ask the gate once more right before the carrier: the same facts but for the `bars`, at a fresh instant."""
    fresh = replace(reserved, gathered=reserved.gathered.barred_by(bars))
    return _ask(terms, fresh, instant, Stage.CARRIER)


def _keep(work: UnitOfWork, terms: Terms, case: _Case | Reserved, decision: Decision, stage: str, now: datetime) -> str:
    receipt_id = terms.identifiers.new()
    work.dialling.add_receipt(
        StoredReceipt(
            id=receipt_id,
            contact_id=case.contact.id,
            attempt_id=case.attempt.id,
            stage=stage,
            at=now,
            allowed=decision.allowed,
            reasons=tuple(reason.code for reason in decision.reasons),
            body=decision.receipt.body(),
        )
    )
    return receipt_id


def keep_last_answer(work: UnitOfWork, terms: Terms, reserved: Reserved, decision: Decision) -> None:
    """Keep the receipt of what the gate said right before the carrier, in the transaction that follows anyway."""
    _keep(work, terms, reserved, decision, "carrier", decision.receipt.instant)


def _drop(work: UnitOfWork, attempt: Attempt, cause: str, not_before: datetime | None, now: datetime) -> Dropped | None:
    if not work.dialling.cancel(attempt, cause, not_before, now):
        return None
    work.commit()
    return Dropped(attempt.id, cause)
