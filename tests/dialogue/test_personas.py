"""Invented callees know every question by its words, in every wording: a changed sentence does not leave them mute."""

import re
from typing import Any

import pytest

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.free_look import free_looks_of
from outbound.dialogue.prompts import context_of, sample_text
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session
from outbound.simulation.invented import personas
from outbound.simulation.invented.personas import person

PATTERNS = {
    "recording": personas.RECORDING,
    "right_party": personas.RIGHT_PARTY,
    "household": personas.HOUSEHOLD,
    "birth_date": personas.BIRTH,
    "birth_date_second": personas.BIRTH,
    "policy_digits": personas.POLICY_DIGITS,
    "policy_digits_second": personas.POLICY_DIGITS,
    "service": personas.SERVICE,
    "service_person": personas.SERVICE_PERSON,
    "free_look": personas.FREE_LOOK,
    "self_service": personas.SELF_SERVICE,
    "question": personas.QUESTION,
    "wish": personas.WISH,
    "callback_time": personas.CALLBACK_TIME,
    "callback_confirm": personas.CALLBACK_CONFIRM,
    "satisfaction": personas.SATISFACTION,
    "nine_or_ten": personas.NINE_OR_TEN,
    "zero_or_person": personas.ZERO_OR_PERSON,
    "opt_out": personas.OPT_OUT,
    "self_service_link": personas.SELF_SERVICE,
    "question_words": personas.QUESTION_WORDS,
    "score_reason": personas.REASON,
    "offer_link": personas.OFFERED,
    "offer_form": personas.OFFERED,
    "offer_person": personas.OFFERED,
    "unanswered": personas.OFFERED,
    "asked_unanswered": personas.OFFERED,
    "screening": personas.WAITING,
    "wait": personas.WAITING,
    "how_are_you": personas.WELL,
    "care_person": personas.CARED_FOR,
    "explained": personas.EXPLAINED,
    "explain_person": personas.CARED_FOR,
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
    assert re.search(personas.FREE_LOOK, script.prompts.render("free_look", language, context))
