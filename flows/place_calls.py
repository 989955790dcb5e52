"""Place the calls of one slice of time."""

from datetime import timedelta
from typing import Any

from prefect import flow

from flows.workplace import present, without_texts
from outbound.usecases.problems import TryAgainError


@flow(name="place_calls", retries=0)
@without_texts
def place_calls(seconds: int = 60) -> dict[str, Any]:
    """Place what becomes due within `seconds` from now, at the pace of the trunk; then return.

    The verb never sleeps: it says when it wants to be asked again, and this flow waits. No retry stands around it,
    and two runs at once share the pace and the plan through the database. A batch whose transaction the database undid
    for the sake of another one is followed by the next batch: what it had ordered stays with settling.
    """
    work = present()
    end = work.now() + timedelta(seconds=seconds)
    counts = {"placed": 0, "refused": 0, "ambiguous": 0}
    undone = False
    while work.now() < end and not work.ending:
        try:
            report = work.place()
        except TryAgainError:
            if undone:
                raise
            undone = True
            continue
        undone = False
        for name in counts:
            counts[name] += getattr(report, name)
        work.wait_until(min(report.next_due or end, end))
    return dict(counts)
