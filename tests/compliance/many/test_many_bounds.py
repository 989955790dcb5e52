"""Birthdays, horizons and clocks that only touch: the bounds of the next windows of very many contacts."""

from datetime import date, timedelta

import numpy as np
import pytest

from outbound.compliance.facts import Check, GateOptions
from outbound.compliance.next_windows import CLASSES, NEVER, Questions, Whereabouts, next_windows
from outbound.compliance.rules.pack import InForce, Segment
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.call_class import CallClass
from tests.compliance.gate.invented import book, layer, week
from tests.compliance.many.crowd import OPTIONS, by_the_gate
from tests.values import replace

SERVICE = CLASSES.index(CallClass.SERVICE)
HOUR, DAY = 3_600, 86_400
BY_AGE = replace(layer((540, 1200)), segments={Segment.ELDER: week((600, 1200))})
NO_GUARD = replace(OPTIONS, skip=OPTIONS.skip | {Check.GUARD})


def at(day: date, hour: int = 0) -> int:
    """Return an hour of a day in UTC as seconds."""
    return (day - date(1970, 1, 1)).days * DAY + hour * HOUR


def asked(instants: list[int], *places: Whereabouts, born: list[str] | None = None) -> Questions:
    """Ask about service calls; contacts take the places in turn, and are of 1980 where nothing is said."""
    count = len(instants)
    return Questions(
        places or (Whereabouts("XK"),),
        np.arange(count) % max(len(places), 1),
        np.full(count, SERVICE, np.int8),
        np.array(born or ["1980-01-01"] * count, "datetime64[D]"),
        np.array(instants, np.int64),
    )


@pytest.mark.parametrize(
    ("born", "birthday"),
    [
        ("1960-02-29", date(2025, 2, 28)),
        ("1960-02-28", date(2025, 2, 28)),
        ("1960-02-27", date(2025, 2, 27)),
        ("1960-03-01", date(2025, 3, 1)),
        ("1961-02-28", date(2026, 2, 28)),
        ("1961-01-29", date(2026, 1, 29)),
        ("1961-03-29", date(2026, 3, 29)),
        ("1961-03-30", date(2026, 3, 30)),
        ("1961-12-29", date(2026, 12, 29)),
        ("1961-12-31", date(2026, 12, 31)),
        ("1962-01-01", date(2027, 1, 1)),
        ("1963-02-28", date(2028, 2, 28)),
        ("1963-03-01", date(2028, 3, 1)),
    ],
)
def test_hours_of_65_begin_on_the_birthday(born: str, birthday: date) -> None:
    """Until the day before, the window opens at nine; from the birthday on at ten, whenever it was asked."""
    days = [birthday + timedelta(days=days) for days in (-2, -1, 0, 1, 40)]
    instants = [at(day, 1) for day in days] + [at(day, 21) for day in days]
    found = next_windows(asked(instants, born=[born] * 10), book(BY_AGE, zone="UTC"), OPTIONS)
    opening = [at(day, 10 if day >= birthday else 9) for day in days]
    evening = [at(day + timedelta(days=1), 10 if day + timedelta(days=1) >= birthday else 9) for day in days]
    assert found.opens.tolist() == opening + evening
    assert [second % DAY for second in found.closes.tolist()] == [20 * HOUR - 300] * 10


