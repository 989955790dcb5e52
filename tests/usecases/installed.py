"""A whole installation in a folder, whose carrier obeys, and clocks that step under it."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outbound.adapters.sql.database.keys import Keyring
from outbound.bootstrap import House, open_house
from outbound.settings import embedded
from tests.conftest import ROOT
from tests.usecases.dial_room import FakeCarrier


def installed(tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    """Open an installation on SQLite with the shipped configuration and scripts."""
    for name in ("config", "scripts_tts"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    keyring = Keyring(data_key=os.urandom(32), index_key=os.urandom(32))
    settings = embedded(database_url=f"sqlite:///{tmp_path}/outbound.db", drop_folder=None)
    house = open_house(settings, keyring=keyring, clock=clock)
    house.carrier = FakeCarrier(clock)
    return house


def step(clock: Any, carrier: FakeCarrier, hours: float) -> None:
    """Let the wall clock step; the monotonic one and the carrier's go on as before."""
    clock.advance(hours=hours)
    clock.drift -= 3600 * hours
    carrier.wrong_by -= timedelta(hours=hours)
