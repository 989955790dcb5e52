"""Every question can be told by its words: what callees, and simulated ones, hold on to."""

from typing import Any

import pytest

from outbound.dialogue.engine import advance, begin
from outbound.dialogue.heard import Keyed
from outbound.dialogue.prompts import sample_text
from outbound.dialogue.said import spoken_texts
from outbound.dialogue.script.model import Script

KEYWORDS = [
    ("opt_out", ["以後"], ["no more automated"]),
    ("right_party", ["本人"], ["speaking with"]),
    ("recording", ["記錄"], ["record"]),
    ("hold", ["在線上等"], ["I'll wait"]),
    ("household", ["打錯"], ["wrong number"]),
    ("birth_date", ["出生"], ["birth"]),
    ("policy_digits", ["保單號碼"], ["policy number"]),
    ("callback_confirm", ["回電時間是"], ["We will call on"]),
    ("callback_time", ["回電時間"], ["call time"]),
    ("zero_or_person", ["零分", "專人"], ["zero, or"]),
    ("satisfaction", ["分數"], ["score"]),
    ("nine_or_ten", ["九分"], ["nine"]),
    ("service_person", ["專人", "了解"], ["about it"]),
    ("free_look", ["撤銷"], ["cancel"]),
    ("self_service", ["自己辦"], ["yourself"]),
    ("question_words", ["您的問題"], ["your question"]),
    ("question", ["問題"], ["question"]),
    ("service", ["滿意"], ["satisfied"]),
    ("wish", ["專人", "打電話給您"], ["one of our people"]),
]
"""Question, words in Mandarin, words in English: the first entry of which all words are heard is the question."""

LANGUAGES = ("zh-TW", "en-US")


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
            assert told == step.name.removesuffix("_second"), f"{name} ({language}) reads as {told}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "keys", ["1 1 0522 1 1 2 2 1 2 1 9", "2 1 0101 0522 2 1 1 2 1 4 0", "1 2 1 1 2 1 1", "1 1 0522 2 2 2 1 2 1 4 9"]
)
def test_whole_turns_are_told_too(script: Script, make_facts: Any, language: str, keys: str) -> None:
    """What is said before a question in the same turn does not hide which question it is."""
    sprint = begin(script, make_facts(), language)
    for key in keys.split():
        told = _question_told_by(" ".join(spoken_texts(sprint.said)), LANGUAGES.index(language))
        assert told == sprint.session.step.removesuffix("_second")
        sprint = advance(script, sprint.session, Keyed(key))
