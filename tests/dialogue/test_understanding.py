"""What people say, and what it means at which question."""

import pytest

from outbound.dialogue.script.model import Script
from outbound.dialogue.understanding import identity, numbers
from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected
from outbound.dialogue.understanding.phrases import normalise

MANDARIN = [
    ("recording", "是", "yes"),
    ("recording", "不是", "no"),
    ("recording", "好啊。", "yes"),
    ("recording", "可以呀", "yes"),
    ("recording", "不可以", "no"),
    ("recording", "沒問題", "no_problem"),
    ("recording", "不用了", "refuse"),
    ("recording", "嗯，好", "yes"),
    ("recording", "對對對", "yes"),
    ("recording", "不好意思，可以", "yes"),
    ("recording", "喂？", "hello"),
    ("recording", "你哪裡找", "who"),
    ("recording", "你是詐騙吧", "who"),
    ("recording", "可以不要錄嗎", "no"),
    ("recording", "我不同意錄音", "no"),
    ("recording", "同意", "yes"),
    ("right_party", "我就是", "this_is_me"),
    ("right_party", "不是，我是他兒子", "household"),
    ("right_party", "我是他太太", "household"),
    ("right_party", "對我是她先生", "household"),
    ("right_party", "好你等一下", "hold_on"),
    ("right_party", "打錯了", "wrong_number"),
    ("right_party", "沒有這個人", "wrong_number"),
    ("right_party", "不是我", "not_me"),
    ("right_party", "他出門了", "household"),
    ("right_party", "沒錯，我就是", "this_is_me"),
    ("right_party", "是的，請說", "yes"),
    ("right_party", "我不是本人", "not_me"),
    ("service", "不滿意", "not_satisfied"),
    ("service", "還不錯", "satisfied"),
    ("service", "不太滿意", "not_satisfied"),
    ("service", "不是很好", "not_satisfied"),
    ("service", "很好", "satisfied"),
    ("service", "不要再打來", "opt_out"),
    ("service", "以後別打電話給我", "opt_out"),
    ("service", "你們不要一直打電話來", "opt_out"),
    ("service", "我要投訴", "complaint"),
    ("service", "我沒有要投訴", None),
    ("service", "我要打給金管會", "complaint"),
    ("service", "我想取消", "cancel_policy"),
    ("service", "這張保單我不要了", "cancel_policy"),
    ("service", "沒有要取消啦", None),
    ("service", "我要解約", "cancel_policy"),
    ("service", "我要找真人", "person"),
    ("service", "不用專人", "no"),
    ("service", "幫我轉接客服", "person"),
    ("service", "說慢一點", "slower"),
    ("service", "我聽不到", "louder"),
    ("service", "蛤？", "repeat"),
    ("service", "我現在在忙", "later"),
    ("service", "改天再說", "later"),
    ("service", "再見", "goodbye"),
    ("service", "沒興趣", "refuse"),
    ("free_look", "清楚", "clear"),
    ("free_look", "不清楚", "not_clear"),
    ("free_look", "再聽一次", "not_clear"),
    ("question", "沒有", "no"),
    ("question", "沒有問題", "no_problem"),
    ("recording", "沒有問題", "no_problem"),
    ("question", "沒有什麼問題", "no_problem"),
    ("question", "保單什麼時候寄到", "question"),
    ("question", "有", "yes"),
    ("question", "不用了", "refuse"),
    ("callback_time", "都不行", "none_of_them"),
    ("callback_time", "取消回電", None),
    ("satisfaction", "蛤？請再說一次", "repeat"),
    ("satisfaction", "等一下", "hold_on"),
    ("birth_date", "我按錯了", "mistyped"),
    ("opt_out", "對", "yes"),
    ("opt_out", "不是", "no"),
]

ENGLISH = [
    ("recording", "Yes.", "yes"),
    ("recording", "sure, go ahead", "yes"),
    ("recording", "No", "no"),
    ("recording", "I'd rather not", "no"),
    ("recording", "No problem", "no_problem"),
    ("recording", "no thanks", "refuse"),
    ("recording", "who is this?", "who"),
    ("recording", "Hello?", "hello"),
    ("recording", "don't record this", "no"),
    ("right_party", "Speaking.", "this_is_me"),
    ("right_party", "yes, I'm his wife", "household"),
    ("right_party", "He's not here", "household"),
    ("right_party", "hold on", "hold_on"),
    ("right_party", "wrong number", "wrong_number"),
    ("right_party", "that's not me", "not_me"),
    ("service", "not happy", "not_satisfied"),
    ("service", "very good", "satisfied"),
    ("service", "Don't call me again", "opt_out"),
    ("service", "I want to complain", "complaint"),
    ("service", "I have no complaints", "satisfied"),
    ("service", "cancel my policy", "cancel_policy"),
    ("service", "I don't want to cancel", None),
    ("service", "operator", "person"),
    ("service", "call me later", "later"),
    ("service", "slow down please", "slower"),
    ("service", "goodbye", "goodbye"),
    ("service", "what?", "repeat"),
    ("free_look", "got it", "clear"),
    ("free_look", "that's not clear", "not_clear"),
    ("question", "What does it cover exactly?", "question"),
    ("question", "nothing", "no"),
]


