"""The verbs of a server, watched: when each last came to its end, and whether that is too long ago."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from outbound.adapters.sql.views import read_models
from outbound.bootstrap import House
from outbound.usecases.file_records import FilingReport
from outbound.usecases.place_calls import PlaceReport
from outbound.usecases.problems import ServiceAwayError
from outbound.usecases.settle_calls import SettleReport
from outbound.work import Work

_log = logging.getLogger(__name__)

_INTERVALS_ALLOWED = 3
_SLACK = timedelta(minutes=1)
_Report = TypeVar("_Report")


class AttendedWork(Work):
    """Notes the end of each verb's batch. A batch that raises is none."""

    def __init__(self, house: House, intervals: Mapping[str, timedelta]) -> None:
        """`intervals`: how often each flow runs, by name."""
        super().__init__(house)
        self._allowed = {name: every * _INTERVALS_ALLOWED + _SLACK for name, every in intervals.items()}
        self._seen = dict.fromkeys(intervals, house.clock.monotonic())

    def quiet(self) -> dict[str, str]:
        """Name the flows of which nothing has come for three of their intervals, with the minutes since."""
        now = self.house.clock.monotonic()
        return {
            name: f"no run has come to its end for {(now - seen) / 60:.0f} minutes"
            for name, seen in self._seen.items()
            if now - seen > self._allowed[name].total_seconds()
        }

    def take_in(self) -> Mapping[str, int]:  # noqa: D102
        return self._noted("take_in_policies", super().take_in())

    def plan(self) -> Mapping[str, Any]:  # noqa: D102
        return self._noted("plan_calls", super().plan())

    def place(self) -> PlaceReport:  # noqa: D102
        return self._noted("place_calls", super().place())

    def settle(self) -> SettleReport:  # noqa: D102
        return self._noted("settle_calls", super().settle())

    def file(self) -> FilingReport:  # noqa: D102
        return self._noted("file_records", super().file())

    def _noted(self, name: str, report: _Report) -> _Report:
        if name in self._seen:
            self._seen[name] = self.house.clock.monotonic()
        done = _told(report)
        if done:
            _log.info("%s: %s", name, done)
        return report


def _told(report: object) -> str:
    """Say what a batch did, in counts; nothing where it did nothing."""
    values = asdict(report) if is_dataclass(report) and not isinstance(report, type) else report
    found = values.items() if isinstance(values, Mapping) else ()
    told = {key: value for key, value in found if value and isinstance(value, int | dict)}
    return ", ".join(f"{key} {value}" for key, value in told.items())


def database_problem(house: House) -> dict[str, str]:
    """Name the database and what is wrong with it, or nothing."""
    try:
        with house.store.reading() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, ServiceAwayError) as error:
        return {"database": f"does not answer ({type(error).__name__}): is it running, is its address right?"}
    return {}


def rules_problem(house: House) -> dict[str, str]:
    """Name what keeps the rules from being read, or nothing."""
    problem = house.rules_problem()
    return {"rules": f"cannot be read, so nothing is planned or dialled: {problem}"} if problem else {}


def live_calls(house: House) -> int:
    """Count calls that ring or talk; 0 when the database does not say."""
    try:
        with house.store.reading() as connection:
            return sum(read_models.status(connection, house.clock.now()).in_the_air.values())
    except (SQLAlchemyError, ServiceAwayError):
        return 0
