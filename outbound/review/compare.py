"""Versions of a script side by side: what came of the calls that spoke each, and which differences chance may make."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import sqrt
from statistics import NormalDist, median

from msgspec import Struct

from outbound.review.figures import Nps, nps

_Z95 = NormalDist().inv_cdf(0.975)


class SpokenCall(Struct, frozen=True):
    """A call that spoke a version. `seconds` from its answer to its end, None while unknown; `nps` from 0 to 10.

    `heard_by` tells apart who hears different scripts by design: called, senior (65 and older), rings_back.
    """

    contact_id: str
    heard_by: str
    script: str
    version: str
    at: datetime
    by_a_person: bool
    verified: bool
    completed: bool
    opted_out: bool
    complained: bool
    asked_for_a_person: bool
    nps: int | None = None
    seconds: float | None = None


class Estimate(Struct, frozen=True):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Share(Struct, frozen=True):
    """`count` of `of` contacts; `estimate` is their share from 0 to 1, None without contacts."""

    count: int
    of: int
    estimate: Estimate | None


class Version(Struct, frozen=True):
    """What came of one version. `calls` spoke it, `answered` of them were answered by a person, by `contacts` people.

    Shares count contacts who answered: one who was called twice counts once, and as complaining if once they did.
    """

    heard_by: str
    script: str
    version: str
    first: datetime
    last: datetime
    calls: int
    answered: int
    contacts: int
    shares: Mapping[str, Share]
    nps: Nps
    median_seconds: float | None


class Difference(Struct, frozen=True):
    """How far a figure of `version` lies above that of `against`; `by_chance`: as much may come about by chance."""

    heard_by: str
    version: str
    against: str
    figure: str
    difference: Estimate
    by_chance: bool


_FIGURES: Mapping[str, Callable[[SpokenCall], bool]] = {
    "verified": lambda call: call.verified,
    "completed": lambda call: call.completed,
    "opted_out": lambda call: call.opted_out,
    "complained": lambda call: call.complained,
    "asked_for_a_person": lambda call: call.asked_for_a_person,
}
NPS = "nps"


def wilson(count: int, of: int) -> Estimate | None:
    """Return a share with its score interval; None without observations.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.
    """
    if not of:
        return None
    share, squared = count / of, _Z95**2
    centre = (share + squared / (2 * of)) / (1 + squared / of)
    margin = _Z95 * sqrt(share * (1 - share) / of + squared / (4 * of**2)) / (1 + squared / of)
    return Estimate(share, max(centre - margin, 0.0), min(centre + margin, 1.0))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return how far `one` lies above `other`, with the interval that follows from those of both.

    For shares with Wilson's intervals this is method 10 of R. G. Newcombe, "Interval estimation for the difference
    between independent proportions", Statistics in Medicine 17 (1998), 873-890; for any figures: G. Y. Zou and
    A. Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27 (2008), 1693-1702.
    """
    between = one.value - other.value
    below = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    above = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Estimate(between, between - below, between + above)


def versions(calls: Sequence[SpokenCall]) -> tuple[Version, ...]:
    """Return each version that was spoken: by who hears it, the one with most contacts first."""
    groups: dict[tuple[str, str, str], list[SpokenCall]] = {}
    for call in calls:
        groups.setdefault((call.heard_by, call.script, call.version), []).append(call)
    found = [_version(*key, group) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda each: (each.heard_by, -each.contacts, each.script, each.version)))


def differences(found: Sequence[Version]) -> tuple[Difference, ...]:
    """Compare, among those who could have heard either, each version with the one that most contacts heard."""
    compared = []
    for each in found:
        against = next(one for one in found if one.heard_by == each.heard_by)
        if each is against:
            continue
        for figure in (*_FIGURES, NPS):
            one, other = _estimate(each, figure), _estimate(against, figure)
            if one is None or other is None:
                continue
            apart = difference(one, other)
            chance = apart.low <= 0 <= apart.high
            compared.append(Difference(each.heard_by, each.version, against.version, figure, apart, chance))
    return tuple(compared)


def at_other_times(one: Version, other: Version) -> bool:
    """Whether one was only spoken after the other: then days and hours differ too, not the words alone."""
    return one.first > other.last or other.first > one.last


def _version(heard_by: str, script: str, version: str, calls: Sequence[SpokenCall]) -> Version:
    answered = [call for call in calls if call.by_a_person]
    people = {call.contact_id for call in answered}
    shares = {}
    for name, holds in _FIGURES.items():
        count = len({call.contact_id for call in answered if holds(call)})
        shares[name] = Share(count, len(people), wilson(count, len(people)))
    lasted = [call.seconds for call in answered if call.seconds is not None]
    return Version(
        heard_by, script, version, min(call.at for call in calls), max(call.at for call in calls),
        len(calls), len(answered), len(people), shares,
        nps(call.nps for call in answered if call.nps is not None), median(lasted) if lasted else None,
    )  # fmt: skip


def _estimate(version: Version, figure: str) -> Estimate | None:
    if figure != NPS:
        return version.shares[figure].estimate
    given = version.nps
    if given.score is None or given.low is None or given.high is None:
        return None
    # The interval is drawn towards the middle, and with few answers may lie beside the score itself.
    return Estimate(given.score, min(given.low, given.score), max(given.high, given.score))
