"""Real processes, killed at random while they call: the exchange's log must show that nobody was rung twice."""

from pathlib import Path

import pytest

from tests.processes.chaos import Campaign, run


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("seed", [1])
def test_nothing_is_rung_twice_or_lost_whatever_is_killed(seed: int, tmp_path: Path) -> None:
    """After eight kills and cuts among 200 calls every law was kept, and every call has its one record.

    The long form, 2,000 calls and fifty kills, is `make kill`.
    """
    outcome = run(Campaign(contacts=200, kills=8, seed=seed, seconds=180), logs=tmp_path)
    assert sum(outcome.accidents.values()) == 8
    assert not outcome.violations, outcome.laws
    assert outcome.rung_twice == 0
    assert outcome.unsettled == 0
    assert outcome.records >= outcome.calls > 150
