"""The receipt of a decision: what was evaluated, so that it can be proved years later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from outbound.compliance.facts import GateOptions
from outbound.compliance.passing import hours_text
from outbound.compliance.reason import Reason
from outbound.compliance.rules.pack import Pack
from outbound.compliance.situation import Situation, day_in
from outbound.compliance.timetable import day_table
from outbound.domain.call_class import CallClass

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """References to what a decision rested on; `body` writes them out when the receipt is stored."""

    instant: datetime
    asked_class: CallClass
    call_class: CallClass
    options: GateOptions
    reasons: tuple[Reason, ...]
    next_allowed: datetime | None
    situation: Situation | None

    def body(self) -> dict[str, Any]:
        """Return the receipt as values that JSON knows. It holds no name, number or birth date."""
        options = self.options
        head: dict[str, Any] = {
            "format": FORMAT,
            "stage": options.stage.value,
            "instant": _utc(self.instant),
            "result": "refused" if self.reasons else "allowed",
            "reasons": [_reason(r) for r in self.reasons],
            "next_allowed": None if self.next_allowed is None else _utc(self.next_allowed),
            "call_class": {"asked": self.asked_class.value, "bound": self.call_class.value},
            "promotional": options.promotional,
            "trust": options.trust.value,
            "layers": sorted(layer.value for layer in options.layers),
            "not_evaluated": sorted(check.value for check in options.skip),
        }
        return head if self.situation is None else head | _evaluated(self.situation, floor(self.instant.timestamp()))


def _reason(given: Reason) -> dict[str, Any]:
    return {
        "code": given.code,
        "layer": given.layer.value,
        "jurisdiction": given.jurisdiction,
        "details": dict(given.details),
    }


def _evaluated(situation: Situation, seconds: int) -> dict[str, Any]:
    place, rulebook = situation.place, situation.rulebook
    return {
        "region": place.region,
        "zones": [{"zone": zone, "found_by": how} for zone, how in place.found_by],
        "local_times": {zone: datetime.fromtimestamp(seconds, ZoneInfo(zone)).isoformat() for zone in place.zones},
        "packs": [_pack(situation, pack) for pack in place.packs],
        "calendars": [
            {"code": code, "version": rulebook.calendars[code].version, "hash": rulebook.calendars[code].content_hash}
            for code in sorted({rule.calendar for pack in place.packs for rule in pack.windows})
            if code in rulebook.calendars
        ],
        "windows": list(_windows(situation, seconds)),
        "segment": situation.segment(situation.first_day(seconds)).value,
        "line": situation.contact.line.value,
        "guard_seconds": situation.guard,
        "consents": [
            {"purpose": c.purpose, "given_on": None if c.given_on is None else c.given_on.isoformat()}
            for c in situation.contact.consents
        ],
        "counters": list(_counters(situation, seconds)),
        "attempts": {
            "number": [_utc(a) for a in situation.history.number_attempts],
            "contact": [_utc(a) for a in situation.history.contact_attempts],
            "number_live": situation.history.number_live,
        },
        **_bars(situation),
    }


def _bars(situation: Situation) -> dict[str, Any]:
    contact, history = situation.contact, situation.history
    return {
        "privacy_notice_on": None if contact.privacy_notice_on is None else contact.privacy_notice_on.isoformat(),
        "do_not_call": contact.do_not_call,
        "suppressions": [
            {"scope": s.scope.value, "refusal": s.is_refusal, "until": _utc_or_none(s.until)}
            for s in contact.suppressions
        ],
        "chosen": None if contact.chosen is None else [_utc(contact.chosen.start), _utc(contact.chosen.end)],
        "quiet_until": _utc_or_none(history.quiet_until),
        "blocked_areas": [
            {"code": a.code, "since": _utc_or_none(a.since), "until": _utc_or_none(a.until)}
            for a in situation.options.blocked_areas
        ],
        "caller_shown": situation.options.caller_number is not None,
    }


def _pack(situation: Situation, pack: Pack) -> dict[str, Any]:
    return {
        "code": pack.code,
        "version": pack.version,
        "hash": pack.content_hash,
        "signed": situation.rulebook.signed(pack, situation.options.trust),
    }


def _windows(situation: Situation, seconds: int) -> Iterator[dict[str, Any]]:
    for clock in situation.place.clocks:
        day = day_in(clock.zone, seconds)
        table = day_table(situation.rulebook, clock, situation.profile(seconds, day), day)
        for layer in table.layers:
            yield {
                "zone": clock.zone,
                "jurisdiction": layer.jurisdiction,
                "layer": layer.layer.value,
                "date": day.isoformat(),
                "holiday": layer.holiday if layer.known else None,
                "hours": hours_text(layer.windows),
                "customer_chosen": situation.is_chosen(seconds),
            }


def _counters(situation: Situation, seconds: int) -> Iterator[dict[str, Any]]:
    for pack, limit in situation.limits(situation.first_day(seconds)):
        yield {
            "jurisdiction": pack.code,
            "layer": limit.layer.value,
            "per": limit.per.value,
            "period": limit.period.name,
            "limit": limit.count,
            "made": situation.made(limit, seconds),
        }


def _utc(moment: datetime) -> str:
    """Instant in UTC; a naive one is written as it stands, for it has no instant."""
    return moment.astimezone(UTC).isoformat() if moment.tzinfo is not None else moment.isoformat()


def _utc_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else _utc(moment)
