"""Rules and what was learned, together: what a callee means at an open question."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from outbound.adapters.files.understanding import load_understanding
from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected, Slot
from outbound.dialogue.understanding.brains import Brains
from outbound.dialogue.understanding.parts import parts_of, taken_back

SHIPPED = Path(__file__).parents[3] / "scripts_tts"
MODELS = SHIPPED.parent / "var" / "understanding"
NOW = datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=8)))
AT_A_QUESTION = Expected(
    "zh-TW",
    urgent=("opt_out", "complaint", "cancel_policy"),
    intents=("yes", "no", "satisfied", "not_satisfied"),
    universal=("person", "who", "later", "goodbye", "question", "repeat", "slower", "louder", "refuse"),
)


@pytest.fixture(scope="module")
def brains() -> Brains:
    """The brains as shipped."""
    return load_understanding(SHIPPED, MODELS)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我要去金管會告你們啦", "complaint"),
        ("麻煩你們把我的號碼拿掉，不要再打來", "opt_out"),
        ("這張保單我想要退掉", "cancel_policy"),
        ("可以請一個真人來跟我講嗎", "person"),
        ("我現在在開會，晚一點再打來", "later"),
        ("服務很親切，我很滿意", "satisfied"),
        ("請問你是哪一家公司", "who"),
    ],
)
def test_what_is_said_in_other_words_is_understood(brains: Brains, text: str, intent: str) -> None:
    """Sentences that stand in no file mean what they mean."""
    assert brains.understand(text, AT_A_QUESTION).intent == intent


@pytest.mark.parametrize("text", ["", "   ", "？！", "哈" * 2000, "\ud800", "zzz qqq", "那個電視轉小聲一點啦"])
def test_nothing_is_made_of_nothing(brains: Brains, text: str) -> None:
    """Noise is not acted on, and nothing raises."""
    found = brains.understand(text, AT_A_QUESTION)
    assert found.intent not in AT_A_QUESTION.urgent
    assert found == NOT_UNDERSTOOD or found.doubtful or found.intent in {"louder", "slower"}


def test_a_denial_is_no_alarm(brains: Brains) -> None:
    """Who says that they do not complain is not even asked whether they do."""
    assert brains.understand("我沒有要投訴", AT_A_QUESTION).intent != "complaint"


@pytest.mark.parametrize("text", ["沒有要取消，只是問問", "我沒有要投訴", "我沒有要退保啦"])
def test_a_denied_wish_answers_no_other_question(brains: Brains, text: str) -> None:
    """Who says that they do not want to cancel has not said that they are dissatisfied, nor no to anything else."""
    found = brains.understand(text, AT_A_QUESTION)
    assert found == NOT_UNDERSTOOD or found.doubtful


def test_what_a_rule_speaks_against_is_asked_back(brains: Brains) -> None:
    """A rule that keeps out "是的，沒有收到" does not make nothing of "沒有錯": whoever said it is asked."""
    found = brains.understand("是的沒有錯", AT_A_QUESTION)
    assert (found.intent, found.doubtful) == ("yes", True)


def test_a_rule_that_catches_some_words_of_a_long_sentence_yields(brains: Brains) -> None:
    """A sentence of which what was learned is sure means that, whatever a rule finds in the middle of it."""
    assert brains.understand("老人家不懂這些啦不用問我", AT_A_QUESTION).intent == "refuse"


@pytest.mark.parametrize(("text", "never"), [("布滿意", "satisfied"), ("補要取消", "cancel_policy")])
def test_a_misheard_negation_is_never_acted_on_as_its_opposite(brains: Brains, text: str, never: str) -> None:
    """Where a negation may have been misheard, its opposite is at most asked back."""
    found = brains.understand(text, AT_A_QUESTION)
    assert found.intent != never or found.doubtful


@pytest.mark.parametrize("text", ["沒有不滿意", "沒什麼不滿意的地方", "不是不滿意", "全部滿意"])
def test_two_negations_are_none(brains: Brains, text: str) -> None:
    """Nothing to be dissatisfied with is satisfied."""
    assert brains.understand(text, AT_A_QUESTION).intent == "satisfied"


def test_several_things_in_one_breath_are_all_heard(brains: Brains) -> None:
    """The urgent one leads, the others follow."""
    found = brains.understand("服務很好，不過以後不要再打電話來了", AT_A_QUESTION)
    assert found.intent == "opt_out"
    assert "satisfied" in found.also


def test_an_answer_and_a_question_are_both_heard(brains: Brains) -> None:
    """A question that comes along with an answer is not lost."""
    found = brains.understand("很滿意，另外請問保費可以在超商繳嗎", AT_A_QUESTION)
    assert {found.intent, *found.also} >= {"satisfied", "question"}


def test_well_no_is_a_no(brains: Brains) -> None:
    """A small yes before a no answers nothing."""
    found = brains.understand("嗯，不是", AT_A_QUESTION)
    assert found.intent == "no"
    assert "yes" not in found.also


def test_a_correction_means_what_follows_it(brains: Brains) -> None:
    """Who takes something back is understood by the rest of the words."""
    found = brains.understand("不對，我是說很滿意", AT_A_QUESTION)
    assert (found.intent, found.corrects) == ("satisfied", True)


def test_what_cannot_be_used_now_is_not_forced_into_what_can(brains: Brains) -> None:
    """A clear meaning that the step has no use for is not taken for another one."""
    only = Expected("zh-TW", (), ("nine", "ten", "yes"), ())
    found = brains.understand("我要申訴你們的業務員態度很差", only)
    assert found.intent is None or found.doubtful


def test_a_named_time_is_a_value(brains: Brains) -> None:
    """A time for a return call is understood where one is asked for, with the instant of now."""
    asked = Expected("zh-TW", (), (), (), Slot.TIME)
    found = brains.understand("下禮拜三下午", asked, NOW)
    assert found.value is not None
    assert brains.understand("第二個", asked, NOW).value == 2
    assert brains.understand("下禮拜三下午", asked).value is None


def test_a_language_without_examples_has_its_rules(brains: Brains) -> None:
    """English understands by rules as long as nobody has written utterances."""
    expected = Expected("en-US", ("opt_out",), ("yes", "no"), ("person",))
    assert brains.understand("don't call me again", expected).intent == "opt_out"
    assert brains.understand("yes", expected).intent == "yes"
    assert brains.understand("hallo", Expected("de-DE", (), ("yes",), ())) == NOT_UNDERSTOOD


def test_an_approved_answer_is_found_by_its_question(brains: Brains) -> None:
    """The question as it is written finds its answer, in both languages, and what is no question finds none."""
    for language, text in (("zh-TW", "請問超商可以繳保險費嗎"), ("en-US", "can i pay at a convenience store")):
        hit = brains.find_answer(text, language)
        assert hit is not None
        assert hit.id == "premium_ways"
        answer = brains.answer(hit.id, language)
        assert answer is not None
        assert answer.prompt.variables <= {"company", "hotline", "self_service"}
    nothing = brains.find_answer("今天晚上吃什麼", "zh-TW")
    assert nothing is None or not nothing.sure
    assert brains.find_answer("？", "zh-TW") is None
    assert brains.answer("no_such_answer", "zh-TW") is None


def test_a_question_is_found_among_other_words(brains: Brains) -> None:
    """What else was said in the same breath does not hide a question."""
    hit = brains.find_answer("嗯我很滿意，謝謝，不過我想問請問超商可以繳保險費嗎", "zh-TW")
    assert hit is not None
    assert hit.id == "premium_ways"


def test_the_version_changes_with_any_word(tmp_path: Path) -> None:
    """Whatever decides meaning is part of the version."""
    versions = {
        load_understanding(_small(tmp_path / name, more)).version
        for name, more in (("a", {}), ("b", {"yes": ["嗯哼"]}))
    }
    assert len(versions) == 2


def _small(root: Path, more: Mapping[str, list[str]]) -> Path:
    folder = root / "understanding" / "zh-TW"
    folder.mkdir(parents=True)
    lines = [f"  {name}: [{', '.join(texts)}]" for name, texts in {"no": ["不要", "不是"], **more}.items()]
    text = "owner: writers\nreviewed_on: 2026-11-23\nintents:\n" + "\n".join(lines)
    (folder / "answers.yaml").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("很滿意不過不要再打來", "zh-TW", ("很滿意", "不要再打來")),
        ("好，謝謝", "zh-TW", ("好", "謝謝")),
        ("yes but who are you", "en-US", ("yes", "who are you")),
        ("不過", "zh-TW", ("不過",)),
        ("，，", "zh-TW", ("，，",)),
    ],
)
def test_an_utterance_divides_at_pauses_and_connectors(text: str, language: str, parts: tuple[str, ...]) -> None:
    """Parts are what stands between; an utterance of nothing else stays whole."""
    assert parts_of(text, language) == parts


@pytest.mark.parametrize(
    ("text", "language", "rest"),
    [
        ("不對，我是說禮拜二", "zh-TW", "禮拜二"),
        ("我說錯了，應該是下午", "zh-TW", "下午"),
        ("應該是吧", "zh-TW", None),
        ("我按錯了", "zh-TW", None),
        ("不是，我是他太太", "zh-TW", None),
        ("no, I meant Tuesday", "en-US", "Tuesday"),
        ("sorry, I mean the second one", "en-US", "the second one"),
        ("actually", "en-US", None),
        ("no", "en-US", None),
    ],
)
def test_what_is_taken_back_is_known_by_how_it_begins(text: str, language: str, rest: str | None) -> None:
    """A correction is followed by what is meant instead; without it there is none."""
    assert taken_back(text, language) == rest


def test_only_what_everybody_says_is_kept_in_mind(brains: Brains) -> None:
    """A number, or a long sentence, is one person's: the process forgets it with the turn."""
    remembered = brains._remembered
    before = remembered.cache_info().currsize
    for said in ("4012888888881881", "四零一二八八八八", "民國六十二年三月", "我想跟你們說一件我很少跟別人說的事情"):
        brains.understand(said, AT_A_QUESTION, NOW)
    assert remembered.cache_info().currsize == before
    brains.understand("好啊我知道了", AT_A_QUESTION, NOW)
    assert remembered.cache_info().currsize == before + 1


