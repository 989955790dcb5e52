"""The demo's coarse timetable: which flow runs at which virtual instant, three hundred runs at most."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil

from outbound.domain.campaign import Campaign

MOST_FLOW_RUNS = 300
SLOT = timedelta(minutes=30)
_DAYS_AT_FULL_PACE = 10
_PLANS_A_DAY = 9
_BEFORE_OPENING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """One flow run to come: the flow's name, when, and for place_calls the seconds of its slot."""

    at: datetime
    flow: str
    seconds: int | None = None


def timetable(campaign: Campaign, start: datetime, days: int) -> list[Entry]:
    """Lay out `days` from `start` (aware, in the campaign's zone): more days make longer slots and rarer planning."""
    coarse = max(ceil(days / _DAYS_AT_FULL_PACE), 1)
    entries = [Entry(start, "take_in_policies")]
    for number in range(days):
        day = start + timedelta(days=number)
        hours = [item for item in campaign.hours if day.isoweekday() in item.weekdays]
        if not hours:
            continue
        opens, closes = _at(day, min(item.start for item in hours)), _at(day, max(item.end for item in hours))
        entries += _day(opens, closes, coarse)
        if number % coarse == 0:
            entries.append(Entry(closes + SLOT, "settle_calls"))
            entries.append(Entry(closes + 2 * SLOT, "file_records"))
    return sorted((entry for entry in entries if entry.at >= start), key=lambda entry: entry.at)


def _day(opens: datetime, closes: datetime, coarse: int) -> Iterator[Entry]:
    plans = max(_PLANS_A_DAY // coarse, 1)
    yield from (
        Entry(opens - _BEFORE_OPENING + number * (closes - opens) / plans, "plan_calls") for number in range(plans)
    )
    at, slot = opens, SLOT * coarse
    while at < closes:
        # A breath before the next slot, so that runs never overlap.
        yield Entry(at, "place_calls", int(slot.total_seconds()) - 1)
        at += slot


def _at(day: datetime, local: time) -> datetime:
    return day.replace(hour=local.hour, minute=local.minute, second=0, microsecond=0)
