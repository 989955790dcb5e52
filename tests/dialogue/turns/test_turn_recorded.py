"""A language without a voice is played from recordings and answered by keys."""

from msgspec.structs import replace

from outbound.dialogue.engine import begin
from outbound.dialogue.prompts import Prompt, Prompts, Recording
from outbound.dialogue.said import Ask, Play, Say, spoken_texts
from outbound.dialogue.script.model import Script, Step
from tests.dialogue.turns.small import FACTS, NOW, SCRIPT, ZH, go_on, play, prompt, said

HOKKIEN = "nan-TW"


def _recorded() -> Script:
    names = [each for step in SCRIPT.steps.values() if step.question for each in step.question.prompts]
    plain = ["greeting", "checked", "welcome", "silence", "did_not_catch", *names]
    pieces: dict[str, Prompt] = {}
    for name in plain:
        whole = prompt(f"台語 {name}")
        pieces[name] = Prompt(whole.template, whole.variables, whole.fixed, (Recording(f"{name}.wav", name),))
    right_party = prompt("請問是{{ full_name }}嗎")
    name = prompt("{{ full_name }}")
    pieces["right_party"] = Prompt(
        right_party.template, right_party.variables, None, (Recording("are_you.wav", "請問是"), name)
    )
    voiced = {each: SCRIPT.prompts.get(each, ZH) for each in (*plain, "right_party", "unsure", "means_satisfied")}
    prompts = Prompts(
        {ZH: {each: found for each, found in voiced.items() if found is not None}, HOKKIEN: pieces}, {HOKKIEN: ZH}
    )
    steps = {each: _in_hokkien(step) for each, step in SCRIPT.steps.items()}
    return replace(SCRIPT, languages=(ZH, HOKKIEN), prompts=prompts, recorded=frozenset({HOKKIEN}), steps=steps)


def _in_hokkien(step: Step) -> Step:
    if step.question is None:
        return step
    expects = step.question.expects
    spoken = {**expects, HOKKIEN: replace(expects[ZH], language=HOKKIEN)}
    return replace(step, question=replace(step.question, expects=spoken))


def test_recordings_are_played_and_facts_spoken_in_between() -> None:
    """The company's facts need no words in the recorded language; a voice of another language says the name."""
    script = _recorded()
    first = begin(script, FACTS, HOKKIEN, now=NOW)
    assert isinstance(first.said[0], Play)
    asked = go_on(first, "1", script=script).said[-1]
    assert isinstance(asked, Ask)
    assert asked.prompt == (Play("are_you.wav", "請問是", HOKKIEN), Say("王小明", ZH))
    assert not asked.speech


def test_where_only_keys_are_heard_nothing_is_in_doubt() -> None:
    """A doubt is dropped when the callee changes into a recorded language: the question is asked instead."""
    script = _recorded()
    doubted = play("1", "1", "0522", "好像可以吧", script=script)
    assert doubted.session.doubt is not None
    changed = go_on(doubted, "8", script=script)
    assert changed.session.doubt is None
    assert (said(changed), spoken_texts(changed.said)) == ("service", ("service",))
