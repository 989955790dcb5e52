"""`outbound script compare`: two versions that share a campaign, read from the calls that spoke them."""

import json
import shutil
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from outbound.adapters.sql.schema import answers, attempts, inbox, suppressions
from outbound.bootstrap import House
from outbound.domain.attempt import AttemptStatus, ConnectResult
from outbound.domain.outcome.disposition import Disposition
from tests.cli.conftest import Run
from tests.conftest import ROOT
from tests.usecases.builders import MONDAY_TEN, make_attempt, make_contact, new_id

ONE, OTHER, SENIOR = "a" * 64, "b" * 64, "c" * 64


def spoke(house: House, version: str, number: int, **columns: Any) -> str:
    """Put a call on record that spoke a version to somebody new; returns the attempt's identifier."""
    contact = make_contact(house.store, numbers=(f"+88690000{number:04d}",))
    attempt = make_attempt(house.store, contact)
    done: dict[str, Any] = {
        "status": AttemptStatus.ENDED, "connect_result": ConnectResult.HUMAN, "disposition": Disposition.WELCOMED,
        "answered_at": MONDAY_TEN, "ended_at": MONDAY_TEN + timedelta(seconds=120), "script": "welcome_call",
        "script_version": version, "verified": True,
    }  # fmt: skip
    with house.store.engine.begin() as connection:
        connection.execute(update(attempts).where(attempts.c.id == attempt.id).values(**done | columns))
    return attempt.id


def complained(house: House, attempt_id: str) -> None:
    """Put what such a call leaves behind on record: a case, a refusal of advertising and a score."""
    common = {"id": new_id(), "company_id": "formosa-life", "at": MONDAY_TEN}
    with house.store.engine.begin() as connection:
        connection.execute(
            insert(inbox).values(**common, kind="complaint", attempt_id=attempt_id, due_at=MONDAY_TEN, status="waiting")
        )
        connection.execute(
            insert(suppressions).values(
                id=new_id(), contact_id="x", call_class="telemarketing", reason="opted_out", by="callee",
                evidence=f"attempt {attempt_id} turn 4", at=MONDAY_TEN,
            )
        )  # fmt: skip
        connection.execute(
            insert(answers).values(attempt_id=attempt_id, name="satisfaction", value="9", score=9, at=MONDAY_TEN)
        )


def test_without_calls_it_says_why_there_is_nothing(house: House, run: Run) -> None:
    """An empty comparison says what would fill it, and where to see what will be spoken."""
    house.store.engine.dispose()
    code, out, _ = run("script", "compare")
    assert code == 0
    assert "No call of welcome-tw has spoken and ended yet" in out
    assert "`outbound status`" in out
    assert json.loads(run("script", "compare", "--json")[1]) == {
        "campaign": "welcome-tw", "versions": [], "differences": [],
    }  # fmt: skip


def test_one_version_alone_is_shown_and_not_compared(house: House, run: Run) -> None:
    """Its figures stand there, with how a second version would come beside it."""
    spoke(house, ONE, 1)
    code, out, _ = run("script", "compare", "--campaign", "welcome-tw")
    assert (code, "aaaaaaaaaaaa" in out) == (0, True)
    assert "Only one version was spoken to them" in out
    assert "nobody said" in out


def test_two_versions_stand_side_by_side(house: House, run: Run) -> None:
    """Calls, people, outcomes of each; what was left behind by a call counts even if its disposition is another."""
    for number in range(40):
        spoke(house, ONE, number)
    for number in range(40, 70):
        spoke(house, OTHER, number, disposition=Disposition.ABANDONED, verified=False)
    complained(house, spoke(house, OTHER, 71))
    spoke(house, OTHER, 72, connect_result=ConnectResult.MACHINE, disposition=Disposition.VOICEMAIL_LEFT)
    out = run("script", "compare")[1]
    assert "bbbbbbbbbbbb against aaaaaaaaaaaa: completed -97 points (-99 to -81), more than chance explains" in out
    assert "complaints" not in out.split("against", 1)[1]
    assert "about one in twenty differs so by chance alone" in out
    first, second = json.loads(run("script", "compare", "--json")[1])["versions"]
    assert (first["version"], first["contacts"], second["contacts"]) == (ONE, 40, 31)
    assert (second["calls"], second["answered"]) == (32, 31)
    counts = {name: share["count"] for name, share in second["shares"].items()}
    assert counts == {"verified": 1, "completed": 1, "opted_out": 1, "complained": 1, "asked_for_a_person": 0}
    assert (second["nps"]["answers"], second["nps"]["score"]) == (1, 100)
    assert first["median_seconds"] == 120


def test_versions_that_are_alike_are_said_to_be(house: House, run: Run) -> None:
    """A difference that chance may make is called that; versions at other times are said to be."""
    for number in range(12):
        spoke(house, ONE, number, disposition=Disposition.WELCOMED if number % 2 else Disposition.ABANDONED)
    later = {"answered_at": MONDAY_TEN + timedelta(days=1), "ended_at": MONDAY_TEN + timedelta(days=1, minutes=2)}
    for number in range(20, 30):
        ended = Disposition.WELCOMED if number % 2 else Disposition.ABANDONED
        spoke(house, OTHER, number, disposition=ended, **later)
    out = run("script", "compare")[1]
    assert "bbbbbbbbbbbb against aaaaaaaaaaaa: every difference is within chance (95 %)" in out
    assert "one was spoken after the other" in out


def test_those_of_65_and_who_rings_back_stand_apart(house: House, run: Run) -> None:
    """Each group has a table of its own: they hear other scripts by design."""
    spoke(house, ONE, 1)
    spoke(house, SENIOR, 2, script="care_call_65_plus")
    spoke(house, OTHER, 3, script="missed_call_return", origin="inbound")
    out = run("script", "compare")[1]
    assert [title in out for title in ("Called (welcome-tw)", "65 and older (welcome-tw)", "Rang us back")] == [
        True
    ] * 3
    assert "against" not in out


def test_an_unknown_campaign_is_told(house: House, run: Run) -> None:
    """With those that there are; where there are several, one has to be said."""
    code, _, err = run("script", "compare", "--campaign", "none")
    assert (code, "there is no campaign 'none'; known are welcome-tw" in err) == (2, True)
    (house.folder / "config").unlink()
    shutil.copytree(ROOT / "config", house.folder / "config")
    second = (house.folder / "config" / "campaigns" / "welcome-tw.yaml").read_text(encoding="utf-8")
    (house.folder / "config" / "campaigns" / "more.yaml").write_text(
        second.replace("id: welcome-tw", "id: more"), encoding="utf-8"
    )
    code, _, err = run("script", "compare")
    assert (code, "say which campaign; known are more, welcome-tw" in err) == (2, True)
