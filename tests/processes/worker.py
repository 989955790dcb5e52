"""A dialling worker as a process: it places, settles and files as the flows do, without Prefect around it."""

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime

from outbound.bootstrap import open_house
from outbound.work import Work
from tests.processes.clock import Origin, RigClock

_LONGEST_WAIT = 1.0
_AFTER_A_FAILURE = 0.2
_log = logging.getLogger("rig")


def main() -> None:
    """Work until killed."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    origin = Origin.read(os.environ["RIG_CLOCK"])
    work = Work(open_house(clock=RigClock(origin)))

    def place() -> float:
        due = work.place().next_due
        return _LONGEST_WAIT if due is None else _seconds(due, work.now(), origin.speed)

    def settle() -> float:
        work.settle()
        return 8 / origin.speed

    def file() -> float:
        work.file()
        return 8 / origin.speed

    for verb in (settle, file):
        threading.Thread(target=_forever, args=(verb,), name=verb.__name__, daemon=True).start()
    _forever(place)


def _seconds(due: datetime, now: datetime, speed: float) -> float:
    return min(max((due - now).total_seconds() / speed, 0.0), _LONGEST_WAIT)


def _forever(verb: Callable[[], float]) -> None:
    """Run a verb again and again; a batch that fails ends itself, never its worker, as in the flows' runner."""
    while True:
        try:
            wait = verb()
        except Exception as error:  # noqa: BLE001 - see above
            _log.warning("%s failed: %s", verb.__name__, type(error).__name__, exc_info=_is_unexpected(error))
            wait = _AFTER_A_FAILURE
        time.sleep(wait)


def _is_unexpected(error: Exception) -> bool:
    return type(error).__name__ not in {"DatabaseUnreachableError", "OperationalError", "TryAgainError"}


if __name__ == "__main__":
    main()
