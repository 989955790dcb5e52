"""The gate: may this contact be called at this instant, and if not, why, and when?"""

from datetime import UTC, datetime
from math import floor

from msgspec import Struct
from msgspec.structs import replace

from outbound.compliance.evidence.receipt import Receipt
from outbound.compliance.facts import Check, ContactFacts, GateOptions, History, Stage
from outbound.compliance.passing import passing_reasons
from outbound.compliance.place import Place, Unplaced, resolve
from outbound.compliance.reason import Reason, reason
from outbound.compliance.rules.pack import DialGuard
from outbound.compliance.rules.rulebook import Rulebook
from outbound.compliance.search import closing, earliest
from outbound.compliance.situation import Situation, bound_limits, seconds_of
from outbound.compliance.standing import pack_reasons, standing_reasons, unplaced_reasons
from outbound.domain.call_class import CallClass

_DEFAULT = GateOptions()
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


class Decision(Struct, frozen=True):
    """The gate's answer with every reason at once.

    `next_allowed` (UTC) is the earliest instant from the one asked at which the answer would be yes with the same
    history: the instant itself when allowed, None when no time within the horizon is known or none was looked for.
    `open_until` (UTC) is, when allowed, the first instant at which hours, guard, a chosen time or a suspended area
    would close the gate again, at most the horizon away; None when not allowed, or when none was looked for.
    """

    allowed: bool
    reasons: tuple[Reason, ...]
    next_allowed: datetime | None
    receipt: Receipt
    open_until: datetime | None = None


def decide(
    contact: ContactFacts,
    call_class: CallClass,
    instant: datetime,
    history: History,
    rulebook: Rulebook,
    options: GateOptions = _DEFAULT,
) -> Decision:
    """Decide whether a call may start at `instant` (aware). Never raises for what the facts say; unknown means no."""
    bound_class = CallClass.TELEMARKETING if options.promotional else call_class
    whole = Check.SUBDIVISION in options.skip
    place = resolve(rulebook, contact.region, contact.stated_zone, contact.number_zones, whole=whole)
    reasons = _unusable(contact, instant, history, options)
    if isinstance(place, Unplaced):
        anyhow = unplaced_reasons(contact, (call_class, bound_class), instant, history, options) if not reasons else ()
        reasons = (*reasons, *place.reasons, *anyhow)
    if isinstance(place, Unplaced) or reasons:
        receipt = Receipt(contact, call_class, bound_class, instant, history, rulebook, options, reasons)
        return Decision(allowed=False, reasons=reasons, next_allowed=None, receipt=receipt)
    situation = _situation(contact, (call_class, bound_class), history, rulebook, options, place)
    seconds = floor(instant.timestamp())
    fixed = pack_reasons(situation)
    reasons = (*fixed, *standing_reasons(situation, seconds), *passing_reasons(situation, seconds))
    following: datetime | None = instant if not reasons else None
    if reasons and not fixed and options.find_next:
        following = earliest(situation, seconds)
    is_sought = not reasons and options.find_end
    until = datetime.fromtimestamp(closing(situation, seconds), UTC) if is_sought else None
    receipt = Receipt(
        contact, call_class, bound_class, instant, history, rulebook, options, reasons, following, until, situation
    )
    return Decision(not reasons, reasons, following, receipt, until)


def asked_again(decision: Decision, instant: datetime, stage: Stage) -> Decision | None:
    """Return what `decide` would say of the same question a moment after it said yes, at another stage of a dial.

    None where that has to be worked out anew. The gate judges whole seconds, so that within one, and before anything
    closes, its answer is the same.
    """
    receipt = decision.receipt
    situation, until = receipt.situation, decision.open_until
    if situation is None or until is None or not receipt.instant <= instant < until:
        return None
    if floor(instant.timestamp()) != floor(receipt.instant.timestamp()):
        return None
    options = replace(receipt.options, stage=stage)
    following = replace(
        receipt, instant=instant, options=options, next_allowed=instant, situation=replace(situation, options=options)
    )
    return replace(decision, next_allowed=instant, receipt=following)


def _situation(
    contact: ContactFacts,
    classes: tuple[CallClass, CallClass],
    history: History,
    rulebook: Rulebook,
    options: GateOptions,
    place: Place,
) -> Situation:
    return Situation(
        contact=contact,
        asked_class=classes[0],
        call_class=classes[1],
        history=history,
        rulebook=rulebook,
        options=options,
        place=place,
        bound_limits=bound_limits(rulebook, place, classes[1], options.layers),
        number_attempts=tuple(a.timestamp() for a in history.number_attempts),
        contact_attempts=tuple(a.timestamp() for a in history.contact_attempts),
        refusals=tuple(r.timestamp() for r in history.refusals),
        guard=guard_seconds(place, options),
        chosen=seconds_of(contact.chosen),
    )


def guard_seconds(place: Place, options: GateOptions) -> int:
    """Seconds that must be left before closing time: the longest guard among the place's packs."""
    if Check.GUARD in options.skip:
        return 0
    guards: list[DialGuard] = [pack.guard for pack in place.packs]
    return max(guard.seconds(options.ring_seconds, options.script_seconds) for guard in guards)


def _unusable(contact: ContactFacts, instant: datetime, history: History, options: GateOptions) -> tuple[Reason, ...]:
    """Instants that nothing can be concluded from: without an offset they could mean any zone."""
    given: list[datetime | None] = [instant, *history.number_attempts, *history.contact_attempts, *history.refusals]
    given.append(history.quiet_until)
    if contact.chosen is not None:
        given += [contact.chosen.start, contact.chosen.end]
    given += [s.until for s in contact.suppressions]
    given += [bound for area in options.blocked_areas for bound in (area.since, area.until)]
    moments = [moment for moment in given if moment is not None]
    if any(moment.tzinfo is None for moment in moments):
        return (reason("instant_without_offset"),)
    if not all(_FIRST_YEAR < moment.year < _LAST_YEAR for moment in moments):
        return (reason("instant_out_of_range"),)
    return ()
