"""Measures what the issues name a figure for, and prints it: `make bench`, `make bench ARGS="intake gate"`."""

import sys
import time
from collections.abc import Callable

from tests.bench.calls import measure_exchange, measure_simulation, measure_turns
from tests.bench.commands import measure_commands
from tests.bench.dialling import measure_answered_dialling, measure_dialling
from tests.bench.figures import Figures, shown
from tests.bench.intake import measure_intake, measure_mixed_intake
from tests.bench.named_times import measure_times
from tests.bench.redaction import measure_held_back
from tests.bench.rules import measure_gate, measure_planner
from tests.bench.scripts import measure_scripts
from tests.bench.understanding import measure_answers, measure_loading, measure_understanding
from tests.bench.windows import measure_agreement, measure_windows

MEASURES: dict[str, tuple[str, Callable[[], Figures], str]] = {
    "intake": ("100,000 rows into SQLite", measure_intake, "15 s, under 500 MB"),
    "mixed": ("the same, one in five a returning person", measure_mixed_intake, ""),
    "gate": ("decisions of the gate", measure_gate, "20,000 a second"),
    "windows": ("next windows of 1,000,000 contacts", measure_windows, "10 s"),
    "agreement": ("1,000,000 random cases against the gate", measure_agreement, "0 differing"),
    "planner": ("100,000 candidates, ten days", measure_planner, "a few seconds"),
    "exchange": ("calls of eight questions in virtual time", measure_exchange, "1,000 a second"),
    "turns": ("turns of a conversation on SQLite", measure_turns, "short"),
    "simulation": ("whole calls in virtual time on SQLite", measure_simulation, "150 a second (issue 4)"),
    "dialling": ("calls on PostgreSQL that nobody answers", measure_dialling, "150 created a second"),
    "answered": ("the same, and everybody talks to the end", measure_answered_dialling, ""),
    "scripts": ("seconds of the shipped scripts, and of their proof", measure_scripts, ""),
    "understand": ("held-back utterances: their intents", measure_understanding, "zh-TW 95 %, 1 ms"),
    "faq": ("held-back questions: approved answers", measure_answers, "zh-TW 90 % first, 1 ms"),
    "times": ("held-back times that callees name", measure_times, ""),
    "redaction": ("held-back secrets: taken out", measure_held_back, ""),
    "brains": ("seconds until both brains are ready", measure_loading, "seconds"),
    "commands": ("seconds until the command line answers", measure_commands, "0.5 s"),
}


def main(wanted: list[str]) -> int:
    """Run the measures that are wanted (all without names) and print one line a figure."""
    if {"-h", "--help"} & set(wanted):
        print('make bench ARGS="MEASURE ...": runs the measures that are named, all of them without names:')
        for name, (what, _, aim) in MEASURES.items():
            print(f"  {name:<12}{what:<44}{f'aim: {aim}' if aim else ''}".rstrip())
        return 0
    unknown = [name for name in wanted if name not in MEASURES]
    if unknown:
        print(f"no measure {unknown[0]}; known are {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    print(f"{'measure':<12}{'what':<44}{'aim':<26}figures")
    for name in wanted or list(MEASURES):
        what, measure, aim = MEASURES[name]
        print(f"{name:<12}{what:<44}{aim:<26}", end="", flush=True)
        began = time.perf_counter()
        lines = shown(measure())
        spent = f"({time.perf_counter() - began:.0f} s)"
        if len(lines) == 1:
            print(f"{lines[0]}  {spent}", flush=True)
        else:
            print("\n".join((spent, *(f"  {line}" for line in lines))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
