"""Invented callees know every question by its words, in every wording: a changed sentence does not leave them mute."""

import re
from typing import Any

import pytest

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.free_look import free_looks_of
from outbound.dialogue.prompts import context_of, sample_text
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session
from outbound.simulation.invented import questions
from outbound.simulation.invented.personas import person

PATTERNS = {
    "recording": questions.RECORDING,
    "right_party": questions.RIGHT_PARTY,
    "household": questions.HOUSEHOLD,
    "birth_date": questions.BIRTH,
    "birth_date_second": questions.BIRTH,
    "policy_digits": questions.POLICY_DIGITS,
    "policy_digits_second": questions.POLICY_DIGITS,
    "service": questions.SERVICE,
    "service_person": questions.SERVICE_PERSON,
    "free_look": questions.FREE_LOOK,
    "self_service": questions.SELF_SERVICE,
    "question": questions.QUESTION,
    "wish": questions.WISH,
    "callback_time": questions.CALLBACK_TIME,
    "callback_confirm": questions.CALLBACK_CONFIRM,
    "satisfaction": questions.SATISFACTION,
    "nine_or_ten": questions.NINE_OR_TEN,
    "zero_or_person": questions.ZERO_OR_PERSON,
    "opt_out": questions.OPT_OUT,
    "self_service_link": questions.SELF_SERVICE,
    "question_words": questions.QUESTION_WORDS,
    "score_reason": questions.REASON,
    "offer_link": questions.OFFERED,
    "offer_form": questions.OFFERED,
    "offer_person": questions.OFFERED,
    "unanswered": questions.OFFERED,
    "asked_unanswered": questions.OFFERED,
    "screening": questions.WAITING,
    "wait": questions.WAITING,
    "how_are_you": questions.WELL,
    "care_person": questions.CARED_FOR,
    "explained": questions.EXPLAINED,
    "explain_person": questions.CARED_FOR,
}


@pytest.mark.parametrize("language", ["zh-TW", "en-US"])
@pytest.mark.parametrize("trait", ["presses_keys", "cooperative"])
@pytest.mark.parametrize("spoken", ["welcome_call", "care_call_65_plus"])
def test_a_callee_answers_the_question_that_was_asked(
    scripts: FileScripts, language: str, trait: str, spoken: str
) -> None:
    """Of all replies of an ordinary person, the first that fits a wording belongs to that very question."""
    script = scripts.load(spoken)
    rules = [rule for rule in person(trait, language).replies if rule.hears is not None]
    for step in script.steps.values():
        if step.question is None or step.name not in PATTERNS:
            continue
        for name in step.question.prompts:
            prompt = script.prompts.get(name, language)
            assert prompt is not None
            text = sample_text(prompt)
            heard = next((rule.hears.pattern for rule in rules if rule.hears and rule.hears.search(text)), None)
            assert heard == PATTERNS[step.name], f"{name} ({language}): {text}"


@pytest.mark.parametrize("language", ["zh-TW", "en-US"])
def test_the_right_to_cancel_is_known_however_many_run(script: Script, make_facts: Any, language: str) -> None:
    """Several policies with several last days are still heard as the question about cancelling."""
    days = ("2026-12-01", "2026-12-02", "2026-12-03")
    held = [{"product_name": "安心終身壽險", "last_digits": None, "free_look_last_day": day} for day in days]
    facts = make_facts(policies=held)
    assert free_looks_of(facts.policies) is not None
    context = context_of(Session("welcome_call", "1", language, facts, step="free_look", verified=True))
    assert re.search(questions.FREE_LOOK, script.prompts.render("free_look", language, context))
