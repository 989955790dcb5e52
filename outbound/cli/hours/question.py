"""The options of `outbound hours check` and `next` turned into a question to the gate."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from outbound.cli.hours.options import (
    age_of,
    caller_of,
    code_of,
    instant_of,
    layers_of,
    line_of,
    refuse_slips,
    word_of,
    zone_of,
)
from outbound.cli.hours.territories import countries_of
from outbound.cli.rules.folder import rules_folder
from outbound.compliance.facts import BlockedArea, Check, ConsentEvidence, ContactFacts, GateOptions, History
from outbound.compliance.gate import Decision, decide
from outbound.compliance.place import Place, Unplaced, resolve
from outbound.compliance.rules.pack import PACK_LAYERS, Pack, PeriodKind
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.compliance.situation import ELDER_AGE, bound_limits
from outbound.compliance.timetable import binds
from outbound.domain.call_class import CallClass
from outbound.usecases.problems import InputProblemError

_PASSING = frozenset(
    {
        "outside_hours",
        "day_closed",
        "public_holiday",
        "closing_soon",
        "calendar_missing",
        "attempt_limit",
        "area_blocked",
    }
)
"""Reasons that time alone removes."""
_SLACK = timedelta(days=2)
"""No zone is further from UTC; a holiday's eve needs the day after."""


class Asked(Struct, frozen=True):
    """The options as typed."""

    jurisdiction: str
    at: str
    call_class: str
    zone: str | None
    line: str | None
    caller: str | None
    prior_consent: bool
    age: str | None
    attempts: tuple[str, ...]
    blocked: tuple[str, ...]
    layers: str
    guard: bool
    assume_signed: bool
    rules: str | None
    promotional: bool = False


class Answer(Struct, frozen=True):
    """The gate's decision and what an answer shows besides.

    `missing_years` are those without a calendar, where only passing time was in the way and none was found.
    """

    jurisdiction: str
    instant: datetime
    decision: Decision
    zones: tuple[str, ...]
    packs: tuple[Pack, ...]
    signed: bool
    not_evaluated: tuple[str, ...]
    missing_years: tuple[int, ...] = ()


def answer(asked: Asked) -> Answer:
    """Ask the gate; raises `InputProblemError` for what cannot be read."""
    instant = instant_of("--at", asked.at)
    code = code_of("--jurisdiction", asked.jurisdiction)
    rulebook = _load(asked.rules, code, instant)
    facts, options = _facts(asked, code, instant.date()), _options(asked, rulebook)
    call_class = word_of("--call-class", asked.call_class, CallClass)
    place = resolve(rulebook, facts.region, facts.stated_zone, (), whole=True)
    if isinstance(place, Unplaced):
        refuse_slips(place, "--jurisdiction", code, asked.zone, rulebook)
    attempts = tuple(instant_of("--attempt-at", text) for text in asked.attempts)
    decision = decide(facts, call_class, instant, History(attempts, attempts), rulebook, options)
    placed = place if isinstance(place, Place) else None
    packs = () if placed is None else placed.packs
    return Answer(
        code,
        instant,
        decision,
        () if placed is None else placed.zones,
        packs,
        bool(packs) and all(rulebook.signed(pack, Trust.PRODUCTION) for pack in packs),
        tuple(_not_evaluated(asked, options, placed)) + _refusal(rulebook, placed, call_class, options),
        _missing_years(rulebook, placed, decision, instant),
    )


def _missing_years(rulebook: Rulebook, place: Place | None, decision: Decision, instant: datetime) -> tuple[int, ...]:
    """Years within the horizon that a calendar of the place does not know, if that may be why no time was found."""
    codes = {reason.code for reason in decision.reasons}
    if place is None or decision.next_allowed is not None or not codes <= _PASSING:
        return ()
    named = {rule.calendar for pack in place.packs for rule in pack.windows} | {place.packs[-1].calendar}
    known = [rulebook.calendars[code].years if code in rulebook.calendars else {} for code in sorted(named)]
    last = instant + timedelta(days=GateOptions().horizon_days)
    return tuple(year for year in range(instant.year, last.year + 1) if any(year not in years for years in known))


