"""The next lawful instant: looked for at the boundaries where a closed gate can open, never minute by minute."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from outbound.compliance.passing import passing_reasons
from outbound.compliance.place import Clock
from outbound.compliance.rules.pack import PeriodKind
from outbound.compliance.situation import Situation, day_in, whole_seconds
from outbound.compliance.standing import standing_reasons
from outbound.compliance.timetable import Profile, day_start, day_table

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
            if not standing_reasons(situation, moment) and not passing_reasons(situation, moment):
                return datetime.fromtimestamp(moment, UTC)
    return None


def _openings(situation: Situation, begin: int, end: int) -> Iterator[int]:
    """Yield starts of windows and of local days between two instants, on every clock."""
    for clock in situation.place.clocks:
        day, last = day_in(clock.zone, begin), day_in(clock.zone, end)
        while day <= last:
            yield day_start(day, ZoneInfo(clock.zone))
            yield from _starts(situation, clock, day_start(day, ZoneInfo(clock.zone)))
            day += timedelta(days=1)


def _starts(situation: Situation, clock: Clock, midnight: int) -> Iterator[int]:
    day = day_in(clock.zone, midnight)
    plain = situation.profile(midnight, day)
    kinds = {False, situation.chosen is not None}
    for chosen in kinds:
        profile = Profile(plain.call_class, plain.segment, plain.layers, chosen)
        yield from (start for start, _ in day_table(situation.rulebook, clock, profile, day).open)


def _releases(situation: Situation) -> Iterator[int]:
    """Instants other than openings at which something that stands against the call ends."""
    if situation.chosen is not None:
        yield from situation.chosen
    if situation.history.quiet_until is not None:
        yield whole_seconds(situation.history.quiet_until)
    untils = [s.until for s in situation.contact.suppressions]
    untils += [area.until for area in situation.options.blocked_areas]
    yield from (whole_seconds(until) for until in untils if until is not None)
    rolling = {
        limit.period.length.total_seconds()
        for pack in situation.place.packs
        for limit in pack.limits
        if limit.period.kind is PeriodKind.ROLLING
    }
    for attempt in {*situation.number_attempts, *situation.contact_attempts}:
        yield from (-int(-(attempt + length) // 1) for length in rolling)
