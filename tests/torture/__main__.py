"""`python -m tests.torture`: small campaigns by the thousand, judged; `make torture ARGS="--seeds 10000"`."""

import argparse
import logging
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.torture.corpus import corpus
from tests.torture.points import SCENARIOS, crashes, gathering, missed
from tests.torture.run import Outcome
from tests.torture.scenario import draw
from tests.torture.tally import Tally
from tests.torture.team import KEPT, Job, keep, run_all
from tests.torture.workshop import Workshop

MANY = 10_000
A_WORD_EVERY = 100
"""Seeds after which a run without a terminal says how far it is."""


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 0 when nothing was found, 1 when something was."""
    options = _parser().parse_args(arguments)
    if options.seed is not None:
        return _replay(options.seed)
    if options.every_point:
        return _every_point(options)
    seeds = corpus() if options.corpus else range(options.first, options.first + (options.seeds or MANY))
    tally, _ = _run([Job(seed) for seed in seeds], options.processes, quiet=options.quiet)
    return 1 if tally.failed else 0


def _every_point(options: argparse.Namespace) -> int:
    """Gather the points of some seeds, then let a process die at each of them, once and once more."""
    seeds = range(options.first, options.first + (options.seeds or SCENARIOS))
    before, gathered = _run(gathering(seeds), options.processes, quiet=options.quiet)
    jobs = list(crashes(gathered))
    _say(f"{len({job.crash_at[0] for job in jobs if job.crash_at})} points, {len(jobs)} crashes")
    tally, outcomes = _run(jobs, options.processes, quiet=options.quiet)
    _say(*(f"never came to {point}, passing {passing}" for point, passing in missed(outcomes)))
    return 1 if tally.failed or before.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seeds", type=_positive, default=10_000, metavar="N", help="how many seeds (10000)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first of them (0)")
    parser.add_argument("--seed", type=int, metavar="N", help=f"run this one, say what it is, and keep it in {KEPT}")
    parser.add_argument("--corpus", action="store_true", help="the seeds that once found something")
    parser.add_argument("--every-point", action="store_true", help="let a process die at each point that seeds pass")
    parser.add_argument("--processes", type=_positive, default=2, metavar="N", help="at once (2)")
    parser.add_argument("--quiet", action="store_true", help="no word of single seeds")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on; nothing would be judged")
    return int(text)


def _replay(seed: int) -> int:
    logging.basicConfig(level=logging.WARNING)
    with Workshop() as workshop:
        _say(*draw(seed, workshop.campaign).words())
        outcome = keep(workshop, Job(seed))
    _say(*(outcome.findings() or ["nothing was found"]))
    _say(f"{outcome.calls} calls, {outcome.answered} answered, {outcome.seconds:.1f} s; files in {KEPT}/seed-{seed}")
    return 0 if outcome.is_good else 1


def _run(jobs: Sequence[Job], processes: int, *, quiet: bool) -> tuple[Tally, list[Outcome]]:
    tally, outcomes, began = Tally(), list[Outcome](), time.perf_counter()
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Seeds", total=len(jobs))
        for outcome in run_all(jobs, processes):
            tally.add(outcome)
            outcomes.append(outcome)
            bar.update(task, advance=1, description=f"Seeds, {len(tally.failed)} failed")
            if not console.is_terminal and tally.seeds % A_WORD_EVERY == 0:
                console.print(f"{tally.seeds} of {len(jobs)} seeds, {len(tally.failed)} failed", highlight=False)
            if not (outcome.is_good or quiet):
                bar.console.print(
                    Job(outcome.seed, outcome.crash_at).name, *outcome.findings()[:5], sep="\n  ", highlight=False
                )
    _say(*tally.lines(time.perf_counter() - began))
    return tally, outcomes


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
