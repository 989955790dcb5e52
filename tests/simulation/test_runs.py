"""The simulation and the demo on small, invented files."""

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise_rows
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import inbound_calls, metadata, receipts, turns
from outbound.bootstrap import House, open_house
from outbound.domain.policy import Policy
from outbound.settings import embedded
from outbound.simulation.clock import VirtualClock
from outbound.simulation.invented.sample import write_sample
from outbound.simulation.runs import Plan
from outbound.simulation.simulate import Outputs, simulate
from outbound.usecases.problems import InputProblemError

START = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Taipei"))
CONTACTS = 40


def house_at(folder: Path, clock: VirtualClock, seed: int, keyring: Keyring) -> House:
    """A house with an empty database in `folder`."""
    return open_house(
        embedded(database_url=f"sqlite:///{folder}/outbound.db", public_url="http://127.0.0.1:8080"),
        keyring=keyring,
        clock=clock,
        identifiers=SeededIdentifiers(seed),
        honours_demo_signatures=True,
        keeps_rules=True,
        throwaway=True,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[str, Any], Path]]:
    """Three days of forty invented people: the house afterwards, the result, the folder of its files."""
    folder = tmp_path_factory.mktemp("run")
    write_sample(folder / "policies.csv", CONTACTS, 5, date(2026, 11, 16))
    clock = VirtualClock(START)
    house = house_at(folder, clock, 5, Keyring(data_key=os.urandom(32), index_key=os.urandom(32)))
    plan = Plan(folder / "policies.csv", START, 3, 5, "welcome-tw")
    result, _ = simulate(house, clock, plan, outputs=Outputs(folder / "exchange.jsonl", folder / "records.jsonl"))
    yield house, result.as_dict(), folder
    house.store.engine.dispose()


def policies_of(folder: Path) -> list[Policy]:
    """The policies of a run's file that could be read."""
    rows = normalise_rows(read_rows(folder / "policies.csv"), today=START.date())
    return [row for row in rows if isinstance(row, Policy)]


def test_every_row_is_accounted_for(run: tuple[House, dict[str, Any], Path]) -> None:
    """Rows read are taken in, twice there, or in quarantine; nothing else."""
    counts = run[1]["policies"]
    assert counts["read"] == counts["taken_in"] + counts["duplicates"] + counts["quarantined"]
    assert counts["read"] > CONTACTS
    assert run[1]["contacts"] == CONTACTS


def test_people_are_called_and_welcomed_and_no_law_is_broken(run: tuple[House, dict[str, Any], Path]) -> None:
    """Within three days people are rung, answer, prove who they are and are welcomed; every law is kept."""
    result = run[1]
    assert result["attempts"] >= result["rang"] >= result["answered"] > 0
    assert result["right_party"] >= result["verified"] >= result["welcomed"] > 0
    assert set(result["laws"].values()) == {0}


def test_every_call_of_the_exchange_has_exactly_one_record(run: tuple[House, dict[str, Any], Path]) -> None:
    """Each call that the exchange created stands in the records file once, and nothing is pending."""
    _, result, folder = run
    created = [
        event["sid"]
        for event in map(json.loads, (folder / "exchange.jsonl").read_text("utf-8").splitlines())
        if event["event"] == "created"
    ]
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text("utf-8").splitlines()]
    assert sorted(record["call_sid"] for record in records if record["call_sid"]) == sorted(created)
    assert result["records"] == {"filed": len(records), "pending": 0}


def test_no_name_or_number_stands_in_the_databases_bytes(run: tuple[House, dict[str, Any], Path]) -> None:
    """After a run neither a name, a number, a customer's identifier nor what was said is in the files in plain."""
    house, _, folder = run
    with house.store.reading() as connection:
        said = [text for text in connection.execute(select(turns.c.heard)).scalars() if text]
    stored = b"".join(path.read_bytes() for path in folder.glob("outbound.db*"))
    assert said
    people = policies_of(folder)
    for policy in people:
        holder = policy.holder
        plain = (holder.full_name, holder.customer_id, *(phone.e164 for phone in holder.phones))
        for text in plain:
            assert text.encode() not in stored
        for phone in holder.phones:
            assert phone.e164[4:].encode() not in stored
            assert ("0" + phone.e164[4:]).encode() not in stored
    for heard in said:
        text = heard if isinstance(heard, str) else json.dumps(heard, ensure_ascii=False)
        assert len(text) < 6 or text.encode() not in stored


def test_no_name_or_number_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture, keyring: Keyring) -> None:
    """At the most talkative level of logging no line holds a name, a number or a whole token."""
    write_sample(tmp_path / "policies.csv", 12, 9, date(2026, 11, 16))
    clock = VirtualClock(START)
    house = house_at(tmp_path, clock, 9, keyring)
    with caplog.at_level("DEBUG"):
        simulate(house, clock, Plan(tmp_path / "policies.csv", START, 1, 9, "welcome-tw"), outputs=Outputs())
    house.store.engine.dispose()
    assert caplog.records
    for policy in policies_of(tmp_path):
        for phone in policy.holder.phones:
            assert phone.e164[4:] not in caplog.text
        assert policy.holder.full_name not in caplog.text


def test_every_dial_has_a_receipt(run: tuple[House, dict[str, Any], Path]) -> None:
    """Each record of a call of ours names the receipt that allowed it; who rings back needs none."""
    house, _, folder = run
    with house.store.reading() as connection:
        allowed = set(connection.execute(select(receipts.c.id).where(receipts.c.allowed)).scalars())
        came_in = set(connection.execute(select(inbound_calls.c.sid)).scalars())
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text("utf-8").splitlines()]
    assert records
    assert came_in
    assert all((record["receipt_id"] in allowed) is (record["call_sid"] not in came_in) for record in records)


def test_a_database_with_people_in_it_is_refused(run: tuple[House, dict[str, Any], Path]) -> None:
    """A simulation does not mix with contacts that are there already, and changes nothing."""
    house, _, folder = run
    plan = Plan(folder / "policies.csv", START, 1, 5, "welcome-tw")
    with pytest.raises(InputProblemError, match="holds contacts"):
        simulate(house, VirtualClock(START), plan, outputs=Outputs())


def test_an_unknown_campaign_is_named(tmp_path: Path, keyring: Keyring) -> None:
    """A campaign that is not configured is named together with those that are."""
    clock = VirtualClock(START)
    house = house_at(tmp_path, clock, 1, keyring)
    with pytest.raises(InputProblemError, match="no campaign nonsense; known are welcome-tw"):
        simulate(house, clock, Plan(tmp_path / "none.csv", START, 1, 1, "nonsense"), outputs=Outputs())
    with house.store.reading() as connection:
        filled = [table.name for table in metadata.sorted_tables if connection.execute(select(table)).first()]
    assert filled == ["key_checks"]
    house.store.engine.dispose()
