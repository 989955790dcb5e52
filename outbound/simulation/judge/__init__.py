"""Judges a run from outside: reads the exchange's log and the records file, never the product's own tables."""

from outbound.simulation.judge.bench import LAWS, count, first_ones, judge, talked_past_closing
from outbound.simulation.judge.case import Closure, Instructions, Refusal, StopOrder
from outbound.simulation.judge.files import judge_files
from outbound.simulation.judge.laws.hours import zones_of_number
from outbound.simulation.judge.violation import Violation

__all__ = [
    "LAWS",
    "Closure",
    "Instructions",
    "Refusal",
    "StopOrder",
    "Violation",
    "count",
    "first_ones",
    "judge",
    "judge_files",
    "talked_past_closing",
    "zones_of_number",
]
