"""Where a flow works that another process than a server's runs."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import workplace
from outbound.adapters.sql.database.keys import Keyring
from outbound.bootstrap import House, open_house
from outbound.settings import embedded
from outbound.work import Work
from tests.conftest import MONDAY_TEN, ROOT, ManualClock


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An empty installation."""
    for name in ("config", "scripts_tts"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    keyring = Keyring(data_key=os.urandom(32), index_key=os.urandom(32))
    settings = embedded(database_url=f"sqlite:///{tmp_path}/outbound.db", drop_folder=None)
    return open_house(settings, keyring=keyring, clock=ManualClock())


def test_a_worker_of_a_work_pool_stands_on_the_list_until_it_ends(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It beats with its verbs, under the name that its reservations bear, and takes leave when its process ends."""
    leaving: list[Callable[[], None]] = []
    monkeypatch.setattr("outbound.bootstrap.open_house", lambda: house)
    monkeypatch.setattr("atexit.register", leaving.append)
    workplace._opened.cache_clear()
    work: Any = workplace.present()
    workplace._opened.cache_clear()
    work.file()
    with house.store.begin() as unit:
        assert [(each.worker, each.role) for each in unit.heartbeats.heartbeats()] == [(house.worker, "flows")]
        assert [each.verb for each in unit.heartbeats.verb_runs()] == ["file_records"]
    (leave,) = leaving
    leave()
    with house.store.begin() as unit:
        assert unit.heartbeats.heartbeats() == []
    house.store.engine.dispose()


def test_a_worker_that_idles_is_not_silent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of a work pool that runs no flow at the moment beats all the same, and not after it took leave."""
    leaving: list[Callable[[], None]] = []
    monkeypatch.setattr("outbound.bootstrap.open_house", lambda: house)
    monkeypatch.setattr("atexit.register", leaving.append)
    monkeypatch.setattr("outbound.work.BEAT_EVERY", timedelta(milliseconds=10))
    workplace._opened.cache_clear()
    workplace.present()
    workplace._opened.cache_clear()
    clock: Any = house.clock

    def seen_at() -> list[datetime]:
        with house.store.begin() as unit:
            return [each.seen_at for each in unit.heartbeats.heartbeats()]

    for minute in (1, 2):
        clock.advance(minutes=1)
        deadline = time.monotonic() + 10
        while seen_at() != [MONDAY_TEN + timedelta(minutes=minute)] and time.monotonic() < deadline:
            time.sleep(0.01)
        assert seen_at() == [MONDAY_TEN + timedelta(minutes=minute)]
    leaving[0]()
    clock.advance(minutes=1)
    time.sleep(0.05)
    assert seen_at() == []
    house.store.engine.dispose()


def test_a_verb_in_virtual_time_leaves_nothing(house: House) -> None:
    """Without a role nothing is written: a simulation is the same to the byte and as quick as without."""
    Work(house).file()
    with house.store.begin() as unit:
        assert (unit.heartbeats.heartbeats(), unit.heartbeats.verb_runs()) == ([], [])
    house.store.engine.dispose()


def test_a_long_wait_is_no_silence(house: House) -> None:
    """Who waits for the next call to become due says every ten seconds that it lives."""
    from outbound.usecases.ports.stored.heartbeats import Role

    work, waits = Work(house, Role.FLOWS), []
    clock: Any = house.clock

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        clock.advance(seconds=seconds)
        return False

    work._end.wait = wait  # type: ignore[assignment]
    work.wait_until(MONDAY_TEN + timedelta(seconds=25))
    assert waits == [10, 10, 5]
    with house.store.begin() as unit:
        assert unit.heartbeats.heartbeats()[0].seen_at >= MONDAY_TEN + timedelta(seconds=20)
    house.store.engine.dispose()
