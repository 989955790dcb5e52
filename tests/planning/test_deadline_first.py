"""The first planner."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.domain.campaign import OpenHours
from outbound.planning.allocation import Allocation, Candidate, Opening, Plan, Slot
from outbound.planning.deadline_first import DeadlineFirst, allocate
from outbound.planning.slots import cut_slots, is_open
from tests.values import replace

EVERY_DAY = frozenset(range(1, 8))
HOURS = (OpenHours(EVERY_DAY, time(9), time(12)),)
BEGIN = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""Monday, nine in Taipei."""
HALF = timedelta(minutes=30)
DAY = timedelta(days=1)
TAIPEI = ("Asia/Taipei",)


def slots(capacity: int = 1, count: int = 6) -> tuple[Slot, ...]:
    """Half-hours from nine on."""
    return tuple(Slot(BEGIN + HALF * n, BEGIN + HALF * (n + 1), capacity) for n in range(count))


def someone(name: str, **facts: object) -> Candidate:
    """Build a candidate who may be called from the beginning on."""
    usual = Candidate(name, TAIPEI, BEGIN - timedelta(days=1), BEGIN, gate_key="all")
    return replace(usual, **facts)


def always(_: Candidate, instant: datetime) -> Opening:
    """Gate that is always open."""
    return Opening(instant)


def placed(plan: Plan) -> dict[str, int]:
    """Return the number of the slot of each candidate."""
    return {a.candidate_id: round((a.slot.start - BEGIN) / HALF) for a in plan.allocations}


