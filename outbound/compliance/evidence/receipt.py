"""The receipt of a decision: what was evaluated, and everything that is needed to evaluate it again years later."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

import tzdata
from msgspec import Struct

from outbound.compliance.evidence.manifest import manifest_hash
from outbound.compliance.evidence.sources import calendar_entry, consulted, pack_entry
from outbound.compliance.facts import Check, ContactFacts, GateOptions, History
from outbound.compliance.passing import hours_text
from outbound.compliance.reason import Reason
from outbound.compliance.rules.rulebook import Rulebook, Signature
from outbound.compliance.situation import Situation, day_in
from outbound.compliance.timetable import day_table
from outbound.domain.call_class import CallClass

FORMAT = 2
"""Format 1 held no hashes of calendar years, and less of the question: it can be read, but not evaluated again."""

_DAY = timedelta(days=1)


class Receipt(Struct, frozen=True):
    """The question, the rules and the answer of one decision; `body` writes them out when the receipt is stored.

    `situation` is None where place or instants could not be understood, so that no rule was asked.
    """

    contact: ContactFacts
    asked_class: CallClass
    call_class: CallClass
    instant: datetime
    history: History
    rulebook: Rulebook
    options: GateOptions
    reasons: tuple[Reason, ...]
    next_allowed: datetime | None = None
    open_until: datetime | None = None
    situation: Situation | None = None

    def body(self) -> dict[str, Any]:
        """Return the receipt as values that JSON knows. It holds no name, no number of a person and no birth date.

        What the same place and day have in common is the same object in each body: not to be changed.
        """
        rules = _rules(self)
        return {
            "format": FORMAT,
            "stage": self.options.stage.value,
            "instant": _utc(self.instant),
            "result": "refused" if self.reasons else "allowed",
            "reasons": [_reason(r) for r in self.reasons],
            "next_allowed": _utc_or_none(self.next_allowed),
            "open_until": _utc_or_none(self.open_until),
            "call_class": {"asked": self.asked_class.value, "bound": self.call_class.value},
            "time_zone_data": tzdata.IANA_VERSION,
            **_options(self.options),
            **_place(self.contact),
            **rules.place,
            "manifest": manifest_hash(self.rulebook),
            "packs": rules.packs,
            "absent_packs": rules.absent,
            **_contact(self.contact),
            **_history(self.history),
            **(_NOT_EVALUATED if self.situation is None else _evaluated(self.situation, self.instant, rules.calendars)),
        }


_NOT_EVALUATED: Mapping[str, Any] = {
    "local_times": {},
    "calendars": [],
    "absent_calendars": [],
    "windows": [],
    "segments": {},
    "guard_seconds": None,
    "counters": [],
}


class _Rules(Struct, frozen=True):
    """What a receipt says of the place and of the packs that were looked at; `calendars` are their codes."""

    place: Mapping[str, Any]
    packs: list[dict[str, Any]]
    absent: list[str]
    calendars: list[str]


def _rules(receipt: Receipt) -> _Rules:
    """Find it in the rulebook's cache: whoever is in the same place rests on the same rules."""
    contact, options, book = receipt.contact, receipt.options, receipt.rulebook
    asked = contact.region, contact.stated_zone, contact.number_zones, Check.SUBDIVISION in options.skip
    key = ("receipt", *asked, receipt.situation is None, options.trust)
    kept: tuple[tuple[Signature, ...], _Rules] | None = book.cache.get(key)
    # Signatures may be replaced in a copy that shares the cache: what was found holds for these very ones.
    if kept is None or kept[0] is not book.signatures:
        codes, packs, absent = consulted(book, contact.region, receipt.situation)
        entries = [pack_entry(book, pack, options.trust) for pack in packs]
        kept = book.signatures, _Rules(_resolved(receipt.situation), entries, absent, codes)
        book.remember(key, kept)
    return kept[1]


def _reason(given: Reason) -> dict[str, Any]:
    return {
        "code": given.code,
        "layer": given.layer.value,
        "jurisdiction": given.jurisdiction,
        "details": dict(given.details),
    }


def _options(options: GateOptions) -> dict[str, Any]:
    return {
        "promotional": options.promotional,
        "trust": options.trust.value,
        "layers": sorted(layer.value for layer in options.layers),
        "not_evaluated": sorted(check.value for check in options.skip),
        "caller_number": options.caller_number,
        "ring_seconds": options.ring_seconds,
        "script_seconds": options.script_seconds,
        "blocked_areas": [
            {"code": a.code, "since": _utc_or_none(a.since), "until": _utc_or_none(a.until)}
            for a in options.blocked_areas
        ],
    }


