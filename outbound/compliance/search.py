"""The next lawful instant: looked for at the boundaries where a closed gate can open, never minute by minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from outbound.compliance.passing import passing_reasons, table_at, within_hours
from outbound.compliance.place import Clock
from outbound.compliance.rules.pack import AttemptLimit, PeriodKind
from outbound.compliance.situation import Situation, day_in, whole_seconds
from outbound.compliance.standing import standing_reasons
from outbound.compliance.timetable import day_start, day_table

_DAY = 86_400


def earliest(situation: Situation, seconds: int) -> datetime | None:
    """Earliest instant after `seconds` at which nothing stands against the call, within the options' horizon."""
    horizon = seconds + situation.options.horizon_days * _DAY
    if standing_reasons(situation, horizon):
        return None
    releases = sorted(r for r in _releases(situation) if seconds < r <= horizon)
    for begin in range(seconds, horizon, _DAY):
        end = min(begin + _DAY, horizon)
        moments = {m for m in _openings(situation, begin, end) if begin < m <= end}
        moments.update(r for r in releases if begin < r <= end)
        for moment in sorted(moments):
            if not within_hours(situation, moment):
                continue
            if not standing_reasons(situation, moment) and not passing_reasons(situation, moment):
                return datetime.fromtimestamp(moment, UTC)
    return None


def closing(situation: Situation, seconds: int) -> int:
    """First second after an open one at which something that passes stands against the call, or the horizon.

    Only where a closed gate can follow an open one is looked: closing times less the guard, midnights, the bounds of
    the customer's own time, and suspensions of an area.
    """
    horizon = seconds + situation.options.horizon_days * _DAY
    bounds = [floor(area.since.timestamp()) for area in situation.options.blocked_areas if area.since is not None]
    bounds += situation.chosen or ()
    moment = seconds
    while moment < horizon:
        tables = [table_at(situation, clock, moment) for clock in situation.place.clocks]
        shut = min(end - situation.guard for table in tables for start, end in table.open if start <= moment < end)
        others = [table.ends for table in tables] + [bound for bound in bounds if bound > moment]
        moment = min(shut, *others)
        # Where nothing else happens in that very second, closing time needs no second look.
        if shut < min(others) or passing_reasons(situation, moment):
            break
    return min(moment, horizon)


def _openings(situation: Situation, begin: int, end: int) -> Iterator[int]:
    """Yield starts of windows and of local days between two instants, on every clock."""
    for clock in situation.place.clocks:
        day, last = day_in(clock.zone, begin), day_in(clock.zone, end)
        while day <= last:
            yield day_start(day, ZoneInfo(clock.zone))
            yield from _starts(situation, clock, day)
            day += timedelta(days=1)


def _starts(situation: Situation, clock: Clock, day: date) -> Iterator[int]:
    plain, asked = situation.profiles(day)
    for profile in (plain,) if situation.chosen is None else (plain, asked):
        yield from (start for start, _ in day_table(situation.rulebook, clock, profile, day).open)


def _releases(situation: Situation) -> Iterator[int]:
    """Instants other than openings at which something that stands against the call ends."""
    yield from situation.chosen or ()
    if situation.history.quiet_until is not None:
        yield whole_seconds(situation.history.quiet_until)
    untils = [s.until for s in situation.contact.suppressions]
    untils += [area.until for area in situation.options.blocked_areas]
    yield from (whole_seconds(until) for until in untils if until is not None)
    limits = [limit for _, limit in situation.bound_limits]
    attempts = (*situation.number_attempts, *situation.contact_attempts)
    yield from _ends(limits, PeriodKind.ROLLING, attempts)
    yield from _ends(limits, PeriodKind.AFTER_REFUSAL, situation.refusals)


def _ends(limits: list[AttemptLimit], kind: PeriodKind, begun: tuple[float, ...]) -> Iterator[int]:
    """First whole second at which each of what has begun leaves each period of the kind."""
    if begun:
        lengths = {limit.period.length.total_seconds() for limit in limits if limit.period.kind is kind}
        yield from (ceil(instant + length) for instant in begun for length in lengths)
