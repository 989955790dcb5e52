"""`outbound why` and `outbound audit`, as their users see them."""

import base64
import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from typer.testing import CliRunner

from outbound.adapters.sql.schema import area_suspensions, attempts, contacts, receipts
from outbound.adapters.sql.store import SqlStore
from outbound.bootstrap import House, open_house
from outbound.cli import app
from outbound.compliance.evidence.digest import receipt_digest
from outbound.compliance.facts import SuppressionScope
from outbound.compliance.rules.rulebook import Trust
from outbound.domain.attempt import AttemptStatus, ConnectResult
from outbound.domain.contact import Contact, ContactState
from outbound.domain.disposition import Disposition
from outbound.usecases.keep_rules import keep_rules
from outbound.usecases.may_call import Rules
from outbound.usecases.problems import InputProblemError
from outbound.usecases.stop_dialling import stop_dialling
from outbound.usecases.suppress import suppress
from tests.conftest import ManualClock
from tests.usecases.builders import MONDAY_TEN, attempt_now, make_attempt, make_callback, make_contact, new_id
from tests.usecases.dial_room import DialRoom

RULES = Path(__file__).parents[2] / "config" / "compliance"
PAST = "2026-11-16T12:00+08:00"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation of its own: keys and an empty database."""
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY"):
        monkeypatch.setenv(name, base64.b64encode(name.encode().ljust(32, b"k")[:32]).decode())
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", f"sqlite:///{tmp_path}/outbound.db")
    return open_house()


def run(*words: str) -> tuple[int, str]:
    """Run a command; return exit code and standard output. What a person can mend is raised."""
    result = CliRunner().invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def told(contact: Contact, *words: str) -> str:
    """Ask why, in English unless told otherwise."""
    language = () if "--language" in words else ("--language", "en")
    code, out = run("why", contact.id[-32:], *language, *words)
    assert code == 0
    return out


def room_at(house: House, trust: Trust = Trust.DEMO) -> DialRoom:
    """A dialler on Monday morning whose rules are kept."""
    room = DialRoom(house.store, ManualClock())
    room.rules = Rules(room.rules.rulebook, room.companies, trust)
    keep_rules(house.store, room.rules.rulebook, MONDAY_TEN)
    return room


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
    with house.store.engine.begin() as connection:
        for code in ("TW-TPE", "TW-KHH"):
            connection.execute(
                insert(area_suspensions).values(
                    id=new_id(), code=code, since=MONDAY_TEN, until=datetime(2031, 1, 1, tzinfo=UTC),
                    reason="typhoon", by="lin", at=MONDAY_TEN,
                )
            )  # fmt: skip
    out = told(contact, "--at", "2030-01-07T10:00+08:00")
    assert "Will be called between 2030-01-07 10:00 and 2030-01-07 10:30" in out
    assert "Stop order: wrong prompt (lin" in out
    assert "Calls to TW-TPE are suspended" in out
    assert "TW-KHH" not in out
    assert "its time has not come yet" in out
    assert "將在 2030-01-07 10:00" in told(contact, "--language", "zh")
    found = json.loads(told(contact, "--at", "2030-01-07T10:00+08:00", "--json"))
    assert found["next"]["window_start"] == "2030-01-07T02:00:00+00:00"
    assert "area_blocked" in [reason["code"] for reason in found["gate"]["reasons"]]
    assert found["gate"]["local_times"].keys() == {"Asia/Taipei"}


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
    assert f"Was called 1 time, last at 2026-11-16 10:00 on the authority of receipt {receipt}: asked not to" in out
    assert "The robot calls no more." in out
    assert "Promise to call: 2026-11-17 10:00 to 2026-11-17 12:00 (open)" in out
    assert "Call no. 1: a person answered, asked not to be called again, the carrier failed" in out
    assert "已撥打 1 次" in told(contact, "--language", "zh-TW")
    assert "on the authority of receipt" in told(contact, "--at", PAST)
    with house.store.engine.begin() as connection:
        connection.execute(update(receipts).values(allowed=False))
    assert "no receipt that allows it is on record" in told(contact)


def test_a_refusal_is_told_with_its_reasons(house: House) -> None:
    """Who was turned down at the dial: the reasons of the receipt in words; a past day is told by its receipts."""
    contact = make_contact(house.store, do_not_call=True)
    make_attempt(house.store, contact)
    room_at(house, Trust.ASSUMED).place()
    out = told(contact)
    assert "Refused when it was to be dialled: The customer asked not to be called." in out
    assert "was dropped: the customer asked not to be called" in out
    assert "Refused 1 times on 2026-11-16: the customer asked not to be called." in told(contact, "--at", PAST)
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
    assert "outside the hours for calls of old" in told(contact)


def test_suppressions_are_told_until_they_are_lifted(house: House) -> None:
    """Who opted out, since when, and by whose entry."""
    contact = make_contact(house.store)
    for number, contact_id in ((contact.phones[0].e164, None), (None, contact.id)):
        suppress(
            house.store, number=number, contact_id=contact_id, reason="opted_out", evidence="letter", by="lin",
            identifiers=house.identifiers, now=MONDAY_TEN,
        )  # fmt: skip
    out = told(contact)
    assert out.count("Suppressed: asked not to be called again (since 2026-11-16 10:00)") == 2
    assert "Suppressed (every call): asked not to be called again, entered by lin" in out
    assert SuppressionScope.EVERYTHING.value in out or "every call" in out
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


def dialled(house: House) -> Contact:
    """A contact that was dialled under production's rules as they would be with two signatures."""
    contact = make_contact(house.store)
    make_attempt(house.store, contact)
    room = room_at(house)
    signed = [s for code in ("TW",) for s in room.rules.rulebook.signatures if s.jurisdiction == code]
    assert signed
    room.place()
    return contact


