"""What a pack says besides hours: attempt limits, consents, the caller's number, guard, duties, register, sources."""

import re
from datetime import timedelta

from outbound.adapters.files.rules.reading.hours import in_force, layer_of
from outbound.adapters.files.rules.reading.words import Confidence, Consent, SourceKind
from outbound.adapters.files.rules.sections import Section
from outbound.compliance.rules.pack import (
    AttemptLimit,
    CallerRule,
    CountedPer,
    DialGuard,
    Duties,
    Line,
    Period,
    PeriodKind,
    Register,
    Source,
    VoiceRule,
)
from outbound.domain.call_class import CallClass

PERIOD = re.compile(
    r"day|calendar_week|calendar_month|campaign|after_refusal"
    r"|rolling_([1-9]\d{0,2})_(days|hours)|([1-9]\d{0,3})_days_after_refusal",
    re.ASCII,
)
_PREFIX = re.compile(r"\+[1-9]\d{0,14}", re.ASCII)
_KNOWN_PERIODS = (
    "day, calendar_week, calendar_month, rolling_14_days, rolling_24_hours, campaign, after_refusal, "
    "60_days_after_refusal"
)


def attempt_limit(section: Section) -> AttemptLimit:
    """Read one limit; after a refusal none may follow, so that such a limit counts 0 and no other does."""
    limit = AttemptLimit(
        layer=layer_of(section),
        binds=section.choices("binds", CallClass),
        count=section.number("count"),
        period=_period(section),
        per=section.choice("per", CountedPer),
        unless_consent=section.choice("unless_consent", Consent).value if section.has("unless_consent") else None,
        in_force=in_force(section),
    )
    if section.sound("count", "period"):
        _check_count(section, limit)
    _remarks(section)
    return limit


def _check_count(section: Section, limit: AttemptLimit) -> None:
    refusal = limit.period.kind is PeriodKind.AFTER_REFUSAL
    if refusal and limit.count:
        section.refuse("count", "after a refusal nothing is counted", "write count: 0")
    if not refusal and not limit.count:
        problem = "0 attempts would forbid every call"
        section.refuse("count", problem, "write 1 or more, or a period such as after_refusal")


def _period(section: Section) -> Period:
    name = section.text("period")
    found = PERIOD.fullmatch(name)
    if not found:
        if section.sound("period"):
            section.refuse("period", f"{name!r} is not known", f"write a period such as {_KNOWN_PERIODS}")
        return Period(PeriodKind.DAY)
    amount, unit, refused_days = found.groups()
    if amount:
        return Period(PeriodKind.ROLLING, timedelta(**{unit: int(amount)}), name)
    if refused_days:
        return Period(PeriodKind.AFTER_REFUSAL, timedelta(days=int(refused_days)), name)
    return Period(PeriodKind(name), name=name)


def voice_rule(section: Section) -> VoiceRule:
    """Read which consents a robot's voice needs."""
    rule = VoiceRule(
        layer=layer_of(section),
        binds=section.choices("binds", CallClass),
        lines=section.choices("lines", Line),
        consents=tuple(consent.value for consent in Consent if consent in section.choices("consents", Consent)),
    )
    if Line.UNKNOWN in rule.lines and section.sound("lines"):
        section.refuse("lines", "a rule binds no unknown line", "write mobile, landline or both")
    _remarks(section)
    return rule


def caller_rule(section: Section) -> CallerRule:
    """Read what the displayed number must and must not be."""
    rule = CallerRule(
        layer=layer_of(section),
        must_show=section.flag("must_show"),
        prefixes=_prefixes(section, "prefixes") + _former_prefix(section),
        forbidden=_prefixes(section, "forbidden"),
        binds=section.choices("binds", CallClass, frozenset(CallClass)),
    )
    for prefix in rule.prefixes:
        if prefix.startswith(rule.forbidden or " "):
            section.refuse("forbidden", f"no number that begins with {prefix} could pass", "mend one of the two lists")
    _remarks(section)
    return rule


def _former_prefix(section: Section) -> tuple[str, ...]:
    """Read what packs said before they had lists: a text that was signed once stays readable."""
    return (
        _checked(section, "country_prefix", (section.text("country_prefix"),)) if section.has("country_prefix") else ()
    )


def _prefixes(section: Section, key: str) -> tuple[str, ...]:
    return _checked(section, key, section.texts(key, ()))


def _checked(section: Section, key: str, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    for prefix in prefixes:
        if not _PREFIX.fullmatch(prefix):
            section.refuse(key, f"{prefix!r} begins no number", 'write digits with a plus, such as "+886"')
    return prefixes


def dial_guard(section: Section) -> DialGuard:
    """Read the room that is kept before closing time."""
    guard = DialGuard(
        section.number("minimum_minutes") * 60, section.number("ring_seconds"), section.number("script_seconds")
    )
    section.done()
    return guard


def duties_of(section: Section) -> Duties:
    """Read what the conversation owes."""
    duties = Duties(
        disclosures=section.texts("disclosures", ()),
        disclosure_timing=section.text("disclosure_timing", ""),
        opt_out=section.text("opt_out", ""),
        honour_opt_out_within=section.text("honour_opt_out_within", ""),
        abandoned_calls=section.text("abandoned_calls", ""),
        recording=section.text("recording", ""),
        ai_disclosure=section.text("ai_disclosure", ""),
        post_sale_call=section.text("post_sale_call", ""),
    )
    section.done()
    return duties


def register_of(section: Section) -> Register:
    """Read the do-not-call register and whom it spares."""
    register = Register(
        name=section.text("name"),
        existing_relationship_exempt=section.text("existing_relationship_exempt", ""),
        service_calls_exempt=section.text("service_calls_exempt", ""),
        confidence=section.choice("confidence", Confidence).value,
    )
    section.text("note", "")
    section.done()
    return register


def source_of(section: Section) -> Source:
    """Read where a rule was found."""
    source = Source(
        citation=section.text("citation"),
        url=section.text("url", ""),
        kind=section.choice("kind", SourceKind).value,
        seen=section.flag("seen"),
        paraphrase=section.text("paraphrase"),
    )
    section.done()
    return source


def _remarks(section: Section) -> None:
    """Confidence and note of a rule are for its readers."""
    section.choice("confidence", Confidence)
    section.text("note", "")
    section.done()
