"""What the gate is told about an attempt that is due, what it says, and the receipt of that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from msgspec import Struct

from outbound.compliance.facts import ChosenWindow, Stage
from outbound.compliance.gate import Decision, asked_again
from outbound.domain.attempt import Attempt
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactPhone, ContactState
from outbound.domain.outcome.callback import MOST_DIALS
from outbound.usecases.dialling.terms import Ordered, Reserved, Terms
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.dialling import Bars, StoredReceipt
from outbound.usecases.scheduling.may_call import Gathered, gather, judge


class Case(Struct, frozen=True):
    """An attempt with everything that the decision rests on."""

    attempt: Attempt
    campaign: Campaign
    contact: Contact
    phone: ContactPhone
    gathered: Gathered
    callback: ChosenWindow | None

    @property
    def next_number(self) -> int:
        """Which dial of its round this one would be."""
        past = self.gathered.by_contact.get(self.contact.id, ())
        return 1 + max((item.attempt_number for item in past if item.round == self.attempt.round), default=0)


def look_up(
    work: UnitOfWork, attempts: Sequence[Attempt], campaigns: Mapping[str, Campaign], now: datetime
) -> list[Case | tuple[Attempt, str]]:
    """Read what the decisions rest on, or say why the plan of an attempt is out of date; in the order given."""
    people = work.dialling.callees({each.contact_id: each.phone_id for each in attempts})
    stale = {each.id: cause for each in attempts if (cause := _out_of_date(each, people.get(each.contact_id), now))}
    gathered = gather(work, [people[each.contact_id] for each in attempts if each.id not in stale], now)
    found: list[Case | tuple[Attempt, str]] = []
    for each in attempts:
        campaign = campaigns[each.campaign_id]
        cause = stale.get(each.id) or ("attempts_exhausted" if _is_spent(gathered, each, campaign) else None)
        found.append((each, cause) if cause else _case(work, each, campaign, people[each.contact_id], gathered))
    return found


def _out_of_date(attempt: Attempt, contact: Contact | None, now: datetime) -> str | None:
    if attempt.window_end <= now:
        return "window_passed"
    if contact is None or contact.state in {ContactState.DONE, ContactState.WITHDRAWN}:
        return "contact_closed"
    if not any(phone.id == attempt.phone_id and phone.unusable is None for phone in contact.phones):
        return "number_unusable"
    if contact.round != attempt.round or not contact.due_policies:
        return "nothing_due"
    return None


def _is_spent(gathered: Gathered, attempt: Attempt, campaign: Campaign) -> bool:
    """Whether the campaign's cap, or a promise's own, is reached: the plan was made before the last dial."""
    of_contact = gathered.by_contact.get(attempt.contact_id, ())
    past = [item for item in of_contact if item.round == attempt.round and (item.attempt_number or item.rang)]
    if attempt.callback_id is not None:
        return sum(item.callback_id == attempt.callback_id for item in past) >= MOST_DIALS
    return len(past) >= campaign.max_attempts


def _case(work: UnitOfWork, attempt: Attempt, campaign: Campaign, contact: Contact, gathered: Gathered) -> Case:
    window = work.dialling.callback_window(attempt.callback_id) if attempt.callback_id is not None else None
    callback = ChosenWindow(*window) if window else None
    return Case(attempt, campaign, contact, contact.phones[0], gathered, callback)


def ask(terms: Terms, case: Case | Reserved, instant: datetime, stage: Stage) -> Decision:
    """Ask the gate about a case as it was looked up."""
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
    gathered = reserved.gathered.barred_by(bars)
    alike = gathered == reserved.gathered
    known = asked_again(reserved.allowed, instant, Stage.CARRIER) if alike else None
    return known or ask(terms, replace(reserved, gathered=gathered), instant, Stage.CARRIER)


def receipt_of(terms: Terms, case: Case | Reserved, decision: Decision, stage: str, at: datetime) -> StoredReceipt:
    """Return the receipt of a decision as it is kept, under a new identifier."""
    return StoredReceipt(
        id=terms.identifiers.new(),
        contact_id=case.contact.id,
        attempt_id=case.attempt.id,
        stage=stage,
        at=at,
        allowed=decision.allowed,
        reasons=tuple(reason.code for reason in decision.reasons),
        body=decision.receipt.body(),
    )


def keep_last_answer(work: UnitOfWork, terms: Terms, reserved: Reserved, decision: Decision) -> None:
    """Keep the receipt of what the gate said right before the carrier, in the transaction that follows anyway."""
    work.dialling.add_receipt(receipt_of(terms, reserved, decision, "carrier", decision.receipt.instant))


def keep_last_answers(work: UnitOfWork, terms: Terms, ordered: Sequence[Ordered]) -> None:
    """Do the same for several calls at once."""
    work.dialling.add_receipts(
        [receipt_of(terms, each.reserved, each.allowed, "carrier", each.allowed.receipt.instant) for each in ordered]
    )
