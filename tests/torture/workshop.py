"""What every run of a process shares: a migrated database to copy, configuration, rules and scripts, read once."""

import shutil
import tempfile
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from sqlalchemy import Engine

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.files.rules.watched import WatchedRules
from outbound.adapters.sql.database.key_check import check_keys
from outbound.adapters.sql.database.keys import KEY_BYTES, Keyring
from outbound.adapters.sql.database.migrate import upgrade
from outbound.adapters.sql.store import SqlStore, open_engine
from outbound.bootstrap import House
from outbound.domain.campaign import Campaign
from outbound.settings import embedded, home
from outbound.simulation.clock import VirtualClock
from tests.torture.scenario import Scenario

_FAST = Path("/dev/shm")  # noqa: S108 - databases of runs, each in a folder of its own
_KEYS = Keyring(data_key=bytes(range(KEY_BYTES)), index_key=bytes(range(1, KEY_BYTES + 1)))
_SHARED = ("companies", "scripts", "messages")
DATABASE = "outbound.db"
CAMPAIGN = "welcome-tw"
_ANY_TIME = datetime(2026, 11, 23, tzinfo=UTC)


def fast_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for databases that live for seconds, in memory where the machine has such a place."""
    return tempfile.TemporaryDirectory(prefix="outbound-torture-", dir=_FAST if _FAST.is_dir() else None)


class Workshop:
    """One for a process; a context in whose `folder` the runs live. Who gave `within` clears it away."""

    def __init__(self, within: Path | None = None) -> None:
        self._within = within
        self._held: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        if self._within is None:
            self._held = fast_folder()
        self.folder = Path(self._held.name if self._held else tempfile.mkdtemp(dir=self._within))
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._held is not None:
            self._held.cleanup()

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign that scenarios vary."""
        return self._shown.campaigns[CAMPAIGN]

    @cached_property
    def _template(self) -> Path:
        path = self.folder / "template.db"
        engine = open_engine(f"sqlite:///{path}", _KEYS)
        upgrade(engine)
        check_keys(engine, _KEYS)
        # The last connection that closes folds the log into the one file that is copied.
        engine.dispose()
        return path

    @cached_property
    def _shown(self) -> House:
        """A house whose configuration the others share; nothing is ever written to its database."""
        return self._bare(VirtualClock(_ANY_TIME), 0)

    @cached_property
    def _rules(self) -> dict[int, WatchedRules]:
        return {}

    def house(self, scenario: Scenario, clock: VirtualClock) -> House:
        """Open a house for a scenario, with an empty database; what was opened before is closed."""
        shown = self._shown
        house = self._bare(clock, scenario.seed)
        house.settings = house.settings.model_copy(
            update={
                "trunk_calls_per_second": scenario.trunk_calls_per_second,
                "trunk_max_live": scenario.trunk_max_live,
            }
        )
        for part in _SHARED:
            setattr(house, part, getattr(shown, part))
        house.campaigns = {scenario.campaign.id: scenario.campaign}
        house._watched_rules = self._rules_of(scenario.start.year)
        return house

    def keep_database(self, folder: Path) -> None:
        """Move the database of the house that was opened last; the house is done for."""
        self._engine.dispose()
        shutil.move(self.folder / DATABASE, folder / DATABASE)

    def clear(self) -> None:
        """Close the database of the house that was opened last, and throw it away."""
        self._engine.dispose()
        for left in self.folder.glob(f"{DATABASE}*"):
            left.unlink()

    def _rules_of(self, year: int) -> WatchedRules:
        if year not in self._rules:
            folder = home() / "config" / "compliance"
            self._rules[year] = WatchedRules(folder, monotonic=lambda: 0.0, year=lambda: year)
        return self._rules[year]

    @cached_property
    def _engine(self) -> Engine:
        """One for all: what its statements were compiled to outlives the database below it."""
        return open_engine(f"sqlite:///{self.folder / DATABASE}", _KEYS, throwaway=True)

    def _bare(self, clock: VirtualClock, seed: int) -> House:
        self.clear()
        shutil.copyfile(self._template, self.folder / DATABASE)
        return House(
            settings=embedded(database_url=str(self._engine.url), public_url="http://127.0.0.1:8080"),
            store=SqlStore(self._engine, _KEYS),
            clock=clock,
            identifiers=SeededIdentifiers(seed),
            folder=home(),
            honours_demo_signatures=True,
            keeps_rules=True,
        )
