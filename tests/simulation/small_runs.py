"""Small runs: a dozen invented people and a few days, on a migrated database that is copied, with rules read once."""

import copy
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sql.database.keys import KEY_BYTES, Keyring
from outbound.adapters.sql.store import SqlStore, open_engine
from outbound.bootstrap import House, open_house
from outbound.exchange.faults import Faults, FaultWindow
from outbound.settings import embedded
from outbound.simulation.clock import VirtualClock
from outbound.simulation.invented.sample import write_sample
from outbound.simulation.result import RunResult
from outbound.simulation.runs import Plan
from outbound.simulation.simulate import Outputs, simulate

START = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Taipei"))
PEOPLE, DAYS = 12, 2
_KEYS = Keyring(data_key=bytes(range(KEY_BYTES)), index_key=bytes(range(1, KEY_BYTES + 1)))


@dataclass(frozen=True, slots=True)
class Lived:
    """What a run left behind."""

    result: RunResult
    log: bytes
    records: bytes


class SmallRuns:
    """Lives the same dozen people again and again under other faults and seeds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        write_sample(folder / "policies.csv", PEOPLE, 3, date(2026, 11, 16))
        self._shown = open_house(
            embedded(database_url=f"sqlite:///{folder}/template.db", public_url="http://127.0.0.1:8080"),
            keyring=_KEYS,
            clock=VirtualClock(START),
            identifiers=SeededIdentifiers(0),
            honours_demo_signatures=True,
            keeps_rules=True,
            throwaway=True,
        )
        for part in ("campaigns", "scripts", "messages", "script_seconds", "rulebook", "trunk"):
            getattr(self._shown, part)
        self._shown.store.engine.dispose()

    def live(
        self, seed: int, chances: Mapping[str, float], *windows: FaultWindow, days: int = DAYS, **more: Any
    ) -> Lived:
        """Live `days` under faults of these chances, and in these windows for certain."""
        faults = Faults(chances, windows, seed, START + timedelta(days=days))
        with self.house(seed) as house:
            folder = self._folder / f"run-{self._count}"
            outputs = Outputs(folder / "exchange.jsonl", folder / "records.jsonl")
            plan = Plan(self._folder / "policies.csv", START, days, seed, "welcome-tw")
            clock = house.clock
            assert isinstance(clock, VirtualClock)
            result, _ = simulate(house, clock, plan, faults=faults, outputs=outputs, **more)
        assert outputs.exchange_log is not None
        assert outputs.records is not None
        return Lived(result, outputs.exchange_log.read_bytes(), outputs.records.read_bytes())

    @contextmanager
    def house(self, seed: int) -> Iterator[House]:
        """A house with an empty database of its own."""
        self._count += 1
        folder = self._folder / f"run-{self._count}"
        folder.mkdir()
        shutil.copyfile(self._folder / "template.db", folder / "outbound.db")
        house = copy.copy(self._shown)
        house.store = SqlStore(open_engine(f"sqlite:///{folder}/outbound.db", _KEYS), _KEYS)
        house.clock = VirtualClock(START)
        house.identifiers = SeededIdentifiers(seed)
        yield house
        house.store.engine.dispose()
