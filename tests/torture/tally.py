"""The report over many seeds: violations by law, crash points that were hit, faults that struck, time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from outbound.simulation.judge import LAWS
from tests.torture.run import Outcome

_MOST_POINTS = 400


@dataclass
class Tally:
    """Sums of outcomes. Seeds of failures are kept, the first ones in the order in which they came in."""

    seeds: int = 0
    calls: int = 0
    answered: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, -1)
    laws: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(LAWS, 0)))
    books: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    crashed: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    restarts: Counter[str] = field(default_factory=Counter)
    failed: list[int] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Take an outcome in."""
        self.seeds += 1
        self.calls += outcome.calls
        self.answered += outcome.answered
        self.seconds += outcome.seconds
        self.processor_seconds += outcome.processor_seconds
        self.slowest = max(self.slowest, (outcome.seconds, outcome.seed))
        self.laws.update(violation.law for violation in outcome.violations)
        self.books.update(discrepancy.rule for discrepancy in outcome.discrepancies)
        if outcome.error:
            self.errors[outcome.error.strip().splitlines()[-1].partition(":")[0]] += 1
        if not outcome.is_good:
            self.failed.append(outcome.seed)
        faults = outcome.faults
        self.struck.update(faults.get("struck", {}))
        self.crashed.update(faults.get("crash_points", {}))
        self.passed.update(faults.get("points_passed", {}))
        self.restarts.update(faults.get("restarts", {}))

    def lines(self, wall_seconds: float) -> Iterator[str]:
        """The report as lines of text."""
        yield (
            f"{self.seeds:,} seeds in {wall_seconds:,.0f} s: {self.seconds / max(self.seeds, 1):.2f} s a seed "
            f"({self.processor_seconds / max(self.seeds, 1):.2f} s of a processor; slowest {self.slowest[0]:.1f} s, "
            f"seed {self.slowest[1]}); {self.calls:,} calls, {self.answered:,} answered"
        )
        yield "violations by law:"
        for law, number in self.laws.items():
            yield f"  {law:<40}{number:>7,}"
        yield from _counted("the product's own books:", self.books)
        yield from _counted("exceptions that nothing should raise:", self.errors)
        yield from _counted("faults that struck:", self.struck)
        yield from _counted("processes begun again:", self.restarts)
        never = sorted(set(self.passed) - set(self.crashed))
        yield (
            f"crash points: {sum(self.crashed.values()):,} crashes at {len(self.crashed)} of {len(self.passed)} points"
            + (f"; never at {', '.join(never)}" if never and len(never) < _MOST_POINTS else "")
        )
        yield f"failing seeds: {', '.join(map(str, sorted(self.failed))) or 'none'}"


def _counted(title: str, counts: Counter[str]) -> Iterator[str]:
    if counts:
        yield title
        for name, number in counts.most_common():
            yield f"  {name:<40}{number:>7,}"
