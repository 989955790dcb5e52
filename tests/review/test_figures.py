from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.review.figures import CallRow, answer_rate_by_hour, by_day, dispositions, funnel, nps, welcomed_share
from tests.values import replace

MONDAY = datetime(2026, 11, 16, 10, 30, tzinfo=UTC)


def row(contact: str, *, hour: int = 10, disposition: str = "no_answer", senior: bool = False) -> CallRow:
    """One dial of a Monday; who is welcomed was reached and verified."""
    welcomed = disposition == "welcomed"
    return CallRow(
        contact_id=contact, started=MONDAY.replace(hour=hour), rang=True, answered=welcomed, right_party=welcomed,
        verified=welcomed, disposition=disposition, connect_result="human" if welcomed else "no_answer",
        language="zh-TW", is_senior=senior, nps=None,
    )  # fmt: skip


def test_the_funnel_counts_people_not_dials() -> None:
    """Somebody who was rung twice and welcomed once counts once at every stage."""
    rows = [row("a"), row("a", disposition="welcomed"), row("b")]
    assert [(stage.name, stage.contacts) for stage in funnel(4, rows)] == [
        ("contacts", 4), ("rung", 2), ("answered", 1), ("right_party", 1), ("verified", 1), ("welcomed", 1),
    ]  # fmt: skip
    assert funnel(4, rows)[1].share == pytest.approx(0.5)
    assert funnel(0, [])[1].share is None


def test_answer_rates_stand_by_weekday_and_hour() -> None:
    """Answered and rung calls are counted by local weekday and hour; hours without calls are left out."""
    rows = [row("a", disposition="welcomed"), row("b"), row("c", hour=15)]
    assert answer_rate_by_hour(rows) == {(1, 10): (1, 2), (1, 15): (0, 1)}


def test_days_and_dispositions_are_ordered_for_reading() -> None:
    """Days stand in order of time, dispositions by frequency."""
    rows = [row("a"), row("b"), row("c", disposition="welcomed")]
    assert by_day(rows) == {"2026-11-16": {"no_answer": 2, "human": 1}}
    assert list(dispositions(rows)) == ["no_answer", "welcomed"]


def test_parity_shows_segments_even_when_nobody_is_in_them() -> None:
    """Seniors and others, Chinese and English are shown side by side, with zeros where nobody was called."""
    shares = welcomed_share([row("a", disposition="welcomed", senior=True), row("b")])
    assert shares == {"65_plus": (1, 1), "under_65": (0, 1), "zh-TW": (1, 2), "en-US": (0, 0)}


def test_nps_without_answers_is_unknown_not_zero() -> None:
    """No answers, no score."""
    assert nps([]).score is None


def test_nps_is_promoters_minus_detractors() -> None:
    """Nines and tens count for, up to six against, seven and eight for neither; the interval widens small numbers."""
    found = nps([10, 9, 9, 8, 3])
    assert found.score == pytest.approx(40)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
    wide, narrow = nps([10, 3] * 5), nps([10, 3] * 500)
    assert (wide.high or 0) - (wide.low or 0) > 5 * ((narrow.high or 0) - (narrow.low or 0))


@given(st.lists(st.integers(0, 10), min_size=1, max_size=200))
def test_the_interval_lies_within_the_scale(scores: list[int]) -> None:
    """Whatever the answers, the interval stays between -100 and 100 and is not upside down."""
    found = nps(scores)
    assert found.low is not None
    assert found.high is not None
    assert -100 <= found.low <= found.high <= 100


def test_who_rings_back_is_counted_among_people_not_among_dials() -> None:
    """A conversation that the customer began counts in the funnel, in no day's dials and in no answer rate."""
    back = replace(row("a", disposition="welcomed"), rang=False, came_in=True)
    rows = [row("a"), back]
    assert [stage.contacts for stage in funnel(1, rows)] == [1, 1, 1, 1, 1, 1]
    assert by_day(rows) == {"2026-11-16": {"no_answer": 1}}
    assert answer_rate_by_hour(rows) == {(1, 10): (0, 1)}
