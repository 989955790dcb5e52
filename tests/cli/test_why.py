"""`outbound why`, as the people of operations see it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from outbound.adapters.sql.schema import area_suspensions, attempts, contact_places, contacts, receipts
from outbound.bootstrap import House
from outbound.compliance.rules.rulebook import Trust
from outbound.domain.attempt import AttemptStatus, ConnectResult
from outbound.domain.contact import Contact, ContactState
from outbound.domain.outcome.disposition import Disposition
from outbound.usecases.desk.suppress import suppress
from outbound.usecases.dialling.stop_dialling import stop_dialling
from outbound.usecases.problems import InputProblemError
from tests.cli.proof_room import open_empty, room_at, run
from tests.usecases.builders import MONDAY_TEN, attempt_now, make_attempt, make_callback, make_contact, new_id

RULES = Path(__file__).parents[2] / "config" / "compliance"
PAST = "2026-11-16T12:00+08:00"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation of its own: keys and an empty database."""
    return open_empty(tmp_path, monkeypatch)


def told(contact: Contact, *words: str) -> str:
    """Ask why, in English unless told otherwise."""
    language = () if "--language" in words else ("--language", "en")
    code, out = run("why", contact.id[-32:], *language, *words)
    assert code == 0
    return out


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        ("pack_missing", "no rule pack for the place", "當地撥號規則尚未備妥"),
        ("no_capacity", "every slot is full", "時段已滿"),
        ("privacy_notice_missing", "no record of the privacy notice", "沒有個資告知紀錄"),
        ("no_usable_number", "no number that leads to this customer", "沒有可用的電話號碼"),
        ("somebodys_own", "somebodys own", "somebodys own"),
    ],
)
def test_why_somebody_is_held(house: House, reason: str, english: str, chinese: str) -> None:
    """Who waits is told with the reason in words, in both languages, and with when it is looked at again."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    contact = make_contact(house.store, reason=reason, not_before=later, deadline=date(2026, 11, 30))
    out = told(contact)
    assert "Was never called" in out
    assert english in out
    assert "looked at again from 2030-01-01" in out
    assert "Deadline: 2026-11-30" in out
    out = told(contact, "--language", "zh-TW")
    assert "從未撥打" in out
    assert chinese in out
    assert contact.full_name not in out
    assert contact.phones[0].e164 not in out


def test_why_nobody_has_looked_yet(house: House) -> None:
    """A contact without any history says why that is, and what the gate says now."""
    contact = make_contact(house.store, region="TW")
    out = told(contact)
    assert "not planned yet" in out
    assert "May a call start at" in out
    assert "還沒有排定" in told(contact, "--language", "zh-TW")


def test_what_is_planned_is_told(house: House) -> None:
    """The window, whatever stands in its way, and what the gate says at an instant to come."""
    contact = make_contact(house.store, region="TW-TPE")
    make_attempt(house.store, contact, window_start=datetime(2030, 1, 7, 2, tzinfo=UTC))
    stop_dialling(
        house.store, campaign_id=None, reason="wrong prompt", by="lin", identifiers=house.identifiers, now=MONDAY_TEN
    )
    for code in ("TW-TPE", "TW-KHH"):
        suspend(house, code, datetime(2031, 1, 1, tzinfo=UTC))
    out = told(contact, "--at", "2030-01-07T10:00+08:00")
    assert "A stop order is in force" in out
    assert "Will be called" not in out
    assert "Stop order: wrong prompt (lin" in out
    assert "Calls to Taipei City (TW-TPE) are suspended" in out
    assert "TW-KHH" not in out
    found = json.loads(told(contact, "--at", "2030-01-07T10:00+08:00", "--json"))
    assert found["next"]["window_start"] == "2030-01-07T02:00:00+00:00"
    assert "area_blocked" in [reason["code"] for reason in found["gate"]["reasons"]]
    assert found["gate"]["local_times"].keys() == {"Asia/Taipei"}


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let demo signatures count, so that what else stands in the way can be seen."""
    monkeypatch.setattr(House, "trust", property(lambda _: Trust.DEMO))


def suspend(house: House, code: str, until: datetime) -> None:
    """Suspend an area."""
    with house.store.engine.begin() as connection:
        connection.execute(
            insert(area_suspensions).values(
                id=new_id(), code=code, since=MONDAY_TEN, until=until, reason="typhoon", by="lin", at=MONDAY_TEN
            )
        )


