"""Questions without an approved answer: read by what is asked most, and closed once."""

from datetime import datetime, timedelta

import pytest

from outbound.adapters.sql.schema import unanswered_questions
from outbound.adapters.sql.store import SqlStore
from outbound.adapters.sql.views import read_models
from outbound.adapters.sql.views.unanswered import NO_NEAREST, question_languages, unanswered_groups
from outbound.domain.outcome.inbox import QuestionStatus
from outbound.usecases.desk.close_question import close_question
from outbound.usecases.ports.stored.desk import ReviewedQuestion
from outbound.usecases.ports.stored.voice import UnansweredQuestion
from outbound.usecases.problems import InputProblemError
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import make_attempt, make_contact, rows

WORDS = "卡號 [卡號] 可以自動扣款嗎"
LATER = MONDAY_TEN + timedelta(days=1)


@pytest.fixture
def asked(store: SqlStore) -> SqlStore:
    """Three questions near one answer, one near another, one near none."""
    attempt = make_attempt(store, make_contact(store))
    made = (
        ("q1", "grace_period", "zh-TW", None),
        ("q2", "auto_debit_set_up", "zh-TW", "最早的"),
        ("q3", None, "zh-TW", "天氣如何"),
        ("q4", "auto_debit_set_up", "en-US", "can I pay by card"),
        ("q5", "auto_debit_set_up", "zh-TW", WORDS),
    )
    with store.begin() as work:
        for turn, (item, nearest, language, words) in enumerate(made):
            at = MONDAY_TEN + timedelta(minutes=turn)
            about = (item, "formosa-life", "welcome-tw", attempt.id, turn, at, language, words, nearest)
            work.voice.save_unanswered(UnansweredQuestion(*about, 0.25))
        work.commit()
    return store


def listed(store: SqlStore, **chosen: object) -> list[tuple[str | None, int, list[str]]]:
    """Nearest answer, how often, and the identifiers, as the view has them."""
    with store.reading() as connection:
        groups = unanswered_groups(connection, **chosen)  # type: ignore[arg-type]
    return [(each.nearest, each.asked, [question.id for question in each.questions]) for each in groups]


def close(store: SqlStore, question: str, by: str = "lin", *, dismissed: bool = False, now: datetime = LATER) -> bool:
    """Close a question; whether this call did."""
    return not close_question(store, question_id=question, dismissed=dismissed, by=by, now=now).closed_before


class TestReading:
    """What the owner of the answers sees."""

    def test_what_is_asked_most_comes_first(self, asked: SqlStore) -> None:
        """By the nearest answer, its newest question first; what was near nothing is a group of its own, at the end."""
        assert listed(asked) == [
            ("auto_debit_set_up", 3, ["q5", "q4", "q2"]),
            ("grace_period", 1, ["q1"]),
            (None, 1, ["q3"]),
        ]

    def test_few_are_read_and_all_are_counted(self, asked: SqlStore) -> None:
        """The limit holds for each answer, so that one which is asked often hides no other."""
        found = [("auto_debit_set_up", 3, ["q5"]), ("grace_period", 1, ["q1"]), (None, 1, ["q3"])]
        assert listed(asked, limit=1) == found

    def test_language_answer_and_standing_narrow_it(self, asked: SqlStore) -> None:
        """Each filter leaves out the others, from the count too."""
        assert listed(asked, language="en-US") == [("auto_debit_set_up", 1, ["q4"])]
        assert listed(asked, nearest="grace_period") == [("grace_period", 1, ["q1"])]
        assert listed(asked, nearest=NO_NEAREST) == [(None, 1, ["q3"])]
        assert listed(asked, status=QuestionStatus.ANSWERED) == []
        with asked.reading() as connection:
            assert question_languages(connection) == {"zh-TW", "en-US"}

    def test_words_come_unsealed_or_not_at_all(self, asked: SqlStore) -> None:
        """The redacted words are read; where they may not be kept there are none, and the rest is told."""
        with asked.reading() as connection:
            often, once, _ = unanswered_groups(connection)
        (newest, *_), (silent,) = often.questions, once.questions
        assert (newest.words, newest.score, newest.campaign_id, newest.turn) == (WORDS, 0.25, "welcome-tw", 4)
        assert (silent.words, silent.at, silent.language, silent.status) == (None, MONDAY_TEN, "zh-TW", "waiting")


class TestClosing:
    """What the owner of the answers does."""

    def test_it_leaves_the_list_and_stands_on_record(self, asked: SqlStore) -> None:
        """Answered or dismissed, with who and when; the others wait on."""
        assert close(asked, "q1")
        assert close(asked, "q3", " chen ", dismissed=True)
        assert listed(asked) == [("auto_debit_set_up", 3, ["q5", "q4", "q2"])]
        done = rows(asked, unanswered_questions.select().where(unanswered_questions.c.status != "waiting"))
        assert {(row.id, row.status, row.done_by, row.done_at) for row in done} == {
            ("q1", "answered", "lin", LATER),
            ("q3", "dismissed", "chen", LATER),
        }
        assert listed(asked, status=QuestionStatus.DISMISSED) == [(None, 1, ["q3"])]

    def test_who_comes_second_learns_who_was_first(self, asked: SqlStore) -> None:
        """A closed question stays as it was closed."""
        assert close(asked, "q1")
        again = close_question(asked, question_id="q1", dismissed=True, by="chen", now=LATER + timedelta(hours=1))
        assert again.closed_before
        assert again.question == ReviewedQuestion("q1", QuestionStatus.ANSWERED, LATER, "lin")

    def test_nobody_closes_what_is_not_there_or_without_a_name(self, asked: SqlStore) -> None:
        """Both are said, and nothing is closed."""
        with pytest.raises(InputProblemError, match="no such question; `outbound faq unanswered list`"):
            close(asked, "none")
        with pytest.raises(InputProblemError, match="--by"):
            close(asked, "q1", " ")
        assert listed(asked)[1] == ("grace_period", 1, ["q1"])

    def test_the_beginning_of_an_identifier_is_enough(self, asked: SqlStore) -> None:
        """If it is one question's only."""
        with asked.reading() as connection:
            asked_for = [read_models.full_id(connection, "unanswered_questions", given) for given in ("q1", "q")]
        assert asked_for == ["q1", "q"]
