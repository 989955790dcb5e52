"""What a planner is given and what it answers: candidates, slots, openings, and who got none and why."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from outbound.domain.campaign import OpenHours


class Slot(Struct, frozen=True):
    """Half-open span [start, end) in which at most `capacity` calls are started.

    `promises` is how many may still be planned for people who chose the time: what is merely planned gives way to a
    promise, so that they count against each other only. None means as many as `capacity`.
    """

    start: datetime
    end: datetime
    capacity: int
    promises: int | None = None


class Candidate(Struct, frozen=True):
    """A contact that waits for a call. Instants are aware.

    `zones`: IANA zones the contact may be in; campaign hours hold in each. `free_look_until` is what the plan aims to
    stay below, `give_up_at` the bar after which no call is made. `chosen` marks a callback: instants [start, end) that
    the contact asked for; campaign hours do not bind it. `preferred` are hours that the contact likes better.
    `number_key` keeps people who share a number apart: one a local day; where they chose the time, one a slot.
    Candidates with equal `gate_key` get equal answers from the gate, which is then asked once for all of them; None
    asks for each.
    """

    id: str
    zones: tuple[str, ...]
    waiting_since: datetime
    not_before: datetime
    free_look_until: datetime | None = None
    give_up_at: datetime | None = None
    chosen: tuple[datetime, datetime] | None = None
    preferred: OpenHours | None = None
    number_key: str | None = None
    gate_key: Hashable = None


class Opening(Struct, frozen=True):
    """The gate's answer: the earliest lawful instant from the one asked, or None with the codes of the reasons.

    Where the instant asked is lawful itself, so is every one before `until`; None tells nothing of others.
    """

    at: datetime | None
    reasons: tuple[str, ...] = ()
    until: datetime | None = None


class AskGate(Protocol):
    """How a planner asks the gate without knowing it."""

    def __call__(self, candidate: Candidate, instant: datetime, /) -> Opening:
        """Return the earliest lawful instant for the candidate from `instant` on."""
        ...


class Allocation(Struct, frozen=True):
    """One candidate in one slot; `at` is the first lawful instant inside it."""

    candidate_id: str
    slot: Slot
    at: datetime


class Unallocated(Struct, frozen=True):
    """Why a candidate got no slot: no_capacity, deadline_passed, no_slot, already_planned, or the gate's codes.

    `attempt_limit` also stands for a number that is planned for somebody else on every day that is left.
    """

    candidate_id: str
    reasons: tuple[str, ...]


class Plan(Struct, frozen=True):
    """A planner's answer: every candidate is in exactly one of the two."""

    allocations: tuple[Allocation, ...] = ()
    unallocated: tuple[Unallocated, ...] = field(default=())


class Planner(Protocol):
    """Which contact in which slot."""

    def allocate(
        self, candidates: Sequence[Candidate], slots: Sequence[Slot], hours: Sequence[OpenHours], ask: AskGate
    ) -> Plan:
        """Give each candidate at most one slot. Slots are sorted by start; capacities are what is left of them."""
        ...
