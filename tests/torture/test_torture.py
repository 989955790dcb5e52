"""Two hundred seeds of the torture and every seed that once found something, with each change."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from outbound.simulation.judge import Violation
from outbound.simulation.ledger import Discrepancy
from tests.conftest import ROOT
from tests.torture import team
from tests.torture.__main__ import main
from tests.torture.corpus import corpus
from tests.torture.points import crashes, gathering, missed
from tests.torture.run import LOG, RECORDS, CrashAt, Outcome, run_seed
from tests.torture.scenario import draw
from tests.torture.tally import Tally
from tests.torture.workshop import Workshop

SEEDS, A_BLOCK = 200, 10
REPLAYED = 14
SAMPLED, CRASHES = (13, 14), 24
BLOCKS = [range(first, first + A_BLOCK) for first in range(1, SEEDS + 1, A_BLOCK)]


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    """What all seeds share."""
    with Workshop() as found:
        yield found


def failures(outcomes: list[Outcome]) -> dict[int, list[str]]:
    """What was found, by seed; `python -m tests.torture --seed N` runs one of them again."""
    return {outcome.seed: outcome.findings() for outcome in outcomes if not outcome.is_good}


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block[0]}-{block[-1]}")
def test_no_law_is_broken_whatever_goes_wrong(block: range, workshop: Workshop) -> None:
    """Small campaigns with troubles of every kind: the judge finds nothing, the books are whole, nothing raises."""
    assert failures([run_seed(workshop, seed) for seed in block]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", corpus())
def test_what_was_once_found_stays_mended(seed: int, workshop: Workshop) -> None:
    """A seed of the corpus finds nothing any more."""
    assert failures([run_seed(workshop, seed)]) == {}


@pytest.mark.slow
def test_a_process_may_die_at_any_point(workshop: Workshop) -> None:
    """A sample of what `--every-point` does: points of two seeds, each with a crash exactly there."""
    gathered = [run_seed(workshop, job.seed, crash_at=job.crash_at) for job in gathering(SAMPLED)]
    jobs = list(crashes(gathered))
    sample = jobs[:: max(len(jobs) // CRASHES, 1)]
    outcomes = [run_seed(workshop, job.seed, crash_at=job.crash_at) for job in sample]
    assert failures([*gathered, *outcomes]) == {}
    assert missed(outcomes) == []
    assert len(outcomes) >= CRASHES


def test_a_scenario_follows_from_its_seed(workshop: Workshop) -> None:
    """Drawn twice it is the same in every part; another seed draws another one."""
    first, again, other = (draw(seed, workshop.campaign) for seed in (7, 7, 8))
    assert (first, list(first.words())) == (again, list(again.words()))
    assert first.people != other.people


def test_a_seed_replays_byte_for_byte(workshop: Workshop, tmp_path: Path) -> None:
    """Whatever goes wrong in it, a seed leaves the same log and the same records each time."""
    first, again = tmp_path / "first", tmp_path / "again"
    for folder in (first, again):
        run_seed(workshop, REPLAYED, keep=folder)
    for name in (LOG, RECORDS):
        assert (first / name).read_bytes() == (again / name).read_bytes()


def test_the_report_names_every_law_and_what_struck() -> None:
    """Findings, crash points and faults of several seeds are added up."""
    tally = Tally()
    faults = {"struck": {"crash": 2}, "crash_points": {"web: before commit": 2}, "points_passed": {"a": 9}}
    tally.add(Outcome(3, 0.5, 0.4, calls=7, faults=faults))
    tally.add(Outcome(4, 0.5, 0.4, error="Traceback\nKeyError: 'x'"))
    text = "\n".join(tally.lines(1.0))
    assert "2 seeds in 1 s" in text
    assert "one_ring_an_attempt" in text
    assert "KeyError" in text
    assert "failing seeds: 4" in text


def test_what_failed_leaves_its_findings(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed in which laws were broken leaves each finding as a line for people and as fields for programs."""
    violation, discrepancy = Violation("attempt_cap", "CA1", "", "three"), Discrepancy("live", "a1", "reserved")

    def found(_workshop: Workshop, seed: int, folder: Path, crash_at: CrashAt | None) -> Outcome:
        folder.mkdir()
        return Outcome(seed, 0.5, 0.4, violations=[violation], discrepancies=[discrepancy], crash_at=crash_at)

    monkeypatch.setattr(team, "KEPT", tmp_path)
    monkeypatch.setattr(team, "run_seed", found)
    team.keep(workshop, team.Job(7))
    assert str(violation) in (tmp_path / "seed-7" / "scenario.txt").read_text("utf-8")
    kept = json.loads((tmp_path / "seed-7" / "findings.json").read_text("utf-8"))
    assert [each.get("law", each.get("rule")) for each in kept] == ["attempt_cap", "live"]


def test_the_corpus_says_what_each_seed_found() -> None:
    """Every line of the corpus is a seed, a date and some words."""
    lines = (ROOT / "tests/torture/corpus.txt").read_text("utf-8").splitlines()
    entries = [line.split(maxsplit=2) for line in lines if line and not line.startswith("#")]
    assert [int(seed) for seed, _, _ in entries] == corpus()
    assert all(len(day) == len("2026-11-23") and words for _, day, words in entries)


@pytest.mark.parametrize("number", ["0", "-3", "x"])
def test_a_torture_of_nothing_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No seed at all would be a clean verdict on nothing: exit code 2, and why."""
    with pytest.raises(SystemExit) as ended:
        main(["--seeds", number])
    assert ended.value.code == 2
    assert "nothing would be judged" in capsys.readouterr().err
