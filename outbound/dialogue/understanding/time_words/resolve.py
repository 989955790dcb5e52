"""The calendar's part: which window a named time is, seen from now. Pure; every convention has its reason here.

- A week begins on Monday, as in ISO 8601 and in Taiwanese usage: 下禮拜三 and `next Wednesday` are the Wednesday of the
  next week, even said on a Monday. A weekday alone is the next one that is not past, today included.
- A day without hours is 09:00 to 21:00, for nobody who names a day asks to be rung at night.
- Parts of the day are half open (`HOURS`). Without a day they are today's, or tomorrow's once they are over.
- The night is a time like every other, though nobody is rung then: whoever names it hears that, and of other times.
  "Tonight at three" is the night that comes.
- A bare hour is the one at which one would ring: 1 to 8 after noon (at eight in the morning nobody is rung; it is meant
  where a range or the hour itself leaves nothing else), 9 to 12 before. Where that is past and the day is today, the
  other half is meant, if it begins before 21:00. What was taken is read back before anything is promised.
- A clock time alone is the half hour from there: a promise to the minute could not be kept. `About` is half an hour to
  both sides, `after` lasts until the end of the part that was named (else of the day), `before` begins with it.
- Nothing is in the past: of a window that runs, the rest; of one that is over, the next such day where none
  was named, else None. `After ten` is tomorrow when said at three. Nothing is more than 60 days ahead.
- Clocks that change: wall time counts. A time that does not exist is the one an hour later, of two equal
  ones the first.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from outbound.dialogue.understanding.time_words.days import Days, named
from outbound.dialogue.understanding.time_words.tokens import Clock, Mention, Part, Relation
from outbound.dialogue.wanted_time import WantedTime

_Minutes = tuple[int, int]

HOURS: Mapping[Part, _Minutes] = {
    Part.EARLY: (7 * 60, 9 * 60),
    Part.MORNING: (8 * 60, 12 * 60),
    Part.NOON: (12 * 60, 13 * 60),
    Part.AFTERNOON: (12 * 60, 18 * 60),
    Part.DUSK: (17 * 60, 19 * 60),
    Part.EVENING: (18 * 60, 21 * 60),
    Part.NIGHT: (0, 6 * 60),
    Part.WORKING_HOURS: (9 * 60, 18 * 60),
}
# Said hours of each part, and how many to add: 下午三點 is 15, 晚上八點 is 20, 早上三點 is no time that is meant.
_HOURS_SAID: Mapping[Part, Mapping[int, int]] = {
    Part.EARLY: {hour: hour for hour in range(5, 11)},
    Part.MORNING: {hour: hour for hour in range(5, 12)},
    Part.NOON: {11: 11, 12: 12, 1: 13, 2: 14},
    Part.AFTERNOON: {12: 12, **{hour: hour + 12 for hour in range(1, 8)}},
    Part.DUSK: {hour: hour + 12 for hour in range(4, 8)},
    Part.EVENING: {hour: hour + 12 for hour in range(5, 12)},
    Part.NIGHT: {12: 0, **{hour: hour for hour in range(1, 6)}, 10: 22, 11: 23},
    Part.WORKING_HOURS: {**{hour: hour for hour in range(8, 13)}, **{hour: hour + 12 for hour in range(1, 8)}},
}
_DAY: _Minutes = (9 * 60, 21 * 60)
_NOON, _LAST_BARE_AFTERNOON, _EIGHT = 12, 7, 8
_EXACT, _ABOUT, _HOUR = 30, 30, 60
_FARTHEST = timedelta(days=60)
_ROUNDED = 5


def resolve(said: Mention, now: datetime) -> WantedTime | None:
    """Return the window that was named, in the zone of `now`, or None where there is none without guessing."""
    if said.minutes_ahead is not None:
        return _ahead(said.minutes_ahead, now)
    if not said.days and not said.has_hours:
        return None
    days = named(said.days, now.date(), is_range=said.is_range) if said.days else None
    if said.days and days is None:
        return None
    if days is not None and days.is_long:
        return None if said.has_hours else _over_days(days.first, days.last, now)
    candidates = list(_candidates(said, days, now))
    if said.clock is None or said.clock.relation is not Relation.AFTER or said.until or said.until_part:
        return _first(candidates, now)
    # `After ten`, said at three, is not the rest of today, unless today was named.
    to_come = _first(candidates, now, to_come=True)
    return to_come or (_first(candidates, now) if days and days.again is None else None)


def _candidates(said: Mention, days: Days | None, now: datetime) -> Iterator[tuple[date, _Minutes, bool]]:
    """Yield day, minutes of it and whether they are exact, the likeliest first."""
    today = now.date()
    first, again = (days.first, days.again) if days else (today, today + timedelta(days=1))
    if first == today and again is None and said.part is Part.NIGHT:
        again = today + timedelta(days=1)
    for day in (first, again) if again else (first,):
        for hours in _hours(said, may_be_evening=day == today):
            yield day, hours, said.clock is not None or said.until is not None


def _hours(said: Mention, *, may_be_evening: bool) -> Iterator[_Minutes]:
    starts = _minutes(said.clock, said.part, said.until_part) if said.clock else []
    starts = starts if may_be_evening or (said.clock and said.clock.hour == _EIGHT) else starts[:1]
    if said.until is not None or (said.clock is not None and said.until_part is not None):
        starts = starts if said.clock else [HOURS[said.part][0]] if said.part else []
        yield from _ranges(starts, _ends(said))
    elif said.clock is None:
        yield from _of_parts(said)
    else:
        for start in starts:
            yield _around(said.clock, start, HOURS[said.part] if said.part else _DAY)


def _of_parts(said: Mention) -> Iterator[_Minutes]:
    if said.part is None:
        yield _DAY
        return
    start, end = HOURS[said.part]
    if said.until_part is not None:
        yield start, HOURS[said.until_part][1]
    elif said.part_relation is Relation.AFTER:
        yield (end if said.part is Part.NOON else start), _DAY[1]
    elif said.part_relation is Relation.BEFORE:
        yield _DAY[0], start
    else:
        yield start, end


def _ends(said: Mention) -> list[int]:
    """Return when a range may end; 早上十點到兩點 ends after noon, whatever part its beginning was in."""
    if said.until is None:
        return [HOURS[said.until_part][0]] if said.until_part else []
    if said.until_part is not None:
        return _minutes(said.until, said.until_part, None)
    return _minutes(said.until, None, said.part) + _minutes(said.until, None, None)


def _ranges(starts: list[int], ends: list[int]) -> Iterator[_Minutes]:
    half = _NOON * _HOUR
    for start in starts:
        later = [each for end in ends for each in (end, end + half) if start < each <= 2 * half]
        if later and (min(later) <= _DAY[1] or start == starts[-1]):
            yield start, min(later)


def _minutes(clock: Clock, part: Part | None, other_part: Part | None) -> list[int]:
    """Return the minutes of the day that a clock time may mean, the likeliest first."""
    if clock.sure or clock.hour > _NOON or clock.hour == 0:
        return [clock.hour * _HOUR + clock.minute] if _fits(clock, part) else []
    if part is not None:
        said = _HOURS_SAID[part].get(clock.hour)
        return [] if said is None else [said * _HOUR + clock.minute]
    likely = [_HOURS_SAID[other_part][clock.hour]] if other_part and clock.hour in _HOURS_SAID[other_part] else []
    afternoon = clock.hour <= _LAST_BARE_AFTERNOON
    hours = [clock.hour + _NOON] if afternoon else [clock.hour, clock.hour + _NOON]
    hours = [_EIGHT + _NOON, _EIGHT] if clock.hour == _EIGHT else hours
    hours = [*likely, *(hour for hour in hours if hour == hours[0] or hour * _HOUR < _DAY[1])]
    return [hour * _HOUR + clock.minute for hour in hours]


def _fits(clock: Clock, part: Part | None) -> bool:
    if part is None:
        return True
    start, end = HOURS[part]
    return start - 2 * _HOUR <= clock.hour * _HOUR + clock.minute <= end + 2 * _HOUR


def _around(clock: Clock, start: int, within: _Minutes) -> _Minutes:
    match clock.relation:
        case Relation.AFTER:
            return start, within[1] if start < within[1] else start + _HOUR
        case Relation.BEFORE:
            return (within[0] if within[0] < start else start - _HOUR), start
        case Relation.ABOUT:
            return start - _ABOUT, start + _ABOUT + clock.spread * _HOUR
        case Relation.PAST:
            return start, start + _HOUR
        case _:
            return start, start + (_EXACT if not clock.spread else (clock.spread + 1) * _HOUR)


def _first(candidates: list[tuple[date, _Minutes, bool]], now: datetime, *, to_come: bool = False) -> WantedTime | None:
    for day, (first, last), exact in candidates:
        if not 0 <= first < last <= 2 * _NOON * _HOUR:
            continue
        start, end = _at(day, first, now), _at(day, last, now)
        # Half past three is over at twenty to four, though its half hour still runs.
        over = start if to_come or (exact and last - first <= _HOUR) else end
        if _utc(over) > _utc(now):
            return _window(start, end, now, exact=exact)
    return None


def _over_days(first: date, last: date, now: datetime) -> WantedTime | None:
    return _window(_at(first, _DAY[0], now), _at(last, _DAY[1], now), now, exact=False)


def _ahead(minutes: int, now: datetime) -> WantedTime | None:
    """In an hour: the half hour from there, at the next full five minutes, as nobody means seconds."""
    start = _utc(now).replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    start += timedelta(minutes=-start.minute % _ROUNDED)
    end = start + timedelta(minutes=_EXACT)
    return _window(start.astimezone(now.tzinfo), end.astimezone(now.tzinfo), now, exact=True)


def _window(start: datetime, end: datetime, now: datetime, *, exact: bool) -> WantedTime | None:
    start = start if _utc(start) > _utc(now) else now
    if not _utc(start) < _utc(end) <= _utc(now) + _FARTHEST:
        return None
    return WantedTime(start, end, exact)


def _at(day: date, minutes: int, now: datetime) -> datetime:
    """Return the wall time `minutes` into `day`, where it exists."""
    days, minutes = divmod(minutes, 2 * _NOON * _HOUR)
    wall = datetime.combine(day + timedelta(days=days), time(*divmod(minutes, _HOUR)), now.tzinfo)
    return _utc(wall).astimezone(now.tzinfo)


def _utc(moment: datetime) -> datetime:
    # Two moments of one zone are compared by their wall time, which an hour that comes twice belies.
    return moment.astimezone(UTC)
