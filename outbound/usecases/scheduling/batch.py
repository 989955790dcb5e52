"""One batch of contacts, planned in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from outbound.compliance.place import Unplaced, resolve
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactState
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.callback import Callback, CallbackStatus
from outbound.planning.again import Dial, callback_dial_left, dials_since_callback, next_phone
from outbound.planning.allocation import Allocation, Planner, Slot
from outbound.planning.candidates import candidate_of, deadline_of, give_up_day, standing_callback
from outbound.planning.slots import SLOT_MINUTES, cut_slots
from outbound.usecases.outcomes.not_reached import not_reached_item
from outbound.usecases.places.whereabouts import PLACE_REASONS, whereabouts
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.planning import ContactChange, NewAttempt, PlanReceipt
from outbound.usecases.scheduling.gate_desk import Caller, GateDesk, Memory
from outbound.usecases.scheduling.may_call import Gathered, Rules, gather

LOOK_AGAIN = timedelta(hours=6)
"""When a contact that may not be called is looked at again, should nothing bring it back before."""

_SLOT = timedelta(minutes=SLOT_MINUTES)
_WAITS_FOR_ROOM = "no_capacity"
_NO_TIME = frozenset({"no_slot", "deadline_passed"})
_AREA_BLOCKED = "area_blocked"
_TELLS_MORE = PLACE_REASONS | {_AREA_BLOCKED}
"""Codes of the gate that say more than that no slot of the horizon is lawful: somebody can do something about them."""


@dataclass(slots=True)
class BatchOutcome:
    """What became of the `seen` contacts of a batch."""

    seen: int = 0
    planned: int = 0
    held: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)


def plan_batch(
    work: UnitOfWork,
    *,
    campaign: Campaign,
    rules: Rules,
    planner: Planner,
    identifiers: Identifiers,
    now: datetime,
    until: datetime,
    size: int,
    memory: Memory,
) -> BatchOutcome:
    """Plan the `size` most urgent open contacts; the caller commits."""
    work.planning.lock(campaign.id)
    contacts = work.planning.open_contacts(campaign.id, now, until, size)
    if not contacts:
        return BatchOutcome()
    batch = _Batch(work, campaign, rules, identifiers, now, until)
    batch.sort_out(contacts)
    batch.allocate(planner, memory)
    batch.write()
    return batch.outcome


class _Batch:
    """Collects what is to be written about each contact."""

    def __init__(
        self,
        work: UnitOfWork,
        campaign: Campaign,
        rules: Rules,
        identifiers: Identifiers,
        now: datetime,
        until: datetime,
    ) -> None:
        self._work, self._campaign, self._rules = work, campaign, rules
        self._identifiers, self._now, self._until = identifiers, now, until
        self._callers: dict[str, Caller] = {}
        self._zones: dict[str, tuple[str, ...]] = {}
        self._gathered = Gathered()
        self._attempts: list[NewAttempt] = []
        self._changes: list[ContactChange] = []
        self._given_up: list[str] = []
        self._owed: list[NewItem] = []
        self._receipts: list[PlanReceipt] = []
        self.outcome = BatchOutcome()

    def sort_out(self, contacts: Sequence[Contact]) -> None:
        """Close and hold what needs no gate; choose number and callback for the others."""
        planning = self._work.planning
        self.outcome.seen = len(contacts)
        ids = [contact.id for contact in contacts]
        dials, promises = planning.dials(ids), planning.callbacks(ids)
        self._gathered = gather(self._work, contacts, self._now)
        for contact in contacts:
            made = dials.get(contact.id, ())
            promise = standing_callback(contact, promises.get(contact.id), made, self._now)
            closing = self._closing(contact, made, promise)
            phone_id = None if closing else next_phone(self._campaign, self._phones(contact), made)
            if closing:
                self._close(contact, closing)
                self._owe(contact, closing, made, promises.get(contact.id))
            elif phone_id is None:
                self._hold(contact, "no_usable_number", self._now + LOOK_AGAIN)
            else:
                phone = next(each for each in contact.phones if each.id == phone_id)
                self._callers[contact.id] = Caller(contact, phone, promise, bool(made))

    def allocate(self, planner: Planner, memory: Memory) -> None:
        """Let the planner choose, and take down its answer."""
        if not self._callers:
            return
        desk = GateDesk(self._callers, self._gathered, self._campaign, self._rules, self._numbers_taken(), memory)
        self._zones = {contact_id: desk.zones(caller, self._now) for contact_id, caller in self._callers.items()}
        candidates = [
            candidate_of(
                caller.contact,
                campaign=self._campaign,
                zones=self._zones[contact_id],
                now=self._now,
                chosen=caller.callback,
                number_key=caller.phone.number_index,
                gate_key=desk.gate_key(caller, self._now, self._until),
            )
            for contact_id, caller in self._callers.items()
        ]
        plan = planner.allocate(candidates, self._slots(), self._campaign.hours, desk)
        for allocation in plan.allocations:
            self._plan(allocation)
        for left in plan.unallocated:
            self._refuse(desk, self._callers[left.candidate_id], left.reasons)

    def write(self) -> None:
        """Write everything, many rows at a time."""
        planning = self._work.planning
        self.outcome.planned = planning.add_attempts(self._attempts, self._now)
        planning.change_contacts(self._changes, self._now)
        planning.close_policies(self._given_up, self._now)
        planning.add_receipts(self._receipts)
        for item in self._owed:
            self._work.desk.add_item(item)

    def _closing(self, contact: Contact, dials: Sequence[Dial], promise: Callback | None) -> str | None:
        """Why nothing more is planned for the contact, or None. A promise is kept whatever the campaign's limits."""
        if not contact.due_policies:
            return "nothing_due"
        if promise is not None and callback_dial_left(self._campaign, len(dials)):
            return None
        if give_up_day(contact, self._campaign) < self._today(contact):
            return "deadline_passed"
        return "attempts_exhausted" if len(dials) >= self._campaign.max_attempts else None

    def _phones(self, contact: Contact) -> list[str]:
        """Usable numbers; suppressed ones only where there is no other, so that the gate says why."""
        usable = contact.usable_phones
        free = [each for each in usable if not self._gathered.is_suppressed(each.number_index)]
        return [each.id for each in (free or usable)]

    def _numbers_taken(self) -> set[tuple[datetime, str]]:
        numbers = dict.fromkeys(caller.phone.number_index for caller in self._callers.values())
        return self._work.planning.numbers_taken(numbers, self._now - _SLOT)

    def _slots(self) -> tuple[Slot, ...]:
        zones = tuple(dict.fromkeys(zone for each in self._zones.values() for zone in each))
        windows = [
            (caller.callback.window_start, caller.callback.window_end)
            for caller in self._callers.values()
            if caller.callback is not None
        ]
        capacity = self._campaign.pacing.slot_capacity
        taken = self._work.planning.slots_taken(self._campaign.id, self._now - _SLOT)
        slots = cut_slots(self._campaign.hours, zones, self._now, self._until, capacity, windows)
        return tuple(_left(each, taken.get(each.start, (0, 0))) for each in slots)

    def _today(self, contact: Contact) -> date:
        """Local date where the contact is, as far as that is known."""
        where = whereabouts(contact, self._rules.rulebook, self._now)
        place = resolve(self._rules.rulebook, where.region, where.time_zone, (), whole=True)
        return self._now.astimezone(UTC if isinstance(place, Unplaced) else ZoneInfo(place.zones[0])).date()

    def _plan(self, allocation: Allocation) -> None:
        caller = self._callers[allocation.candidate_id]
        contact, callback = caller.contact, caller.callback
        deadline = self._deadline(contact)
        retry = "retry" if caller.is_retry else "first"
        self._attempts.append(
            NewAttempt(
                id=self._identifiers.new(),
                token=self._identifiers.new(),
                contact_id=contact.id,
                company_id=contact.company_id,
                campaign_id=contact.campaign_id,
                phone_id=caller.phone.id,
                number_index=caller.phone.number_index,
                round=contact.round,
                origin="callback" if callback is not None else retry,
                callback_id=None if callback is None else callback.id,
                window_start=allocation.slot.start,
                window_end=allocation.slot.end,
                deadline=deadline,
            )
        )
        self._changes.append(ContactChange(contact.id, ContactState.PLANNED, None, contact.not_before, deadline))

    def _refuse(self, desk: GateDesk, caller: Caller, reasons: Sequence[str]) -> None:
        contact, reason = caller.contact, reasons[0]
        if reason == contact.reason:
            self._hold(contact, reason, self._now + self._pause(reason, caller))
            return
        decision = desk.decide(contact.id, self._now)
        if decision.next_allowed is None:
            # Where the gate knows no lawful time at all, its reason says more than the planner's.
            reason = decision.reasons[0].code
        if reason in _NO_TIME:
            reason = next((each.code for each in decision.reasons if each.code in _TELLS_MORE), reason)
        if reason == "deadline_passed":
            self._close(contact, reason)
            return
        if not decision.allowed and reason != contact.reason:
            codes = [each.code for each in decision.reasons]
            receipt = PlanReceipt(self._identifiers.new(), contact.id, self._now, codes, decision.receipt.body())
            self._receipts.append(receipt)
        look_at = self._now + self._pause(reason, caller)
        if reason == _AREA_BLOCKED:
            # Beyond this plan, or each batch would take up the same people; a change of suspensions brings them back.
            look_at = max(decision.next_allowed or look_at, self._until + _SLOT)
        self._hold(contact, reason, look_at)

    @staticmethod
    def _pause(reason: str, caller: Caller) -> timedelta:
        return _SLOT if reason == _WAITS_FOR_ROOM or caller.callback is not None else LOOK_AGAIN

    def _hold(self, contact: Contact, reason: str, look_at: datetime) -> None:
        """Keep the contact for a later look, never earlier than it wanted to wait anyhow."""
        look = look_at if contact.not_before is None else max(look_at, contact.not_before)
        self.outcome.held[reason] += 1
        self._changes.append(ContactChange(contact.id, ContactState.OPEN, reason, look, self._deadline(contact)))

    def _close(self, contact: Contact, reason: str) -> None:
        self.outcome.closed[reason] += 1
        self._given_up.append(contact.id)
        self._changes.append(ContactChange(contact.id, ContactState.DONE, reason, None, contact.deadline))

    def _owe(self, contact: Contact, closing: str, dials: Sequence[Dial], asked: Callback | None) -> None:
        """Let a person follow up where a callback was asked for and reached nobody; an open one is broken by itself."""
        is_open = asked is not None and asked.status is CallbackStatus.OPEN
        if closing == "nothing_due" or is_open or not dials_since_callback(dials):
            return
        self._owed.append(
            not_reached_item(
                company_id=contact.company_id,
                contact_id=contact.id,
                attempt_id=asked.attempt_id if asked else None,
                people=self._campaign.people(self._zones.get(contact.id, ())),
                identifiers=self._identifiers,
                now=self._now,
            )
        )

    def _deadline(self, contact: Contact) -> date | None:
        return deadline_of(contact, self._campaign, self._today(contact)) if contact.due_policies else None


def _left(slot: Slot, taken: tuple[int, int]) -> Slot:
    """What is left of a half hour, for everybody and for those who chose it."""
    every, promised = taken
    return Slot(slot.start, slot.end, max(0, slot.capacity - every), max(0, slot.capacity - promised))
