"""Whether one more return call can be promised."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outbound.planning.promised import Window, has_room, places_for_promises
from tests.conftest import MONDAY_TEN

HALF = timedelta(minutes=30)


def window(first: int, slots: int) -> Window:
    """A window of so many half hours, `first` half hours after ten."""
    start = MONDAY_TEN + first * HALF
    return start, start + slots * HALF


def test_a_quarter_is_promised() -> None:
    """Of a half hour's capacity a quarter may be promised, and one call however small it is."""
    assert [places_for_promises(capacity) for capacity in (1, 4, 400)] == [1, 1, 100]


def test_promises_of_a_window_that_is_wider_count_where_they_must() -> None:
    """Three calls from ten to twelve, one a half hour, leave room for one from ten to eleven; four do not."""
    wide, early = window(0, 4), window(0, 2)
    assert has_room(early, {wide: 3}, 1)
    assert not has_room(early, {wide: 4}, 1)
    assert has_room(early, {wide: 4}, 2)


def test_a_window_without_a_whole_half_hour_has_no_room() -> None:
    """Ten past to twenty to holds no half hour of the planner's."""
    start = MONDAY_TEN + timedelta(minutes=10)
    assert not has_room((start, start + HALF), {}, 9)


SMALL = st.builds(window, st.integers(0, 5), st.integers(1, 4))


def can_all_be_kept(wanted: list[Window], places: int) -> bool:
    """Find a half hour for each by trying (augmenting paths): slow, and plainly right."""
    held: dict[tuple[datetime, int], int] = {}

    def place(one: int, seen: set[tuple[datetime, int]]) -> bool:
        start, end = wanted[one]
        for step in range((end - start) // HALF):
            for seat in ((start + step * HALF, number) for number in range(places)):
                if seat not in seen:
                    seen.add(seat)
                    if seat not in held or place(held[seat], seen):
                        held[seat] = one
                        return True
        return False

    return all(place(one, set()) for one in range(len(wanted)))


@given(st.lists(SMALL, max_size=9), SMALL, st.integers(1, 3))
def test_a_yes_can_be_kept_and_a_no_could_not(made: list[Window], asked: Window, places: int) -> None:
    """Whatever was promised with room for it, the answer is that of trying every way."""
    promised: list[Window] = []
    for each in made:
        if has_room(each, Counter(promised), places):
            promised.append(each)
    assert can_all_be_kept(promised, places)
    assert has_room(asked, Counter(promised), places) is can_all_be_kept([*promised, asked], places)