def test_receipts_are_exported_and_verified_offline(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file proves itself without database and keys, and holds nothing personal."""
    contact = dialled(house)
    code, out = run("audit", "verify")
    assert (code, "Receipts proved: 2, of these under a demo signature: 2;" in out) == (0, True)
    file = tmp_path / "receipts.jsonl"
    code, out = run("audit", "export", "--out", str(file), "--since", "2026-11-16", "--contact", contact.id)
    assert (code, "2 receipts, 3 rules" in out) == (0, True)
    text = file.read_text(encoding="utf-8")
    assert contact.phones[0].e164 not in text
    assert contact.full_name not in text
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY", "OUTBOUND_DATABASE_URL"):
        monkeypatch.delenv(name)
    code, out = run("audit", "verify", str(file), "--json")
    assert (code, json.loads(out)["verified"], json.loads(out)["demo"]) == (0, 2, 2)
    file.write_text(text.replace('"allowed":true', '"allowed":false'), encoding="utf-8")
    code, out = run("audit", "verify", str(file))
    assert (code, "differing: receipt" in out) == (1, True)
    lines = [line for line in text.splitlines() if '"kind":"manifest"' not in line]
    file.write_text("\n".join(lines), encoding="utf-8")
    code, out = run("audit", "verify", str(file))
    assert (code, "unprovable: 2" in out) == (1, True)


def rules_with(tmp_path: Path, *, signed: bool) -> str:
    """A rules directory that holds the pack of Taiwan and, if asked, who signed what."""
    rules = tmp_path / "rules"
    (rules / "packs").mkdir(parents=True)
    shutil.copy(RULES / "packs" / "TW.yaml", rules / "packs")
    if signed:
        shutil.copy(RULES / "signatures.yaml", rules)
    return str(rules)


def test_an_export_is_compared_with_the_signatures_here(house: House, tmp_path: Path) -> None:
    """Signatures that the file only claims, and a pack that only the file holds, prove nothing."""
    dialled(house)
    file = tmp_path / "receipts.jsonl"
    run("audit", "export", "--out", str(file))
    code, out = run("audit", "verify", str(file), "--rules", rules_with(tmp_path / "bare", signed=False))
    assert (code, "no signatures to compare with" in out) == (1, True)
    assert run("audit", "verify", str(file), "--rules", rules_with(tmp_path / "kept", signed=True))[0] == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line["type"] == "receipt":
            line["body"]["trust"] = "production"
            line["body"]["packs"][0]["signatures"] = {"production": 2, "demo": 1}
            line["digest"] = receipt_digest(
                receipt_id=line["id"], at=datetime.fromisoformat(line["at"]),
                **{key: line[key] for key in ("contact_id", "attempt_id", "stage", "allowed", "reasons", "body")},
            )  # fmt: skip
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, out = run("audit", "verify", str(file), "--json")
    assert (code, json.loads(out)["unsigned"]) == (1, 2)


def test_a_pack_that_only_the_export_holds_is_signed_by_nobody(house: House, tmp_path: Path) -> None:
    """A content that the exporter made up replays well; nobody signed it where it is verified."""
    dialled(house)
    file, here = tmp_path / "receipts.jsonl", Path(rules_with(tmp_path, signed=True))
    run("audit", "export", "--out", str(file))
    register = here / "signatures.yaml"
    (digest,) = [each["hash"] for each in _packs_of(file)]
    register.write_text(register.read_text(encoding="utf-8").replace(digest, "0" * 64), encoding="utf-8")
    code, out = run("audit", "verify", str(file), "--rules", str(here))
    assert (code, "nobody signed this content here" in out) == (1, True)


def _packs_of(file: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    packs: list[dict[str, Any]] = next(line for line in lines if line["type"] == "receipt")["body"]["packs"]
    return packs


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1 is missing"),
        ("no JSON", "line 1 is not JSON"),
        ("[]", "line 1 is not a line of"),
        ('{"type":"rule"}', "line 1 is not what stands there"),
        ('{"type":"audit","format":9}', "format 9"),
        ('{"type":"audit","format":1}\n{"type":"rule"}', "line 2 is a rule without"),
        ('{"type":"audit","format":1}\n{"type":"receipt"}', "line 2 is a receipt that lacks"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, what: str) -> None:
    """What is no export is refused with its line and how to mend it."""
    file = tmp_path / "receipts.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblemError, match=what):
        run("audit", "verify", str(file))


def test_options_that_cannot_be_used(house: House, tmp_path: Path) -> None:
    """A date that is none, a file that is not there or cannot be written."""
    with pytest.raises(InputProblemError, match="--since"):
        run("audit", "export", "--out", str(tmp_path / "x"), "--since", "soon")
    with pytest.raises(InputProblemError, match="cannot be written"):
        run("audit", "export", "--out", str(tmp_path / "no" / "x"))
    with pytest.raises(InputProblemError, match="cannot be read"):
        run("audit", "verify", str(tmp_path / "none"))
    assert isinstance(house.store, SqlStore)
