"""The agenda: what breaks off costs one run of one verb, and comes again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from outbound.adapters.sql.store import SqlStore
from outbound.simulation.agenda import AFTER_TROUBLE, Errand, keep_agenda
from outbound.simulation.calm import Calm
from outbound.simulation.faults.processes import ProcessDownError
from outbound.usecases.problems import ServiceAwayError

START = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


def kept(*errands: tuple[str, Callable[[datetime], datetime | None]], once: bool = False) -> list[tuple[str, datetime]]:
    """Keep an agenda of hourly errands for three hours; return what ran when."""
    ran: list[tuple[str, datetime]] = []
    now = [START]

    def wait_until(at: datetime) -> bool:
        now[0] = at
        return False

    def noting(name: str, run: Callable[[datetime], datetime | None]) -> Callable[[], datetime | None]:
        def errand() -> datetime | None:
            ran.append((name, now[0]))
            return run(now[0])

        return errand

    agenda = [Errand(name, HOUR, noting(name, run), once=once) for name, run in errands]
    keep_agenda(agenda, START, START + 3 * HOUR, wait_until, lambda _at: None)
    return ran


def failing(times: int, error: Exception) -> Callable[[datetime], datetime | None]:
    """A verb whose first runs break off."""
    left = [times]

    def run(_at: datetime) -> None:
        if left[0]:
            left[0] -= 1
            raise error

    return run


def test_trouble_ends_one_run_of_one_verb() -> None:
    """A verb that breaks off comes again a minute later; the others keep their hours."""
    ran = kept(("file", failing(1, ServiceAwayError("away"))), ("plan", lambda _at: None))
    assert [at for name, at in ran if name == "plan"] == [START, START + HOUR, START + 2 * HOUR]
    again = START + AFTER_TROUBLE
    assert [at for name, at in ran if name == "file"] == [START, again, again + HOUR, again + 2 * HOUR]


def test_a_verb_that_never_lets_time_pass_is_named() -> None:
    """A verb that asks to come again at once, for ever, ends the simulation instead of holding it up."""
    with pytest.raises(RuntimeError, match="time stands still: place"):
        kept(("place", lambda at: at - HOUR))


def test_a_verb_waits_for_its_process() -> None:
    """What finds the process down comes at the instant at which the process is back."""
    back = START + timedelta(seconds=90)
    ran = kept(("file", failing(1, ProcessDownError("worker", back))))
    assert [at for _, at in ran][:2] == [START, back]


def test_what_is_done_once_is_done_again_only_after_trouble() -> None:
    """An order of a person that broke off is given again, and then no more."""
    assert kept(("stop", failing(1, ServiceAwayError("away"))), once=True) == [
        ("stop", START),
        ("stop", START + AFTER_TROUBLE),
    ]


def test_a_mistake_of_ours_ends_the_simulation() -> None:
    """What is no trouble from outside is not passed over."""
    with pytest.raises(AttributeError):
        kept(("file", failing(1, AttributeError("misspelt"))))


def test_the_carrier_is_asked_once_more_after_whatever_happened_there(sqlite_store: SqlStore) -> None:
    """A call may have come in of which no webhook got through: the product's own tables do not tell of it."""
    calm = Calm(sqlite_store)

    def settles() -> list[bool]:
        return [not calm.is_idle("settle_calls", START) for _ in range(2)]

    assert settles() == [True, False]
    calm.disturb()
    assert settles() == [False, False]
    calm.disturb(outside=True)
    calm.disturb()
    assert settles() == [True, False]
