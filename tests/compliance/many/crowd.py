"""A crowd of invented contacts for the vectorised next window, and the gate's answer to each of them."""

from datetime import UTC, date, datetime

import numpy as np

from outbound.compliance.facts import Check, ContactFacts, GateOptions, History
from outbound.compliance.gate import decide
from outbound.compliance.next_windows import CLASSES, NEVER, Questions, Whereabouts
from outbound.compliance.rules.rulebook import Rulebook, Trust

_DAY = 86_400
_AROUND = 4
"""Days on either side of a batch's own day among which its instants lie."""

TURNS = (
    *("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"),
    *("2027-03-14", "2027-03-28", "2027-04-04", "2027-10-03", "2027-10-31", "2027-11-07"),
)
"""Sundays on which clocks change in America, Europe and Oceania."""

OPTIONS = GateOptions(
    trust=Trust.ASSUMED,
    skip=frozenset(Check) - {Check.GUARD, Check.SUBDIVISION},
)
"""Hours alone: what hangs on one person is left out, the guard and unknown places are not."""

HOLIDAYS_BY_NUMBER = (("America/New_York",), ("Asia/Taipei",), ("Australia/Eucla", "Europe/London"))


def places_of(rulebook: Rulebook) -> tuple[Whereabouts, ...]:
    """Every jurisdiction, every part of one, every zone stated, some numbers that widen, and places nobody knows."""
    codes = dict.fromkeys([*rulebook.packs, *(part for pack in rulebook.packs.values() for part in pack.subdivisions)])
    stated = [Whereabouts(code, zone) for code in rulebook.packs for zone in rulebook.packs[code].zones]
    wider = [Whereabouts(code, None, zones) for code in ("TW", "US-CA", "GB", "JP") for zones in HOLIDAYS_BY_NUMBER]
    unknown = [Whereabouts(None), Whereabouts("US"), Whereabouts("FR"), Whereabouts("QQ"), Whereabouts("TW", "Mars/X")]
    return (*(Whereabouts(code) for code in codes), *stated, *wider, *unknown)


def crowd(rulebook: Rulebook, seed: int, size: int) -> Questions:
    """Return `size` questions around one day of 2026 or 2027, the same for the same seed.

    Every other batch lies around a change of clocks. One contact in twenty turns 65 within days, one has no birth date.
    """
    rng = np.random.default_rng(seed)
    begin = np.datetime64("2026-01-05") + rng.integers(0, 710)
    if seed % 2:
        begin = np.datetime64(TURNS[seed // 2 % len(TURNS)])
    middle = begin.astype(np.int64) * _DAY
    instant = middle + rng.integers(-_AROUND * _DAY, _AROUND * _DAY, size)
    born = np.datetime64("1930-01-01") + rng.integers(0, 28_000, size)
    lot = rng.random(size)
    turning = (instant // _DAY).astype("datetime64[D]") + rng.integers(-2, 12, size)
    past = (turning.astype("datetime64[M]") - 65 * 12).astype("datetime64[D]")
    born = np.where(lot < 0.05, past + (turning - turning.astype("datetime64[M]")), born)
    born = np.where(lot > 0.95, np.datetime64("NaT"), born)
    places = places_of(rulebook)
    return Questions(
        places,
        rng.integers(0, len(places), size).astype(np.intp),
        rng.integers(0, len(CLASSES), size).astype(np.int8),
        born,
        instant.astype(np.int64),
    )


def by_the_gate(questions: Questions, rulebook: Rulebook, row: int) -> int:
    """Return the second that the gate names for one row, NEVER where it names none."""
    where, born = questions.places[questions.place[row]], questions.born[row]
    contact = ContactFacts(
        where.region,
        where.stated_zone,
        where.number_zones,
        birth_date=None if np.isnat(born) else born.astype(date),
    )
    call_class = CLASSES[questions.call_class[row]]
    instant = datetime.fromtimestamp(int(questions.instant[row]), UTC)
    found = decide(contact, call_class, instant, History(), rulebook, OPTIONS).next_allowed
    return NEVER if found is None else int(found.timestamp())


def disagreements(
    questions: Questions, opens: "np.ndarray[tuple[int], np.dtype[np.int64]]", rulebook: Rulebook
) -> list[int]:
    """Rows for which the gate says something else."""
    return [row for row in range(opens.size) if by_the_gate(questions, rulebook, row) != opens[row]]
