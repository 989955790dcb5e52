"""What the tests in real time share: their clock, and an empty database of each kind."""

from pathlib import Path

import pytest
from installation import MONDAY, ShiftedClock


@pytest.fixture
def clock() -> ShiftedClock:
    """Real seconds, from Monday 10:00 in Taipei on."""
    return ShiftedClock(MONDAY)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/outbound.db"
    request.getfixturevalue("postgres_store")
    return str(request.getfixturevalue("postgres_url"))