def _expected(script: Script, step: str, language: str) -> Expected:
    question = script.steps[step].question
    assert question is not None
    return question.expects[language]


@pytest.mark.parametrize(("step", "text", "intent"), MANDARIN)
def test_mandarin(script: Script, step: str, text: str, intent: str | None) -> None:
    """A Mandarin sentence has this meaning at this question, negations included."""
    understood = script.understanding.understand(text, _expected(script, step, "zh-TW"))
    assert (None if understood.doubtful else understood.intent) == intent


@pytest.mark.parametrize(("step", "text", "intent"), ENGLISH)
def test_english(script: Script, step: str, text: str, intent: str | None) -> None:
    """An English sentence has this meaning at this question, negations included."""
    understood = script.understanding.understand(text, _expected(script, step, "en-US"))
    assert (None if understood.doubtful else understood.intent) == intent


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("五月二十二日", "zh-TW", "0522"),
        ("民國四十八年十二月三號", "zh-TW", "1203"),
        ("5月22號", "zh-TW", "0522"),
        ("零五二二", "zh-TW", "0522"),
        ("洞五兩兩", "zh-TW", "0522"),
        ("0522", "zh-TW", "0522"),
        ("十月十日", "zh-TW", "1010"),
        ("十三月一日", "zh-TW", None),
        ("一九四八零五二二", "zh-TW", "0522"),
        ("0370522", "zh-TW", "0522"),
        ("一九四八", "zh-TW", None),
        ("五月", "zh-TW", None),
        ("不知道", "zh-TW", None),
        ("9999", "zh-TW", None),
        ("May 22nd", "en-US", "0522"),
        ("the twenty second of may", "en-US", "0522"),
        ("October tenth", "en-US", "1010"),
        ("zero five two two", "en-US", "0522"),
        ("May", "en-US", None),
        ("december thirty first", "en-US", "1231"),
    ],
)
def test_month_and_day(text: str, language: str, day: str | None) -> None:
    """A birthday is understood as a date or digit by digit, and nothing else is taken for one."""
    assert identity.birth_date(text, language) == day


@pytest.mark.parametrize(
    ("text", "language", "score"),
    [
        ("八分", "zh-TW", 8),
        ("十分", "zh-TW", 10),
        ("我給九分", "zh-TW", 9),
        ("滿分", "zh-TW", 10),
        ("零分", "zh-TW", 0),
        ("七八分", "zh-TW", None),
        ("十分滿意", "zh-TW", None),
        ("二十分", "zh-TW", None),
        ("不知道", "zh-TW", None),
        ("蛤再說一次", "zh-TW", None),
        ("等一下", "zh-TW", None),
        ("慢一點", "zh-TW", None),
        ("一分", "zh-TW", 1),
        ("one moment please", "en-US", None),
        ("one", "en-US", 1),
        ("ten", "en-US", 10),
        ("I'd say eight", "en-US", 8),
        ("seven or eight", "en-US", None),
        ("8", "en-US", 8),
    ],
)
def test_score(text: str, language: str, score: int | None) -> None:
    """A score is taken only where exactly one number from 0 to 10 was said."""
    assert numbers.score(normalise(text, language), language) == score


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("第二個", "zh-TW", 2),
        ("一", "zh-TW", 1),
        ("選三", "zh-TW", 3),
        ("星期一", "zh-TW", None),
        ("the second one", "en-US", 2),
        ("number three please", "en-US", 3),
        ("the first one", "en-US", 1),
    ],
)
def test_choice(text: str, language: str, number: int | None) -> None:
    """A choice is named by its number; a weekday is not taken for one."""
    assert numbers.choice(normalise(text, language), language) == number


def test_hints_are_offered_for_what_may_be_said(script: Script) -> None:
    """The recogniser is told the words of the open question."""
    assert "不要" in script.understanding.hints("zh-TW", ("yes", "no"))


def test_a_very_long_utterance_is_cut(script: Script) -> None:
    """A monologue costs no more than its first words."""
    expected = _expected(script, "service", "zh-TW")
    assert script.understanding.understand("天氣" * 100_000, expected) == NOT_UNDERSTOOD
