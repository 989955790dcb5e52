"""`outbound status`: why due calls are not dialled, and a watch that outlives its database."""

import json
import shutil
import time
from datetime import timedelta

import pytest

from outbound.adapters.sql.schema import attempts, pacing
from outbound.adapters.sql.store import SqlStore
from outbound.bootstrap import House
from outbound.usecases.problems import ServiceAwayError
from tests.cli.conftest import Run
from tests.conftest import ROOT
from tests.usecases.builders import make_attempt, make_contact


@pytest.fixture
def unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the scripts out, whose proof takes a second each: they have tests of their own."""
    monkeypatch.setattr("outbound.cli.desk.watching.spoken_scripts", lambda *_: ())


@pytest.mark.usefixtures("unproved")
def test_status_tells_what_holds_due_calls(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hold in force has its line, and stands in the JSON document with its figures."""
    monkeypatch.setenv("OUTBOUND_TRUNK_MAX_LIVE", "1")
    live, now = make_attempt(house.store, make_contact(house.store)), house.clock.now()
    with house.store.begin() as work:
        work.dialling.open_lines(["trunk/main"], now)
        work.desk.stop("o", "welcome-tw", "drill", "lin", now)
        work.commit()
    with house.store.engine.begin() as connection:
        connection.execute(attempts.update().where(attempts.c.id == live.id).values(status="ringing"))
        pause = {"paused_until": now + timedelta(minutes=5), "paused_for": "carrier_20429", "failures": 3}
        connection.execute(pacing.update().values(pause))
    told = run("status")[1].splitlines()
    held = [line for line in told if line.startswith("Held: ")]
    assert held[:2] == ["Held: welcome-tw: stop order", "Held: trunk/main: trunk full (1 of 1 live)"]
    assert held[2].startswith("Held: trunk/main: paused until ")
    assert held[2].endswith(", because of carrier_20429, breaker open")
    found = json.loads(run("status", "--json")[1])["held"]
    assert [(each["name"], each["hold"], each["live"], each["most"]) for each in found] == [
        ("welcome-tw", "stop_order", None, None),
        ("trunk/main", "trunk_full", 1, 1),
        ("trunk/main", "paused", None, None),
    ]


@pytest.mark.usefixtures("unproved")
def test_status_tells_a_lowered_pace(house: House, run: Run) -> None:
    """When the pace holds calls, the next instant is told, with the share of the rate that is in force."""
    now = house.clock.now()
    with house.store.begin() as work:
        work.dialling.open_lines(["trunk/main"], now)
        work.commit()
    with house.store.engine.begin() as connection:
        connection.execute(pacing.update().values(next_at=now + timedelta(seconds=20), factor=0.5, factor_at=now))
    told = run("status")[1]
    assert "Held: trunk/main: pace, the next call from " in told
    assert " UTC, 50% of its rate\n" in told


@pytest.mark.usefixtures("house", "unproved")
def test_a_watch_outlives_its_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database is away the page says so, and since when; once it is back the status is shown again."""
    waited, connected = list[float](), SqlStore._connected

    def away_at_first(store: SqlStore) -> object:
        if len(waited) == 1:
            raise ServiceAwayError("the database does not answer")
        return connected(store)

    def rest(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(SqlStore, "_connected", away_at_first)
    monkeypatch.setattr(time, "sleep", rest)
    code, told, _ = run("status", "--watch")
    pages = told.split("\033[2J\033[H")[1:]
    assert code == 130
    assert ["AWAY since" in page for page in pages] == [False, True, False]
    assert "looked for every two seconds: the database does not answer" in pages[1]
    assert "due now: 0" in pages[2]


def test_campaigns_that_cannot_be_read_do_not_hide_the_status(house: House, run: Run) -> None:
    """The status is shown all the same, with the file that is wrong."""
    (house.folder / "config").unlink()
    shutil.copytree(ROOT / "config", house.folder / "config")
    (house.folder / "config" / "campaigns" / "welcome-tw.yaml").write_text("id: 7\n", encoding="utf-8")
    code, told, _ = run("status")
    assert (code, "due now: 0" in told) == (0, True)
    assert "welcome-tw.yaml" in told.splitlines()[0]
    assert "welcome-tw.yaml" in json.loads(run("status", "--json")[1])["campaigns_problem"]


@pytest.mark.usefixtures("house")
def test_a_watch_prints_no_json(run: Run) -> None:
    """Both at once make no document that a program could read: refused, with what to leave out."""
    code, out, err = run("status", "--watch", "--json")
    assert (code, out) == (2, "")
    assert "give one of them" in err
