"""Every question can be told by its words: what callees, and simulated ones, hold on to."""

from typing import Any

import pytest

from outbound.dialogue.engine import advance, begin
from outbound.dialogue.heard import Keyed
from outbound.dialogue.prompts import sample_text
from outbound.dialogue.said import spoken_texts
from outbound.dialogue.script.model import Script

KEYWORDS = [
    ("callback_named", ["都不方便"], ["suits you, press 4"]),
    ("callback_named", ["都不方便"], ["For no call"]),
    ("opt_out", ["以後"], ["no more automated"]),
    ("right_party", ["本人", "是"], ["speaking with"]),
    ("recording", ["記錄"], ["record"]),
    ("screening", ["在線上", "接"], ["I'll hold the line"]),
    ("screening", ["本人要接聽"], ["I am still on the line"]),
    ("screening", ["本人要接聽"], ["take this call"]),
    ("hold", ["在線上等"], ["I'll wait", "erson"]),
    ("wait", ["等您"], ["When you are ready"]),
    ("wait", ["還在線上"], ["still waiting"]),
    ("household", ["打錯"], ["wrong number"]),
    ("listening_along", ["一起聽"], ["listen along"]),
    ("listening_along", ["一起聽"], ["listens too"]),
    ("listening_along", ["旁邊聽"], ["listening too"]),
    ("birth_date", ["出生"], ["birth"]),
    ("policy_digits", ["保單號碼"], ["policy number"]),
    ("id_digits", ["身分證"], ["ID number"]),
    ("callback_confirm", ["回電時間是"], ["We will call on"]),
    ("callback_time", ["回電時間"], ["call time"]),
    ("callback_time", ["回電時間"], ["another time, press 4"]),
    ("zero_or_person", ["零分", "專人"], ["zero, or"]),
    ("zero_or_person", ["零分", "專人"], ["score of zero"]),
    ("satisfaction", ["推薦"], ["recommend"]),
    ("satisfaction", ["零分是"], ["Zero means"]),
    ("nine_or_ten", ["九分"], ["nine"]),
    ("score_reason", ["不想說"], ["rather not"]),
    ("self_service_link", ["自己", "網址"], ["elf", "the link"]),
    ("offer_link", ["網址", "簡訊"], ["the link"]),
    ("offer_form", ["申請書"], ["the form"]),
    ("service", ["滿意"], ["satisfied"]),
    ("offer_person", ["說得更詳細"], ["explain"]),
    ("offer_person", ["跟您說明"], ["go through it"]),
    ("unanswered", ["回答您"], ["answer"]),
    ("service_person", ["專人", "了解"], ["about it"]),
    ("free_look", ["撤銷"], ["cancel"]),
    ("self_service", ["自己辦"], ["yourself"]),
    ("question_words", ["您的問題"], ["our question"]),
    ("question", ["問題"], ["question"]),
    ("wish", ["專人", "打電話給您"], ["one of our people"]),
]
"""Question, words in Mandarin, words in English: the first entry of which all words are heard is the question."""

LANGUAGES = ("zh-TW", "en-US")


def _question_of(step: str) -> str:
    """Return the question that a step puts: two of them may put the same one."""
    return step.removesuffix("_second").removeprefix("asked_")


def _question_told_by(text: str, column: int) -> str | None:
    return next((entry[0] for entry in KEYWORDS if all(word in text for word in entry[1 + column])), None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_told_by_its_keywords(script: Script, language: str) -> None:
    """Each wording of each question contains its keywords, and those of no question before it in the list."""
    for step in script.steps.values():
        for name in step.question.prompts if step.question else ():
            prompt = script.prompts.get(name, language)
            assert prompt is not None
            told = _question_told_by(sample_text(prompt), LANGUAGES.index(language))
            assert told == _question_of(step.name), f"{name} ({language}) reads as {told}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "keys", ["1 1 0522 1 1 2 2 1 2 1 9", "2 1 0101 0522 2 1 1 2 1 4 0", "1 2 1 1 2 1 1", "1 1 0522 2 2 2 1 2 1 4 9"]
)
def test_whole_turns_are_told_too(script: Script, make_facts: Any, language: str, keys: str) -> None:
    """What is said before a question in the same turn does not hide which question it is."""
    sprint = begin(script, make_facts(), language)
    for key in keys.split():
        told = _question_told_by(" ".join(spoken_texts(sprint.said)), LANGUAGES.index(language))
        assert told == _question_of(sprint.session.step)
        sprint = advance(script, sprint.session, Keyed(key))