def left(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return why each other candidate got none."""
    return {u.candidate_id: u.reasons for u in plan.unallocated}


def test_the_earliest_free_look_deadline_goes_first_then_the_longest_wait() -> None:
    """A right that runs out soon comes before one that runs long; without a running right the wait decides."""
    people = [
        someone("late", free_look_until=BEGIN + timedelta(days=9)),
        someone("soon", free_look_until=BEGIN + timedelta(days=2)),
        someone("over", free_look_until=BEGIN - timedelta(days=2), waiting_since=BEGIN - timedelta(days=20)),
        someone("none", waiting_since=BEGIN - timedelta(days=5)),
    ]
    assert placed(allocate(people, slots(), HOURS, always)) == {"soon": 0, "late": 1, "over": 2, "none": 3}


def test_a_callback_has_its_room_before_everybody() -> None:
    """Who asked for a time gets it, though others are more urgent and asked for nothing."""
    chosen = (BEGIN + HALF + timedelta(minutes=10), BEGIN + 2 * HALF)
    people = [someone(f"{n}", free_look_until=BEGIN + timedelta(days=1)) for n in range(6)]
    plan = allocate([*people, someone("back", chosen=chosen, zones=("America/New_York",))], slots(), HOURS, always)
    back = next(a for a in plan.allocations if a.candidate_id == "back")
    assert back.at == chosen[0]
    assert placed(plan)["back"] == 1
    assert list(left(plan).values()) == [("no_capacity",)]


def test_what_is_merely_planned_gives_way_to_a_promise() -> None:
    """A half hour that is full of other calls has its place for who chose it; one full of promises has not."""
    chosen = (BEGIN, BEGIN + HALF)
    full = [Slot(BEGIN + HALF * n, BEGIN + HALF * (n + 1), 1 if n else 0, 2 if n else 1) for n in range(3)]
    people = [someone("a", chosen=chosen), someone("b", chosen=chosen), someone("x")]
    assert placed(allocate(people, full, HOURS, always)) == {"a": 0, "b": 1, "x": 2}


def test_a_callback_whose_time_is_full_or_over_is_late_but_not_forgotten() -> None:
    """The second callback of a full slot, and one whose window has passed, get the next slot there is."""
    window = (BEGIN, BEGIN + HALF)
    gone = (BEGIN - HALF, BEGIN)
    people = [someone("a", chosen=window), someone("b", chosen=window), someone("gone", chosen=gone), someone("x")]
    assert placed(allocate(people, slots(), HOURS, always)) == {"gone": 0, "a": 1, "b": 2, "x": 3}


def test_not_before_and_the_preferred_window_are_kept() -> None:
    """Nobody is placed before their instant; a preferred window is taken while it has room, and left when full."""
    ten = OpenHours(EVERY_DAY, time(10), time(10, 30))
    people = [
        someone("later", not_before=BEGIN + HALF + timedelta(seconds=1)),
        someone("likes ten", preferred=ten, free_look_until=BEGIN + timedelta(days=1)),
        someone("likes ten too", preferred=ten, free_look_until=BEGIN + timedelta(days=2)),
    ]
    assert placed(allocate(people, slots(), HOURS, always)) == {"likes ten": 2, "likes ten too": 0, "later": 3}


def test_campaign_hours_hold_in_every_zone_of_the_contact() -> None:
    """A contact who may be in two zones is called when the campaign is open in both."""
    both = someone("both", zones=("Asia/Taipei", "Asia/Tokyo"), gate_key=None)
    day = tuple(Slot(BEGIN + HALF * n, BEGIN + HALF * (n + 1), 1) for n in range(-4, 8))
    plan = allocate([replace(both, not_before=day[0].start)], day, HOURS, always)
    assert plan.allocations[0].at == BEGIN
    late = someone("late", zones=("Asia/Taipei", "America/New_York"))
    assert left(allocate([late], slots(), HOURS, always)) == {"late": ("no_slot",)}


def test_people_on_one_number_get_a_day_each() -> None:
    """A shared number is planned for one of them a day, so that the daily limit cancels nobody when it is due."""
    people = [someone(name, number_key="n") for name in "abc"] + [someone("d", number_key="other")]
    two_days = (*slots(capacity=5), *(Slot(s.start + DAY, s.end + DAY, 5) for s in slots()))
    plan = allocate(people, two_days, HOURS, always)
    assert {a.candidate_id: a.slot.start for a in plan.allocations} == {"a": BEGIN, "b": BEGIN + DAY, "d": BEGIN}
    assert left(plan) == {"c": ("attempt_limit",)}


def test_promises_on_one_number_are_never_in_one_slot() -> None:
    """Who chose a time is called at that time, whoever else is rung on the number that day, but one after the other."""
    people = [someone(name) for name in "abc"]
    crowded = [replace(person, number_key="n", chosen=(BEGIN, BEGIN + HALF)) for person in people]
    assert placed(allocate(crowded, slots(capacity=5), HOURS, always)) == {"a": 0, "b": 1, "c": 2}


def test_whoever_gets_no_slot_is_told_why() -> None:
    """No room, given up, no slot at all, planned already, or what the gate says."""

    def gate(candidate: Candidate, instant: datetime) -> Opening:
        if candidate.gate_key == "refused" or candidate.id == "lone refused":
            return Opening(None, ("do_not_call",))
        return Opening(max(instant, BEGIN + HALF))

    people = [
        someone("a"),
        someone("a"),
        someone("full", waiting_since=BEGIN),
        someone("lone full", waiting_since=BEGIN, gate_key=None),
        someone("over", give_up_at=BEGIN),
        someone("lone over", give_up_at=BEGIN, gate_key=None),
        someone("refused", gate_key="refused"),
        someone("lone refused", gate_key=None),
        someone("far", not_before=BEGIN + timedelta(days=30)),
        someone("lone far", not_before=BEGIN + timedelta(days=30), gate_key=None),
        someone("at night", zones=("America/New_York",), gate_key=None),
    ]
    plan = allocate(people, slots(count=2), HOURS, gate)
    assert placed(plan) == {"a": 1}
    assert left(plan) == {
        "a": ("already_planned",),
        "full": ("no_capacity",),
        "lone full": ("no_capacity",),
        "over": ("deadline_passed",),
        "lone over": ("deadline_passed",),
        "refused": ("do_not_call",),
        "lone refused": ("do_not_call",),
        "far": ("no_slot",),
        "lone far": ("no_slot",),
        "at night": ("no_slot",),
    }


def test_without_slots_nobody_is_placed() -> None:
    """An empty horizon leaves everybody with that reason."""
    people = [someone("a"), someone("b", gate_key=None), someone("c", chosen=(BEGIN, BEGIN + HALF))]
    assert set(left(DeadlineFirst().allocate(people, (), HOURS, always)).values()) == {("no_slot",)}


def test_the_gate_is_asked_once_for_all_who_share_a_key() -> None:
    """A hundred alike cost as many questions as one."""
    asked: list[str] = []

    def counting(candidate: Candidate, instant: datetime) -> Opening:
        asked.append(candidate.id)
        return Opening(instant)

    allocate([someone(f"{n:03}") for n in range(100)], slots(capacity=20), HOURS, counting)
    assert len(asked) == 6


def test_an_opening_far_ahead_is_jumped_to() -> None:
    """The walk goes straight to the slot in which the gate opens, and past openings that no slot covers."""

    def gate(_: Candidate, instant: datetime) -> Opening:
        return Opening(max(instant, BEGIN + 3 * HALF + timedelta(minutes=5)))

    plan = allocate([someone("a", gate_key=None), someone("b")], slots(), HOURS, gate)
    assert {a.at for a in plan.allocations} == {BEGIN + 3 * HALF + timedelta(minutes=5), BEGIN + 4 * HALF}
    gap = (*slots(count=2), Slot(BEGIN + 5 * HALF, BEGIN + 6 * HALF, 1))
    assert placed(allocate([someone("a", gate_key=None)], gap, HOURS, gate)) == {"a": 5}


@settings(max_examples=150, deadline=None)
@given(
    people=st.lists(
        st.tuples(
            st.integers(0, 8), st.integers(-2, 12), st.sampled_from(["all", "odd", None]), st.integers(0, 3),
            st.booleans(),
        ),
        max_size=25,
    ),
    capacity=st.integers(0, 3),
)  # fmt: skip
def test_every_plan_keeps_the_rules(people: list[tuple[int, int, str | None, int, bool]], capacity: int) -> None:
    """Each candidate is answered once, capacity and numbers are respected, and every instant is lawful and in time."""

    def gate(candidate: Candidate, instant: datetime) -> Opening:
        if candidate.gate_key != "odd":
            return Opening(instant)
        number = -(-(instant - BEGIN) // HALF)
        return Opening(BEGIN + HALF * (number + 1 - number % 2)) if number % 2 == 0 else Opening(instant)

    candidates = [
        someone(
            f"{n}",
            not_before=BEGIN + HALF * start,
            free_look_until=BEGIN + HALF * until,
            gate_key=key,
            number_key=str(number),
            chosen=(BEGIN + HALF * start, BEGIN + HALF * (start + 1)) if back else None,
        )
        for n, (start, until, key, number, back) in enumerate(people)
    ]
    plan = allocate(candidates, slots(capacity), HOURS, gate)
    by_id = {c.id: c for c in candidates}
    answered = [a.candidate_id for a in plan.allocations] + [u.candidate_id for u in plan.unallocated]
    assert sorted(answered) == sorted(by_id)
    for slot in slots(capacity):
        inside = [a for a in plan.allocations if a.slot == slot]
        assert len(inside) <= capacity
        assert len({by_id[a.candidate_id].number_key for a in inside}) == len(inside)
    plain = [by_id[a.candidate_id] for a in plan.allocations if by_id[a.candidate_id].chosen is None]
    assert len({candidate.number_key for candidate in plain}) == len(plain)
    for a in plan.allocations:
        _check(a, by_id[a.candidate_id], gate(by_id[a.candidate_id], a.at))


def _check(found: Allocation, candidate: Candidate, opening: Opening) -> None:
    assert found.slot.start <= found.at < found.slot.end
    assert found.at >= candidate.not_before
    assert opening.at == found.at
    assert candidate.chosen is not None or is_open(HOURS, "Asia/Taipei", found.at)


def test_campaign_hours_become_half_hours() -> None:
    """Slots lie in the hours of a zone at least, start at the half-hour, and cover chosen windows besides."""
    cut = cut_slots(HOURS, TAIPEI, BEGIN - timedelta(minutes=20), BEGIN + timedelta(days=1), 7)
    assert [slot.start for slot in cut] == [BEGIN + HALF * n for n in range(6)]
    assert all(first.end == second.start for first, second in pairwise(cut))
    assert {slot.capacity for slot in cut} == {7}
    evening = (BEGIN + timedelta(hours=9, minutes=50), BEGIN + timedelta(hours=10, minutes=20))
    wider = cut_slots(HOURS, TAIPEI, BEGIN, BEGIN + timedelta(days=1), 7, chosen=[evening])
    assert [slot.start for slot in wider[6:]] == [BEGIN + timedelta(hours=9.5), BEGIN + timedelta(hours=10)]
    two = cut_slots(HOURS, ("Asia/Taipei", "Asia/Tokyo"), BEGIN - timedelta(hours=2), BEGIN + timedelta(hours=4), 1)
    assert two[0].start == BEGIN - timedelta(hours=1)
    assert len(two) == 8


@settings(deadline=None)
@given(data=st.data())
def test_what_an_answer_says_of_later_is_not_asked_again(data: st.DataObject) -> None:
    """A gate that tells until when it is open is asked less often, and the plan is the same."""
    edges = sorted(data.draw(st.lists(st.integers(0, 240), min_size=2, max_size=8, unique=True)))
    spans = [(BEGIN + timedelta(minutes=a), BEGIN + timedelta(minutes=b)) for a, b in pairwise(edges)][::2]
    asked: dict[bool, int] = {True: 0, False: 0}

    def gate(tells: bool) -> Callable[[Candidate, datetime], Opening]:
        def ask(_: Candidate, instant: datetime) -> Opening:
            asked[tells] += 1
            span = next(((start, end) for start, end in spans if instant < end), None)
            if span is None:
                return Opening(None, ("outside_hours",))
            if instant < span[0]:
                return Opening(span[0])
            return Opening(instant, until=span[1] if tells else None)

        return ask

    people = [someone(f"{n}") for n in range(data.draw(st.integers(2, 6)))]
    plans = [allocate(people, slots(count=8), HOURS, gate(tells)) for tells in (True, False)]
    assert plans[0] == plans[1]
    assert asked[True] <= asked[False]
