"""`make kill`: a campaign of 2,000 contacts on real processes, of which fifty are killed or cut off at random."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.processes.chaos import Campaign, Outcome, run

_SHOWN = 10


def main(words: Sequence[str]) -> int:
    """Run one campaign and print what came of it; 1 if a law was broken or anything was lost."""
    asked = _asked(words)
    campaign = Campaign(contacts=asked.contacts, kills=asked.kills, seed=asked.seed, seconds=asked.seconds)
    outcome = run(campaign, say=_say, logs=asked.logs)
    for line in _report(outcome):
        _say(line)
    return 0 if outcome.is_clean else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make kill", description=__doc__)
    parser.add_argument("--contacts", type=_above_zero, default=2000, help="people who are called (%(default)s)")
    parser.add_argument("--kills", type=_count, default=50, help="accidents, spread over the run (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="draws who is rung how, and what is killed (%(default)s)")
    parser.add_argument("--seconds", type=_above_zero, default=290, help="all that it may take (%(default)s)")
    parser.add_argument("--logs", type=Path, default=Path("build/kill"), help="where logs are kept (%(default)s)")
    return parser.parse_args(words)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more")
    return int(text)


def _above_zero(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return number


def _report(outcome: Outcome) -> Iterator[str]:
    yield ""
    yield f"accidents        {_counts(outcome.accidents)}"
    yield f"ended by itself  {_counts(outcome.fell_over) or 'nothing'}"
    yield f"calls            {outcome.calls} created, {outcome.rang} rang, {outcome.answered} answered"
    yield f"records          {outcome.records}: {_counts(outcome.by_disposition)}"
    yield f"for a person     {_counts(outcome.for_a_person)}"
    yield f"rung twice       {outcome.rung_twice}"
    yield f"never settled    {outcome.unsettled}"
    yield f"laws             {_counts(outcome.laws)}"
    yield from (f"                 {violation}" for violation in outcome.violations[:_SHOWN])
    yield f"seconds          {outcome.seconds:.0f}"


def _counts(counts: Mapping[str, int]) -> str:
    items = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {number}" for name, number in items)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
