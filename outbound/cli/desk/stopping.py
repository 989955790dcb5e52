"""After an order to stop: what the carrier holds in its queue is taken back at once, whoever put it there."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from outbound.usecases.problems import InputProblemError, ServiceAwayError

if TYPE_CHECKING:
    from outbound.bootstrap import House

_WITHIN = timedelta(seconds=10)
"""The workers look at the queue as often; an order that one of them sent at the same moment is found by then."""


def take_back(house: "House") -> str:
    """Cancel what is queued and must not ring, for ten seconds at most; return what came of it, as a sentence."""
    from outbound.work import Work

    work = Work(house)
    end = work.now() + _WITHIN
    cancelled, begun = Counter[str](), 0
    while True:
        try:
            report = work.cancel_queued()
        except (InputProblemError, ServiceAwayError) as problem:
            return f"The carrier's queue was not looked at from here ({problem}); the workers do so within ten seconds."
        cancelled.update(report.cancelled)
        begun += report.begun
        if report.carrier_away:
            return "The carrier does not answer: what waits in its queue is cancelled as soon as it does."
        if report.next_due is None or work.now() >= end:
            break
        work.wait_until(min(report.next_due, end))
    rang = f"; {begun} had begun to ring already" if begun else ""
    return f"Taken back from the carrier's queue: {sum(cancelled.values())}{rang}."
