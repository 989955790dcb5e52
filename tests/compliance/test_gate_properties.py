"""What holds for every instant, contact and history."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.compliance.facts import (
    BlockedArea,
    ChosenWindow,
    ConsentEvidence,
    ContactFacts,
    GateOptions,
    History,
    Suppression,
    SuppressionScope,
)
from outbound.compliance.gate import decide, next_allowed
from outbound.compliance.rules.pack import PACK_LAYERS, HolidayTreatment, Layer, Line, Segment
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.compliance.situation import hours_key
from outbound.domain.call_class import CallClass

FIRST = datetime(2026, 2, 1, tzinfo=UTC)
OPTIONS = GateOptions(trust=Trust.DEMO, caller_number="+886277000000")

# Weeks with Lunar New Year, both changes of the American clock, Thanksgiving and Christmas.
instants = st.one_of(
    st.integers(0, 400 * 86_400).map(lambda s: FIRST + timedelta(seconds=s)),
    st.sampled_from(["2026-02-14", "2026-03-08", "2026-11-01", "2026-11-26", "2026-12-24", "2027-03-14"]).flatmap(
        lambda day: st.integers(0, 2 * 86_400).map(
            lambda s: datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(seconds=s)
        )
    ),
)
regions = st.sampled_from(["TW", "TW-TPE", "US-CA", "US-IN", "US-AZ", "US-AK", "GU", "US-ND"])
consents = st.sets(st.sampled_from(["automated_voice", "marketing"])).map(
    lambda found: tuple(ConsentEvidence(purpose) for purpose in sorted(found))
)


@st.composite
def contacts(draw: st.DrawFn, at: datetime) -> ContactFacts:
    """Draw a contact around an instant."""
    start = at + timedelta(minutes=draw(st.integers(-300, 3 * 1440)))
    end = start + timedelta(minutes=draw(st.integers(1, 600)))
    suppression = Suppression(SuppressionScope.EVERYTHING, False, at + timedelta(minutes=draw(st.integers(-99, 9999))))
    return ContactFacts(
        region=draw(regions),
        number_zones=draw(st.sampled_from([(), ("Asia/Taipei",), ("America/New_York",), ("Etc/Nowhere",)])),
        birth_date=draw(st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2005, 1, 1)), st.just(date(1961, 12, 1)))),
        line=draw(st.sampled_from(Line)),
        privacy_notice_on=(at + timedelta(days=draw(st.integers(-30, 3)))).date(),
        consents=draw(consents),
        chosen=draw(st.sampled_from([None, None, ChosenWindow(start, end)])),
        suppressions=draw(st.sampled_from([(), (), (suppression,)])),
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[ContactFacts, CallClass, datetime, History, GateOptions]:
    """Draw a whole question to the gate."""
    at = draw(instants)
    ago = st.integers(1, 40 * 1440).map(lambda minutes: at - timedelta(minutes=minutes))
    history = History(
        tuple(draw(st.lists(ago, max_size=4))),
        tuple(draw(st.lists(ago, max_size=4))),
        quiet_until=draw(st.sampled_from([None, None, at + timedelta(days=3, seconds=5)])),
    )
    since = at + timedelta(minutes=draw(st.integers(-600, 600)))
    area = BlockedArea("TW-TPE", since, since + timedelta(minutes=draw(st.integers(1, 3000))))
    options = replace(
        OPTIONS,
        blocked_areas=draw(st.sampled_from([(), (area,)])),
        layers=draw(st.sampled_from([PACK_LAYERS, frozenset({Layer.LEGAL}), frozenset({Layer.COURTESY})])),
    )
    contact = draw(contacts(at))
    caller = "+886277000000" if contact.region and contact.region.startswith("TW") else "+12025550100"
    return contact, draw(st.sampled_from(CallClass)), at, history, replace(options, caller_number=caller)


@settings(max_examples=250, deadline=None)
@given(question=questions())
def test_next_allowed_is_allowed_and_nothing_earlier_is(
    rulebook: Rulebook, question: tuple[ContactFacts, CallClass, datetime, History, GateOptions]
) -> None:
    """The next instant is lawful, and no quarter of an hour, nor the second before it, is lawful before."""
    contact, call_class, at, history, options = question
    found = next_allowed(contact, call_class, at, history, rulebook, options)
    quick = replace(options, find_next=False)
    end = at + timedelta(days=4)
    if found is not None:
        assert decide(contact, call_class, found, history, rulebook, quick).allowed
        before = [found - timedelta(seconds=1)] if found > at else []
        end = min(end, found)
        assert not any(decide(contact, call_class, moment, history, rulebook, quick).allowed for moment in before)
    moment = at
    while moment < end:
        assert not decide(contact, call_class, moment, history, rulebook, quick).allowed
        moment += timedelta(minutes=15)


@settings(max_examples=300, deadline=None)
@given(question=questions(), offset=st.integers(-720, 720))
def test_a_decision_does_not_depend_on_how_the_instant_is_written(
    rulebook: Rulebook, question: tuple[ContactFacts, CallClass, datetime, History, GateOptions], offset: int
) -> None:
    """The same instant with another offset gives the same reasons and the same next instant."""
    contact, call_class, at, history, options = question
    other = at.astimezone(timezone(timedelta(minutes=offset)))
    first = decide(contact, call_class, at, history, rulebook, options)
    second = decide(contact, call_class, other, history, rulebook, options)
    assert (first.allowed, first.reasons, first.next_allowed) == (second.allowed, second.reasons, second.next_allowed)


@settings(max_examples=300, deadline=None)
@given(question=questions(), layer=st.sampled_from(sorted(PACK_LAYERS)))
def test_adding_a_layer_never_allows_more(
    rulebook: Rulebook, question: tuple[ContactFacts, CallClass, datetime, History, GateOptions], layer: Layer
) -> None:
    """What is refused with fewer layers is refused with more."""
    contact, call_class, at, history, options = question
    fewer = replace(options, layers=options.layers - {layer}, find_next=False)
    more = replace(options, layers=options.layers | {layer}, find_next=False)
    if decide(contact, call_class, at, history, rulebook, more).allowed:
        assert decide(contact, call_class, at, history, rulebook, fewer).allowed


@settings(max_examples=300, deadline=None)
@given(question=questions(), zone=st.sampled_from(["Asia/Tokyo", "America/Chicago", "Europe/London"]))
def test_a_further_zone_never_allows_more(
    rulebook: Rulebook, question: tuple[ContactFacts, CallClass, datetime, History, GateOptions], zone: str
) -> None:
    """A zone in which the number could be only narrows."""
    contact, call_class, at, history, options = question
    wider = replace(contact, number_zones=(*contact.number_zones, zone))
    if decide(wider, call_class, at, history, rulebook, options).allowed:
        assert decide(contact, call_class, at, history, rulebook, options).allowed


@settings(max_examples=400, deadline=None)
@given(question=questions())
def test_nothing_is_allowed_outside_a_layer_that_binds(
    rulebook: Rulebook, question: tuple[ContactFacts, CallClass, datetime, History, GateOptions]
) -> None:
    """An allowed instant lies, by wall clock, in a window of every binding layer in every zone of the place."""
    contact, call_class, at, history, options = question
    found = decide(contact, call_class, at, history, rulebook, options)
    situation = found.receipt.situation
    if not found.allowed or situation is None:
        return
    for pack in situation.place.packs:
        for rule in pack.windows:
            if rule.hours is None or call_class not in rule.binds or rule.layer not in options.layers:
                continue
            for zone in situation.place.zones:
                local = at.astimezone(ZoneInfo(zone))
                minutes = local.hour * 60 + local.minute
                stretched = rule.layer is Layer.COURTESY and contact.chosen is not None and rule.customer_chosen
                hours = stretched if stretched and situation.is_chosen(int(at.timestamp())) else rule.hours
                holiday = rulebook.calendars[rule.calendar].is_holiday(local.date())
                day = hours.week[local.weekday()]
                if holiday and hours.holiday is not HolidayTreatment.ALLOWED:
                    day = hours.week[6] if hours.holiday is HolidayTreatment.AS_SUNDAY else ()
                assert any(start <= minutes < end for start, end in day)
                narrower = rule.segments.get(situation.segment(local.date()))
                if hours is rule.hours and narrower is not None:
                    assert situation.segment(local.date()) is Segment.ELDER
                    assert any(start <= minutes < end for start, end in narrower[local.weekday()])


@settings(max_examples=200, deadline=None)
@given(question=questions())
def test_a_receipt_survives_json(
    rulebook: Rulebook, question: tuple[ContactFacts, CallClass, datetime, History, GateOptions]
) -> None:
    """A receipt is the same after a round trip through JSON, says the result, and holds no birth date."""
    contact, call_class, at, history, options = question
    found = decide(contact, call_class, at, history, rulebook, options)
    body = found.receipt.body()
    text = json.dumps(body, ensure_ascii=False)
    assert json.loads(text) == body
    assert body["result"] == ("allowed" if found.allowed else "refused")
    assert [r["code"] for r in body["reasons"]] == [r.code for r in found.reasons]
    assert contact.birth_date is None or f'"{contact.birth_date.isoformat()}"' not in text
    assert all(reason.text_in("zh-TW") and reason.text for reason in found.reasons)


@settings(max_examples=200, deadline=None)
@given(question=questions(), other=st.dates(date(1930, 1, 1), date(2005, 1, 1)), days=st.integers(0, 5))
def test_contacts_with_one_key_are_treated_alike(
    rulebook: Rulebook,
    question: tuple[ContactFacts, CallClass, datetime, History, GateOptions],
    other: date,
    days: int,
) -> None:
    """Where two contacts share their key over some days, the gate answers both alike."""
    contact, call_class, at, history, options = question
    twin = replace(contact, birth_date=other)
    # A day more on either side: the local date may differ from the one in UTC.
    first, last = at.date() - timedelta(days=1), at.date() + timedelta(days=days + 1)
    if hours_key(contact, first, last) == hours_key(twin, first, last):
        later = at + timedelta(days=days)
        mine = decide(contact, call_class, later, history, rulebook, options)
        assert mine.allowed == decide(twin, call_class, later, history, rulebook, options).allowed
