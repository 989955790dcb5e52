"""A transaction that the database undid ends a batch of dialling, and not the flow run."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from flows.place_calls import place_calls
from flows.workplace import working_at
from outbound.usecases.problems import ServiceAwayError, TryAgainError

UNDONE = TryAgainError("undone")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class Workplace:
    """Each asking of the verb places a call or raises, in this order; then nothing is due."""

    ending = False

    def __init__(self, *outcomes: Exception | int) -> None:
        self._outcomes, self._now = list(outcomes), NOW

    def now(self) -> datetime:
        """Return the instant."""
        return self._now

    def wait_until(self, instant: datetime) -> None:
        """Be there."""
        self._now = instant

    def place(self) -> Any:
        """Do what comes next."""
        outcome = self._outcomes.pop(0) if self._outcomes else 0
        if isinstance(outcome, Exception):
            raise outcome
        soon = self._now + timedelta(seconds=1) if self._outcomes else None
        return SimpleNamespace(placed=outcome, refused=0, ambiguous=0, next_due=soon)


def run(*outcomes: Exception | int) -> dict[str, Any]:
    """Run the flow's function, without Prefect around it."""
    with working_at(Workplace(*outcomes)):  # type: ignore[arg-type]  # what this flow asks of it is there
        return place_calls.fn(seconds=58)


@pytest.mark.parametrize(
    "outcomes",
    [[TryAgainError("undone"), 3], [1, TryAgainError("undone"), 2], [TryAgainError("u"), 1, TryAgainError("u"), 2]],
)
def test_one_undone_batch_is_followed_by_the_next(outcomes: Sequence[Exception | int]) -> None:
    """The run goes on and counts what the other batches placed."""
    assert run(*outcomes) == {"placed": 3, "refused": 0, "ambiguous": 0}


@pytest.mark.parametrize("trouble", [[UNDONE] * 2, [ServiceAwayError("away")]])
def test_what_stays_wrong_ends_the_run(trouble: list[Exception]) -> None:
    """Two undone batches in a row, or a database that is away, are for the next run."""
    with pytest.raises(ServiceAwayError):
        run(*trouble)