@pytest.fixture
def calendars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a few days before the planned call: the calendar of its year is known then."""
    monkeypatch.setattr("outbound.adapters.clock.SystemClock.now", lambda _: datetime(2026, 11, 19, 2, tzinfo=UTC))


@pytest.mark.usefixtures("signed", "calendars")
def test_a_planned_call_is_promised_if_the_gate_says_yes_at_its_start(house: House) -> None:
    """Only then is it said that the customer will be called, and when."""
    contact = make_contact(house.store, region="TW-HUA")
    make_attempt(house.store, contact, window_start=datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
    assert "Will be called between 2026-11-23 09:30 and 10:00." in told(contact)
    assert "將在 2026-11-23 09:30 到 10:00 之間致電。" in told(contact, "--language", "zh")
    assert "排定的時間還沒到" in told(contact, "--language", "zh")
    assert "現況：已排定\n" in told(contact, "--language", "zh")
    suspend(house, "TW-HUA", datetime(2026, 11, 24, 4, tzinfo=UTC))
    out = told(contact, "--language", "zh")
    assert (
        "從未撥打。原定 2026-11-23 09:30–10:00 的電話屆時不會撥出："
        "花蓮縣（TW-HUA）暫停撥打到 2026-11-24 12:00；最早可再安排：2026-11-24 12:00。"
    ) in out
    assert "將在" not in out
    english = told(contact)
    assert "The call planned for 2026-11-23 09:30–10:00 will not be made: calls to Hualien County (TW-HUA)" in english
    assert "are suspended until 2026-11-24 12:00; earliest it can be planned again: 2026-11-24 12:00." in english


@pytest.mark.usefixtures("calendars")
def test_no_call_is_promised_under_rules_that_nobody_signed(house: House) -> None:
    """The planned call is said not to be made, and that no next time is known."""
    contact = make_contact(house.store, region="TW-HUA")
    make_attempt(house.store, contact, window_start=datetime(2030, 1, 7, 2, tzinfo=UTC))
    out = told(contact, "--language", "zh")
    assert "沒有有效簽署、缺少假日曆；目前無法判定下一個可致電的時間。" in out


@pytest.mark.usefixtures("signed", "calendars")
def test_a_planned_call_that_waits_or_was_missed(house: House) -> None:
    """A stop order holds it; one whose time is over is planned anew; without its campaign it is not made."""
    contact = make_contact(house.store, region="TW-HUA")
    make_attempt(house.store, contact, window_start=datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
    stop_dialling(
        house.store, campaign_id=None, reason="wrong prompt", by="lin", identifiers=house.identifiers, now=MONDAY_TEN
    )
    assert "is not made before that order is lifted" in told(contact)
    missed = make_contact(house.store, numbers=("+886900000003",), customer_id="C3")
    make_attempt(house.store, missed, window_start=MONDAY_TEN)
    assert "was not made; it is planned anew" in told(missed)
    gone = make_contact(house.store, campaign_id="of-last-year", numbers=("+886900000004",), customer_id="C4")
    make_attempt(house.store, gone, window_start=datetime(2030, 1, 7, 2, tzinfo=UTC))
    assert "will not be made: the campaign is no longer configured" in told(gone)


@pytest.mark.usefixtures("signed", "calendars")
@pytest.mark.parametrize(
    ("more", "chinese", "english"),
    [
        (
            {"do_not_call": True, "reason": "do_not_call"},
            "從未撥打。依客戶要求不再致電，無須處理。",
            "as asked; nothing to mend.",
        ),
        (
            {"state": ContactState.DONE, "reason": "refused"},
            "依客戶要求不再致電，無須處理。",
            "as asked; nothing to mend.",
        ),
        ({"state": ContactState.DONE, "reason": "welcomed"}, "系統不再致電，無須處理。", "nothing more is due."),
        ({"state": ContactState.DONE, "reason": "attempts_exhausted"}, "系統不再致電。", "The robot calls no more."),
    ],
)
def test_who_is_not_called_any_more(house: House, more: dict[str, Any], chinese: str, english: str) -> None:
    """A wish is respected, not mended: no next time, none of the gate's reasons, nothing to get round."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    contact = make_contact(house.store, not_before=later, deadline=date(2026, 11, 30), **more)
    for language, words in (("zh", chinese), ("en", english)):
        out = told(contact, "--language", language)
        assert words in out
        for unwanted in ("2030", "能否致電", "May a call", "請先排除", "mended first", "2026-11-30"):
            assert unwanted not in out


