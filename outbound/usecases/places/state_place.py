"""Keep where a customer said to be, or take it back."""

import difflib
from datetime import datetime

from outbound.compliance.place import Unplaced, resolve
from outbound.compliance.reason import Reason
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.identifiers import Identifiers
from outbound.usecases.places.whereabouts import known_region
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.places import NewPlace, PlaceTakenBack
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.references import reference, signed

_WRONG_ZONE = frozenset({"zone_unknown", "zone_outside"})


def state_place(
    store: Store,
    *,
    rulebook: Rulebook,
    contact_id: str,
    region: str,
    time_zone: str | None,
    until: datetime | None,
    evidence: str,
    by: str,
    identifiers: Identifiers,
    now: datetime,
) -> tuple[Reason, ...]:
    """Record that the contact is in `region` (an assigned ISO 3166 code), and let the planner look at once.

    Returns why nobody can be called there, if so: what the customer says is kept and counts all the same. Raises
    `InputProblemError` for a part that its country's rules do not know, a zone that is none or lies elsewhere, an end
    that has passed, evidence that is missing or holds somebody's number, and a contact that does not exist;
    nothing is kept then.
    """
    code = known_region(rulebook, region, or_elsewhere=True)
    place = resolve(rulebook, code, time_zone, (), whole=False)
    reasons = place.reasons if isinstance(place, Unplaced) else ()
    _refuse_zone(rulebook, code, time_zone, reasons)
    if until is not None and until <= now:
        raise InputProblemError("--until: that instant has passed; leave it out for a place until further notice")
    where, who = reference("--evidence", evidence), signed(by)
    with store.begin() as work:
        new = NewPlace(identifiers.new(), contact_id, code, time_zone, until, where, who, now)
        if not work.places.state(new):
            raise InputProblemError(f"there is no contact {contact_id}; `outbound places list` shows identifiers")
        work.places.look_again(contact_id, now)
        work.commit()
    return reasons


def take_back_place(
    store: Store, *, contact_id: str, evidence: str, by: str, identifiers: Identifiers, now: datetime
) -> bool:
    """End what the contact said, so that the policy's address counts again; False when nothing was in force.

    Who took it back, and on what evidence, stays on record beside it. Raises `InputProblemError` for evidence that is
    missing or holds somebody's number.
    """
    where, who = reference("--evidence", evidence), signed(by)
    with store.begin() as work:
        ended = work.places.take_back(PlaceTakenBack(identifiers.new(), contact_id, where, who, now))
        work.places.look_again(contact_id, now)
        work.commit()
    return ended > 0


def _refuse_zone(rulebook: Rulebook, code: str, time_zone: str | None, reasons: tuple[Reason, ...]) -> None:
    wrong = next((reason for reason in reasons if reason.code in _WRONG_ZONE), None)
    if wrong is None:
        return
    whole = resolve(rulebook, code, None, (), whole=True)
    zones = () if isinstance(whole, Unplaced) else whole.zones
    near = difflib.get_close_matches(time_zone or "", zones, 3) or zones[:6]
    raise InputProblemError(f"--zone: {wrong.text} Zones of {code} are {', '.join(near) or 'not known'}.")
