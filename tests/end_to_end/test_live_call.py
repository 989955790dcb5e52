"""One policy through the whole house in real time: sockets, uvicorn, Twilio's SDK over HTTP, signed webhooks."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from installation import (
    PHONE,
    ShiftedClock,
    due,
    ended,
    exchange,
    filed,
    free_port,
    make_home,
    open_at,
    rows,
    take_in,
    wait_for,
    web,
)
from twilio.request_validator import RequestValidator
from typer.testing import CliRunner

from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import attempts, carrier_events, inbox
from outbound.bootstrap import House
from outbound.cli import app
from outbound.cli.serving.logs import JsonLines
from outbound.domain.line.trunk import PAUSE_AFTER_SILENCE
from outbound.usecases.problems import ServiceAwayError
from outbound.work import Work

pytestmark = pytest.mark.slow


@pytest.fixture
def house(
    tmp_path: Path, database_url: str, keyring: Keyring, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """An installation whose rules two people have signed, with one policy planned and due."""
    monkeypatch.setenv("OUTBOUND_HOME", str(make_home(tmp_path / "home")))
    house = open_at(database_url, free_port(), keyring, clock)
    take_in(house, tmp_path)
    assert Work(house).plan()["planned"] == 1
    due(house, clock)
    yield house
    house.store.engine.dispose()


def test_a_policy_becomes_a_call_a_conversation_and_a_filed_record(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The policyholder is rung once, hears the whole script, is verified, and the record says welcomed.

    Neither the log nor the database's files hold the name or the number, and the log no whole token.
    """
    caplog.set_level(logging.DEBUG, logger="outbound")
    work = Work(house)
    with exchange(house) as events, web(house):
        assert work.place().placed == 1
        wait_for(lambda: ended(house))
        assert work.place().placed == 0
    assert work.file().filed == 1
    record = filed(house)
    assert (record["disposition"], record["connect_result"], record["verified"]) == ("welcomed", "human", True)
    assert (record["policy_nos"], record["attempt_number"], record["nps"]) == (["L9990001234"], 1, 9)
    assert [event["to"] for event in events if event["event"] == "ringing"] == [PHONE]
    sent = [event for event in events if event["event"] == "webhook_sent"]
    assert sent
    assert all(event["http_status"] in (200, 204) for event in sent)
    (attempt,) = rows(house, attempts)
    about = {"call": attempt["token"][:8], "status": 204}
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert [line for line in lines if about.items() <= line.items()]
    for secret in (PHONE.removeprefix("+886"), "試安心", attempt["token"]):
        assert secret not in caplog.text
    files = b"".join(path.read_bytes() for path in tmp_path.glob("outbound.db*"))
    for secret in (PHONE.removeprefix("+886"), "試安心"):
        assert secret.encode() not in files


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_token_dials_nothing_and_tells_a_person(house: House) -> None:
    """The carrier does not know us: nothing rings, the attempt stays planned, one item waits in the inbox."""
    work = Work(house)
    with exchange(house, token="another") as events:
        assert work.place().placed == 0
        assert work.place().placed == 0
    assert not [event for event in events if event["event"] == "created"]
    assert [row["status"] for row in rows(house, attempts)] == ["planned"]
    (item,) = rows(house, inbox)
    assert item["kind"] == "carrier"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_carrier_that_is_away_costs_nothing(house: House) -> None:
    """Nobody listens at the carrier's address: the attempt stays planned, with the reason."""
    house.settings.carrier_url = f"http://127.0.0.1:{free_port()}"
    assert dict(Work(house).place().held) == {"carrier_away": 1}
    assert [row["status"] for row in rows(house, attempts)] == ["planned"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_dial_by_hand_says_what_is_in_the_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """`outbound dial`: exit code 3 for a carrier that is away or refuses us; the report says so, the plan stands."""
    monkeypatch.setattr("outbound.bootstrap.open_house", lambda: house)
    house.settings.carrier_url = f"http://127.0.0.1:{free_port()}"
    away = CliRunner().invoke(app, ["dial"])
    assert isinstance(away.exception, ServiceAwayError)
    assert "did not answer" in str(away.exception)
    assert "carrier_away 1" in away.stdout
    del house.carrier
    # All workers leave a carrier that was away alone for some seconds.
    assert isinstance(house.clock, ShiftedClock)
    house.clock.move_to(house.clock.now() + PAUSE_AFTER_SILENCE)
    with exchange(house, token="another"):
        refused = CliRunner().invoke(app, ["dial", "--json"])
    assert isinstance(refused.exception, ServiceAwayError)
    assert "inbox list --kind carrier" in str(refused.exception)
    assert json.loads(refused.stdout)["refused"] == 1
    assert [row["status"] for row in rows(house, attempts)] == ["planned"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_forged_webhook_is_refused_and_an_unknown_call_is_not_found(house: House) -> None:
    """A bad signature is 403, a genuine one for a call that nobody placed is 404; neither changes anything."""
    house.settings.carrier_url = "http://127.0.0.1:9"
    (attempt,) = rows(house, attempts)
    form = {"CallSid": "CA" + "1" * 32, "CallStatus": "completed", "SequenceNumber": "3"}
    with web(house) as base:
        token = house.settings.auth_token
        assert token is not None
        signer = RequestValidator(token.get_secret_value())

        def post(path: str, signature: str) -> int:
            return httpx.post(f"{base}{path}", data=form, headers={"X-Twilio-Signature": signature}).status_code

        known, unknown = f"/voice/{attempt['token']}/status", f"/voice/{'0' * 32}/status"
        assert post(known, "AAAA") == 403
        assert post(unknown, signer.compute_signature(base + unknown, form)) == 404
    assert rows(house, carrier_events) == []
    assert rows(house, attempts) == [attempt]