@pytest.mark.usefixtures("signed", "calendars")
def test_limits_count_only_what_was_before_and_name_those_who_share_the_number(house: House) -> None:
    """A limit that was reached by calls to others on the same number says so; later calls do not count earlier."""
    number = "+886900000007"
    contact = make_contact(house.store, numbers=(number,), region="TW-HUA")
    other = make_contact(house.store, numbers=(number,), region="TW-HUA", customer_id="C8")
    make_attempt(house.store, other, window_start=datetime(2026, 11, 20, 2, tzinfo=UTC))
    with house.store.engine.begin() as connection:
        dialled = {
            "status": AttemptStatus.ENDED, "connect_result": ConnectResult.NO_ANSWER, "attempt_number": 1,
            "disposition": Disposition.NO_ANSWER, "reserved_at": datetime(2026, 11, 20, 2, tzinfo=UTC),
        }  # fmt: skip
        connection.execute(update(attempts).where(attempts.c.contact_id == other.id).values(**dialled))
    after = told(contact, "--at", "2026-11-20T15:00+08:00", "--language", "zh")
    assert "（含共用此號碼的其他客戶）" in after
    assert "other customers who share this number included" in told(contact, "--at", "2026-11-20T15:00+08:00")
    before = told(contact, "--at", "2026-11-20T09:30+08:00", "--language", "zh")
    assert "能否致電：可以" in before
    alone = told(other, "--at", "2026-11-20T15:00+08:00", "--language", "zh")
    assert "最多撥打 1 次" in alone
    assert "共用" not in alone


def test_a_past_day_tells_the_calls_of_that_day(house: House) -> None:
    """How many that day, and which calls of the contact they were; what was taken back before it rang is no call."""
    contact = make_contact(house.store)
    rows = (
        (1, MONDAY_TEN - timedelta(days=1), ConnectResult.NO_ANSWER, Disposition.NO_ANSWER, "no_answer"),
        (2, MONDAY_TEN, ConnectResult.NO_ANSWER, Disposition.NO_ANSWER, "no_answer"),
        (0, MONDAY_TEN + timedelta(hours=2), ConnectResult.CANCELED, Disposition.NOT_PLACED, "closing_time"),
    )
    for number, at, result, disposition, cause in rows:
        attempt = make_attempt(house.store, contact, window_start=at)
        values = {
            "status": AttemptStatus.ENDED, "connect_result": result, "disposition": disposition, "cause": cause,
            "attempt_number": number, "reserved_at": at,
        }  # fmt: skip
        with house.store.engine.begin() as connection:
            connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(**values))
    assert "2026-11-16 當天撥打 1 次（第 2 次）" in told(contact, "--at", PAST, "--language", "zh")
    assert "Was called once on 2026-11-16 (call no. 2)" in told(contact, "--at", PAST)
    out = told(contact)
    assert "Was called 2 times, last at 2026-11-16 10:00" in out
    assert "Taken back before it rang; does not count: taken back from the carrier's queue at closing time" in out
    assert "響鈴前撤回的電話，不計入撥打次數" in told(contact, "--language", "zh")
    kinds = [event["kind"] for event in json.loads(told(contact, "--json"))["history"]]
    assert kinds == ["call", "call", "taken_back"]


@pytest.mark.usefixtures("signed", "calendars")
def test_where_the_customer_said_to_be_is_told(house: House) -> None:
    """A stay is told with whose word it is and until when, and which areas count follows the stay."""
    contact = make_contact(house.store, region="TW-TPE")
    stay = {
        "contact_id": contact.id, "source": "stated", "region": "JP", "evidence": "letter", "by": "callee",
        "until": datetime(2026, 12, 1, 1, tzinfo=UTC), "at": MONDAY_TEN, "time_zone": "Asia/Tokyo",
    }  # fmt: skip
    with house.store.engine.begin() as connection:
        connection.execute(insert(contact_places).values(id=new_id(), **stay))
    suspend(house, "TW-TPE", datetime(2026, 11, 30, tzinfo=UTC))
    out = told(contact, "--language", "zh")
    assert "客戶表示人在日本（JP），Asia/Tokyo，到 2026-12-01 09:00 為止（客戶本人在電話中提出）" in out
    assert "暫停撥打" not in out
    assert "暫停撥打" not in told(contact, "--at", "2026-11-18T10:00+08:00", "--language", "zh")
    assert "Said to be in Japan (JP), Asia/Tokyo, until 2026-12-01 09:00" in told(contact)
    with house.store.engine.begin() as connection:
        connection.execute(update(contact_places).values(ended_at=MONDAY_TEN + timedelta(days=1)))
    assert "Japan (JP) is no longer the place that counts" in told(contact)
    assert "Calls to Taipei City (TW-TPE) are suspended" in told(contact, "--at", "2026-11-18T10:00+08:00")


