"""A receipt as it is stored, value by value: the names of its fields are a format that is read years later."""

import json
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from outbound.compliance.evidence.digest import receipt_digest
from outbound.compliance.evidence.manifest import canonical, manifest, manifest_hash
from outbound.compliance.facts import History
from outbound.compliance.gate import decide
from outbound.compliance.rules.pack import Segment
from outbound.compliance.rules.rulebook import Trust
from outbound.compliance.situation import whole_seconds
from outbound.domain.call_class import CallClass
from tests.compliance.evidence.north import BOOK, CONTACT, COUNTRY, EVE, HISTORY, OPTIONS, YEAR, ask
from tests.values import replace

ASKED: dict[str, Any] = {
    "format": 2,
    "stage": "carrier",
    "instant": "2026-12-30T10:00:00.250000+00:00",
    "call_class": {"asked": "mandatory_interview", "bound": "mandatory_interview"},
    "time_zone_data": tzdata.IANA_VERSION,
    "promotional": False,
    "trust": "demo",
    "layers": ["courtesy", "industry_code", "legal"],
    "not_evaluated": ["automated_voice_consent", "caller_id"],
    "caller_number": "+38349000000",
    "ring_seconds": 30,
    "script_seconds": 400,
    "blocked_areas": [
        {"code": "XK-S", "since": "2026-12-29T10:00:00.250000+00:00", "until": None},
        {"code": "XK-R", "since": None, "until": "2026-12-30T09:00:00.250000+00:00"},
    ],
    "place": {
        "region": "qn",
        "source": "billing",
        "stated_zone": "Europe/Belgrade",
        "number_zones": ["Europe/Athens"],
    },
    "line": "landline",
    "consents": [
        {"purpose": "automated_voice", "given_on": "2026-11-02"},
        {"purpose": "marketing", "given_on": None},
    ],
    "privacy_notice_on": "2026-11-01",
    "do_not_call": False,
    "suppressions": [{"scope": "marketing", "refusal": False, "until": "2027-01-01T10:00:00.250000+00:00"}],
    "chosen": ["2026-12-30T09:00:00.250000+00:00", "2026-12-30T12:00:00.250000+00:00"],
    "attempts": {
        "number": ["2026-12-21T10:00:00.250000+00:00"],
        "contact": ["2026-12-24T10:00:00.250000+00:00", "2026-12-21T10:00:00.250000+00:00"],
        "number_live": False,
    },
    "refusals": ["2026-11-30T10:00:00.250000+00:00"],
    "quiet_until": "2026-12-29T18:00:00.250000+08:00",
}
"""The question: instants in UTC, the quiet days as they were given."""

WINDOW = {"date": "2026-12-30", "eve": False, "customer_chosen": True, "holiday": False, "hours": "09:00-20:00"}
NORTH = {"eve": True, "hours": "10:00-12:00", "jurisdiction": "XK-N", "layer": "courtesy"}
LAW = {"jurisdiction": "XK", "layer": "legal"}
EVALUATED: dict[str, Any] = {
    "result": "refused",
    "reasons": [
        {
            "code": "outside_hours",
            "layer": "courtesy",
            "jurisdiction": "XK-N",
            "details": {"local": "12:00:00", "zone": "Europe/Athens", "hours": "10:00-12:00"},
        }
    ],
    "next_allowed": None,
    "open_until": None,
    "region": "XK-N",
    "zones": [
        {"zone": "Europe/Belgrade", "found_by": "stated"},
        {"zone": "Europe/Athens", "found_by": "number"},
    ],
    "packs": [
        {
            "code": "XK-N",
            "version": "9",
            "hash": "hash of the part",
            "signed": True,
            "signatures": {"production": 1, "demo": 2},
        },
        {
            "code": "XK",
            "version": "3",
            "hash": "hash of the country",
            "signed": True,
            "signatures": {"production": 0, "demo": 1},
        },
    ],
    "absent_packs": [],
    "local_times": {
        "Europe/Belgrade": "2026-12-30T11:00:00+01:00",
        "Europe/Athens": "2026-12-30T12:00:00+02:00",
    },
    "calendars": [
        {
            "code": "XK",
            "version": "2026-11",
            "years": {"2026": YEAR.content_hash("XK", 2026), "2027": None},
            "parts": ["XK-N"],
            "not_covered": True,
            "overlaps": [["XK-R", "XK-N"]],
        }
    ],
    "absent_calendars": [],
    "windows": [
        WINDOW | {"zone": zone} | each for zone in ("Europe/Belgrade", "Europe/Athens") for each in (NORTH, LAW)
    ],
    "segments": {"2026-12-30": "age_65_plus_or_vulnerable"},
    "guard_seconds": 430,
    "counters": [
        {
            "jurisdiction": "XK",
            "layer": "legal",
            "per": "contact",
            "period": "rolling_7_days",
            "limit": 5,
            "made": 1,
        }
    ],
    "manifest": manifest_hash(BOOK),
}
"""The answer, and what it rests on."""


