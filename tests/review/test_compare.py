"""Versions of a script side by side: counts of people, intervals as published, and what chance may explain."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.review.compare import (
    NPS,
    Estimate,
    SpokenCall,
    at_other_times,
    difference,
    differences,
    versions,
    wilson,
)
from tests.values import replace

MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)


def call(contact: str, version: str = "a", **more: object) -> SpokenCall:
    """One answered call that came to nothing in particular."""
    found = SpokenCall(
        contact_id=contact, heard_by="called", script="welcome_call", version=version, at=MONDAY, by_a_person=True,
        verified=False, completed=False, opted_out=False, complained=False, asked_for_a_person=False, seconds=100,
    )  # fmt: skip
    return replace(found, **more)


def group(version: str, people: int, completed: int, **more: object) -> list[SpokenCall]:
    """Answered calls of as many people, of whom some heard it to its end."""
    return [call(f"{version}{number}", version, completed=number < completed, **more) for number in range(people)]


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    # The examples of Newcombe's paper, table II, method 10.
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062)],
)
def test_differences_of_shares_are_those_that_were_published(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """The interval of a difference equals the published one to four places."""
    first, second = wilson(*one), wilson(*other)
    assert first is not None
    assert second is not None
    found = difference(first, second)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_stays_a_share(counted: tuple[int, int]) -> None:
    """Between 0 and 1, around what was observed, for any count."""
    found = wilson(*counted)
    assert found is not None
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


def test_nothing_observed_is_no_share() -> None:
    """Without people there is no estimate, and no division by nothing."""
    assert wilson(0, 0) is None


def test_people_are_counted_not_calls() -> None:
    """Who was called twice counts once; who answered nothing counts among the calls only."""
    calls = [
        call("x"), call("x", completed=True, nps=9), call("y", complained=True, seconds=40),
        call("z", by_a_person=False, seconds=12),
    ]  # fmt: skip
    (found,) = versions(calls)
    assert (found.calls, found.answered, found.contacts) == (4, 3, 2)
    assert (found.shares["completed"].count, found.shares["completed"].of) == (1, 2)
    assert found.shares["complained"].count == 1
    assert (found.nps.answers, found.median_seconds) == (1, 100)


def test_chance_is_told_from_what_it_does_not_explain() -> None:
    """Ten points apart among thirty people may be chance, forty points among three hundred are not."""
    few = differences(versions([*group("a", 30, 15), *group("b", 30, 18)]))
    assert all(each.by_chance for each in few)
    many = differences(versions([*group("a", 301, 210), *group("b", 300, 90)]))
    (completed,) = (each for each in many if each.figure == "completed")
    assert (completed.by_chance, completed.version, completed.against) == (False, "b", "a")
    assert completed.difference.value == pytest.approx(-0.3977, abs=0.001)


def test_those_who_hear_other_scripts_by_design_are_not_compared() -> None:
    """People of 65 and older, and who rings back, stand among themselves."""
    calls = [*group("a", 50, 40), *group("s", 50, 5, heard_by="senior"), *group("r", 50, 5, heard_by="rings_back")]
    assert differences(versions(calls)) == ()
    assert [each.heard_by for each in versions(calls)] == ["called", "rings_back", "senior"]


def test_scores_are_compared_once_both_were_given_some() -> None:
    """A version that nobody scored is not compared by its score; two that were are."""
    scored = [*group("a", 60, 0, nps=10), *group("b", 60, 0, nps=2)]
    (apart,) = (each for each in differences(versions(scored)) if each.figure == NPS)
    assert apart.difference.value == pytest.approx(-200)
    assert not apart.by_chance
    silent = [*group("a", 60, 0, nps=10), *group("b", 60, 0)]
    assert NPS not in {each.figure for each in differences(versions(silent))}


@given(st.integers(-99, 99), st.integers(0, 50), st.integers(-99, 99), st.integers(0, 50))
def test_a_difference_turned_round_has_its_interval_turned_round(a: int, wide: int, b: int, broad: int) -> None:
    """Which of two is named first does not change what may be said."""
    one, other = Estimate(a, a - wide, a + wide), Estimate(b, b - broad, b + broad)
    there, back = difference(one, other), difference(other, one)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))


def test_versions_that_followed_one_another_are_known() -> None:
    """One that began after the other's last call differs in more than its words."""
    one, other = versions([*group("a", 3, 0), *group("b", 2, 0, at=MONDAY + timedelta(days=1))])
    assert at_other_times(one, other)
    assert not at_other_times(one, one)
