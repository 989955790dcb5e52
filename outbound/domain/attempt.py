"""The life of one dial, from plan to end, as a table of legal transitions."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from outbound.domain.outcome.disposition import Disposition


class AttemptStatus(StrEnum):
    """Where an attempt stands. It never moves backwards."""

    PLANNED = "planned"
    RESERVED = "reserved"
    PLACED = "placed"
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    UNKNOWN = "unknown"
    ENDED = "ended"
    NOT_PLACED = "not_placed"
    CANCELLED = "cancelled"


class ConnectResult(StrEnum):
    """Who or what answered, as far as the carrier can tell."""

    HUMAN = "human"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


_S = AttemptStatus

LIVE = frozenset({_S.RESERVED, _S.PLACED, _S.RINGING, _S.IN_PROGRESS, _S.UNKNOWN})
"""Statuses in which a telephone may be ringing: they lock the number and count in every cap."""

FINAL = frozenset({_S.ENDED, _S.NOT_PLACED, _S.CANCELLED})

TRANSITIONS: Mapping[AttemptStatus | None, frozenset[AttemptStatus]] = {
    # None is before there is an attempt: we plan one, or the customer rings us and is on the line at once.
    None: frozenset({_S.PLANNED, _S.IN_PROGRESS}),
    # A webhook that bears its token proves a call of which the carrier had said that it was never processed.
    _S.PLANNED: frozenset({_S.RESERVED, _S.CANCELLED, _S.PLACED}),
    # A rate refusal (429) was certainly never processed, so the attempt may return to the plan.
    _S.RESERVED: frozenset(
        {_S.PLACED, _S.RINGING, _S.IN_PROGRESS, _S.ENDED, _S.NOT_PLACED, _S.UNKNOWN, _S.CANCELLED, _S.PLANNED}
    ),
    _S.PLACED: frozenset({_S.RINGING, _S.IN_PROGRESS, _S.ENDED, _S.UNKNOWN}),
    _S.RINGING: frozenset({_S.IN_PROGRESS, _S.ENDED, _S.UNKNOWN}),
    _S.IN_PROGRESS: frozenset({_S.ENDED, _S.UNKNOWN}),
    # Evidence that arrives late settles an unknown call; nothing dials it again.
    _S.UNKNOWN: frozenset({_S.PLACED, _S.RINGING, _S.IN_PROGRESS, _S.ENDED, _S.NOT_PLACED}),
    _S.ENDED: frozenset(),
    _S.NOT_PLACED: frozenset(),
    _S.CANCELLED: frozenset(),
}


INBOUND = "inbound"
"""Origin of an attempt that the customer made by ringing us."""


class IllegalTransitionError(ValueError):
    """A change of status that the table does not know."""


def may_move(current: AttemptStatus | None, target: AttemptStatus) -> bool:
    """Whether an attempt in `current` (None: one that does not exist yet) may become `target`."""
    return target in TRANSITIONS[current]


def move(current: AttemptStatus | None, target: AttemptStatus) -> AttemptStatus:
    """Return `target`, or raise `IllegalTransitionError` when the table forbids the step."""
    if not may_move(current, target):
        raise IllegalTransitionError(f"an attempt cannot go from {current} to {target}")
    return target


class Attempt(Struct, frozen=True):
    """One dial or the plan of one. `attempt_number` counts dials of the contact within `round`, once reserved.

    It is None again for a call that was taken back before it rang: that was no dial. From `ring_by` on the telephone
    may not begin to ring; `cancel_asked_at` is when the carrier was told to drop what it still held, for `cause`.
    `session` is the conversation between two turns, `turn` the number of the next one.
    """

    id: str
    token: str
    contact_id: str
    company_id: str
    campaign_id: str
    phone_id: str
    number_index: str
    round: int
    attempt_number: int | None
    origin: str
    callback_id: str | None
    status: AttemptStatus
    planned_at: datetime
    window_start: datetime
    window_end: datetime
    deadline: date | None
    reserved_at: datetime | None
    dial_by: datetime | None
    ring_by: datetime | None
    worker: str | None
    sid: str | None
    placed_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    carrier_status: str | None
    carrier_code: int | None
    answered_by: str | None
    connect_result: ConnectResult | None
    disposition: Disposition | None
    cause: str | None
    script: str | None
    script_version: str | None
    language: str | None
    session: Mapping[str, Any] | None
    turn: int
    recording: bool | None
    verified: bool
    receipt_id: str | None
    record_id: str | None
    updated_at: datetime
    right_party: bool | None = None
    cancel_asked_at: datetime | None = None

    @property
    def came_in(self) -> bool:
        """Whether the customer rang us: no dial, so that it counts in no cap, and no telephone rang."""
        return self.origin == INBOUND

    @property
    def began_to_ring(self) -> bool:
        """Whether anything was heard of a telephone that rang or was answered."""
        return self.ringing_at is not None or self.answered_at is not None