def test_a_receipt_holds_what_was_asked_and_what_was_evaluated() -> None:
    """Facts, history and options; zones, packs with signatures, calendars, windows, age, guard, counters; no more."""
    body = ask().receipt.body()
    assert {key: body.get(key) for key in ASKED} == ASKED
    assert {key: body.get(key) for key in EVALUATED} == EVALUATED
    assert set(body) == {*ASKED, *EVALUATED}


def test_the_manifest_is_canonical_json() -> None:
    """Sorted keys, no spaces, letters as they are: the same rules give the same text anywhere."""
    year = YEAR.content_hash("XK", 2026)
    assert manifest(BOOK) == (
        f'{{"calendars":{{"XK":{{"2026":"{year}"}}}},"packs":{{"XK":"hash of the country","XK-N":"hash of the part"}}}}'
    )
    assert "Köln" in manifest(replace(BOOK, packs={"XK": replace(COUNTRY, content_hash="Köln")}))


def test_a_holiday_and_a_missing_year_are_told_apart_in_the_windows() -> None:
    """The holiday closes and says so; a day that no calendar knows has no answer."""
    holiday, missing = (ask(at=EVE + timedelta(days=days)).receipt.body()["windows"][0] for days in (1, 3))
    assert (holiday["holiday"], holiday["eve"], holiday["hours"]) == (True, False, "closed")
    assert (missing["holiday"], missing["eve"], missing["hours"]) == (None, False, "closed")


def test_rules_that_were_looked_for_in_vain_stand_in_the_receipt() -> None:
    """Codes without a pack or a calendar: that they were not there is part of the evidence."""
    nowhere = ask(replace(CONTACT, region=" no-03 ")).receipt.body()
    assert (nowhere["packs"], nowhere["absent_packs"], nowhere["region"]) == ([], ["NO", "NO-03"], None)
    nobody = ask(replace(CONTACT, region=None)).receipt.body()
    assert (nobody["packs"], nobody["absent_packs"], nobody["place"]["region"]) == ([], [], None)
    alone = replace(BOOK, packs={"XK": COUNTRY}, cache={})
    body = decide(CONTACT, CallClass.SERVICE, EVE, HISTORY, alone, OPTIONS).receipt.body()
    assert ([pack["code"] for pack in body["packs"]], body["absent_packs"]) == (["XK"], ["XK-N"])
    without = replace(BOOK, calendars={}, cache={})
    body = decide(CONTACT, CallClass.SERVICE, EVE, HISTORY, without, OPTIONS).receipt.body()
    assert (body["calendars"], body["absent_calendars"]) == ([], ["XK"])


def test_what_was_not_evaluated_is_empty() -> None:
    """Without a place no rule was asked: no windows, no counters, no guard."""
    body = ask(replace(CONTACT, region=None)).receipt.body()
    assert (body["zones"], body["local_times"], body["segments"], body["guard_seconds"]) == ([], {}, {}, None)
    assert (body["calendars"], body["absent_calendars"], body["windows"], body["counters"]) == ([], [], [], [])


