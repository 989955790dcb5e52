"""Whatever goes wrong, alone or all at once: no law is broken, nothing stays live, and everything is filed."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from outbound.exchange.faults import FAULTS_OF_OTHERS, KNOWN, FaultWindow
from outbound.simulation import simulate as module
from outbound.simulation.faults.accidents import FAULTS_OF_PRODUCT
from tests.simulation.small_runs import START, Lived, SmallRuns

_EVERY = sorted(KNOWN | FAULTS_OF_OTHERS)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> SmallRuns:
    """A dozen invented people."""
    return SmallRuns(tmp_path_factory.mktemp("small"))


def assert_kept(lived: Lived) -> None:
    """Every law is kept, every call of the exchange has its one record, nothing is pending."""
    result = lived.result
    assert {law: number for law, number in result.laws.items() if number} == {}
    assert result.records["pending"] == 0
    events = [json.loads(line) for line in lived.log.splitlines()]
    made = [event["sid"] for event in events if event["event"] == "created" and event["direction"] != "outbound-dial"]
    filed = [json.loads(line)["call_sid"] for line in lived.records.splitlines()]
    assert sorted(sid for sid in filed if sid) == sorted(made)


@pytest.mark.parametrize("fault", _EVERY)
def test_each_fault_alone_breaks_nothing(runs: SmallRuns, fault: str) -> None:
    """At two or three opportunities in ten the fault strikes, people are rung all the same, and every law is kept."""
    lived = runs.live(5, {fault: 0.3 if fault not in {"crash", "database_locked"} else 0.15})
    assert lived.result.faults["struck"].get(fault, 0) > 0
    assert lived.result.rang > 0
    assert_kept(lived)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 22, 23, 26])
def test_everything_at_once_breaks_nothing(runs: SmallRuns, seed: int) -> None:
    """`all: 0.05`: processes die, answers are lost, clocks step, and still nobody is rung twice or forgotten."""
    lived = runs.live(seed, dict.fromkeys(_EVERY, 0.05))
    assert len(lived.result.faults["struck"]) > len(_EVERY) // 2
    assert_kept(lived)


@pytest.mark.slow
def test_equal_seed_and_faults_give_equal_bytes(runs: SmallRuns) -> None:
    """Also where processes die: a seed that failed replays to the byte; another seed has other accidents."""
    chances = dict.fromkeys(_EVERY, 0.05)
    first, again, other = (runs.live(seed, chances) for seed in (31, 31, 32))
    assert (first.log, first.records) == (again.log, again.records)
    assert first.result.faults == again.result.faults
    assert first.result.faults != other.result.faults


@pytest.mark.slow
def test_processes_die_at_points_that_nobody_listed(runs: SmallRuns) -> None:
    """Over a few seeds both processes die before and after commits, requests and deliveries, each named by its verb."""
    died: Counter[str] = Counter()
    restarts: Counter[str] = Counter()
    for seed in range(41, 46):
        faults = runs.live(seed, {"crash": 0.05, "record_sink_down": 0.05}).result.faults
        died.update(faults["crash_points"])
        restarts.update(faults["restarts"])
        assert set(faults["crash_points"]) <= set(faults["points_passed"])
    for when in ("before", "after"):
        assert died[f"worker: {when} POST Calls"] + died[f"worker: {when} GET Call"] > 0
        assert died[f"worker: {when} delivery"] > 0
        assert any(point.startswith(f"web: {when} commit in conversation.take_turn") for point in died)
    assert restarts["web"] > 0
    assert restarts["worker"] > restarts["web"]


def test_a_window_makes_a_fault_certain(runs: SmallRuns) -> None:
    """While the database is away for an hour nobody is rung; before and after it people are."""
    begins, ends = START + timedelta(hours=10), START + timedelta(hours=11)
    lived = runs.live(5, {}, FaultWindow("database_locked", begins, ends), days=1)
    rang = [
        event["at"] for event in map(json.loads, lived.log.splitlines()) if event["event"] == "ringing"
    ]  # fmt: skip
    inside = [at for at in rang if begins.isoformat() <= at < ends.isoformat()]
    assert_kept(lived)
    assert lived.result.faults["struck"]["database_locked"] > 0
    assert not inside
    assert rang


def test_after_the_last_day_nothing_goes_wrong(runs: SmallRuns) -> None:
    """What is certain to strike for ever ends with the plan: then everything is settled and filed."""
    lived = runs.live(5, {"commit_unknown": 1.0, "record_sink_down": 1.0}, days=1)
    assert_kept(lived)


def test_a_lost_answer_files_nothing_twice(runs: SmallRuns) -> None:
    """The receiver gets a delivery again whose answer was lost, and knows its idempotency key."""
    lived = runs.live(5, {"record_sink_down": 0.5})
    ids = [json.loads(line)["record_id"] for line in lived.records.splitlines()]
    assert lived.result.faults["deliveries_repeated"] > 0
    assert len(ids) == len(set(ids)) == lived.result.records["filed"]


def test_no_forgery_is_taken(runs: SmallRuns) -> None:
    """What bears no true signature is refused; what is replayed with one changes nothing: the run is as without."""
    forged = runs.live(5, {"webhook_forged": 0.8})
    assert forged.result.faults["struck"]["webhook_forged"] > 20
    assert forged.result.faults["forgeries_taken"] == 0
    untroubled = runs.live(5, {})
    assert forged.log == untroubled.log


def test_a_run_without_faults_of_the_product_needs_no_other_world(runs: SmallRuns) -> None:
    """Without any chance of them the product's processes are plain, and the result shows no accident."""
    faults = runs.live(5, dict.fromkeys(FAULTS_OF_PRODUCT, 0.0)).result.faults
    assert faults == {"struck": {}}


def test_jumping_over_idle_instants_changes_nothing(runs: SmallRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs that are left out because they have nothing to do would have done nothing: the bytes are the same."""
    quick = runs.live(7, {}, days=3)
    monkeypatch.setattr(module.Calm, "is_idle", lambda _calm, _verb, _at: False)
    thorough = runs.live(7, {}, days=3)
    assert (quick.log, quick.records) == (thorough.log, thorough.records)