def test_who_has_no_birth_date_has_the_hours_of_65() -> None:
    """Not a time at all stands for a birth date that nobody knows; without hours by age nothing changes."""
    instants, born = [at(date(2026, 5, 5))] * 2, ["NaT", "1980-01-01"]
    by_age = next_windows(asked(instants, born=born), book(BY_AGE, zone="UTC"), OPTIONS)
    alike = next_windows(asked(instants, born=born), book(layer((540, 1200)), zone="UTC"), OPTIONS)
    assert [second % DAY // HOUR for second in by_age.opens.tolist()] == [10, 9]
    assert [second % DAY // HOUR for second in alike.opens.tolist()] == [9, 9]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
@pytest.mark.parametrize("born", ["1961-05-05", "1960-02-29", "1961-02-27", "1961-03-29"])
def test_the_birthday_is_one_of_the_local_date(zone: str, born: str) -> None:
    """At the ends of the world the birthday begins up to fourteen hours earlier or eleven later than in UTC."""
    rules, birthday = book(BY_AGE, zone=zone), date(int(born[:4]) + 65, int(born[5:7]), min(int(born[8:]), 28))
    instants = [at(birthday - timedelta(days=1)) + hour * HOUR + HOUR // 2 for hour in range(-12, 48, 3)]
    questions = asked(instants, born=[born] * len(instants))
    found = next_windows(questions, rules, OPTIONS)
    assert found.opens.tolist() == [by_the_gate(questions, rules, row) for row in range(len(instants))]


def test_every_class_has_its_own_hours_around_a_birthday() -> None:
    """Who is asked about again because of age keeps the class; a promoting script makes any class marketing."""
    everyone = replace(BY_AGE, binds=frozenset(CallClass))
    offers = replace(layer((630, 1200)), binds=frozenset({CallClass.TELEMARKETING}))
    debts = replace(layer((660, 1200)), binds=frozenset({CallClass.COLLECTION}))
    rules, count = book(everyone, offers, debts, zone="UTC"), len(CLASSES)
    questions = asked([at(date(2026, 5, 4), 21)] * 2 * count, born=["1961-05-05", "1980-01-01"] * count)
    mixed = replace(questions, call_class=np.arange(2 * count).astype(np.int8) // 2)
    found = next_windows(mixed, rules, OPTIONS)
    assert found.opens.tolist() == [by_the_gate(mixed, rules, row) for row in range(2 * count)]
    promoting = next_windows(questions, rules, replace(OPTIONS, promotional=True))
    assert promoting.opens.tolist() == [at(date(2026, 5, 5), 10) + HOUR // 2] * 2 * count


def test_windows_that_lie_close_to_each_other_are_both_kept() -> None:
    """A break that is shorter than the guard delays the second window no further than its own opening."""
    rules = book(layer((540, 720), (723, 900)), zone="UTC")
    found = next_windows(asked([at(date(2026, 5, 5), 12)]), rules, OPTIONS)
    assert found.opens.tolist() == [at(date(2026, 5, 5), 12) + 180]


@pytest.mark.parametrize("days", range(8, 14))
def test_a_window_is_told_to_its_end_however_far_off_it_is(days: int) -> None:
    """Where the first look ahead ends in the middle of a window, its end is still closing time."""
    first = date(2026, 5, 5)
    shut = layer((540, 541), in_force=InForce(until=first + timedelta(days=days - 1)))
    rules = book(layer((540, 1200)), shut, zone="UTC")
    opening = at(first + timedelta(days=days), 9)
    found = next_windows(asked([at(first, 12)]), rules, OPTIONS)
    assert (found.opens.tolist(), found.closes.tolist()) == ([opening], [opening + 11 * HOUR - 300])


@pytest.mark.parametrize("days", [1, 5, 9, 10, 40])
def test_a_window_at_the_horizon_is_found_and_a_later_one_is_not(days: int) -> None:
    """What opens exactly when the horizon ends is named, a second more is too far; as in the gate."""
    first = date(2026, 5, 5)
    shut = layer((540, 541), in_force=InForce(until=first + timedelta(days=days - 1)))
    rules, options = book(layer((540, 1200)), shut, zone="UTC"), replace(OPTIONS, horizon_days=days)
    opening = at(first + timedelta(days=days), 9)
    found = next_windows(asked([at(first, 9), at(first, 9) - 1]), rules, options)
    assert found.opens.tolist() == [opening, NEVER]
    assert found.closes.tolist() == [opening + 11 * HOUR - 300, NEVER]


def test_near_and_far_windows_of_one_group_are_all_found() -> None:
    """Who finds a window in the next days does not take it from who waits for weeks."""
    first = date(2026, 5, 5)
    shut = layer((540, 541), in_force=InForce(first, first + timedelta(days=30)))
    rules = book(layer((540, 1200)), shut, zone="UTC")
    instants = [at(first - timedelta(days=1), 8), at(first, 8), at(first - timedelta(days=1), 12), at(first, 12)]
    opening = at(first + timedelta(days=31), 9)
    assert next_windows(asked(instants), rules, OPTIONS).opens.tolist() == [
        instants[0] + HOUR,
        opening,
        instants[2],
        opening,
    ]


def test_hours_of_two_clocks_that_only_touch_are_no_window() -> None:
    """Where one clock closes in the very second in which the other opens, nobody is ever called."""
    place = Whereabouts("XK", None, ("Pacific/Noumea",))
    found = next_windows(asked([at(date(2026, 5, 5))], place), book(layer((540, 1200)), zone="UTC"), NO_GUARD)
    assert (found.opens.tolist(), found.closes.tolist()) == ([NEVER], [NEVER])


def test_windows_of_several_clocks_are_found_on_every_day() -> None:
    """Zones of the number narrow each window of each day; none is skipped."""
    rules = book(layer((540, 720), (780, 1200)), zone="UTC")
    place = Whereabouts("XK", None, ("Asia/Dubai", "Asia/Kathmandu"))
    instants = [at(date(2026, 5, 5)) + hours * HOUR for hours in range(0, 24 * 9, 5)]
    questions = asked(instants, place)
    found = next_windows(questions, rules, OPTIONS)
    assert found.opens.tolist() == [by_the_gate(questions, rules, row) for row in range(len(instants))]
    assert (found.closes > found.opens).all()


def test_a_question_about_a_whole_country_may_be_asked_of_many() -> None:
    """With the part left out, a country that needs one is answered; else it opens nothing."""
    rules = book(layer((540, 1200)), zone="UTC", subdivision_required=True)
    noon = at(date(2026, 5, 5), 12)
    whole = replace(OPTIONS, skip=OPTIONS.skip | {Check.SUBDIVISION})
    assert next_windows(asked([noon]), rules, whole).opens.tolist() == [noon]
    assert next_windows(asked([noon]), rules, OPTIONS).opens.tolist() == [NEVER]


def test_contacts_of_many_places_and_classes_are_told_apart() -> None:
    """Rows of places that nobody knows stand between others and change nothing for them."""
    rules: Rulebook = book(layer((540, 1200)), zone="UTC")
    places = (Whereabouts("QQ"), Whereabouts("XK"), Whereabouts("XK", None, ("Asia/Dubai",)), Whereabouts(None))
    noon = at(date(2026, 5, 5), 5)
    questions = asked([noon] * 8, *places)
    mixed = replace(questions, call_class=np.array([0, 1, 2, 3, 0, 1, 2, 3], np.int8) % len(CLASSES))
    options: GateOptions = replace(OPTIONS, trust=Trust.ASSUMED)
    found = next_windows(mixed, rules, options)
    assert found.opens.tolist() == [by_the_gate(mixed, rules, row) for row in range(8)]
    assert [opens == NEVER for opens in found.opens.tolist()] == [True, False, False, True] * 2
