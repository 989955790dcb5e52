"""The verbs of one installation that serves two companies."""

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import contacts
from outbound.bootstrap import open_house
from outbound.cli.serving.flows import EmbeddedFlows
from outbound.domain.line.trunk import Hold
from outbound.settings import embedded
from outbound.simulation.clock import VirtualClock
from outbound.simulation.invented.sample import write_sample
from outbound.usecases.dialling.place_calls import PlaceReport
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.usecases.problems import InputProblemError
from outbound.work import Work
from tests.conftest import ROOT


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """An installation with a second company, which has a campaign of its own."""
    for name in ("config", "scripts_tts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    companies = tmp_path / "config" / "companies.yaml"
    shipped = companies.read_text("utf-8")
    second = shipped[shipped.index("formosa-life:") :].replace("formosa-life", "jade-life").replace("0100", "0111")
    companies.write_text(shipped + second, encoding="utf-8")
    campaigns = tmp_path / "config" / "campaigns"
    text = (campaigns / "welcome-tw.yaml").read_text("utf-8")
    other = text.replace("id: welcome-tw", "id: welcome-jade").replace("company: formosa-life", "company: jade-life")
    (campaigns / "welcome-jade.yaml").write_text(other, encoding="utf-8")
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    house = open_house(
        embedded(
            database_url=f"sqlite:///{tmp_path}/outbound.db",
            drop_folder=str(tmp_path / "inbox"),
            source_company="formosa-life",
        ),
        keyring=Keyring(data_key=os.urandom(32), index_key=os.urandom(32)),
        clock=VirtualClock(datetime(2026, 11, 23, tzinfo=UTC)),
    )
    return Work(house)


def drop(folder: Path, contacts_: int, seed: int) -> None:
    """Drop a file of invented policies that has been lying there for a while."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"policies-{seed}.csv"
    write_sample(path, contacts_, seed, date(2026, 11, 16))
    before = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
    os.utime(path, (before, before))


def test_each_company_takes_its_own_files(work: Work) -> None:
    """Files in the drop folder belong to the configured company, those in a company's folder to that company."""
    inbox = work.house.folder / "inbox"
    drop(inbox, 7, 1)
    drop(inbox / "jade-life", 5, 2)
    counts = work.take_in()
    assert counts["deliveries"] == 2
    query = select(contacts.c.company_id, contacts.c.campaign_id, func.count()).group_by(
        contacts.c.company_id, contacts.c.campaign_id
    )
    with work.house.store.reading() as connection:
        found = sorted(tuple(row) for row in connection.execute(query))
    assert found == [("formosa-life", "welcome-tw", 7), ("jade-life", "welcome-jade", 5)]
    assert work.take_in()["deliveries"] == 0


def test_nobody_guesses_whose_policies_arrive(work: Work) -> None:
    """A company that is not configured is named rather than guessed."""
    work.house.settings = work.house.settings.model_copy(update={"source_company": "nobody"})
    with pytest.raises(InputProblemError, match=r"'nobody' is not in companies\.yaml; known are formosa-life, jade"):
        work.take_in()


def test_a_batch_is_logged_in_plain_counts(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    """What a batch did stands in its line as names with counts, without brackets or names of types."""
    attended = Work(work.house, Role.FLOWS)
    with caplog.at_level(logging.INFO, logger="outbound.work"):
        attended._attend("place_calls", lambda: PlaceReport(placed=3, held={Hold.CAMPAIGN_FULL: 99, Hold.PACE: 0}))
    assert caplog.messages == ["placed 3, held.campaign_full 99"]


def test_wrong_input_by_hand_is_no_run(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who forgets the account at a terminal leaves no failing verb behind; what breaks in a good run does."""
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    by_hand, flows = Work(work.house, Role.BATCH), Work(work.house, Role.FLOWS)

    def runs() -> list[tuple[str, str | None]]:
        with work.house.store.begin() as unit:
            return [(run.verb, run.problem) for run in unit.heartbeats.verb_runs()]

    with pytest.raises(InputProblemError, match="TWILIO_ACCOUNT_SID"):
        by_hand.settle()
    assert runs() == []
    with pytest.raises(InputProblemError):
        flows.settle()
    assert runs() == [("settle_calls", "InputProblemError")]
    by_hand._attend("plan_calls", dict)
    with pytest.raises(OSError, match="full"):
        by_hand._attend("file_records", _fail)
    assert runs() == [("file_records", "OSError"), ("plan_calls", None), ("settle_calls", "InputProblemError")]


def _fail() -> None:
    raise OSError("full")


def test_a_server_beats_whatever_its_flows_do(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the runs of its verbs a process that runs flows is heard of all the same."""

    @contextmanager
    def server(*_: Any, **__: Any) -> Iterator[str]:
        yield "http://127.0.0.1:1/api"

    seen = threading.Event()
    monkeypatch.setattr("flows.server.running_server", server)
    monkeypatch.setattr("flows.runner.FlowRunner.start", lambda _: None)
    monkeypatch.setattr("outbound.cli.serving.flows.BEAT_EVERY", timedelta(milliseconds=1))
    monkeypatch.setattr(Work, "beat", lambda _: seen.set())
    flows = EmbeddedFlows(work.house, work.house.folder, lambda _: None, lambda: None)
    assert seen.wait(10)
    flows.close()
