"""When people of a company's service desk call and take calls, and by when they have to see to what waits for them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from outbound.domain.hours import OpenHours, Span, common_spans, weekly_spans

DAYS_AHEAD = 14
"""How far ahead people's hours are looked at: no office is closed for longer, the New Year's holidays among them."""

SHORTEST = timedelta(minutes=30)
"""What a person needs to make a call: where no more is open at a stretch, nobody is promised one."""

ENOUGH = timedelta(hours=1)
"""How much of people's hours lies at least between the moment at which something begins to wait and its due time."""


class ServiceDesk(Struct, frozen=True):
    """Weekly `hours` of people at the desk, as clocks in `zone` (IANA) show them.

    `closed_on` are holidays. In a year that is not among `years_known` nobody knows whether people work: they do not.
    `years_known` None: the desk keeps no holidays. `takes_transfers`: the hotline takes calls that are put through.
    """

    zone: ZoneInfo
    hours: tuple[OpenHours, ...]
    closed_on: tuple[date, ...] = ()
    years_known: tuple[int, ...] | None = None
    takes_transfers: bool = False

    def open_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield when people are at the desk between two instants, in order."""
        return weekly_spans(self.hours, self.zone, start, end, self._is_closed)

    def is_open(self, now: datetime) -> bool:
        """Whether people are at the desk at this moment."""
        return any(True for _ in self.open_spans(now, now + timedelta.resolution))

    def is_open_throughout(self, start: datetime, end: datetime) -> bool:
        """Whether people are at the desk from `start` to `end` without a break."""
        return any(opens <= start and end <= closes for opens, closes in self.open_spans(start, end))

    def _is_closed(self, day: date) -> bool:
        is_known = self.years_known is None or day.year in self.years_known
        return not is_known or day in self.closed_on


class PeoplesHours(Struct, frozen=True):
    """When people can speak with one contact: at the desk, and within `hours` on every clock where the contact may be.

    `desk` None: no hours are configured. `zones` empty: nobody knows where the contact is, and nobody is promised.
    """

    desk: ServiceDesk | None
    hours: tuple[OpenHours, ...]
    zones: tuple[ZoneInfo, ...]

    def spans(self, now: datetime) -> Iterator[Span]:
        """Yield when a person can call within the next `DAYS_AHEAD` days, in order."""
        return self.within(now, now + timedelta(days=DAYS_AHEAD))

    def within(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the parts of [start, end) in which a person can call, in order."""
        if self.desk is None or not self.zones:
            return iter(())
        common: Iterable[Span] = self.desk.open_spans(start, end)
        for zone in self.zones:
            common = common_spans(common, weekly_spans(self.hours, zone, start, end))
        return iter(common)

    def can_call(self, now: datetime) -> bool:
        """Whether a person can call at all within the next `DAYS_AHEAD` days."""
        return any(end - start >= SHORTEST for start, end in self.spans(now))

    def due_in(self, start: datetime, end: datetime) -> datetime:
        """Until when people have to call who was promised a call in [start, end).

        The last moment of their hours in it. It is the end where none of it is theirs: then it cannot be kept.
        """
        return max((closes for _, closes in self.within(start, end)), default=end)

    def due(self, now: datetime, within: timedelta) -> datetime:
        """Until when people have to see to what waits from `now` on and should not wait longer than `within`.

        The last moment of their hours in that time. Where less than an hour of it is theirs, the moment at which they
        had an hour. Where the contact can never be reached in the desk's hours, those alone count: there are letters.
        Without any, the time runs as the clock does.
        """
        found = _due(self.spans(now), now + within)
        if found is None and self.desk is not None:
            found = _due(self.desk.open_spans(now, now + timedelta(days=DAYS_AHEAD)), now + within)
        return now + within if found is None else found


NOBODYS_HOURS = PeoplesHours(None, (), ())
"""Nothing is known of people's hours, or of where the contact is."""


def _due(spans: Iterable[Span], limit: datetime) -> datetime | None:
    """Return the last moment of the spans before `limit`, or a later one by which they have made up an hour."""
    had, due = timedelta(0), None
    for start, end in spans:
        if had >= ENOUGH and start >= limit:
            break
        due = min(end, max(limit, start + ENOUGH - had))
        had += due - start
    return due
