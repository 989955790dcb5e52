"""The product's store, instrumented: where a statement, a begin or a commit can fail, and where a process can die."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, cast

from sqlalchemy.exc import OperationalError

from outbound.adapters.sql.store import DatabaseUnreachableError, SqlStore, SqlUnitOfWork
from outbound.simulation.faults.accidents import COMMIT_UNKNOWN, LOCKED, Accidents
from outbound.usecases.problems import TryAgainError

_HALF = 0.5
_ROOM = "outbound.usecases."


class FaultyStore(SqlStore):
    """The same database as `store`, as one process sees it on a bad day."""

    def __init__(self, store: SqlStore, accidents: Accidents, process: str) -> None:
        super().__init__(store.engine, store._keyring)  # noqa: SLF001 - another one of the same family
        self._accidents = accidents
        self._process = process

    @contextmanager
    def begin(self) -> Iterator[SqlUnitOfWork]:
        """Open a transaction; raises `DatabaseUnreachableError` where the fault strikes at its begin."""
        if self._accidents.strikes(LOCKED):
            raise DatabaseUnreachableError("another process holds this database (by a fault)")
        with super().begin() as work:
            yield cast(SqlUnitOfWork, _FaultyWork(work, self._accidents, self._process))


class _FaultyWork:
    """A unit of work: each call of a repository is a statement that may fail, each commit may break off."""

    def __init__(self, work: SqlUnitOfWork, accidents: Accidents, process: str) -> None:
        self._work, self._accidents, self._process = work, accidents, process

    def __getattr__(self, name: str) -> Any:
        room = getattr(self._work, name)
        faulty = _FaultyRoom(room, self._accidents) if self._accidents.concerns(LOCKED) else room
        self.__dict__[name] = faulty
        return faulty

    def commit(self) -> None:
        """Commit, or do not, or do it and lose the answer."""
        accidents, place = self._accidents, f"commit in {_caller()}"
        accidents.pass_point(f"{self._process}: before {place}")
        if accidents.strikes(COMMIT_UNKNOWN):
            if accidents.share(f"{COMMIT_UNKNOWN} happened") < _HALF:
                self._work.commit()
            raise _broken("server closed the connection unexpectedly")
        self._work.commit()
        accidents.pass_point(f"{self._process}: after {place}")


class _FaultyRoom:
    """A repository whose methods fail now and then, before they have done anything."""

    def __init__(self, room: Any, accidents: Accidents) -> None:
        self._room, self._accidents = room, accidents

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Any] = getattr(self._room, name)
        accidents = self._accidents

        def statement(*args: Any, **kwargs: Any) -> Any:
            if accidents.strikes(LOCKED):
                if accidents.share(f"{LOCKED} kind") < _HALF:
                    raise TryAgainError("two transactions got in each other's way (by a fault)")
                raise _broken("database is locked")
            return method(*args, **kwargs)

        self.__dict__[name] = statement
        return statement


def _broken(text: str) -> OperationalError:
    return OperationalError("(a fault of the simulation)", None, sqlite3.OperationalError(text))


def _caller() -> str:
    """Name the verb's function that asks: found by looking, so that no list of points can grow old."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - there is no other way to a caller's name
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(_ROOM):
            return f"{module.removeprefix(_ROOM)}:{frame.f_code.co_qualname}"
        frame = frame.f_back
    return "unknown"
