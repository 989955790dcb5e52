"""When the batch verbs run in a simulation: the schedules of real operation, without Prefect."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Errand:
    """A verb that runs every `every`; it may return an instant at which it wants to run sooner."""

    name: str
    every: timedelta
    run: Callable[[], datetime | None]


def keep_agenda(
    errands: Sequence[Errand],
    start: datetime,
    end: datetime,
    wait_until: Callable[[datetime], None],
    progress: Callable[[datetime], None],
) -> None:
    """Run each errand when it is due, in a fixed order among those that are due together, until `end`."""
    due = [(start, number, errand) for number, errand in enumerate(errands)]
    heapq.heapify(due)
    while due and due[0][0] < end:
        at, number, errand = heapq.heappop(due)
        wait_until(at)
        again = errand.run()
        following = at + errand.every
        heapq.heappush(due, (max(min(again or following, following), at), number, errand))
        progress(at)
    wait_until(end)
    progress(end)
