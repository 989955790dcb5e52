"""The next windows of very many contacts are those that the gate names, one by one."""

import numpy as np
import pytest

from outbound.compliance.next_windows import CLASSES, NEVER, Questions, Whereabouts, next_windows
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.compliance.many.crowd import OPTIONS, TURNS, crowd, disagreements
from tests.values import replace

SERVICE = CLASSES.index(CallClass.SERVICE)


def asked(region: str, *instants: str, born: str = "1980-05-01", call_class: int = SERVICE) -> Questions:
    """Build questions about one place."""
    count = len(instants)
    seconds = np.array([np.datetime64(text, "s") for text in instants]).astype(np.int64)
    return Questions(
        (Whereabouts(region),),
        np.zeros(count, np.intp),
        np.full(count, call_class, np.int8),
        np.full(count, np.datetime64(born)),
        seconds,
    )


def written(seconds: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> list[str | None]:
    """Return instants as text in UTC, None for never."""
    return [None if second == NEVER else str(np.datetime64(int(second), "s")) for second in seconds]


@pytest.mark.parametrize("seed", range(2 * len(TURNS)))
def test_the_gate_names_the_same_second(seed: int, rulebook: Rulebook) -> None:
    """Every place, class and age, around any day and change of clocks: the same next second, or never."""
    questions = crowd(rulebook, seed, 150)
    found = next_windows(questions, rulebook, OPTIONS)
    assert disagreements(questions, found.opens, rulebook) == []


def test_a_window_ends_where_the_guard_begins(rulebook: Rulebook) -> None:
    """Taiwan on a Monday: inside the window it opens at once, afterwards on the next morning; five minutes are kept."""
    found = next_windows(asked("TW", "2026-11-23T04:00:00", "2026-11-23T12:55:00"), rulebook, OPTIONS)
    assert written(found.opens) == ["2026-11-23T04:00:00", "2026-11-24T01:00:00"]
    assert written(found.closes) == ["2026-11-23T12:55:00", "2026-11-24T12:55:00"]


def test_who_turns_65_in_between_has_the_hours_of_that_day(rulebook: Rulebook) -> None:
    """On the evening before the birthday the next window is the elder's, half an hour later than the others'."""
    eve, birthday = "2026-11-23T13:00:00", "1961-11-24"
    found = next_windows(asked("TW", eve, born=birthday), rulebook, OPTIONS)
    others = next_windows(asked("TW", eve), rulebook, OPTIONS)
    assert written(found.opens) == ["2026-11-24T01:30:00"]
    assert written(others.opens) == ["2026-11-24T01:00:00"]


def test_who_was_born_on_a_leap_day_turns_65_on_the_28th(rulebook: Rulebook) -> None:
    """The earlier and narrower reading holds, as in the gate."""
    found = next_windows(asked("TW", "2025-02-28T00:00:00", born="1960-02-29"), rulebook, OPTIONS)
    assert disagreements(asked("TW", "2025-02-28T00:00:00", born="1960-02-29"), found.opens, rulebook) == []


def test_promotion_turns_the_class_into_telemarketing(rulebook: Rulebook) -> None:
    """A promoting script is held to the hours of marketing, whatever the campaign calls itself."""
    morning = asked("FR-IDF", "2026-11-23T12:15:00")
    assert written(next_windows(morning, rulebook, OPTIONS).opens) == ["2026-11-23T13:00:00"]
    promoting = replace(OPTIONS, promotional=True)
    marketing = asked("FR-IDF", "2026-11-23T12:15:00", call_class=CLASSES.index(CallClass.TELEMARKETING))
    assert np.array_equal(
        next_windows(morning, rulebook, promoting).opens, next_windows(marketing, rulebook, OPTIONS).opens
    )


def test_rules_that_nobody_signed_open_nothing(rulebook: Rulebook) -> None:
    """Without two signatures there is no window, as there is no call."""
    found = next_windows(asked("TW", "2026-11-23T04:00:00"), rulebook, replace(OPTIONS, trust=Trust.PRODUCTION))
    assert written(found.opens) == written(found.closes) == [None]


def test_a_year_without_calendar_opens_nothing(rulebook: Rulebook) -> None:
    """Taiwan's calendar ends with 2027."""
    found = next_windows(asked("TW", "2027-12-31T12:00:00"), rulebook, OPTIONS)
    assert written(found.opens) == [None]


def test_nobody_is_asked_about(rulebook: Rulebook) -> None:
    """No rows, no windows."""
    found = next_windows(asked("TW"), rulebook, OPTIONS)
    assert (found.opens.size, found.closes.size) == (0, 0)