def _place(contact: ContactFacts) -> dict[str, Any]:
    return {
        "place": {
            "region": contact.region,
            "source": contact.place_source.value,
            "stated_zone": contact.stated_zone,
            "number_zones": list(contact.number_zones),
        },
    }


def _resolved(situation: Situation | None) -> dict[str, Any]:
    if situation is None:
        return {"region": None, "zones": []}
    place = situation.place
    return {"region": place.region, "zones": [{"zone": zone, "found_by": how} for zone, how in place.found_by]}


def _contact(contact: ContactFacts) -> dict[str, Any]:
    return {
        "line": contact.line.value,
        "consents": [
            {"purpose": c.purpose, "given_on": None if c.given_on is None else c.given_on.isoformat()}
            for c in contact.consents
        ],
        "privacy_notice_on": None if contact.privacy_notice_on is None else contact.privacy_notice_on.isoformat(),
        "do_not_call": contact.do_not_call,
        "suppressions": [
            {"scope": s.scope.value, "refusal": s.is_refusal, "until": _utc_or_none(s.until)}
            for s in contact.suppressions
        ],
        "chosen": None if contact.chosen is None else [_utc(contact.chosen.start), _utc(contact.chosen.end)],
    }


def _history(history: History) -> dict[str, Any]:
    return {
        "attempts": {
            "number": [_utc(a) for a in history.number_attempts],
            "contact": [_utc(a) for a in history.contact_attempts],
            "number_live": history.number_live,
        },
        "refusals": [_utc(r) for r in history.refusals],
        # as given: the reason quotes it with its offset
        "quiet_until": None if history.quiet_until is None else history.quiet_until.isoformat(),
    }


def _evaluated(situation: Situation, instant: datetime, codes: list[str]) -> dict[str, Any]:
    seconds = floor(instant.timestamp())
    return {
        "local_times": {
            zone: datetime.fromtimestamp(seconds, ZoneInfo(zone)).isoformat() for zone in situation.place.zones
        },
        **_of_day(situation, seconds, codes),
        "guard_seconds": situation.guard,
        "counters": list(_counters(situation, seconds)),
    }


def _of_day(situation: Situation, seconds: int, codes: list[str]) -> Mapping[str, Any]:
    """Return what everybody alike has in common on these local dates; kept in the rulebook's cache."""
    book, clocks = situation.rulebook, situation.place.clocks
    profiles = tuple((day := day_in(clock.zone, seconds), situation.profile(seconds, day)) for clock in clocks)
    areas = tuple(sorted({area.code for area in situation.options.blocked_areas}))
    key = ("receipt of day", situation.place.region, clocks, profiles, areas)
    found: Mapping[str, Any] | None = book.cache.get(key)
    if found is None:
        found = _read_of_day(situation, seconds, codes, areas)
        book.remember(key, found)
    return found


def _read_of_day(situation: Situation, seconds: int, codes: list[str], areas: tuple[str, ...]) -> dict[str, Any]:
    # tomorrow's too: eves look ahead, and hours may run on after midnight into a day that is an eve itself
    days = sorted({day_in(clock.zone, seconds) for clock in situation.place.clocks})
    years = sorted({each.year for day in days for each in (day, day + 2 * _DAY)})
    regions = sorted({situation.place.region, *(clock.region for clock in situation.place.clocks)})
    calendars = (calendar_entry(situation.rulebook, code, years, regions, areas) for code in codes)
    return {
        "calendars": [entry for entry in calendars if entry is not None],
        "absent_calendars": [code for code in codes if code not in situation.rulebook.calendars],
        "windows": list(_windows(situation, seconds)),
        "segments": _segments(situation, days),
    }


def _segments(situation: Situation, days: list[date]) -> dict[str, str]:
    """Segment by local date, for every date that was looked at."""
    return {day.isoformat(): situation.segment(day).value for day in days}


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
                "eve": layer.eve,
                "hours": hours_text(layer.windows),
                "customer_chosen": situation.is_chosen(seconds),
            }


def _counters(situation: Situation, seconds: int) -> Iterator[dict[str, Any]]:
    for pack, limit in situation.limits(seconds):
        yield {
            "jurisdiction": pack.code,
            "layer": limit.layer.value,
            "per": limit.per.value,
            "period": limit.period.name,
            "limit": limit.count,
            "made": situation.made(limit, seconds),
        }


def _utc(moment: datetime) -> str:
    """Instant in UTC; a naive one, or one at the end of time, is written as it stands."""
    if moment.tzinfo is None:
        return moment.isoformat()
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        return moment.isoformat()


def _utc_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else _utc(moment)
