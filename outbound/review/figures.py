"""Figures over calls: the funnel, when people answer, what came of it, and NPS with its uncertainty."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import sqrt

from msgspec import Struct

PROMOTER, PASSIVE = 9, 7
_Z95 = 1.96


class CallRow(Struct, frozen=True):
    """One call as analysts see it; instants in the local time of the contact, `nps` from 0 to 10.

    `came_in`: the contact rang us back. It is no dial: it counts where people are counted, and nowhere among dials.
    """

    contact_id: str
    started: datetime
    rang: bool
    answered: bool
    right_party: bool
    verified: bool
    disposition: str | None
    connect_result: str | None
    language: str | None
    is_senior: bool
    nps: int | None
    came_in: bool = False


class Stage(Struct, frozen=True):
    """One stage of the funnel: how many contacts came so far, and their share of the stage before."""

    name: str
    contacts: int
    share: float | None


class Nps(Struct, frozen=True):
    """Net promoter score in points from -100 to 100, with its 95 % interval; None while nobody has answered."""

    answers: int
    score: float | None
    low: float | None
    high: float | None


def funnel(contacts: int, rows: Sequence[CallRow]) -> list[Stage]:
    """Contacts at each stage: known, rung, answered, right party, verified, welcomed."""
    reached = (
        ("contacts", contacts),
        ("rung", _distinct(row.contact_id for row in rows if row.rang)),
        ("answered", _distinct(row.contact_id for row in rows if row.answered)),
        ("right_party", _distinct(row.contact_id for row in rows if row.right_party)),
        ("verified", _distinct(row.contact_id for row in rows if row.verified)),
        ("welcomed", _distinct(row.contact_id for row in rows if row.disposition == "welcomed")),
    )
    stages, before = [], 0
    for name, number in reached:
        stages.append(Stage(name, number, number / before if before else None))
        before = number
    return stages


def answer_rate_by_hour(rows: Iterable[CallRow]) -> Mapping[tuple[int, int], tuple[int, int]]:
    """(ISO weekday, hour) to (answered, rung), in local time; hours in which nobody was rung are left out."""
    rung: Counter[tuple[int, int]] = Counter()
    answered: Counter[tuple[int, int]] = Counter()
    for row in rows:
        if row.rang:
            key = (row.started.isoweekday(), row.started.hour)
            rung[key] += 1
            answered[key] += row.answered
    return {key: (answered[key], rung[key]) for key in sorted(rung)}


def by_day(rows: Iterable[CallRow]) -> Mapping[str, Mapping[str, int]]:
    """ISO date to connect result to number of dials, in order of time."""
    days: dict[str, Counter[str]] = {}
    for row in sorted((row for row in rows if not row.came_in), key=lambda item: item.started):
        days.setdefault(row.started.date().isoformat(), Counter())[row.connect_result or "unknown"] += 1
    return days


def dispositions(rows: Iterable[CallRow]) -> Mapping[str, int]:
    """Disposition to number of dials, most frequent first."""
    counts = Counter(row.disposition or "open" for row in rows)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def welcomed_share(rows: Sequence[CallRow]) -> Mapping[str, tuple[int, int]]:
    """Segment to (welcomed, called) contacts, so that nobody is served less by age or language."""
    segments = {
        "65_plus": [row for row in rows if row.is_senior],
        "under_65": [row for row in rows if not row.is_senior],
        "zh-TW": [row for row in rows if row.language == "zh-TW"],
        "en-US": [row for row in rows if row.language == "en-US"],
    }
    return {
        name: (
            _distinct(row.contact_id for row in chosen if row.disposition == "welcomed"),
            _distinct(row.contact_id for row in chosen),
        )
        for name, chosen in segments.items()
    }


def nps(scores: Iterable[int]) -> Nps:
    """Net promoter score: share of 9-10 minus share of 0-6.

    The interval is the adjusted Wald one that is usual for NPS: three answers are added, three quarters of one each
    to promoters and detractors, so that small numbers do not look certain.
    """
    given = list(scores)
    number = len(given)
    if not number:
        return Nps(0, None, None, None)
    promoters = sum(score >= PROMOTER for score in given)
    detractors = sum(score < PASSIVE for score in given)
    total = number + 3
    p, d = (promoters + 0.75) / total, (detractors + 0.75) / total
    centre, margin = p - d, _Z95 * sqrt(max(p + d - (p - d) ** 2, 0) / total)
    score = 100 * (promoters - detractors) / number
    return Nps(number, score, 100 * max(centre - margin, -1), 100 * min(centre + margin, 1))


def _distinct(values: Iterable[str]) -> int:
    return len(set(values))