def _load(rules: str | None, code: str, instant: datetime) -> Rulebook:
    from outbound.adapters.files.rules.packs import load_rulebook

    folder = rules_folder(rules)
    # Only the years that the search can meet: a further one might have to be fetched from the holidays library.
    last = instant.replace(tzinfo=None) + timedelta(days=GateOptions().horizon_days) + _SLACK
    years = range((instant.replace(tzinfo=None) - _SLACK).year, last.year + 1)
    return load_rulebook(folder, years=years, only=countries_of(folder, code))


def _facts(asked: Asked, code: str, today: date) -> ContactFacts:
    consents = (ConsentEvidence("automated_voice"), ConsentEvidence("marketing")) if asked.prior_consent else ()
    age = age_of(asked.age)
    return ContactFacts(
        region=code,
        stated_zone=zone_of(asked.zone),
        birth_date=None if age >= ELDER_AGE else date(today.year - age, today.month, 1),
        line=line_of(asked.line),
        consents=consents,
    )


def _options(asked: Asked, rulebook: Rulebook) -> GateOptions:
    skip = {Check.SUBDIVISION, Check.PRIVACY_NOTICE, Check.SUPPRESSION}
    if not asked.promotional:
        skip.add(Check.MARKETING_CONSENT)
    if asked.line is None:
        skip |= {Check.AUTOMATED_VOICE_CONSENT, Check.RESIDENTIAL_LINE_LIMIT}
    if asked.caller is None:
        skip.add(Check.CALLER_ID)
    if not asked.guard:
        skip.add(Check.GUARD)
    return GateOptions(
        trust=Trust.ASSUMED if asked.assume_signed else Trust.PRODUCTION,
        promotional=asked.promotional,
        caller_number=caller_of(asked.caller),
        blocked_areas=tuple(BlockedArea(_area(text, rulebook)) for text in asked.blocked),
        layers=layers_of(asked.layers),
        skip=frozenset(skip),
    )


def _area(text: str, rulebook: Rulebook) -> str:
    code = code_of("--blocked-area", text)
    country = rulebook.packs.get(code.partition("-")[0])
    if country is not None and code != country.code and code not in country.subdivisions:
        raise InputProblemError(
            f"--blocked-area: {code} is no part of {country.code}; `outbound rules show` lists them"
        )
    return next((p.aliases[code] for p in rulebook.packs.values() if code in p.aliases), code)


def _not_evaluated(asked: Asked, options: GateOptions, place: Place | None) -> list[str]:
    names = ["notice", "suppression"]
    if asked.line is None:
        names.append("line")
        if place is not None and _needs_voice_consent(asked, options, place):
            names.append("automated_voice_consent")
    if asked.caller is None:
        names.append("caller")
    if not asked.guard:
        names.append("guard")
    if asked.assume_signed:
        names.append("signature")
    if asked.call_class == CallClass.TELEMARKETING and not asked.promotional:
        names.append("marketing_consent")
    names.extend(sorted(layer.value for layer in PACK_LAYERS - options.layers))
    if place is not None and too_wide(place, asked.zone):
        names.append("subdivision")
    return names


def _needs_voice_consent(asked: Asked, options: GateOptions, place: Place) -> bool:
    """Whether a rule on the robot's voice binds the class that was asked about, on lines of some kind."""
    if asked.prior_consent:
        return False
    asked_class = word_of("--call-class", asked.call_class, CallClass)
    bound = CallClass.TELEMARKETING if options.promotional else asked_class
    return any(rule.layer in options.layers and binds(rule.binds, bound) for pack in place.packs for rule in pack.voice)


def too_wide(place: Place, zone: str | None) -> bool:
    """Whether a contact of whom no more is known than this place would not be called."""
    country = place.packs[-1]
    return place.region == country.code and (country.subdivision_required or (country.zone_required and zone is None))


def _refusal(rulebook: Rulebook, place: Place | None, call_class: CallClass, options: GateOptions) -> tuple[str, ...]:
    """Name earlier refusals as not evaluated where a limit of the place counts from them."""
    if place is None:
        return ()
    bound = CallClass.TELEMARKETING if options.promotional else call_class
    limits = bound_limits(rulebook, place, bound, options.layers)
    return ("refusal",) if any(limit.period.kind is PeriodKind.AFTER_REFUSAL for _, limit in limits) else ()
