"""What goes wrong in a scenario: its mix of faults, drawn from the seed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from outbound.exchange.faults import CARRIER_DOWN, CREATE_FAULTS, WEBHOOK_FAULTS, Faults, FaultWindow
from tests.torture.draws import Draws

INSIDE = ("webhook_forged", "database_locked", "commit_unknown", "crash", "clock_step", "record_sink_down")
ALL_FAULTS = (*WEBHOOK_FAULTS, *CREATE_FAULTS, CARRIER_DOWN, *INSIDE)
_FREQUENT = frozenset({"database_locked", "commit_unknown", "crash"})
"""Faults with hundreds of opportunities a call: a tenth of the probability does as much."""

_LASTING = ("carrier_down", "database_locked", "create_timeout_made", "webhook_lost", "record_sink_down", "create_429")
_WITHOUT, _EVERYTHING, _SEVERAL, _ONE = "nothing", "everything", "several", "one"


def draw_faults(seed: int, start: datetime, days: int) -> Faults:
    """Draw a mix: one seed in ten is untroubled, two know every fault, five several of them, two one in plenty.

    In three of ten something goes wrong for certain during up to an hour of a working day.
    """
    draws = Draws(seed, "faults")
    kind = draws.one_of({_WITHOUT: 1, _EVERYTHING: 2, _SEVERAL: 5, _ONE: 2})
    windows = tuple(_window(draws, start, days) for _ in range(draws.whole(1, 2))) if draws.chance(0.3) else ()
    until = start + timedelta(days=days)
    return Faults(_probabilities(draws, kind), windows if kind != _WITHOUT else (), seed, until)


def _probabilities(draws: Draws, kind: str) -> Mapping[str, float]:
    if kind == _WITHOUT:
        return {}
    if kind == _EVERYTHING:
        chance = draws.small(0.005, 0.05)
        return {fault: _scaled(fault, chance) for fault in ALL_FAULTS}
    if kind == _SEVERAL:
        return {fault: _scaled(fault, draws.small(0.01, 0.3)) for fault in draws.some(ALL_FAULTS, 2, 6)}
    return {fault: _scaled(fault, draws.small(0.2, 0.7)) for fault in draws.some(ALL_FAULTS, 1, 1)}


def _scaled(fault: str, chance: float) -> float:
    return float(f"{chance / 10:.2g}") if fault in _FREQUENT else chance


def _window(draws: Draws, start: datetime, days: int) -> FaultWindow:
    begins = start + timedelta(days=draws.whole(0, days - 1), minutes=draws.whole(9 * 60, 20 * 60))
    fault = _LASTING[draws.whole(0, len(_LASTING) - 1)]
    return FaultWindow(fault, begins, begins + timedelta(minutes=draws.whole(2, 60)))
