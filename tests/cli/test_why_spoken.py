"""`outbound why` on what a contact heard and was sent: versions of scripts, checks of who it is, text messages."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from outbound.adapters.sql.schema import attempts, outbox, suppressions
from outbound.bootstrap import House
from outbound.domain.attempt import AttemptStatus, ConnectResult
from outbound.domain.contact import Contact
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.verification import LOCKED_OUT_FOR, Check, locked_until
from tests.cli.proof_room import open_empty, run
from tests.usecases.builders import MONDAY_TEN, make_attempt, make_contact, new_id

VERSION = "3f9a61c20b7d" + "0" * 52
SID = "SM" + "a" * 32


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation of its own, on the Monday of the calls."""
    monkeypatch.setattr("outbound.adapters.clock.SystemClock.now", lambda _: MONDAY_TEN + timedelta(hours=3))
    return open_empty(tmp_path, monkeypatch)


def told(contact: Contact, *words: str) -> str:
    """Ask why, in English unless told otherwise."""
    language = () if "--language" in words else ("--language", "en")
    code, out = run("why", contact.id, *language, *words)
    assert code == 0
    return out


def talked(house: House, contact: Contact, at: datetime = MONDAY_TEN, **columns: Any) -> str:
    """Put a conversation on record that spoke VERSION; returns the attempt's identifier."""
    attempt = make_attempt(house.store, contact, window_start=at)
    done: dict[str, Any] = {
        "status": AttemptStatus.ENDED, "connect_result": ConnectResult.HUMAN, "disposition": Disposition.WELCOMED,
        "attempt_number": 1, "reserved_at": at, "ended_at": at + timedelta(minutes=3), "script": "welcome_call",
        "script_version": VERSION, "language": "zh-TW",
    }  # fmt: skip
    with house.store.engine.begin() as connection:
        connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(**done | columns))
    return attempt.id


def messaged(house: House, contact: Contact, attempt_id: str | None, **columns: Any) -> None:
    """Put a text message into the outbox."""
    body = {
        "template": "self_service_link", "language": "zh-TW", "to": contact.phones[0].e164,
        "phone_id": contact.phones[0].id,
    }  # fmt: skip
    values: dict[str, Any] = {
        "id": new_id(), "kind": "message", "company_id": contact.company_id, "contact_id": contact.id,
        "attempt_id": attempt_id, "body": body, "created_at": MONDAY_TEN + timedelta(minutes=1), "status": "pending",
        "next_try_at": MONDAY_TEN + timedelta(minutes=20),
    }  # fmt: skip
    with house.store.engine.begin() as connection:
        connection.execute(insert(outbox).values(**values | columns))


def test_each_call_tells_which_version_it_spoke(house: House) -> None:
    """Script, beginning of its version, language and the check; once, where the wording can be read."""
    contact = make_contact(house.store)
    talked(house, contact, verified=True)
    out = told(contact)
    assert "script welcome_call 3f9a61c20b7d, zh-TW; verified)" in out
    assert out.count("`outbound script show VERSION`") == 1
    chinese = told(contact, "--language", "zh-TW")
    assert "腳本 welcome_call 3f9a61c20b7d，zh-TW；已核對身分）" in chinese
    assert "`outbound script versions`" in chinese
    (event,) = json.loads(told(contact, "--json"))["history"]
    assert (event["script"], event["script_version"], event["verification"]) == ("welcome_call", VERSION, "verified")


def test_a_call_that_spoke_nothing_names_no_version(house: House) -> None:
    """Nobody answered: no script, no check, no hint where to read it."""
    contact = make_contact(house.store)
    talked(
        house, contact, script=None, script_version=None, language=None,
        connect_result=ConnectResult.NO_ANSWER, disposition=Disposition.NO_ANSWER,
    )  # fmt: skip
    out = told(contact)
    assert "not answered (receipt -)" in out
    assert "script" not in out


@pytest.mark.parametrize(
    ("session", "says"),
    [
        ({"done": ["verification_failed"], "tries": 2}, "could not be verified"),
        ({"done": [], "tries": 1}, "1 wrong answer when verified"),
        ({"done": [], "tries": 2}, "2 wrong answers when verified"),
    ],
)
def test_a_check_that_was_not_passed_is_told(house: House, session: dict[str, Any], says: str) -> None:
    """Failed for good, or so many wrong answers; never what was answered."""
    contact = make_contact(house.store)
    talked(house, contact, session=session | {"facts": {"full_name": contact.full_name}})
    for out in (told(contact), told(contact, "--json")):
        assert contact.full_name not in out
    assert says in told(contact)


