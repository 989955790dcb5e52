"""The demo's coarse timetable: which flow runs at which virtual instant, three hundred runs at most."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil

import pendulum
from msgspec import Struct
from pendulum import DateTime

from outbound.domain.campaign import Campaign

MOST_FLOW_RUNS = 300
SLOT = timedelta(minutes=30)
_DAYS_AT_FULL_PACE = 10
_PLANS_A_DAY = 9
_BEFORE_OPENING = timedelta(minutes=30)


class Entry(Struct, frozen=True):
    """One flow run to come: the flow's name, when, and for place_calls the seconds of its slot."""

    at: datetime
    flow: str
    seconds: int | None = None


def timetable(campaign: Campaign, start: datetime, days: int) -> list[Entry]:
    """Lay out `days` from `start` (aware, in the campaign's zone): more days make longer slots and rarer planning."""
    coarse = max(ceil(days / _DAYS_AT_FULL_PACE), 1)
    first = pendulum.instance(start)
    entries = [Entry(start, "take_in_policies")]
    for number in range(days):
        day = first.add(days=number)
        hours = [item for item in campaign.hours if day.isoweekday() in item.weekdays]
        if not hours:
            continue
        opens, closes = min(item.start for item in hours), max(item.end for item in hours)
        end = day.at(closes.hour, closes.minute)
        entries += _day(day.at(opens.hour, opens.minute), end, coarse)
        if number % coarse == 0:
            entries.append(Entry(end + SLOT, "settle_calls"))
            entries.append(Entry(end + 2 * SLOT, "file_records"))
        if number % coarse == 0 and number + 1 < days:
            entries.append(_night(end + 3 * SLOT, day.add(days=1).at(opens.hour, opens.minute) - 2 * _BEFORE_OPENING))
    plain = (Entry(_plain(entry.at), entry.flow, entry.seconds) for entry in entries)
    return sorted((entry for entry in plain if entry.at >= start), key=lambda entry: entry.at)


def _night(begin: datetime, end: datetime) -> Entry:
    """Who lives where it is day while the campaign's home sleeps is called in one long run."""
    return Entry(begin, "place_calls", int((end - begin).total_seconds()) - 1)


def _plain(moment: datetime) -> datetime:
    """Return the standard library's instant: pendulum's loses its zone when a duration is added to it in UTC."""
    return datetime.fromisoformat(moment.isoformat())


def _day(opens: DateTime, closes: DateTime, coarse: int) -> Iterator[Entry]:
    plans = max(_PLANS_A_DAY // coarse, 1)
    between = timedelta(seconds=(closes - opens).total_seconds() / plans)
    yield from (Entry(opens - _BEFORE_OPENING + number * between, "plan_calls") for number in range(plans))
    slot = SLOT * coarse
    for at in pendulum.interval(opens, closes).range("minutes", int(slot.total_seconds()) // 60):
        if at < closes:
            # A breath before the next slot, so that runs never overlap.
            yield Entry(at, "place_calls", int(slot.total_seconds()) - 1)
