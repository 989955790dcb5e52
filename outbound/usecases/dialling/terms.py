"""What a worker dials under, and what becomes of an attempt on its way to the carrier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.compliance.facts import ChosenWindow
from outbound.compliance.gate import Decision
from outbound.domain.attempt import Attempt
from outbound.domain.campaign import Campaign
from outbound.domain.contact import Contact, ContactPhone
from outbound.domain.identifiers import Identifiers
from outbound.domain.line.fair import Due
from outbound.domain.line.trunk import Hold, Lines, Trunk
from outbound.usecases.ports.clock import Clock
from outbound.usecases.ports.store import Store
from outbound.usecases.scheduling.may_call import Gathered, Rules

DIAL_WITHIN = timedelta(seconds=10)

LONGEST_BATCH = timedelta(seconds=3)
"""The carrier's queue is cleared between batches, and an order to stop holds within ten seconds."""


class Terms(Struct, frozen=True):
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
    """An attempt that is ours to dial until the monotonic clock shows `latest`; `allowed` is what the gate said.

    `on_trial` when the carrier gave no clear answer the last time it was asked.
    """

    attempt: Attempt
    campaign: Campaign
    contact: Contact
    phone: ContactPhone = field(repr=False)
    gathered: Gathered = field(repr=False)
    callback: ChosenWindow | None
    allowed: Decision = field(repr=False)
    latest: float
    on_trial: bool = False


class Ordered(Struct, frozen=True):
    """A call that the carrier took at `at`; `allowed` is what the gate said right before. It is still to be written."""

    reserved: Reserved
    allowed: Decision
    sid: str
    at: datetime


class Held(Struct, frozen=True):
    """An attempt that stays planned."""

    hold: Hold
    attempt_id: str
    campaign_id: str


class Dropped(Struct, frozen=True):
    """An attempt that was cancelled, with the reason's code."""

    attempt_id: str
    cause: str


class Reservations(Struct, frozen=True):
    """What became of the attempts that were to be reserved; those in none of these are in other workers' hands.

    `untried` share a number with one that was tried. `lines` is how the line stood afterwards, None when it was not
    asked about.
    """

    reserved: Sequence[Reserved] = ()
    held: Sequence[Held] = ()
    dropped: Sequence[Dropped] = ()
    untried: Sequence[Due] = ()
    lines: Lines | None = None
