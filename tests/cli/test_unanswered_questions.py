"""`outbound faq unanswered` as whole command lines, over a database of their own."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from outbound.bootstrap import House
from outbound.domain.outcome.inbox import InboxKind
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.voice import UnansweredQuestion
from tests.cli.conftest import Run
from tests.usecases.builders import make_attempt, make_contact

LIST = ("faq", "unanswered", "list")
DONE = ("faq", "unanswered", "done")
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@pytest.fixture
def asked(house: House) -> list[str]:
    """Two questions near one answer and one near none; their identifiers."""
    attempt = make_attempt(house.store, make_contact(house.store))
    ids = [house.identifiers.new() for _ in range(3)]
    told = (
        ("zh-TW", None, "grace_period"),
        ("en-US", "may I pay with [card number]", "grace_period"),
        ("zh-TW", "天氣", None),
    )
    with house.store.begin() as work:
        for item, (language, words, nearest) in zip(ids, told, strict=True):
            about = (item, "formosa-life", "welcome-tw", attempt.id, 3, AT, language, words, nearest)
            work.voice.save_unanswered(UnansweredQuestion(*about, 0.314))
        work.commit()
    return ids


@pytest.mark.usefixtures("house")
def test_nothing_to_read_explains_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list says what comes here, a narrowed one where the rest is, in the language of the desk."""
    assert run(*LIST)[:2] == (
        0, "No question waits. What callees ask and no approved answer is near enough to comes here.\n",
    )  # fmt: skip
    out = run(*LIST, "--language", "ZH-tw", "--nearest", "grace_period", "--status", "dismissed")[1]
    assert "No such question (--language zh-TW --nearest grace_period --status dismissed)" in out
    assert json.loads(run(*LIST, "--json")[1]) == []
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    assert "目前沒有待處理的問題" in run(*LIST)[1]


@pytest.mark.usefixtures("asked")
def test_the_table_tells_all_and_says_what_was_not_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """When, language, campaign, how near, the words with what was taken out of them, under the nearest answer."""
    monkeypatch.setenv("COLUMNS", "120")
    out = run(*LIST)[1]
    assert out.index("Nearest answer: grace_period (asked 2 times)") < out.index("Nearest answer: near no answer")
    (row,) = [line for line in out.splitlines() if "may I pay" in line]
    assert all(part in row for part in ("11-16 10:00", "en-US", "welcome-tw", "0.31", "may I pay with [card number]"))
    assert "(not kept" in out
    assert "Questions: 3." in out
    assert "the 1 newest; --nearest grace_period --limit 2 shows all" in " ".join(run(*LIST, "--limit", "1")[1].split())
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    assert "最接近的答案：grace_period（2 題）" in run(*LIST)[1]


def test_one_is_closed_once(run: Run, asked: list[str]) -> None:
    """By the beginning of its identifier; who comes second gets exit code 1 and the name of the first."""
    code, out, _ = run(*DONE, asked[0][:12], "--by", "lin")
    assert (code, out) == (0, "Done: it is answered from now on.\n")
    code, out, err = run(*DONE, asked[0], "--dismiss", "--by", "chen")
    assert (code, out, "closed already (answered" in err, "by lin" in err) == (1, "", True, True)
    assert run(*DONE, asked[2], "--dismiss", "--by", "chen")[1] == "Dismissed.\n"
    (left,) = json.loads(run(*LIST, "--json")[1])
    assert (left["nearest"], left["asked"], [each["id"] for each in left["questions"]]) == (
        "grace_period", 1, [asked[1]],
    )  # fmt: skip
    ((closed,),) = (each["questions"] for each in json.loads(run(*LIST, "--status", "answered", "--json")[1]))
    assert (closed["id"], closed["done_by"], closed["words"], closed["score"]) == (asked[0], "lin", None, 0.314)
    assert "lin" in run(*LIST, "--status", "answered")[1]


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ((*LIST, "--language", "zh_TW"), "write one of en-US, zh-TW"),
        ((*LIST, "--status", "open"), "'open' is not one of"),
        ((*LIST, "--limit", "0"), "Invalid value for '--limit'"),
        ((*DONE, "none", "--by", "lin"), "no such question"),
        ((*DONE, "none", "--by", "x" * 61), "--by: say in 1 to 60"),
    ],
)
def test_a_mistake_is_said(run: Run, arguments: tuple[str, ...], part: str) -> None:
    """Wrong input ends with exit code 2 and what is wrong on standard error."""
    code, out, err = run(*arguments)
    assert (code, out, part in err, "Traceback" in err) == (2, "", True, False)


def test_a_database_that_is_away_is_exit_code_3(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both commands say so."""
    assert house.folder.is_dir()
    monkeypatch.setenv("OUTBOUND_DATABASE_URL", "postgresql+psycopg://user:hidden@127.0.0.1:9/x")
    assert [run(*each)[0] for each in (LIST, (*DONE, "none", "--by", "lin"))] == [3, 3]


def test_the_inbox_shows_the_turn_of_the_call(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever calls back finds the place in the conversation; text in square brackets is not swallowed."""
    monkeypatch.setenv("COLUMNS", "160")
    with house.store.begin() as work:
        due = AT + timedelta(hours=4)
        item = NewItem("a", InboxKind.QUESTION, "formosa-life", None, None, AT, due, "[card number] lost", 17)
        work.desk.add_item(item)
        work.commit()
    title, head, _line, row, *_ = run("inbox", "list")[1].splitlines()
    assert ("turn" in head, " 17 " in row, "[card number] lost" in row, bool(title)) == (True, True, True, True)
