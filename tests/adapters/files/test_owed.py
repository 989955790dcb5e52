"""The journal of promises that are owed: what was written survives, whatever tears at it."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from outbound.adapters.files.owed import OwedJournal
from outbound.usecases.ports.owed import Owed
from tests.conftest import MONDAY_TEN


def owed(number: int, turn: int = 1) -> Owed:
    """A promise of some call."""
    return Owed(f"{number:032x}", turn, "DatabaseUnreachableError", MONDAY_TEN + timedelta(seconds=number))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal in a folder that is not there yet."""
    return tmp_path / "var" / "owed.jsonl"


def test_survives_its_process(path: Path) -> None:
    """Whoever opens the file next owes what was added and is not done, in the same order."""
    journal = OwedJournal(path)
    for number in (1, 2, 3):
        journal.add(owed(number))
    journal.done(owed(2))
    assert journal.waiting() == OwedJournal(path).waiting() == (owed(1), owed(3))


def test_is_emptied_when_nothing_is_owed(path: Path) -> None:
    """The file does not grow for ever; what is done twice, or was never owed, does no harm."""
    journal = OwedJournal(path)
    journal.add(owed(1))
    journal.done(owed(1))
    journal.done(owed(1))
    journal.done(owed(9))
    assert path.read_bytes() == b""
    assert OwedJournal(path).waiting() == ()


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_line_costs_itself_alone(path: Path, cut: int) -> None:
    """A line that was torn when the machine stopped is passed over, and swallows neither its neighbour nor the next."""
    journal = OwedJournal(path)
    journal.add(owed(1))
    journal.add(owed(2))
    path.write_bytes(path.read_bytes()[:-cut])
    after = OwedJournal(path)
    assert owed(1) in after.waiting()
    after.add(owed(3))
    assert {owed(1), owed(3)} <= set(OwedJournal(path).waiting())


@pytest.mark.parametrize("line", ["[]", "7", '"x"', '{"token": 1}', '{"token": "a", "turn": "b"}', "\x00\x00", "{}"])
def test_what_is_no_promise_is_passed_over(path: Path, line: str) -> None:
    """A file that somebody spoilt costs no promise."""
    journal = OwedJournal(path)
    journal.add(owed(1))
    path.write_text(line + "\n" + path.read_text() + line)
    assert OwedJournal(path).waiting() == (owed(1),)


def test_a_disk_that_takes_half_a_line_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that came short is an error: the caller must know that the promise is in memory alone."""
    write = os.write
    monkeypatch.setattr("outbound.adapters.files.owed.os.write", lambda file, data: write(file, data[: len(data) // 2]))
    journal = OwedJournal(path)
    with pytest.raises(OSError, match="space"):
        journal.add(owed(1))
    assert journal.waiting() == (owed(1),)


def test_says_nothing_of_a_person(path: Path) -> None:
    """A line holds the token, the turn, which answer was given, a code and an instant; only the owner may read it."""
    OwedJournal(path).add(owed(1))
    assert set(json.loads(path.read_text())) == {"token", "turn", "answer", "reason", "at"}
    assert path.stat().st_mode & 0o077 == 0


def test_many_threads_and_two_processes_share_it(path: Path) -> None:
    """Two journals on one file, each in several threads: nothing is lost, and each sees what the other owes."""
    one, other = OwedJournal(path), OwedJournal(path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: (one, other)[number % 2].add(owed(number)), range(40)))
    for each in (one, other):
        each.take_up()
    assert len(OwedJournal(path).waiting()) == len(one.waiting()) == len(other.waiting()) == 40
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one.done, one.waiting()[:20]))
    assert len(OwedJournal(path).waiting()) == 20
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(other.done, other.waiting()))
    assert path.read_bytes() == b""


def test_what_a_dead_neighbour_owed_is_taken_up_without_a_restart(path: Path) -> None:
    """A process that runs already finds a promise that another one wrote before it died."""
    alive = OwedJournal(path)
    assert alive.waiting() == ()
    OwedJournal(path).add(owed(1))
    assert alive.waiting() == ()
    alive.take_up()
    assert alive.waiting() == (owed(1),)
