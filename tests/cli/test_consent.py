"""`outbound consent` as whole command lines: what somebody agreed to, and how they take it back."""

import json
from typing import Any

import pytest

from outbound.adapters.sql.schema import attempts, suppressions, turns
from outbound.bootstrap import House
from outbound.dialogue import effects as fx
from tests.cli.conftest import Run
from tests.usecases.builders import attempt_now, contact_now, make_attempt, rows
from tests.usecases.test_left_behind import WORDS, bring_about, verified
from tests.usecases.voice_room import Line

WHY = ("--evidence", "letter 2026-11-27", "--by", "lin")


@pytest.fixture
def line(house: House) -> Line:
    """A call that is over and left words behind."""
    called = verified(house.store)
    bring_about(called, fx.QuestionUnanswered(WORDS, None, 0.1))
    called.hang_up(3)
    return called


def shown(run: Run, line: Line) -> dict[str, Any]:
    """What the command shows."""
    found: dict[str, Any] = json.loads(run("consent", "show", line.attempt.contact_id, "--json")[1])
    return found


def test_words_are_forgotten_and_it_is_said_how_many(house: House, run: Run, line: Line) -> None:
    """The first time says what went and what cannot be reached; the second that it was done before, and by whom."""
    (before,) = shown(run, line)["calls"]
    assert before["recording"] is True
    code, out, _ = run("consent", "withdraw", line.attempt.contact_id, "--words", *WHY)
    assert code == 0
    assert f"Forgotten: {before['words']} texts of 1 calls" in out
    assert "backups" in out
    assert all(row.heard is None for row in rows(house.store, turns.select()))
    again = run("consent", "withdraw", line.attempt.contact_id, "--words", *WHY)
    assert (again[0], "by lin); no word was left to forget" in again[1]) == (0, True)
    after = shown(run, line)
    assert [(each["recording"], each["words"]) for each in after["calls"]] == [(False, 0)]
    assert [each["evidence"] for each in after["withdrawals"]] == ["letter 2026-11-27"]


def test_nothing_that_was_said_is_shown(house: House, run: Run, line: Line) -> None:
    """Counts and dates alone: who answers the telephone need not read what was kept."""
    assert house.folder.is_dir()
    for options in ((), ("--json",), ("--language", "zh-TW")):
        code, out, _ = run("consent", "show", line.attempt.contact_id, *options)
        assert (code, WORDS in out, WORDS[:6] in out) == (0, False, False)


def test_calls_are_stopped_as_well(house: House, run: Run, line: Line) -> None:
    """What is planned is cancelled, no class may ring any more; doing it again finds it done."""
    assert run("consent", "withdraw", line.attempt.contact_id, "--calls", "--words", *WHY)[0] == 0
    (barred,) = rows(house.store, suppressions.select())
    assert (barred.contact_id, barred.call_class, barred.reason) == (line.attempt.contact_id, None, "consent_withdrawn")
    document = json.loads(run("consent", "withdraw", line.attempt.contact_id, "--calls", *WHY, "--json")[1])
    assert document["calls"] == {"added": False, "cancelled": 0}


def test_a_planned_call_is_cancelled(house: House, run: Run, line: Line) -> None:
    """Who was to be rung tomorrow is not."""
    planned = make_attempt(house.store, contact_now(house.store, line.attempt.contact_id))
    assert "Planned calls cancelled: 1." in run("consent", "withdraw", line.attempt.contact_id, "--calls", *WHY)[1]
    assert attempt_now(house.store, planned.id).status == "cancelled"


def test_one_call_is_named_by_the_beginning_that_is_shown(house: House, run: Run, line: Line) -> None:
    """The table shows the beginning of an identifier, and the command takes it."""
    code, out, err = run("consent", "withdraw", line.attempt.contact_id, "--call", line.attempt.id[:32], *WHY)
    assert (code, "Forgotten:" in out, err) == (0, True, "")
    assert rows(house.store, attempts.select())[0].recording is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "say what is taken back: --words"),
        (("--words", "--call", "abc"), "give one of them; nothing was changed"),
        (("--call", "ffff"), "'ffff' is no call of this contact; `outbound consent show` lists them"),
        (("--call", " "), "is no call of this contact"),
    ],
)
def test_what_is_not_clear_is_asked_for(
    house: House, run: Run, line: Line, options: tuple[str, ...], message: str
) -> None:
    """Exit code 2, in words, and nothing is changed."""
    code, out, err = run("consent", "withdraw", line.attempt.contact_id, *options, *WHY)
    assert (code, out, message in err) == (2, "", True)
    assert rows(house.store, turns.select().where(turns.c.heard.is_not(None)))


def test_an_unknown_contact_is_said(house: House, run: Run) -> None:
    """Nobody is taken for somebody else."""
    assert house.folder.is_dir()
    code, _, err = run("consent", "withdraw", "L999", "--words", *WHY)
    assert (code, "no contact 'L999'" in err, "nothing was changed" in err) == (2, True, True)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Took back consent to keep words"), ("zh-TW", "客戶撤回同意，至今通話的原話已刪除")]
)
def test_why_tells_of_it(house: House, run: Run, line: Line, language: str, told: str) -> None:
    """The contact's story says that, when and by whom, and no word of what was forgotten."""
    assert house.folder.is_dir()
    run("consent", "withdraw", line.attempt.contact_id, "--words", *WHY)
    code, out, _ = run("why", line.attempt.contact_id, "--language", language)
    assert (code, told in out, WORDS in out) == (0, True, False)
