"""Calls that wait in the carrier's queue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outbound.domain.attempt import Attempt
from outbound.domain.contact import Contact


class QueuedCall(Struct, frozen=True):
    """A call that the carrier took and that has not begun to ring, as far as we know.

    `stopped`: a stop order is in force for it; `closed`: its contact is not to be called any more; `in_doubt`: since
    the reservation somebody was suppressed, an area suspended or a place stated that may concern it.
    """

    attempt: Attempt
    stopped: bool
    closed: bool
    in_doubt: bool


class QueueState(Struct, frozen=True):
    """How many calls wait or may, how many of them may be `barred`, and the next `ring_by` that has not come yet.

    `nameless` counts what was ordered, or is being ordered, and may be barred, while its sid is not known.
    """

    waiting: int
    barred: int
    nameless: int
    next_end: datetime | None


@dataclass(frozen=True, slots=True)
class NamelessCall:
    """A call that was or is being ordered and may be barred, of which we know no sid; `number` in E.164.

    `looked_for_at` is when the carrier's queue was last searched for it, `stopped_at` when the youngest stop order
    that is in force for it was given.
    """

    attempt: Attempt
    number: str = field(repr=False)
    looked_for_at: datetime | None = None
    stopped_at: datetime | None = None


class QueueStore(Protocol):
    """Calls in the carrier's queue, inside one transaction."""

    def state(self, now: datetime, asked_before: datetime) -> QueueState:
        """Count placed and unknown calls with a sid that have not begun to ring, in one statement.

        Reserved ones wait too, for they may be ordered at this moment; they are not `barred` yet. Left out, here and
        below, is what the carrier was told to drop at or after `asked_before`.
        """
        ...

    def nameless(self, now: datetime) -> list[NamelessCall]:
        """Read those of which we know no sid and against whose ringing something may stand at `now`."""
        ...

    def note_looked_for(self, attempt_ids: Collection[str], now: datetime) -> None:
        """Note that the carrier's queue was searched for these calls."""
        ...

    def barred(self, now: datetime, asked_before: datetime, limit: int) -> list[QueuedCall]:
        """Read those of them for which something may stand against ringing at `now`; what is certain comes first."""
        ...

    def contacts(self, ids: Collection[str]) -> Mapping[str, Contact]:
        """Read contacts with their numbers and policies, by identifier."""
        ...

    def claim(self, causes: Mapping[str, str], now: datetime, asked_before: datetime) -> set[str]:
        """Note that these calls (attempt to cause) are dropped now; return those that no other worker has in hand."""
        ...

    def let_go(self, attempt_ids: Collection[str]) -> None:
        """Note that the carrier did not hear of it: these calls are still to be dropped."""
        ...

    def tighten(self, ring_by: Mapping[str, datetime]) -> None:
        """Bring forward until when telephones may begin to ring; a nearer instant stays."""
        ...