def test_facts_that_are_not_there_are_null() -> None:
    """No notice, no chosen time, no quiet days."""
    contact = replace(CONTACT, privacy_notice_on=None, chosen=None)
    body = decide(contact, CallClass.SERVICE, EVE, History(), BOOK, OPTIONS).receipt.body()
    assert (body["privacy_notice_on"], body["chosen"], body["quiet_until"]) == (None, None, None)


def test_segments_are_told_for_every_date_that_was_looked_at() -> None:
    """Near midnight two dates concern a call at once, and the birthday may be the second of them."""
    late = datetime(2026, 12, 29, 22, 30, tzinfo=UTC)
    body = ask(at=late).receipt.body()
    assert body["segments"] == {"2026-12-29": Segment.GENERAL, "2026-12-30": Segment.ELDER}
    assert list(body["calendars"][0]["years"]) == ["2026", "2027"]
    assert list(ask(at=late - timedelta(days=1)).receipt.body()["calendars"][0]["years"]) == ["2026"]


@pytest.mark.parametrize(("trust", "signed_"), [(Trust.PRODUCTION, False), (Trust.DEMO, True), (Trust.ASSUMED, True)])
def test_a_pack_says_whether_its_signatures_were_enough(trust: Trust, signed_: bool) -> None:
    """By the trust that was asked with: one production signature is too few to dial for real."""
    packs = ask(trust=trust).receipt.body()["packs"]
    assert [pack["signed"] for pack in packs] == [signed_, signed_]
    assert [pack["signatures"]["production"] for pack in packs] == [1, 0]


def test_the_digest_of_a_row_is_the_same_in_every_release() -> None:
    """Rows that were written years ago keep their digest: columns, their order and the way instants are written."""
    row: dict[str, Any] = {"receipt_id": "r", "contact_id": "c", "stage": "plan", "allowed": False}
    digest = receipt_digest(**row, attempt_id=None, at=EVE, reasons=("day_closed",), body={"b": "二", "a": [1, None]})
    in_utc = receipt_digest(
        **row, attempt_id=None, at=EVE.astimezone(UTC), reasons=["day_closed"], body={"a": [1, None], "b": "二"}
    )
    text = (
        '{"allowed":false,"at":"2026-12-30T10:00:00.250000+00:00","attempt_id":null,"body":{"a":[1,null],"b":"二"},'
        '"contact_id":"c","id":"r","reasons":["day_closed"],"stage":"plan"}'
    )
    assert digest == in_utc == sha256(text.encode()).hexdigest()


def test_the_chosen_time_is_told_from_its_first_second_to_its_last() -> None:
    """The start belongs to it and the end does not, whatever the hours are."""
    assert CONTACT.chosen is not None
    start, end = (whole_seconds(each) for each in (CONTACT.chosen.start, CONTACT.chosen.end))
    told = [ask(at=datetime.fromtimestamp(second, UTC)).receipt.body()["windows"] for second in (start, end - 1, end)]
    assert [each[0]["customer_chosen"] for each in told] == [True, True, False]


@pytest.mark.parametrize("machine", ["Asia/Taipei", "America/Los_Angeles"])
def test_a_receipt_does_not_depend_on_the_machines_own_zone(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever zone the machine is set to, the same question leaves the same receipt, with the same digest."""
    row: dict[str, Any] = {"receipt_id": "r", "contact_id": "c", "attempt_id": None, "stage": "plan", "allowed": True}
    night = EVE - timedelta(hours=16)

    def written() -> tuple[object, ...]:
        bodies = [decide(CONTACT, CallClass.SERVICE, each, HISTORY, fresh, OPTIONS) for each in (EVE, night)]
        return *(each.receipt.body() for each in bodies), receipt_digest(**row, at=EVE, reasons=(), body={})

    fresh = replace(BOOK, cache={})
    before = written()
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        fresh = replace(BOOK, cache={})
        assert written() == before
    finally:
        monkeypatch.undo()
        time.tzset()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=12,
)


@given(value=st.dictionaries(st.text(), _VALUES, max_size=6))
def test_the_text_that_hashes_are_taken_of(value: dict[str, Any]) -> None:
    """It is to the byte what the standard library writes: digests of years ago still hold."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical(value) == written.encode()
