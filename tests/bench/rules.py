"""How fast the gate decides and the planner plans."""

import time
from datetime import UTC, datetime, timedelta

from outbound.adapters.files.campaigns import load_campaign
from outbound.adapters.files.rules.packs import load_rulebook
from outbound.planning.allocation import Candidate, Opening
from outbound.planning.deadline_first import allocate
from outbound.planning.slots import cut_slots
from tests.bench.gate import KINDS, decisions_per_second
from tests.bench.intake import ROOT

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def measure_gate() -> dict[str, float]:
    """Decisions a second of each kind, in one process with the packs loaded."""
    rulebook = load_rulebook(ROOT / "config" / "compliance")
    return {f"decisions_per_second_{kind}": decisions_per_second(rulebook, time.perf_counter, kind) for kind in KINDS}


def measure_planner(contacts: int = 100_000, days: int = 10) -> dict[str, float]:
    """Seconds to allocate `contacts` that the gate treats alike in two groups."""
    campaign = load_campaign(ROOT / "config" / "campaigns" / "welcome-tw.yaml")
    slots = cut_slots(campaign.hours, ("Asia/Taipei",), BEGIN, BEGIN + timedelta(days=days), contacts // 100)
    candidates = [
        Candidate(
            id=f"{number:08x}",
            zones=("Asia/Taipei",),
            waiting_since=BEGIN - timedelta(seconds=number),
            not_before=BEGIN,
            free_look_until=BEGIN + timedelta(days=3 + number % 7),
            number_key=f"{number:08x}",
            gate_key=number % 2,
        )
        for number in range(contacts)
    ]
    began = time.perf_counter()
    plan = allocate(candidates, slots, campaign.hours, lambda _candidate, instant: Opening(instant, ()))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "allocated": float(len(plan.allocations))}
