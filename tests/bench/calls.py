"""How fast calls go: through the exchange alone, and through the whole product in virtual time."""

import os
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.scripts import prepare_understanding
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import turns
from outbound.bootstrap import House, open_house
from outbound.settings import embedded, home
from outbound.simulation.clock import VirtualClock
from outbound.simulation.invented.sample import write_sample
from outbound.simulation.result import RunResult
from outbound.simulation.runs import Plan
from outbound.simulation.simulate import Outputs, simulate
from outbound.web.voice.desk import VoiceDesk
from tests.bench.figures import times
from tests.exchange.bench_exchange import calls_per_second

START = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Taipei"))


def measure_exchange() -> dict[str, float]:
    """Complete calls a second with a trivial product behind the webhooks."""
    return {"calls_per_second": calls_per_second()}


def measure_simulation(contacts: int = 600, days: int = 3) -> dict[str, float]:
    """Complete virtual calls a second of `simulate` in one process, signatures made and checked.

    A call that came in is as complete as one that was dialled: signed, answered, talked to its end, filed. So the rates
    are over `calls`, which are both.
    """
    prepare_understanding(home() / "scripts_tts")
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = time.perf_counter(), time.process_time()
        house, result = _simulate(Path(folder), contacts, days)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        talked = _turns(house)
        house.store.engine.dispose()
    came_in = sum(number for met, number in result.inbound.items() if met != "not_answered")
    calls = result.attempts + came_in
    return {
        "calls_per_second": calls / wall,
        "calls_per_processor_second": calls / processor,
        "calls": float(calls),
        "dialled": float(result.attempts),
        "came_in": float(came_in),
        "answered": float(result.answered),
        "turns": float(talked),
    }


def measure_turns(contacts: int = 120) -> dict[str, float]:
    """Milliseconds of a turn inside the voice desk: signature, engine, two statements' worth of rows, commit."""
    spent: list[float] = []
    whole = VoiceDesk.handle

    def timed(self: VoiceDesk, request: object) -> object:
        if "/turn/" not in request.path:  # type: ignore[attr-defined]
            return whole(self, request)  # type: ignore[arg-type]
        began = time.perf_counter()
        answer = whole(self, request)  # type: ignore[arg-type]
        spent.append(time.perf_counter() - began)
        return answer

    prepare_understanding(home() / "scripts_tts")
    VoiceDesk.handle = timed  # type: ignore[assignment,method-assign]
    try:
        with tempfile.TemporaryDirectory() as folder:
            house, _ = _simulate(Path(folder), contacts, 2)
            number = _turns(house)
            house.store.engine.dispose()
    finally:
        VoiceDesk.handle = whole  # type: ignore[method-assign]
    return {"milliseconds": 1000 * sum(spent) / number, **times(spent), "turns": float(number)}


def _turns(house: House) -> int:
    with house.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(turns)).scalar_one()


def _simulate(folder: Path, contacts: int, days: int) -> tuple[House, RunResult]:
    write_sample(folder / "policies.csv", contacts, 1, date(2026, 11, 16))
    clock = VirtualClock(START)
    house = open_house(
        embedded(
            database_url=f"sqlite:///{folder}/outbound.db",
            public_url="http://127.0.0.1:8080",
            trunk_calls_per_second=5.0,
        ),
        keyring=Keyring(data_key=os.urandom(32), index_key=os.urandom(32)),
        clock=clock,
        identifiers=SeededIdentifiers(1),
        honours_demo_signatures=True,
        keeps_rules=True,
        throwaway=True,
    )
    result, _ = simulate(house, clock, Plan(folder / "policies.csv", START, days, 1, "welcome-tw"), outputs=Outputs())
    return house, result