@pytest.mark.usefixtures("signed", "calendars")
def test_the_same_sentence_is_said_once_and_times_are_local(house: House) -> None:
    """Layers that say the same are named together; weekdays and the end of quiet days are those of the language."""
    welcomed = MONDAY_TEN + timedelta(days=2)
    texas = make_contact(house.store, region="US-TX")
    with house.store.engine.begin() as connection:
        connection.execute(update(contacts).values(welcomed_at=welcomed))
    out = told(texas, "--at", "2026-11-22T18:00-06:00", "--language", "zh")
    assert out.count("2026-11-22 週日（America/Chicago）這一天不打電話。") == 1
    assert "本公司的禮貌時段，德克薩斯州；本公司的禮貌時段，美國" in out
    assert "當地時間：2026-11-22 週日 18:00 America/Chicago" in out
    assert "客戶不久前才接過我們的電話，2026-" in out
    assert "+00:00" not in out
    assert "。 " not in out


def test_a_call_is_told_with_its_receipt(house: House) -> None:
    """Called at, with what result, on the authority of which receipt; while it lasts, that it does."""
    contact = make_contact(house.store)
    attempt = make_attempt(house.store, contact)
    room = room_at(house, Trust.ASSUMED)
    room.place()
    receipt = attempt_now(house.store, attempt.id).receipt_id
    assert f"A call is under way: dialled at 2026-11-16 10:00 on the authority of receipt {receipt}" in told(contact)
    done = {
        "status": AttemptStatus.ENDED, "connect_result": ConnectResult.HUMAN, "disposition": Disposition.OPTED_OUT,
        "cause": "carrier_failed", "ended_at": MONDAY_TEN + timedelta(minutes=1),
    }  # fmt: skip
    make_callback(house.store, attempt_now(house.store, attempt.id), window_start=MONDAY_TEN + timedelta(days=1))
    with house.store.engine.begin() as connection:
        connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(**done))
        closed = {"state": ContactState.DONE, "reason": "opted_out"}
        connection.execute(update(contacts).where(contacts.c.id == contact.id).values(**closed))
    out = told(contact)
    assert f"Was called once, last at 2026-11-16 10:00 on the authority of receipt {receipt}: asked not to" in out
    assert "We do not call, as asked; nothing to mend." in out
    assert "Promise to call: 2026-11-17 10:00 to 2026-11-17 12:00 (open)" in out
    assert "Call no. 1: a person answered, asked not to be called again, the carrier failed" in out
    assert "已撥打 1 次" in told(contact, "--language", "zh-TW")
    assert "on the authority of receipt" in told(contact, "--at", PAST)
    with house.store.engine.begin() as connection:
        connection.execute(update(receipts).values(allowed=False))
    assert "no receipt that allows it is on record" in told(contact)


def test_a_call_in_doubt_tells_what_is_being_done(house: House) -> None:
    """The carrier is asked, until when, and then a person takes it up; in both languages, also once it is late."""
    contact = make_contact(house.store, state=ContactState.PLANNED)
    attempt, now = make_attempt(house.store, contact, status=AttemptStatus.UNKNOWN), house.clock.now()
    with house.store.engine.begin() as connection:
        connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(reserved_at=now, dial_by=now))
    end = (now + timedelta(hours=24)).astimezone(ZoneInfo("Asia/Taipei")).strftime("%Y-%m-%d %H:%M")
    out = told(contact)
    assert "is not known: it may have rung or not" in out
    assert f"We ask the carrier, until {end} at the latest; if it cannot say, a person takes it up." in out
    assert "a call whose fate is being looked into" in out
    assert "Call no. 1: not known yet" in out
    chinese = told(contact, "--language", "zh-TW")
    assert f"系統正向電信業者查詢，最遲到 {end}；仍查不到，就轉由專人處理。" in chinese
    with house.store.engine.begin() as connection:
        connection.execute(update(attempts).values(dial_by=now - timedelta(hours=25)))
    assert "the next `outbound settle` hands it to a person" in told(contact)


