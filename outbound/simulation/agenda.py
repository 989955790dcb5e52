"""When the batch verbs run in a simulation: the schedules of real operation, without Prefect."""

import heapq
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from outbound.usecases.ports.carrier import CarrierAwayError
from outbound.usecases.problems import ServiceAwayError

AFTER_TROUBLE = timedelta(minutes=1)
"""How soon a verb that broke off is run again."""

MOST_AT_ONCE = 10_000
"""Runs at one instant: more than any batch needs, and a mistake that would never end otherwise."""

_TROUBLE = (ServiceAwayError, CarrierAwayError)
"""What ends one run of a verb and not the worker; anything else is a mistake of ours and ends the simulation."""

_log = logging.getLogger(__name__)


class Errand(Struct, frozen=True):
    """A verb that runs every `every`; it may return an instant at which it wants to run sooner.

    One that is done `once` runs at its first instant, and again only if it could not be done. A `quiet` one never
    gives the others something to do.
    """

    name: str
    every: timedelta
    run: Callable[[], datetime | None]
    first: datetime | None = None
    once: bool = False
    quiet: bool = False


class Rhythm(Struct, frozen=True):
    """How often each verb runs at the least; placing runs sooner whenever it asks to."""

    plan: timedelta = timedelta(minutes=30)
    settle: timedelta = timedelta(minutes=10)
    file: timedelta = timedelta(minutes=10)
    place: timedelta = timedelta(minutes=5)
    promises: timedelta = timedelta(minutes=1)


class Idleness(Protocol):
    """Knows when a verb has nothing to do."""

    def disturb(self, *, outside: bool = False) -> None:
        """Forget what was known: something happened, `outside` of the product where it may not have heard of it."""
        ...

    def is_idle(self, verb: str, at: datetime) -> bool:
        """Whether `verb` has nothing to do at `at`."""
        ...

    def wakes(self, verb: str) -> datetime | None:
        """When a `verb` that is idle would have asked to run, if it asks at all."""
        ...


def keep_agenda(
    errands: Sequence[Errand],
    start: datetime,
    end: datetime,
    wait_until: Callable[[datetime], bool],
    progress: Callable[[datetime], None],
    idleness: Idleness | None = None,
) -> None:
    """Run each errand when it is due, in a fixed order among those that are due together, until `end`.

    `wait_until` says whether anything happened meanwhile. With `idleness`, errands without work are left out, but for
    those that asked for the instant themselves. Raises RuntimeError when time stands still for `MOST_AT_ONCE` runs.
    """
    due = [(errand.first or start, number, errand, False) for number, errand in enumerate(errands)]
    heapq.heapify(due)
    before, at_once = start, 0
    while due and due[0][0] < end:
        at, number, errand, has_asked = heapq.heappop(due)
        before, at_once = at, at_once + 1 if at == before else 0
        if at_once > MOST_AT_ONCE:
            raise RuntimeError(f"at {at.isoformat()} time stands still: {errand.name} asks to run again at once")
        happened = wait_until(at)
        if idleness is not None and happened:
            idleness.disturb(outside=True)
        if idleness is not None and not has_asked and idleness.is_idle(errand.name, at):
            regular = at + errand.every
            heapq.heappush(due, (min(idleness.wakes(errand.name) or regular, regular), number, errand, False))
            continue
        following = _run(errand, at)
        if following is not None:
            heapq.heappush(due, (following, number, errand, following < at + errand.every))
        if idleness is not None and not errand.quiet:
            idleness.disturb()
        progress(at)
    wait_until(end)
    progress(end)


def _run(errand: Errand, at: datetime) -> datetime | None:
    """Run an errand and say when it is due again; trouble ends this run of this errand, and nothing else."""
    regular = at + errand.every
    try:
        again = errand.run()
    except _TROUBLE as trouble:
        _log.warning("%s breaks off: %s", errand.name, type(trouble).__name__)
        until = getattr(trouble, "until", None)
        return until if isinstance(until, datetime) else min(at + AFTER_TROUBLE, regular)
    if errand.once:
        return None
    return max(min(again or regular, regular), at)
