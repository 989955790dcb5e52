"""The next lawful window of very many contacts at once: the gate's hours, grouped by place, class and segment.

Hours alone: signatures, windows of every layer, holidays, the guard and the clocks of the place. What hangs on one
person (attempts, consents, refusals, suspended areas) is asked of the gate when the window comes.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from outbound.compliance.facts import Check, GateOptions
from outbound.compliance.gate import guard_seconds
from outbound.compliance.place import Clock, Unplaced, resolve
from outbound.compliance.rules.pack import Segment
from outbound.compliance.rules.rulebook import Rulebook
from outbound.compliance.situation import day_in, segment_on
from outbound.compliance.timetable import Interval, Profile, day_table
from outbound.domain.call_class import CallClass

NEVER = -1
"""No window within the horizon, or none that can be named: the place is not known, or its pack is not signed."""

CLASSES = tuple(CallClass)
"""What the numbers in `Questions.call_class` stand for."""

_DAY = 86_400
_NOWHERE = -1
_NO_DAY = np.datetime64(date.max)
_TELEMARKETING = CLASSES.index(CallClass.TELEMARKETING)
_WEST, _EAST = 12 * 3_600, 14 * 3_600
_FIRST_LOOK = 9
_ELDER_MONTHS = 65 * 12
_FEBRUARY, _LEAP_DAY = 2, 29

Seconds = NDArray[np.int64]
SegmentOn = Callable[[date], Segment]


class Whereabouts(Struct, frozen=True):
    """A place as contacts share it; see `ContactFacts`."""

    region: str | None
    stated_zone: str | None = None
    number_zones: tuple[str, ...] = ()


class Questions(Struct, frozen=True):
    """Columns of equal length, one row a contact.

    `place` indexes `places`, `call_class` indexes `CLASSES`, `born` is datetime64[D] (NaT: hours of 65+), `instant` in
    whole seconds since 1970 UTC.
    """

    places: Sequence[Whereabouts]
    place: NDArray[np.intp]
    call_class: NDArray[np.int8]
    born: NDArray[np.datetime64]
    instant: Seconds


class NextWindows(Struct, frozen=True):
    """For each row the seconds [opens, closes) in which a call may start; NEVER in both where there is no window."""

    opens: Seconds
    closes: Seconds


def next_windows(questions: Questions, rulebook: Rulebook, options: GateOptions) -> NextWindows:
    """Return for each row what the gate would name as next allowed, were hours all that stood against the call."""
    rows = questions.instant.size
    found = NextWindows(np.full(rows, NEVER, np.int64), np.full(rows, NEVER, np.int64))
    hours, of_place = _distinct_hours(questions.places, rulebook, options)
    mine = of_place[questions.place]
    elder_on = np.where(_by_age(hours)[mine], _elder_on(questions.born), _NO_DAY)
    elder = elder_on <= _day(questions.instant - _WEST)
    call_class = _TELEMARKETING if options.promotional else questions.call_class
    key = (mine * len(CLASSES) + call_class) * 2 + elder
    # Keys of rows without a place are negative: they come first, and are left out.
    order = np.argsort(key, kind="stable")[np.count_nonzero(mine == _NOWHERE) :]
    bounds = np.flatnonzero(np.diff(key[order])) + 1
    for members in np.split(order, bounds) if order.size else ():
        class_and_age = int(key[members[0]]) % (len(CLASSES) * 2)
        segment = Segment.ELDER if class_and_age % 2 else Segment.GENERAL
        asked = _Asked(hours[mine[members[0]]], CLASSES[class_and_age // 2], partial(_always, segment), options)
        _search(asked, members, questions.instant, found)
    # Hours of 65+ lie within the others: who has no window at all has none as an elder.
    waiting = (found.opens != NEVER) & ~elder
    for row in np.flatnonzero(waiting & (elder_on <= _day(found.closes + _EAST))):
        # Who comes under other hours before the window that was found is answered again, alone.
        found.opens[row] = found.closes[row] = NEVER
        call_class_of = CLASSES[int(key[row]) // 2 % len(CLASSES)]
        segment_of = partial(segment_on, questions.born[row].astype(date))
        _search(_Asked(hours[mine[row]], call_class_of, segment_of, options), np.array([row]), questions.instant, found)
    return found


class _Hours(Struct, frozen=True):
    """What places share where the gate reads the same rules on the same clocks; `by_age`: 65+ has hours of its own."""

    rulebook: Rulebook
    clocks: tuple[Clock, ...]
    guard: int
    by_age: bool


def _distinct_hours(
    places: Sequence[Whereabouts], rulebook: Rulebook, options: GateOptions
) -> tuple[list[_Hours], NDArray[np.intp]]:
    """Return the different hours, and which of them each place has: _NOWHERE where it is not known or not signed."""
    whole = Check.SUBDIVISION in options.skip
    index: dict[tuple[tuple[Clock, ...], int], int] = {}
    hours: list[_Hours] = []
    of_place = np.full(len(places), _NOWHERE, np.intp)
    for number, where in enumerate(places):
        place = resolve(rulebook, where.region, where.stated_zone, where.number_zones, whole=whole)
        if isinstance(place, Unplaced) or not all(rulebook.signed(pack, options.trust) for pack in place.packs):
            continue
        guard = guard_seconds(place, options)
        of_place[number] = index.setdefault((place.clocks, guard), len(hours))
        if of_place[number] == len(hours):
            by_age = any(rule.segments for pack in place.packs for rule in pack.windows)
            hours.append(_Hours(rulebook, place.clocks, guard, by_age))
    return hours, of_place


def _by_age(hours: Sequence[_Hours]) -> NDArray[np.bool_]:
    """By hours, with one more at the end for rows of no place."""
    return np.array([*(each.by_age for each in hours), False])


class _Asked(Struct, frozen=True):
    """One group of rows: whose hours, which class, and which segment on which day."""

    hours: _Hours
    call_class: CallClass
    segment: SegmentOn
    options: GateOptions

    def spans(self, first: int, last: int) -> tuple[Interval, ...]:
        """Spans of seconds in which every clock allows a call to start, from `first` to `last`, in order."""
        shared: tuple[Interval, ...] = ((first, last + 1),)
        for clock in self.hours.clocks:
            shared = tuple(_overlaps(shared, tuple(self._of_clock(clock, first, last))))
        return shared

    def _of_clock(self, clock: Clock, first: int, last: int) -> Iterator[Interval]:
        guard, begun = self.hours.guard, 0
        day, end = day_in(clock.zone, first), day_in(clock.zone, last)
        while day <= end:
            profile = Profile(self.call_class, self.segment(day), self.options.layers)
            table = day_table(self.hours.rulebook, clock, profile, day)
            for opens, closes in table.open:
                # Hours that go on through midnight stand in both days.
                begins = max(opens, begun)
                if begins < closes - guard:
                    yield begins, closes - guard
                    begun = closes - guard
            day += timedelta(days=1)


def _search(group: _Asked, members: NDArray[np.intp], instants: Seconds, found: NextWindows) -> None:
    """Look at the next days first, where nearly every row finds its window, then as far as the horizon."""
    horizon = group.options.horizon_days
    for days in sorted({min(_FIRST_LOOK, horizon), horizon}):
        asked = instants[members]
        first, last = int(asked.min()), int(asked.max()) + (days + 2) * _DAY
        opens, closes = np.array(group.spans(first, last), np.int64).reshape(-1, 2).T
        # What opens in the last day may go on in another clock's next day, which was not looked at.
        whole = int(np.searchsorted(opens, last - _DAY))
        at = np.searchsorted(closes, asked, side="right")
        at_hand = at < whole
        begins = np.maximum(asked[at_hand], opens[at[at_hand]])
        timely = begins <= asked[at_hand] + horizon * _DAY
        rows = members[at_hand][timely]
        found.opens[rows], found.closes[rows] = begins[timely], closes[at[at_hand]][timely]
        members = members[~at_hand]
        if not members.size:
            return


def _always(segment: Segment, _day: date) -> Segment:
    return segment


def _overlaps(left: Sequence[Interval], right: Sequence[Interval]) -> Iterator[Interval]:
    """Yield what two ordered lists of half-open intervals have in common, in one walk over both."""
    i = j = 0
    while i < len(left) and j < len(right):
        begin, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if begin < end:
            yield begin, end
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1


def _day(seconds: Seconds) -> NDArray[np.datetime64]:
    return (seconds // _DAY).astype("datetime64[D]")


def _elder_on(born: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """First day as a customer of 65: the birthday, 28 February for who was born on the 29th; NaT is always."""
    month = born.astype("datetime64[M]")
    day = (born - month.astype("datetime64[D]")).astype(np.int64)
    leap = (month.astype(np.int64) % 12 == _FEBRUARY - 1) & (day == _LEAP_DAY - 1)
    first = (month + _ELDER_MONTHS).astype("datetime64[D]") + np.where(leap, day - 1, day)
    return np.where(np.isnat(born), np.datetime64(date.min), first)
