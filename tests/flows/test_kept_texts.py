"""Prefect keeps the text of whatever a run ends with: no data may be in it."""

import traceback
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from flows.deployments import TIMETABLE
from flows.workplace import RunFailedError, working_at
from outbound.usecases.problems import InputProblemError, ServiceAwayError

SECRET = "歐陽試保留"


class Broken:
    """A workplace whose every verb fails, as the database says it: with the value that was in the way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        """Fail whatever is asked for."""
        raise self._error


@pytest.mark.parametrize("name", TIMETABLE)
@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("INSERT", None, Exception(f"DETAIL: Key (name)=({SECRET}) already exists")),
        ValueError(f"{SECRET!r} is no date"),
        KeyError(SECRET),
    ],
)
def test_of_a_run_that_fails_kind_and_place_are_told(name: str, error: Exception) -> None:
    """Neither the error's own text nor what it was raised from is in what is kept; the kind and the line are."""
    with pytest.raises(RunFailedError, match=type(error).__name__) as ended, working_at(Broken(error)):
        TIMETABLE[name].flow.fn()
    kept = "".join(traceback.format_exception(ended.value))
    assert SECRET not in kept
    assert f"{__file__}:" in str(ended.value)
    assert ended.value.__context__ is None


@pytest.mark.parametrize("error", [InputProblemError("mend this"), ServiceAwayError("away")])
def test_what_a_person_can_mend_is_told_in_its_own_words(error: Exception) -> None:
    """We wrote it, and it quotes nothing."""
    with pytest.raises(type(error), match=str(error)), working_at(Broken(error)):
        TIMETABLE["plan_calls"].flow.fn()
