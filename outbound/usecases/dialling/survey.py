"""What is to be dialled at an instant, and what stands still: the look that a batch begins with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil

from msgspec import Struct

from outbound.domain.line.fair import Due, in_turn
from outbound.domain.line.pace import Pace, lowered_by_answers
from outbound.domain.line.trunk import Hold, Lines
from outbound.usecases.dialling.terms import LONGEST_BATCH, Terms
from outbound.usecases.ports.store import UnitOfWork

EXPIRE_AT_ONCE = 500
_SPARE = 8
"""Attempts beyond those that the pace lets through: some are held, or out of date."""


class Survey(Struct, frozen=True):
    """How things stand at `at`.

    `due` is what may be tried, in the order in which it is dialled; `beyond` counts by campaign what is due as well but
    more than one batch gets through. `barred` says for each campaign with something due that must not be tried why, and
    how many attempts that are.
    `late` attempts were cancelled, for their window had passed; `seems_late` says that others wait until the clock is
    trusted. `mended` says that anything was written.
    """

    at: datetime
    lines: Lines
    due: Sequence[Due]
    beyond: Mapping[str, int]
    barred: Mapping[str, tuple[Hold, int]]
    late: int
    next_window: datetime | None
    seems_late: bool = False
    mended: bool = False


def survey(work: UnitOfWork, terms: Terms, limit: int, *, trusts_clock: bool = True) -> Survey:
    """Read lines and plan, and mend what is out of date in them: windows that passed, a pace that is too fast.

    While the clock is not to be trusted no window is taken for passed. Where `mended`, the caller commits.
    """
    now = terms.clock.now()
    known, schedule = work.dialling.lines(), work.dialling.schedule(now)
    late = work.dialling.expire(now, EXPIRE_AT_ONCE) if schedule.late and trusts_clock else 0
    lines = _mended(work, terms, known, now)
    bars = {
        name: lines.bar(campaign, terms.trunk, now)
        for name, campaign in terms.campaigns.items()
        if name in schedule.due
    }
    free = [name for name, bar in bars.items() if bar is None]
    due = work.dialling.due(free, now, min(limit, _reach(terms, lines, free, now))) if free else ()
    read = Counter(each.campaign_id for each in due)
    weights = {name: campaign.pacing.calls_per_second for name, campaign in terms.campaigns.items()}
    return Survey(
        at=now,
        lines=lines,
        due=in_turn(due, lines.turns(terms.trunk), weights)[:limit],
        beyond={name: schedule.due[name] - read[name] for name in free if schedule.due[name] > read[name]},
        barred={name: (bar, schedule.due[name]) for name, bar in bars.items() if bar is not None},
        late=late,
        next_window=schedule.next_window,
        seems_late=bool(schedule.late) and not trusts_clock,
        mended=bool(late) or lines is not known,
    )


def _reach(terms: Terms, lines: Lines, campaigns: Sequence[str], now: datetime) -> int:
    """How many calls of any of these campaigns the pace may let through in one batch, and some that are not dialled."""

    def until_the_end(name: str, rate: float) -> float:
        pace = lines.paces.get(name, Pace(now))
        return pace.ready(now, rate) + rate * LONGEST_BATCH.total_seconds()

    of_trunk = until_the_end(terms.trunk.name, terms.trunk.calls_per_second)
    each = (until_the_end(name, terms.campaigns[name].pacing.calls_per_second) for name in campaigns)
    return _SPARE + ceil(min(of_trunk, max(each)))


def _mended(work: UnitOfWork, terms: Terms, lines: Lines, now: datetime) -> Lines:
    """Open what is missing, and take in how our own webhooks keep up; the same lines where nothing changes."""
    trunk = terms.trunk.name
    missing = [name for name in (trunk, *terms.campaigns) if name not in lines.paces]
    if missing:
        work.dialling.open_lines(missing, now)
    answer, pace = lines.slowest_answer(now), lines.paces.get(trunk)
    slow = pace is not None and lowered_by_answers(pace, answer, now) != pace
    if slow:
        work.dialling.change_pace(trunk, lambda pace: lowered_by_answers(pace, answer, now))
    return work.dialling.lines() if missing or slow else lines