def test_a_lock_is_told_until_it_ends(house: House) -> None:
    """Until when calls do not ask who it is, and that a person sees to it; afterwards nothing is said of it."""
    contact = make_contact(house.store)
    talked(house, contact, session={"done": ["verification_failed"], "tries": 2})
    assert "Verification is locked until 2026-12-16 10:03" in told(contact)
    assert "身分核對已鎖定到 2026-12-16 10:03" in told(contact, "--language", "zh-TW")
    assert json.loads(told(contact, "--json"))["verification_locked_until"] == "2026-12-16T02:03:00+00:00"
    with house.store.engine.begin() as connection:
        connection.execute(update(attempts).values(ended_at=MONDAY_TEN - LOCKED_OUT_FOR))
    assert "locked until" not in told(contact)


def test_a_lock_rests_on_the_newest_call_that_makes_it() -> None:
    """Wrong answers add up over calls; a verified call before which they lie wipes them out."""
    at = [datetime(2026, 11, day, tzinfo=UTC) for day in (16, 12, 9)]
    tried = [Check(each, verified=False, failed=False, tries=1) for each in at]
    assert locked_until(tried) == at[2] + LOCKED_OUT_FOR
    assert locked_until(tried[:2]) is None
    assert locked_until([Check(at[0], verified=True, failed=False), *tried]) is None
    assert locked_until([Check(at[0], verified=False, failed=True), *tried]) == at[0] + LOCKED_OUT_FOR
    assert locked_until([]) is None


def test_a_message_that_waits_tells_when_and_why(house: House) -> None:
    """What was asked for, in which language, from when it goes out, and what held it up."""
    contact = make_contact(house.store)
    messaged(house, contact, talked(house, contact))
    out = told(contact)
    assert "Text message: the link to the self-service pages (zh-TW); goes out from 2026-11-16 10:20" in out
    assert "Asked in the call for a text message: the link to the self-service pages (zh-TW); goes out from" in out
    with house.store.engine.begin() as connection:
        later = {"last_problem": "outside_hours", "next_try_at": MONDAY_TEN + timedelta(days=1)}
        connection.execute(update(outbox).values(**later))
    assert "goes out from 2026-11-17 10:00: outside the hours for messages" in told(contact)
    assert "自助服務連結（zh-TW）；2026-11-17 10:00 後發送：不在可發送時段" in told(contact, "--language", "zh-TW")
    (message,) = json.loads(told(contact, "--json"))["messages"]
    assert (message["due"], message["problem"]) == ("2026-11-17T02:00:00+00:00", "outside_hours")


def test_a_message_that_went_out_tells_the_carriers_name_for_it(house: House) -> None:
    """When it was handed over and its sid; never the number, nor the text."""
    contact = make_contact(house.store)
    sent = {"status": "delivered", "delivered_at": MONDAY_TEN + timedelta(minutes=25), "sid": SID}
    messaged(house, contact, None, **sent)
    out = told(contact)
    assert f"10:25  Text message handed to the carrier: the link to the self-service pages (zh-TW) ({SID})" in out
    assert "Queued a text message" in out
    assert "goes out" not in out
    (message,) = json.loads(told(contact, "--json"))["messages"]
    assert (message["status"], message["sid"], message["due"]) == ("delivered", SID, None)
    assert contact.phones[0].e164[-9:] not in out + told(contact, "--json")


@pytest.mark.parametrize(
    ("status", "problem", "english", "chinese"),
    [
        ("unknown", "timeout", "is not sent again: the carrier gave no answer in time", "電信業者沒有及時回覆"),
        ("dead", "suppressed", "was not sent: a refusal came in between", "沒有發送：之後列入拒撥名單"),
        ("dead", "number_unusable", "was not sent: the number does not work", "空號"),
        ("dead", "withdrawn", "was not sent: withdrawn before it was sent", "在發送前已撤回"),
    ],
)
def test_a_message_that_did_not_go_out_tells_why(
    house: House, status: str, problem: str, english: str, chinese: str
) -> None:
    """Given up or of unknown fate: the reason in words, in both languages."""
    contact = make_contact(house.store)
    messaged(house, contact, talked(house, contact), status=status, last_problem=problem)
    assert english in told(contact)
    assert chinese in told(contact, "--language", "zh-TW")


def test_refusals_are_told_by_class(house: House) -> None:
    """Who refuses advertising is still called for service: the page says which calls a refusal forbids."""
    contact = make_contact(house.store)
    with house.store.engine.begin() as connection:
        refusal = {"contact_id": contact.id, "reason": "opted_out", "evidence": "call", "by": "callee"}
        connection.execute(
            insert(suppressions).values(id=new_id(), call_class="telemarketing", at=MONDAY_TEN, **refusal)
        )
    assert "Suppressed (marketing calls): asked not to be called again" in told(contact)
    assert "拒撥（行銷電話）：客戶要求不再來電" in told(contact, "--language", "zh-TW")
    assert json.loads(told(contact, "--json"))["suppressions"][0]["call_class"] == "telemarketing"