_URGENT = ("opt_out", "deceased", "complaint", "cancel_policy", "no_marketing")


def _among_all(language: str) -> Expected:
    return Expected(
        language, _URGENT, ("yes", "no", "satisfied", "not_satisfied"), ("person", "who", "refuse", "question")
    )


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("zh-TW", "不要再打廣告電話給我", "no_marketing"),
        ("zh-TW", "不要再打推銷電話來", "no_marketing"),
        ("zh-TW", "推銷電話不要再打給我", "no_marketing"),
        ("zh-TW", "不要打電話來跟我推銷", "no_marketing"),
        ("zh-TW", "不要再打電話給我", "opt_out"),
        ("zh-TW", "你們不是推銷就是詐騙不要再打來了", "opt_out"),
        ("zh-TW", "不要再打推銷電話把我的號碼刪掉", "opt_out"),
        ("zh-TW", "不要推銷，也不要再打來", "opt_out"),
        ("en-US", "don't call me with offers", "no_marketing"),
        ("en-US", "stop calling me with ads", "no_marketing"),
        ("en-US", "no more sales calls", "no_marketing"),
        ("en-US", "stop calling me", "opt_out"),
        ("en-US", "don't call me again, and no advertising", "opt_out"),
    ],
)
def test_no_advertising_calls_is_not_no_calls_at_all(brains: Brains, language: str, text: str, intent: str) -> None:
    """Who wants no calls that sell is not taken for who wants none; who wants none at all is still heard."""
    found = brains.understand(text, _among_all(language))
    meant = {found.intent, *found.also}
    assert intent in meant
    assert intent == "opt_out" or "opt_out" not in meant


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-TW", "你們煩死了"),
        ("zh-TW", "要死了喔"),
        ("zh-TW", "累死我了"),
        ("en-US", "you bore me to death"),
        ("en-US", "drop dead"),
        ("en-US", "he's dead tired"),
    ],
)
def test_a_curse_is_no_death(brains: Brains, language: str, text: str) -> None:
    """Nobody who is merely annoyed, or tired, is asked whether somebody has died."""
    found = brains.understand(text, _among_all(language))
    assert "deceased" not in {found.intent, *found.also}


@pytest.mark.parametrize(
    ("language", "text", "dead"),
    [
        ("zh-TW", "我先生過世了，我是他太太", True),
        ("zh-TW", "我先生過世了我是他太太", True),
        ("zh-TW", "我先生過世了可以理賠嗎", True),
        ("zh-TW", "他已經死了你們煩死了", True),
        ("zh-TW", "如果我先生過世了可以理賠嗎", False),
        ("en-US", "my husband passed away, I'm his wife", True),
        ("en-US", "my husband passed away can I claim", True),
        ("en-US", "my husband passed away what happens now", True),
        ("en-US", "if my husband passed away could I claim", False),
    ],
)
def test_a_death_is_heard_beside_what_else_is_said(brains: Brains, language: str, text: str, dead: bool) -> None:
    """Who tells of a death and asks something, or says who they are, has told of a death; an "if" tells of none."""
    found = brains.understand(text, _among_all(language))
    assert (found.intent == "deceased" and not found.doubtful) is dead
