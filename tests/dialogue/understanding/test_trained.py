"""The trained model: what it learns, how sure it is, and what it costs in a call."""

import time
from random import Random

import pytest

from outbound.dialogue.understanding.evaluate import evaluate_answers, evaluate_intents
from outbound.dialogue.understanding.trained.linear import LinearModel
from outbound.dialogue.understanding.trained.training import train, train_answers
from outbound.dialogue.understanding.trained.words import pieces, plain, word_grams

Split = tuple[list[tuple[str, str]], list[tuple[str, str]]]

_THINGS = {
    "card_lost": ("my card", "the bank card", "this card", "my credit card"),
    "change_address": ("my address", "the street i live in", "where i live", "my home address"),
    "opening_hours": ("the branch", "your office", "the counter", "the shop downtown"),
}
_WAYS = {
    "card_lost": ("i lost {}", "{} is gone", "somebody took {}", "i cannot find {}", "{} was stolen yesterday"),
    "change_address": (
        "i moved please change {}",
        "{} is new",
        "update {}",
        "{} is wrong in your file",
        "i want {} changed",
    ),
    "opening_hours": (
        "when does {} open",
        "is {} open on sunday",
        "until when is {} open",
        "{} opening times",
        "how late is {} open",
    ),
}
_ELSEWHERE = (
    "turn the television down", "what is for dinner", "the dog is barking again", "tell me a joke", "it rains a lot",
    "who won the game", "come here darling", "play some music", "is the soup ready", "my back hurts today",
    "put it on the table", "did you feed the cat", "the bus is late", "nice weather", "grandma says hello",
)  # fmt: skip


def _rows() -> list[tuple[str, str]]:
    return [(way.format(thing), label) for label, ways in _WAYS.items() for way in ways for thing in _THINGS[label]]


@pytest.fixture(scope="module")
def split() -> Split:
    """Rows to learn from, and others to be asked; some of both mean nothing."""
    rows = [*_rows(), *((text, "oos") for text in _ELSEWHERE)]
    Random(7).shuffle(rows)  # noqa: S311  the same rows every time
    return rows[:50], rows[50:]


@pytest.fixture(scope="module")
def model(split: Split) -> LinearModel:
    """A model of the rows to learn from."""
    return train([text for text, _ in split[0]], [label for _, label in split[0]], "oos")


def test_other_wordings_of_what_was_learned_are_told_apart(model: LinearModel, split: Split) -> None:
    """Sentences that were not learned mean what sentences like them mean."""
    right = [model.predict(text) == label for text, label in split[1] if label != "oos"]
    assert sum(right) / len(right) >= 0.9


def test_training_gives_the_same_model_again(model: LinearModel, split: Split) -> None:
    """The same rows give the same probabilities: a version means one behaviour."""
    again = train([text for text, _ in split[0]], [label for _, label in split[0]], "oos")
    assert (again.probabilities("where is my card") == model.probabilities("where is my card")).all()


def test_a_model_survives_storage_as_plain_arrays(model: LinearModel) -> None:
    """What is read back from arrays decides as what was stored."""
    again = LinearModel.from_arrays(model.to_arrays())
    for text in ("i lost it", "我的卡不見了", "", "?!", "is it open on sunday"):
        assert (again.probabilities(text) == model.probabilities(text)).all()
    assert again.settings == model.settings


def test_arrays_that_do_not_belong_together_are_no_model(model: LinearModel) -> None:
    """A file with parts of two models is refused instead of deciding nonsense."""
    with pytest.raises(ValueError, match="do not belong together"):
        LinearModel.from_arrays({**model.to_arrays(), "bias": model.to_arrays()["bias"][:1]})


def test_words_that_were_never_heard_are_no_certainty(model: LinearModel) -> None:
    """Gibberish and silence get no confident meaning, and nothing raises."""
    for text in ("xyzzy qwrt", "", "。。。", "\ud800", "ก" * 1000):
        found = model.probabilities(text)
        assert model.predict(text) == "oos" or float(found.max()) < 0.9
        assert float(found.sum()) == pytest.approx(1, abs=1e-5)


def test_without_rows_that_mean_nothing_what_is_unsure_is_out_of_scope() -> None:
    """A label for "none of these" that has no rows is given to what is less sure than what was held back."""
    rows = _rows()
    found = train([text for text, _ in rows], [label for _, label in rows], "oos")
    assert found.predict("ceci n'est pas une pipe zzz") == "oos"
    assert found.predict("i lost my credit card") == "card_lost"


@pytest.mark.parametrize("rows", [[("a", "x"), ("b", "x")], [("!", "x"), ("?", "y")]])
def test_rows_that_teach_nothing_are_refused(rows: list[tuple[str, str]]) -> None:
    """One label only, or rows without a word, are an error that says so."""
    with pytest.raises(ValueError, match=r"two different labels|no word"):
        train([text for text, _ in rows], [label for _, label in rows])


def test_evaluation_gives_shares_and_a_time(split: Split) -> None:
    """Figures are shares from 0 to 1, none where it does not apply, and milliseconds one by one."""
    figures = evaluate_intents(*split, "oos", time.perf_counter, lambda _: None)
    shares = (figures.accuracy, figures.in_scope_accuracy, figures.macro_f1, figures.out_of_scope_recall)
    assert all(share is not None and 0 <= share <= 1 for share in shares)
    assert 0 < figures.ms_per_utterance < 10
    assert evaluate_intents(_rows(), _rows()[:9], None, time.perf_counter, lambda _: None).out_of_scope_recall is None


def test_questions_find_their_answers_by_other_words() -> None:
    """Questions rank the answer to which they belong first; one without an answer counts as not found."""
    answers = [(label, text) for text, label in _rows()]
    asked = [("my card was stolen", "card_lost"), ("is the office open", "opening_hours"), ("can i fly", "flying")]
    figures = evaluate_answers(answers, asked, time.perf_counter, lambda _: None)
    assert figures.top_1 == pytest.approx(2 / 3)
    assert figures.mrr == pytest.approx(2 / 3)


def test_one_row_an_answer_is_enough() -> None:
    """An answer that stands alone, without questions, is found by its words, in any language."""
    found = train_answers(
        ["保單寄送需要七個工作天", "理賠請附上診斷書", "可以在超商繳保費"], ["delivery", "claims", "payment"]
    )
    assert found.labels[int(found.probabilities("我想問理賠要附什麼").argmax())] == "claims"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("I can't", "i can not"),
        ("CARDS", "cards"),
        ("ＡＢＣ", "abc"),
        ("妳好", "你好"),
        ("I don’t", "i do not"),
        ("won't", "will not"),
    ],
)
def test_spelling_of_the_same_is_one(text: str, same: str) -> None:
    """Case, width, contractions and characters that sound alike make no difference."""
    assert plain(text) == plain(same)


def test_plural_and_past_are_one_word_with_the_rest() -> None:
    """Stems join forms of a word; pieces join what is spelt nearly alike."""
    assert word_grams("cards")[0] == word_grams("card")[0]
    assert word_grams("stopped")[0] == word_grams("stopping")[0]
    assert {"ca", "car"} <= set(pieces("card"))
    assert "申 訴" in word_grams("我要申訴")
