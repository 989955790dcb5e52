"""How the rights to cancel are said: no right shorter or longer than it is, and short enough to keep in mind."""

from collections.abc import Sequence
from datetime import date

import pytest

from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.dialogue.facts import PolicyFacts
from outbound.dialogue.free_look import free_looks_of
from outbound.dialogue.prompts import context_of
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session
from outbound.dialogue.spoken import filters_for
from tests.dialogue.conftest import ROOT, FactsMaker

LENGTHS = load_limits(ROOT / "scripts_tts").lengths

Held = Sequence[tuple[str | None, int | None]]

ONE: Held = [("安心終身壽險", 1)]
TWICE: Held = [("安心終身壽險", 1), ("安心終身壽險", 1)]
TWO_NAMES: Held = [("安心終身壽險", 1), ("守護醫療險", 1)]
TWO_DAYS: Held = [("安心終身壽險", 2), ("守護醫療險", 1)]
THREE_DAYS: Held = [("安心終身壽險", 3), ("守護醫療險", 1), ("平安傷害險", 2)]
LONGER_TWO_DAYS: Held = [("安心終身壽險", 1), ("福樂利率變動型年金保險", 21)]
SAME_NAME_TWO_DAYS: Held = [("甲險", 1), ("甲險", 2)]
LONG_NAMES: Held = [("福爾摩沙利率變動終身壽險", 1), ("福爾摩沙守護住院醫療健康保險", 2)]
LONG_NAMES_ONE_DAY: Held = [(name, 1) for name, _day in LONG_NAMES]
ONE_RAN_OUT: Held = [("安心終身壽險", 1), ("守護醫療險", None)]
THREE_NAMES: Held = [("甲險", 1), ("乙險", 1), ("丙險", 1)]
THREE_OF_FOUR: Held = [*THREE_NAMES, ("丁險", 2)]


def _policies(held: Held) -> tuple[PolicyFacts, ...]:
    return tuple(PolicyFacts(name, None, date(2026, 12, day) if day else None) for name, day in held)


@pytest.mark.parametrize(
    ("held", "chinese", "english"),
    [
        (ONE, "安心終身壽險到十二月一日為止", "your policy through December 1st"),
        (TWICE, "兩張安心終身壽險到十二月一日為止", "your two policies through December 1st"),
        (TWO_NAMES, "安心終身壽險和守護醫療險到十二月一日為止", "your two policies through December 1st"),
        (
            TWO_DAYS,
            "守護醫療險到十二月一日，安心終身壽險到十二月二日",
            "one of your policies through December 1st, one through December 2nd",
        ),
        (
            THREE_DAYS,
            "守護醫療險到十二月一日，另外兩張更晚",
            "one of your policies through December 1st, two others for longer",
        ),
        (
            LONGER_TWO_DAYS,
            "安心終身壽險到十二月一日，另外一張到十二月二十一日",
            "one of your policies through December 1st, one through December 21st",
        ),
        (
            SAME_NAME_TWO_DAYS,
            "一張甲險到十二月一日，一張甲險到十二月二日",
            "one of your policies through December 1st, one through December 2nd",
        ),
        (
            LONG_NAMES,
            "福爾摩沙利率變動終身壽險到十二月一日，另外一張更晚",
            "one of your policies through December 1st, one through December 2nd",
        ),
        (LONG_NAMES_ONE_DAY, "您的兩張保單到十二月一日為止", "your two policies through December 1st"),
        (ONE_RAN_OUT, "安心終身壽險到十二月一日為止", "one of your policies through December 1st"),
        (THREE_NAMES, "您的三張保單到十二月一日為止", "your three policies through December 1st"),
        (
            THREE_OF_FOUR,
            "其中三張保單到十二月一日，丁險到十二月二日",
            "three of your policies through December 1st, one through December 2nd",
        ),
        ([(None, 1)], "您的保單到十二月一日為止", "your policy through December 1st"),
    ],
)
def test_every_right_is_told_as_it_runs(held: Held, chinese: str, english: str) -> None:
    """One day, two days, more days; a product held twice is counted; names that English cannot read are left out."""
    looks = free_looks_of(_policies(held))
    assert filters_for("zh-TW")["until"](looks) == chinese
    assert filters_for("en-US")["until"](looks) == english


@pytest.mark.parametrize(
    ("held", "english"),
    [
        ([("Safe Life", 1)], "Safe Life through December 1st"),
        ([("Safe Life", 1), ("Safe Life", 1)], "two policies of Safe Life through December 1st"),
        ([("Safe Life", 1), ("Santé 2", 1)], "Safe Life and Santé 2 through December 1st"),
        ([("Safe Life", 2), ("Care", 1)], "Care through December 1st, and Safe Life through December 2nd"),
        (
            [("Care", 1), ("Care", 2)],
            "one policy of Care through December 1st, and one policy of Care through December 2nd",
        ),
        ([("Care", 1), ("守護醫療險", 2)], "Care through December 1st, one through December 2nd"),
        ([("Care", 1), ("守護醫療險", 1)], "your two policies through December 1st"),
    ],
)
def test_latin_names_are_read_in_english(held: Held, english: str) -> None:
    """A product whose name an English voice can read is named; one foreign name beside it leaves both out."""
    assert filters_for("en-US")["until"](free_looks_of(_policies(held))) == english


def test_without_a_running_right_there_is_nothing_to_say() -> None:
    """Rights that ran out, or whose delivery is not proved, are no part of the sentence."""
    assert free_looks_of(_policies([("安心終身壽險", None)])) is None
    assert free_looks_of(()) is None


@pytest.mark.parametrize(
    "held",
    [ONE, TWICE, TWO_NAMES, TWO_DAYS, LONGER_TWO_DAYS, THREE_DAYS, LONG_NAMES, LONG_NAMES_ONE_DAY, THREE_OF_FOUR],
)
def test_the_sentences_stay_short(script: Script, make_facts: FactsMaker, held: Held) -> None:
    """However many policies run, a listener can follow: no wording exceeds the limits of a question."""
    facts = make_facts(policies=_policies(held))
    for language in script.languages:
        context = context_of(Session("welcome_call", "1", language, facts, step="free_look", verified=True))
        for name in ("free_look", "free_look_again", "free_look_keys"):
            text = script.prompts.render(name, language, context)
            length = sum("一" <= each <= "鿿" for each in text) if language == "zh-TW" else len(text.split())
            assert length <= (LENGTHS.prompt_characters if language == "zh-TW" else LENGTHS.prompt_words), text
