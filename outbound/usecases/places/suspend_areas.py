"""Let nobody in an area be called for a while, as when a county suspends work for a typhoon."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.identifiers import Identifiers
from outbound.usecases.places.whereabouts import known_region
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.places import NewSuspension
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.references import reference, signed

LONGEST = timedelta(days=30)


class SuspendReport(Struct, frozen=True):
    """Codes of the suspended areas; how many earlier suspensions of the same areas they take the place of."""

    codes: tuple[str, ...]
    replaced: int


def suspend_areas(
    store: Store,
    *,
    rulebook: Rulebook,
    codes: Sequence[str],
    since: datetime | None,
    until: datetime,
    reason: str,
    by: str,
    identifiers: Identifiers,
    now: datetime,
) -> SuspendReport:
    """Suspend areas (ISO 3166 codes or names of Taiwanese counties) from `since` (None: now) until `until`.

    A country's code holds all of it. In force when this returns: the gate reads it at plan, at reservation and right
    before the carrier. Raises `InputProblemError` for an unknown code, an end that has passed or lies before the start,
    more than 30 days, and a reason that is missing or holds somebody's number; then none of the areas is suspended.
    """
    begins = now if since is None else since
    known = tuple(dict.fromkeys(known_region(rulebook, code) for code in codes))
    _check_span(begins, until, now)
    why, who = reference("--reason", reason), signed(by)
    with store.begin() as work:
        replaced = sum(
            work.places.suspend(NewSuspension(identifiers.new(), code, begins, until, why, who, now)) for code in known
        )
        work.places.release_areas(now)
        work.commit()
    return SuspendReport(known, replaced)


def lift_area(store: Store, *, code: str, by: str, now: datetime) -> int:
    """End the suspensions of this very area at once; return how many were or would have been in force.

    Contacts that were held for an area are looked at again by the next planning.
    """
    with store.begin() as work:
        lifted = work.places.lift(code, by, now)
        work.places.release_areas(now)
        work.commit()
    return lifted


def _check_span(since: datetime, until: datetime, now: datetime) -> None:
    if until <= now:
        raise InputProblemError("--until: that instant has passed; give the end of the suspension")
    if until <= since:
        raise InputProblemError("--until: the suspension would end before it begins; check --since and --until")
    if until - since > LONGEST:
        raise InputProblemError(f"--until: at most {LONGEST.days} days at a time; suspend again when it goes on")
