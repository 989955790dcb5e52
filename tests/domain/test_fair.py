"""Whose turn it is on a shared line."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from outbound.domain.line.fair import Due, Turns, in_turn

NOBODY = Turns(0.0, {})


def due(campaign: str, count: int, *, promised: bool = False) -> list[Due]:
    """Name some attempts of a campaign."""
    return [Due(f"{campaign}-{'p' if promised else ''}{number}", campaign, promised) for number in range(count)]


def names(found: list[Due]) -> str:
    """Spell out whose turns these are."""
    return "".join(each.campaign_id for each in found)


def test_round_robin() -> None:
    """Campaigns of the same weight take turns, however long the list of the first."""
    assert names(in_turn(due("a", 6) + due("b", 2), NOBODY, {"a": 1, "b": 1})) == "ababaaaa"


def test_weights() -> None:
    """A campaign of three times the weight gets three turns for one."""
    order = names(in_turn(due("a", 12) + due("b", 12), NOBODY, {"a": 3, "b": 1}))
    assert Counter(order[:8]) == {"a": 6, "b": 2}


def test_promises_first() -> None:
    """A time that a customer chose comes before anything else, of whichever campaign."""
    assert [
        each.attempt_id for each in in_turn(due("a", 1) + due("b", 1, promised=True), NOBODY, {"a": 1, "b": 1})
    ] == [
        "b-p0",
        "a-0",
    ]


def test_who_was_served_waits() -> None:
    """Who had the last turns is not first again."""
    turns = Turns(0.0, {"a": 2.0, "b": 0.0})
    assert names(in_turn(due("a", 3) + due("b", 3), turns, {"a": 1, "b": 1})) == "bbabaa"


def test_idle_campaign_is_owed_nothing() -> None:
    """A campaign that had nothing to dial all day does not have the line to itself afterwards."""
    turns = Turns(100.0, {"a": 101.0})
    assert names(in_turn(due("a", 3) + due("new", 3), turns, {"a": 1, "new": 1}))[:4] == "newanewa"[:4]


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 30), min_size=2),
    st.dictionaries(st.sampled_from("abc"), st.floats(0.1, 10), min_size=3),
)
def test_nobody_starves(counts: dict[str, int], weights: dict[str, float]) -> None:
    """While several wait, each gets its share of any stretch of turns, to within one turn each way of the others."""
    found = [each for name, count in counts.items() for each in due(name, count)]
    order = in_turn(found, NOBODY, weights)
    assert sorted(order, key=lambda each: each.attempt_id) == sorted(found, key=lambda each: each.attempt_id)
    had: Counter[str] = Counter()
    for each in order:
        had[each.campaign_id] += 1
        waiting = [name for name in counts if had[name] < counts[name]]
        progress = [had[name] / weights[name] for name in waiting]
        slack = max(1 / weights[name] for name in counts)
        assert not progress or max(progress) - min(progress) <= slack + 1e-9


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30))
def test_one_by_one_is_the_same_order(found: list[tuple[str, bool]]) -> None:
    """Looking anew after every call gives the order that was seen at once: batches change nothing."""
    waiting = [Due(str(number), name, promised) for number, (name, promised) in enumerate(found)]
    weights = {"a": 1.0, "b": 2.0, "c": 0.5}
    at_once, turns, singly = in_turn(waiting, NOBODY, weights), NOBODY, []
    while waiting:
        first = in_turn(waiting, turns, weights)[0]
        turns = turns.after(first, weights[first.campaign_id])
        waiting.remove(first)
        singly.append(first)
    assert singly == at_once
