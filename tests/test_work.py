"""The verbs of one installation that serves two companies."""

import logging
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from outbound.adapters.sql.keys import Keyring
from outbound.adapters.sql.schema import contacts
from outbound.bootstrap import open_house
from outbound.domain.trunk import Hold
from outbound.settings import embedded
from outbound.simulation.clock import VirtualClock
from outbound.simulation.invented.sample import write_sample
from outbound.usecases.place_calls import PlaceReport
from outbound.usecases.ports.heartbeats import Role
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
