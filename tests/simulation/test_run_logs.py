"""What a server would log of a whole run: what each line is about, as fields, and nothing of the people in it."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import answers, attempts, contacts, turns
from outbound.bootstrap import House
from outbound.cli.serving.logs import JsonLines, set_up_logs
from outbound.exchange.faults import Faults
from outbound.simulation.clock import VirtualClock
from outbound.simulation.invented.sample import write_sample
from outbound.simulation.runs import Plan
from outbound.simulation.simulate import Outputs, simulate
from outbound.usecases.log_fields import FIELDS, about, current_fields, logging_about
from tests.simulation.test_runs import START, house_at, policies_of

_SHORTEST = 5
"""Characters from which on a text cannot stand in a line by accident, as the digits of a time could."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What `serve` would write to standard error at its most talkative level; afterwards all is as it was."""
    names = (None, "outbound", "flows", "twilio", "httpx", "httpcore", "uvicorn", "alembic", "urllib3", "asyncio")
    levels = {name: logging.getLogger(name).level for name in names}
    root, text = logging.getLogger(), io.StringIO()
    handlers = root.handlers[:]
    set_up_logs("DEBUG")
    (ours,) = root.handlers
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(text)
    yield text
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def texts_of(house: House) -> Iterator[Any]:
    """Everything sealed: people, what they said, what they answered, and what the robot said to them."""
    with house.store.reading() as connection:
        for row in connection.execute(select(contacts.c.person)).scalars():
            yield from row.values()
        for heard, said in connection.execute(select(turns.c.heard, turns.c.said)).tuples():
            yield from (heard, said)
        yield from connection.execute(select(answers.c.value)).scalars()
        yield from connection.execute(select(attempts.c.token)).scalars()
        yield from connection.execute(select(attempts.c.sid)).scalars()


def strings(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def test_a_whole_run_at_debug_level_shows_nobody(log: io.StringIO, tmp_path: Path, keyring: Keyring) -> None:
    """No number, name, policy number, word, whole token or sid of the run stands in any line, whatever goes wrong."""
    write_sample(tmp_path / "policies.csv", 15, 9, date(2026, 11, 16))
    clock = VirtualClock(START)
    house = house_at(tmp_path, clock, 9, keyring)
    faults = Faults({"create_timeout_made": 0.2, "webhook_doubled": 0.3, "webhook_lost": 0.1}, seed=9)
    simulate(house, clock, Plan(tmp_path / "policies.csv", START, 1, 9, "welcome-tw"), faults=faults, outputs=Outputs())
    secrets = {text for value in texts_of(house) for text in strings(value) if len(text) >= _SHORTEST}
    house.store.engine.dispose()
    for policy in policies_of(tmp_path):
        secrets |= {policy.policy_no, policy.holder.full_name, policy.holder.customer_id}
        secrets |= {phone.e164.removeprefix("+886") for phone in policy.holder.phones}
    lines = log.getvalue().splitlines()
    assert len(secrets) > 100
    assert len(lines) > 50
    for line in lines:
        assert not [text for text in secrets if text in json.loads(line)["message"] or text in line]
    calls = [json.loads(line) for line in lines]
    answered = [each for each in calls if each["message"] == "answered"]
    assert {each["verb"] for each in answered} >= {"take_turn", "close_attempt"}
    # who rings us has no token yet
    ours = [each for each in answered if "inbound" not in each["verb"]]
    assert all(re.fullmatch("[0-9a-f]{8}", each["call"]) for each in ours)
    assert {each["cause"] for each in calls if "order" in each["message"]} >= {"timeout"}


def test_fields_of_a_line_win_over_those_around_it() -> None:
    """What a block is about stands on its lines until the block ends; a line may say otherwise."""

    def formatted(**extra: object) -> dict[str, Any]:
        record = logging.makeLogRecord({"msg": "seen", "name": "outbound", **extra})
        return dict(json.loads(JsonLines().format(record)))

    with logging_about(verb="place_calls", campaign="welcome-tw"):
        assert {"verb": "place_calls", "campaign": "welcome-tw"}.items() <= formatted().items()
        told = formatted(**about("f3a9c1d2e4b5a697", verb="settle_calls", turn=0, cause=None))
    assert (told["verb"], told["call"], told["turn"], "cause" in told) == ("settle_calls", "f3a9c1d2", 0, False)
    assert not set(FIELDS) & set(formatted())
    assert not current_fields()