def test_a_refusal_is_told_with_its_reasons(house: House) -> None:
    """Who was turned down at the dial: the reasons of the receipt in words; a past day is told by its receipts."""
    contact = make_contact(house.store, do_not_call=True)
    make_attempt(house.store, contact)
    room_at(house, Trust.ASSUMED).place()
    out = told(contact)
    assert "Refused when it was to be dialled: The customer asked not to be called." in out
    assert "was dropped: the customer asked not to be called" in out
    assert "Refused once on 2026-11-16: the customer asked not to be called." in told(contact, "--at", PAST)
    assert "客戶要求不要來電" in told(contact, "--at", PAST, "--language", "zh-TW")
    quiet = told(contact, "--at", "2026-11-01T12:00+08:00")
    assert "Nothing was dialled or refused on 2026-11-01" in quiet
    assert "Nothing is on record for that day." in quiet
    with house.store.engine.begin() as connection:
        body: dict[str, Any] = {
            "reasons": [
                {"code": "outside_hours", "layer": "legal", "jurisdiction": "TW", "details": {}},
                {"code": "of_old", "layer": "legal", "jurisdiction": "TW", "details": {}},
            ]
        }
        connection.execute(update(receipts).values(body=body))
    assert "outside the hours for calls (law, Taiwan) of old (law, Taiwan)" in told(contact)


def test_suppressions_are_told_until_they_are_lifted(house: House) -> None:
    """Who opted out, since when, and by whose entry."""
    contact = make_contact(house.store)
    for number, contact_id in ((contact.phones[0].e164, None), (None, contact.id)):
        suppress(
            house.store, number=number, contact_id=contact_id, reason="opted_out", evidence="letter", by="lin",
            identifiers=house.identifiers, now=MONDAY_TEN,
        )  # fmt: skip
    out = told(contact)
    assert out.count("Suppressed (every call): asked not to be called again (since 2026-11-16 10:00)") == 1
    assert "Suppressed (every call): asked not to be called again, entered by lin" in out
    first = json.loads(told(contact, "--json"))["suppressions"][0]["id"]
    run("suppress", "lift", first, "--reason", "asked for it")
    assert "The suppression was lifted" in told(contact)


def test_a_campaign_or_number_that_is_gone(house: House) -> None:
    """Where the gate cannot be asked, it is said why."""
    gone = make_contact(house.store, campaign_id="of-last-year")
    assert "not configured any more" in told(gone)
    without = make_contact(house.store, numbers=(), customer_id="C9")
    assert "no number that leads to this customer" in told(without)


@pytest.mark.parametrize("given", ["zzzzzzzz", "000", "P-none"])
def test_an_unknown_contact(house: House, given: str) -> None:
    """It is said what may be given instead."""
    with pytest.raises(InputProblemError, match="or a policy number"):
        run("why", given)


def test_a_contact_is_found_by_policy_or_beginning(house: House) -> None:
    """A policy number means its contact; a beginning that means two is refused; an instant needs its offset."""
    first = make_contact(house.store, policy_nos=("LIFE-1",))
    make_contact(house.store, numbers=("+886900000002",))
    assert first.id in run("why", "LIFE-1")[1]
    with pytest.raises(InputProblemError, match="more than one contact"):
        run("why", first.id[:6])
    for wrong, what in (("soon", "no instant"), ("2026-11-23T10:00", "no offset")):
        with pytest.raises(InputProblemError, match=what):
            run("why", first.id, "--at", wrong)


def test_why_tells_who_rang_us_back(house: House) -> None:
    """A call that came in is told as such: no dial, no receipt, and what came of it; the plan that it replaced too."""
    contact = make_contact(house.store, state=ContactState.DONE, reason="welcomed")
    make_attempt(house.store, contact, status=AttemptStatus.CANCELLED, reserved_at=None, cause="rang_back")
    ended = {"status": AttemptStatus.ENDED, "connect_result": ConnectResult.HUMAN}
    dial = ended | {"connect_result": ConnectResult.NO_ANSWER, "disposition": Disposition.NO_ANSWER}
    make_attempt(house.store, contact, **dial)
    none = {"attempt_number": None, "reserved_at": None, "dial_by": None}
    at = MONDAY_TEN + timedelta(minutes=20)
    make_attempt(house.store, contact, at=at, origin="inbound", disposition=Disposition.WELCOMED, **ended, **none)
    out = told(contact)
    assert "Was called once" in out
    assert "Rang us back at 2026-11-16 10:20: welcomed" in out
    assert "the customer rang us meanwhile" in out
    assert "客戶在 2026-11-16 10:20 回電；結果：已完成迎新關懷" in told(contact, "--language", "zh-TW")
    assert run("audit", "verify")[1].count("without their receipt: 1") == 1
