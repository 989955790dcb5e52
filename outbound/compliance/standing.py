"""Reasons that stand until something is done or a date comes: signatures, notice, consent, refusals, caller."""

import re
from collections.abc import Iterator
from datetime import datetime
from math import floor

from outbound.compliance.facts import Check, ContactFacts, GateOptions, History, Suppression, SuppressionScope
from outbound.compliance.reason import Reason, reason
from outbound.compliance.rules.pack import CallerRule, Layer, Line, Pack
from outbound.compliance.rules.rulebook import Signature
from outbound.compliance.situation import Situation, whole_seconds
from outbound.compliance.timetable import binds
from outbound.domain.call_class import CallClass

_NUMBER = re.compile(r"\+[0-9]+")
_STOPS = {
    SuppressionScope.EVERYTHING: frozenset(CallClass),
    SuppressionScope.MARKETING: frozenset({CallClass.TELEMARKETING}),
    SuppressionScope.SERVICE: frozenset({CallClass.SERVICE, CallClass.TELEMARKETING, CallClass.MANDATORY_INTERVIEW}),
}
"""A refusal of marketing never stops service calls; who objects even to those wants no robot's marketing either."""


def pack_reasons(situation: Situation) -> tuple[Reason, ...]:
    """Packs of the place that are unsigned or were changed since."""
    rulebook, packs, trust = situation.rulebook, situation.place.packs, situation.options.trust
    key = ("unsigned", situation.place.clocks[0].packs, trust)
    kept: tuple[tuple[Signature, ...], tuple[Reason, ...]] | None = rulebook.cache.get(key)
    # Signatures may be replaced in a copy that shares the cache: what was found holds for these very ones.
    if kept is None or kept[0] is not rulebook.signatures:
        unsigned = [pack for pack in packs if not rulebook.signed(pack, trust)]
        kept = (
            rulebook.signatures,
            tuple(reason("pack_unsigned", Layer.HOUSE, p.code, place=p.code, version=p.version) for p in unsigned),
        )
        rulebook.remember(key, kept)
    return kept[1]


def standing_reasons(situation: Situation, seconds: int) -> tuple[Reason, ...]:
    """Reasons that, once lifted, stay lifted: so one look at the horizon tells whether waiting can help at all."""
    return (
        *_contact(situation, seconds),
        *_consent(situation, seconds),
        *_caller(situation),
        *_live(situation.history, seconds),
    )


def unplaced_reasons(
    contact: ContactFacts,
    classes: tuple[CallClass, CallClass],
    instant: datetime,
    history: History,
    options: GateOptions,
) -> tuple[Reason, ...]:
    """Reasons that stand wherever the customer is: what is left to ask when nobody knows; `classes`: asked, bound.

    Without a place there is no local date either, so a notice or consent of whatever date passes here.
    """
    seconds, (asked, bound) = floor(instant.timestamp()), classes
    reasons: list[Reason] = []
    if contact.privacy_notice_on is None and Check.PRIVACY_NOTICE not in options.skip:
        reasons.append(reason("privacy_notice_missing"))
    reasons += _refused(contact, bound, options, seconds)
    if not any(consent.purpose == "marketing" for consent in contact.consents):
        reasons += _marketing(asked, bound, options)
    return (*reasons, *_live(history, seconds))


def _contact(situation: Situation, seconds: int) -> Iterator[Reason]:
    contact = situation.contact
    if situation.checks(Check.PRIVACY_NOTICE) and (
        contact.privacy_notice_on is None or contact.privacy_notice_on > situation.first_day(seconds)
    ):
        yield reason("privacy_notice_missing")
    yield from _refused(contact, situation.call_class, situation.options, seconds)


def _refused(contact: ContactFacts, call_class: CallClass, options: GateOptions, seconds: int) -> Iterator[Reason]:
    if Check.SUPPRESSION in options.skip:
        return
    if contact.do_not_call:
        yield reason("do_not_call")
    for suppression in contact.suppressions:
        if call_class in _STOPS[suppression.scope] and _lasts(suppression, seconds):
            yield reason("suppressed", scope=suppression.scope)


def _lasts(suppression: Suppression, seconds: int) -> bool:
    return suppression.is_refusal or suppression.until is None or seconds < whole_seconds(suppression.until)


def _consent(situation: Situation, seconds: int) -> Iterator[Reason]:
    day = situation.first_day(seconds)
    if not situation.consented("marketing", day):
        yield from _marketing(situation.asked_class, situation.call_class, situation.options)
    if not situation.checks(Check.AUTOMATED_VOICE_CONSENT):
        return
    line = situation.contact.line
    for pack in situation.place.packs:
        for rule in pack.voice:
            if not binds(rule.binds, situation.call_class) or rule.layer not in situation.options.layers:
                continue
            missing = [purpose for purpose in rule.consents if not situation.consented(purpose, day)]
            if missing and (line is Line.UNKNOWN or line in rule.lines):
                yield reason("consent_missing", rule.layer, pack.code, line=line, consent=", ".join(missing))


def _marketing(asked: CallClass, bound: CallClass, options: GateOptions) -> Iterator[Reason]:
    """Say that consent to marketing is missing, if these classes need it."""
    if bound is CallClass.TELEMARKETING and Check.MARKETING_CONSENT not in options.skip:
        asked_for = asked is CallClass.TELEMARKETING
        yield reason("marketing_consent_missing", why="marketing_call" if asked_for else "promotion")


def _caller(situation: Situation) -> Iterator[Reason]:
    if not situation.checks(Check.CALLER_ID):
        return
    for pack in situation.place.packs:
        rule = pack.caller
        if rule is not None and rule.layer in situation.options.layers and binds(rule.binds, situation.call_class):
            yield from _caller_by(pack, rule, situation.options.caller_number)


def _caller_by(pack: Pack, rule: CallerRule, number: str | None) -> Iterator[Reason]:
    if number is None or not _NUMBER.fullmatch(number):
        if rule.must_show or rule.prefixes or rule.forbidden:
            yield reason("caller_hidden", rule.layer, pack.code)
        return
    if rule.prefixes and not number.startswith(rule.prefixes):
        yield reason("caller_foreign", rule.layer, pack.code, prefix=", ".join(rule.prefixes))
    if number.startswith(rule.forbidden):
        yield reason("caller_forbidden", rule.layer, pack.code, prefix=", ".join(rule.forbidden))


def _live(history: History, seconds: int) -> Iterator[Reason]:
    if history.number_live:
        yield reason("number_live")
    if history.quiet_until is not None and seconds < whole_seconds(history.quiet_until):
        yield reason("quiet_days", until=history.quiet_until.isoformat(timespec="minutes"))
