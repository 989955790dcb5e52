import json
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from outbound.adapters.files.campaigns import load_campaign
from outbound.domain.campaign import Campaign
from outbound.simulation.demo import START
from outbound.simulation.timetable import MOST_FLOW_RUNS, timetable
from tests.conftest import ROOT

OUTBOUND = str(Path(sys.executable).with_name("outbound"))


@pytest.mark.parametrize("days", [1, 7, 10, 20, 60])
def test_the_timetable_keeps_within_its_flow_runs(campaign: Campaign, days: int) -> None:
    """However many days, at most three hundred flow runs stand in the timetable, in order of time and within it."""
    entries = timetable(campaign, START, days)
    assert len(entries) <= MOST_FLOW_RUNS
    assert entries == sorted(entries, key=lambda entry: entry.at)
    assert entries[0].flow == "take_in_policies"
    assert all(START <= entry.at < START + timedelta(days=days) for entry in entries)


def test_a_slot_never_runs_into_the_next(campaign: Campaign) -> None:
    """The seconds of a place_calls run end before the next run begins."""
    slots = [entry for entry in timetable(campaign, START, 10) if entry.flow == "place_calls"]
    for one, following in pairwise(slots):
        assert one.seconds is not None
        assert one.at + timedelta(seconds=one.seconds) < following.at


def test_the_shipped_campaign_is_the_demos() -> None:
    """The demo runs the campaign that is shipped."""
    assert load_campaign(ROOT / "config" / "campaigns" / "welcome-tw.yaml").id == "welcome-tw"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of its own: the shipped configuration and scripts, and no data."""
    folder = tmp_path_factory.mktemp("home")
    for name in ("config", "scripts_tts"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as its users do."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "OUTBOUND_HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [OUTBOUND, *arguments], capture_output=True, text=True, check=False, env=environment, timeout=400
    )


@pytest.fixture(scope="module")
def demo(home: Path) -> dict[str, Any]:
    """What `outbound demo --json` answers for thirty people and two days."""
    done = run(home, "demo", "--json", "--no-serve", "--contacts", "30", "--days", "2")
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.slow
@pytest.mark.prefect
class TestDemo:
    """The main job, as a whole process, through a real Prefect server."""

    def test_goes_through_the_flows(self, demo: dict[str, Any]) -> None:
        """Flows take in, plan, place, settle and file: people are welcomed, every law is kept, nothing is pending.

        Every call has its one record: those that we dialled and those that came in.
        """
        assert 0 < demo["flow_runs"] <= MOST_FLOW_RUNS
        assert demo["welcomed"] > 0
        assert demo["records"]["filed"] == demo["attempts"] + sum(demo["inbound"].values())
        assert demo["records"]["pending"] == 0
        assert set(demo["laws"].values()) == {0}

    def test_answers_every_key_that_others_rely_on(self, demo: dict[str, Any]) -> None:
        """The JSON document has the keys of the contract, and the files that it names exist."""
        assert set(demo) >= {
            "seed", "virtual", "wall_seconds", "policies", "contacts", "attempts", "rang", "answered", "right_party",
            "inbound", "verified", "welcomed", "dispositions", "callbacks", "not_called", "records", "laws", "files",
        }  # fmt: skip
        assert set(demo["policies"]) == {"read", "taken_in", "duplicates", "quarantined"}
        assert set(demo["callbacks"]) == {"asked", "kept", "late", "broken", "open"}
        for path in demo["files"].values():
            assert Path(path).is_file()

    def test_writes_a_report_that_needs_nothing_else(self, demo: dict[str, Any]) -> None:
        """The report is one page with charts, in Chinese and English, without a link to anywhere."""
        page = Path(demo["files"]["report"]).read_text("utf-8")
        assert page.count("<svg") >= 4
        assert "迎新電話" in page
        assert "src=" not in page
        assert "http-equiv" not in page

    def test_its_database_can_be_looked_at(self, demo: dict[str, Any], home: Path) -> None:
        """With the environment file of the demo, `outbound status` shows what is there."""
        command = f". {demo['files']['environment']} && {OUTBOUND} status --json"
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "OUTBOUND_HOME": str(home), "LANG": "C.UTF-8"}
        done = subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, text=True, check=False, env=environment, timeout=120
        )
        assert done.returncode == 0, done.stderr
        assert sum(json.loads(done.stdout)["contacts"].values()) == demo["contacts"]
        assert Path(demo["files"]["environment"]).stat().st_mode & 0o077 == 0
