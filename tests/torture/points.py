"""Every instrumented point of the product, once and once more: a process dies exactly there, and nowhere else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.torture.run import CrashAt, Outcome
from tests.torture.team import Job

SCENARIOS = 24
"""Seeds from which points are gathered where nothing else is said: some lie behind a trouble that few seeds have."""

PASSINGS = 2
NOWHERE: CrashAt = ("", 0)


def gathering(seeds: Iterable[int]) -> list[Job]:
    """Jobs whose outcomes say which points a seed passes, and how often, when no process dies."""
    return [Job(seed, NOWHERE) for seed in seeds]


def crashes(gathered: Sequence[Outcome]) -> Iterator[Job]:
    """A job for each point and passing: in the shortest scenario that passes the point so often."""
    shortest = sorted(gathered, key=lambda outcome: (outcome.calls, outcome.seed))
    for point in sorted({point for outcome in gathered for point in _passed(outcome)}):
        for passing in range(1, PASSINGS + 1):
            seed = next((each.seed for each in shortest if _passed(each)[point] >= passing), None)
            if seed is not None:
                yield Job(seed, (point, passing))


def missed(outcomes: Iterable[Outcome]) -> list[CrashAt]:
    """Return the crashes that did not happen: the run took another way, so nothing was shown there."""
    return [
        outcome.crash_at
        for outcome in outcomes
        if outcome.crash_at is not None and not outcome.faults.get("crash_points", {}).get(outcome.crash_at[0])
    ]


def _passed(outcome: Outcome) -> Counter[str]:
    return Counter(outcome.faults.get("points_passed", {}))
