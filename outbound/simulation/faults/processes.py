"""A process of the product that can die and come back on the same database."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from outbound.simulation.faults.accidents import Accidents, Crash
from outbound.usecases.ports.clock import Clock
from outbound.usecases.problems import ServiceAwayError

LONGEST_DOWN = timedelta(minutes=2)

_Parts = TypeVar("_Parts")
_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)


class ProcessDownError(ServiceAwayError):
    """The process does not run before `until`."""

    def __init__(self, name: str, until: datetime) -> None:
        super().__init__(f"the process {name} is down")
        self.until = until


class ProcessDiedError(ProcessDownError):
    """The process died in the middle of what it was asked to do."""


class Process(Generic[_Parts]):
    """`begin` makes what the process holds in memory; after a crash all of it is lost, and made anew later."""

    def __init__(self, name: str, begin: Callable[[], _Parts], accidents: Accidents, clock: Clock) -> None:
        self._name = name
        self._begin = begin
        self._accidents = accidents
        self._clock = clock
        self._parts: _Parts | None = None
        self._down_until: datetime | None = None
        self.starts = 0

    def run(self, use: Callable[[_Parts], _Result]) -> _Result:
        """Let the process do something. Raises `ProcessDownError`, `ProcessDiedError`, and whatever `use` raises."""
        if self._down_until is not None and self._clock.now() < self._down_until:
            raise ProcessDownError(self._name, self._down_until)
        try:
            if self._parts is None:
                self.starts += 1
                self._parts = self._begin()
            return use(self._parts)
        except Crash as crash:
            self._parts = None
            until = self._clock.now() + LONGEST_DOWN * self._accidents.share("down-time")
            self._down_until = until
            _log.warning("the process %s dies at %s", self._name, crash.point)
            raise ProcessDiedError(self._name, until) from None
