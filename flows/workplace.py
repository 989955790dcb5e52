"""What a flow works with: the verbs of one installation with their ports already in hand.

`outbound serve` and a worker's process open it from the settings; the demo brings one that lives in virtual time.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache, wraps
from threading import Thread
from typing import Any, ParamSpec, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from outbound.usecases.ports.carrier import CarrierAwayError
from outbound.usecases.problems import InputProblemError, ServiceAwayError

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class Placing(Protocol):
    """What one asking of `place_calls` came to."""

    @property
    def placed(self) -> int: ...  # noqa: D102

    @property
    def refused(self) -> int: ...  # noqa: D102

    @property
    def ambiguous(self) -> int: ...  # noqa: D102

    @property
    def next_due(self) -> datetime | None:
        """When it wants to be asked again; None when nothing is planned."""
        ...


class Workplace(Protocol):
    """Verbs without arguments that a flow would have to know about, and a way to wait."""

    def now(self) -> datetime:
        """Return the present instant."""
        ...

    def wait_until(self, instant: datetime) -> None:
        """Come back at `instant`."""
        ...

    @property
    def ending(self) -> bool:
        """Whether this worker is to stop: nothing new is begun, and `wait_until` returns at once."""
        ...

    def take_in(self) -> Mapping[str, Any]:
        """Take in what the configured sources hold."""
        ...

    def plan(self) -> Mapping[str, Any]:
        """Plan calls of every campaign."""
        ...

    def place(self) -> Placing:
        """Place what is due at this instant."""
        ...

    def settle(self) -> Any:
        """Find out about calls that nobody has reported on."""
        ...

    def file(self) -> Any:
        """Deliver what waits in the outbox."""
        ...


_LAST_BEAT_SECONDS = 2.0
_present: ContextVar[Workplace | None] = ContextVar("workplace", default=None)


@contextmanager
def working_at(workplace: Workplace) -> Iterator[None]:
    """Let flows that run inside this block work at `workplace`."""
    token = _present.set(workplace)
    try:
        yield
    finally:
        _present.reset(token)


def present() -> Workplace:
    """Return the workplace of this block, or the one that the settings describe (opened once a process)."""
    return _present.get() or _opened()


@lru_cache(maxsize=1)
def _opened() -> Workplace:
    import atexit

    from outbound.bootstrap import open_house
    from outbound.usecases.ports.stored.heartbeats import Role
    from outbound.work import Work

    work = Work(open_house(), Role.FLOWS)
    # A worker of a pool may keep its process between two flow runs.
    beats = Thread(target=work.keep_beating, name="heartbeat", daemon=True)
    beats.start()

    def leave() -> None:
        work.end()
        beats.join(_LAST_BEAT_SECONDS)
        work.leave()

    atexit.register(leave)
    return work


class RunFailedError(RuntimeError):
    """A run ended with an error of which only kind and place may be told."""


def without_texts(run: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Let a flow end with errors that quote no data: Prefect keeps their texts in its database and on its pages.

    What a person can mend is written by us and passes; of everything else, as of a key that PostgreSQL quotes, only the
    kind and the place are left.
    """

    @wraps(run)
    def guarded(*given: _Given.args, **named: _Given.kwargs) -> _Result:
        try:
            return run(*given, **named)
        except (InputProblemError, ServiceAwayError, CarrierAwayError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not be kept
            frame = traceback.extract_tb(error.__traceback__)[-1]
            told = RunFailedError(f"{type(error).__name__} at {frame.filename}:{frame.lineno}")
        raise told

    return guarded


def plain(report: Any) -> dict[str, Any]:
    """Make a report into what Prefect may keep: counts, reason codes and instants; reports hold nothing personal."""
    values = asdict(report) if isinstance(report, Struct) else dict(report)
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
