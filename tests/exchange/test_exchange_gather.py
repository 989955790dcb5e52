"""Questions: keys, speech, time-outs, interruptions, and what the callee's rules make of what he hears."""

import re

import pytest

from outbound.exchange.people.population import Does, Person, Rule
from tests.exchange.exchange_rig import BASE, Rig, number, person, twiml

ASK = '<Gather input="{input}" numDigits="1" timeout="5" action="/next"><Say>one two three four five</Say></Gather>'
PROMPT_SECONDS = 5 * 60 / 165


def ask(input_: str = "dtmf", after: str = "<Redirect>/silence</Redirect>") -> str:
    """A question of five words, and where to go when there is no answer."""
    return twiml(ASK.format(input=input_), after)


def test_a_key_is_posted_to_the_action() -> None:
    """The action gets the digit, and the log says what was keyed."""
    rig = Rig(person(Rule(Does.PRESSES, "3")))
    rig.pages["/voice"] = ask()
    rig.create()
    rig.run()
    assert rig.forms("/next")[0]["Digits"] == "3"
    assert rig.events("keyed")[0]["digits"] == "3"
    assert rig.forms("/silence") == []


def test_silence_falls_through_after_the_time_out() -> None:
    """The time-out counts from the end of the nested audio; then the next verb is carried out."""
    rig = Rig(person())
    rig.pages["/voice"] = ask()
    rig.create()
    rig.run()
    answered, ended = rig.events("answered", "ended")
    assert rig.forms("/next") == []
    assert len(rig.forms("/silence")) == 1
    assert rig.seconds(ended) - rig.seconds(answered) == pytest.approx(PROMPT_SECONDS + 5, abs=0.01)


def test_an_empty_result_is_posted_if_asked_for() -> None:
    """With actionOnEmptyResult the action is called with empty Digits."""
    rig = Rig(person())
    rig.pages["/voice"] = twiml('<Gather action="/next" actionOnEmptyResult="true"/>', "<Redirect>/silence</Redirect>")
    rig.create()
    rig.run()
    assert rig.forms("/next")[0]["Digits"] == ""
    assert rig.forms("/silence") == []


def test_speech_is_posted_with_its_confidence() -> None:
    """A spoken answer arrives as SpeechResult with a Confidence between 0 and 1."""
    rig = Rig(person(Rule(Does.SAYS, "我是本人")))
    rig.pages["/voice"] = ask("speech")
    rig.create()
    rig.run()
    form = rig.forms("/next")[0]
    assert form["SpeechResult"] == "我是本人"
    assert 0 < float(form["Confidence"]) < 1
    assert "Digits" not in form


@pytest.mark.parametrize(("does", "listens"), [(Does.SAYS, "dtmf"), (Does.PRESSES, "speech")])
def test_what_the_question_does_not_listen_to_is_not_taken(does: Does, listens: str) -> None:
    """Words in a keypad question and keys in a spoken one are logged as not taken, and the question times out."""
    rig = Rig(person(Rule(does, "1")))
    rig.pages["/voice"] = ask(listens)
    rig.create()
    rig.run()
    assert rig.events("heard", "keyed")[0]["taken"] is False
    assert len(rig.forms("/silence")) == 1


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits"),
    [
        ('numDigits="4"', "05281", "0528"),
        ("", "0528#", "0528"),
        ('finishOnKey="*"', "12*3", "12"),
        ("", "05", "05"),
        ('finishOnKey="" numDigits="2"', "#1", "#1"),
    ],
)
def test_how_keys_are_collected(attributes: str, pressed: str, digits: str) -> None:
    """A number of digits, a finishing key (never part of the digits) or the time-out ends the entry."""
    rig = Rig(person(Rule(Does.PRESSES, pressed, times=1)))
    rig.pages["/voice"] = twiml(f'<Gather action="/next" {attributes}><Say>hello</Say></Gather>')
    rig.create()
    rig.run()
    assert rig.forms("/next")[0]["Digits"] == digits


def test_the_first_key_stops_the_audio() -> None:
    """Who presses a key during the prompt does not hear its rest."""
    rig = Rig(person(Rule(Does.PRESSES, "1", after=0.8, interrupts=True)))
    rig.pages["/voice"] = ask()
    rig.create()
    rig.run()
    said = rig.events("said")[0]
    assert said["interrupted"] is True
    assert "one two three four five".startswith(said["text"])
    assert rig.forms("/next")[0]["Digits"] == "1"


def test_without_barge_in_the_prompt_is_heard_out() -> None:
    """With bargeIn off a key counts only after the audio."""
    rig = Rig(person(Rule(Does.PRESSES, "1", after=0.5, interrupts=True)))
    rig.pages["/voice"] = twiml(
        '<Gather bargeIn="false" numDigits="1" action="/next"><Say>one two three</Say></Gather>'
    )
    rig.create()
    rig.run()
    assert "interrupted" not in rig.events("said")[0]
    assert rig.forms("/next")[0]["Digits"] == "1"


def test_a_rule_answers_the_question_that_it_fits() -> None:
    """The first rule whose pattern fits what was heard since the last reply is used, facts filled in."""
    rules = (Rule(Does.PRESSES, "{birth}#", re.compile("birth")), Rule(Does.PRESSES, "1"))
    rig = Rig(number(Person(rules), {"birth": "0528"}))
    rig.pages["/voice"] = twiml('<Gather numDigits="1" action="/birth"><Say>Are you there?</Say></Gather>')
    rig.pages["/birth"] = twiml('<Gather action="/next"><Say>Your birth date, please</Say></Gather>')
    rig.create()
    rig.run()
    assert rig.forms("/birth")[0]["Digits"] == "1"
    assert rig.forms("/next")[0]["Digits"] == "0528"


def test_what_was_heard_before_the_question_counts() -> None:
    """A Say before the Gather is part of what the callee answers to."""
    rig = Rig(person(Rule(Does.PRESSES, "7", re.compile("insurance"))))
    rig.pages["/voice"] = twiml("<Say>It is about insurance.</Say>", ASK.format(input="dtmf"))
    rig.create()
    rig.run()
    assert rig.forms("/next")[0]["Digits"] == "7"


def test_a_rule_is_used_no_more_often_than_it_says() -> None:
    """After `times` uses the next rule that fits takes over."""
    rig = Rig(person(Rule(Does.PRESSES, "9", times=1), Rule(Does.PRESSES, "1")))
    rig.pages |= {"/voice": ask(), "/next": [ask(), twiml("<Hangup/>")]}
    rig.create()
    rig.run()
    assert [form["Digits"] for form in rig.forms("/next")] == ["9", "1"]


def test_an_elderly_callee_needs_every_question_twice() -> None:
    """With needs_repeats 1 he asks back first and answers when the question comes again."""
    rig = Rig(person(Rule(Does.PRESSES, "1"), needs_repeats=1))
    rig.pages |= {"/voice": ask("dtmf speech"), "/next": [ask("dtmf speech")] * 3 + [twiml("<Hangup/>")]}
    rig.create()
    rig.run()
    assert [form.get("Digits", "?") for form in rig.forms("/next")] == ["?", "1", "?", "1"]


def test_a_reply_that_comes_too_late_falls_into_the_next_question() -> None:
    """A key that is pressed after the time-out interrupts whatever is asked then."""
    rig = Rig(person(Rule(Does.PRESSES, "1", after=6.0)))
    rig.pages |= {"/voice": ask(), "/silence": ask()}
    rig.create()
    rig.run()
    keyed, said = rig.events("keyed")[0], rig.events("said")
    assert rig.seconds(keyed) == pytest.approx(4 + PROMPT_SECONDS + 6, abs=0.01)
    assert said[1]["interrupted"] is True


def test_a_callee_who_has_enough_hangs_up_at_the_question() -> None:
    """`hangs_up` ends the call by the callee, after the prompt that he did not like."""
    rig = Rig(person(Rule(Does.HANGS_UP, hears=re.compile("three"))))
    rig.pages["/voice"] = ask()
    rig.create()
    rig.run()
    assert rig.events("ended")[0]["by"] == "callee"


def test_a_callee_leaves_after_some_replies() -> None:
    """With `turns: 2` he is gone when the third question comes."""
    rig = Rig(person(Rule(Does.PRESSES, "1"), hangs_up_after_turns=2))
    rig.pages |= {"/voice": ask(), "/next": ask()}
    rig.create()
    rig.run()
    assert len(rig.forms("/next")) == 2
    assert rig.events("ended")[0]["by"] == "callee"


def test_sentences_are_said_one_a_question() -> None:
    """The number ending in 0000107 says the population's sentences in turn, then nothing more."""
    rig = Rig()
    rig.pages |= {"/voice": ask("speech"), "/next": ask("speech")}
    rig.create(to="+886900000107")
    rig.run()
    assert [event["text"] for event in rig.events("heard")] == ["是的", "我是本人", "謝謝"]


def test_a_machine_replies_to_nothing() -> None:
    """An answering machine hears every question out and neither speaks nor presses."""
    rig = Rig()
    rig.pages["/voice"] = ask()
    rig.create(to="+886900000103")
    rig.run()
    assert rig.events("keyed", "heard") == []
    assert rig.events("answered")[0]["by"] == "machine"


def test_a_relative_action_is_resolved_against_the_document() -> None:
    """`action` may be relative; without one the document's own URL is asked again."""
    rig = Rig(person(Rule(Does.PRESSES, "1", times=1)))
    rig.pages["/calls/7/voice"] = [twiml('<Gather numDigits="1" action="turn?n=2"/>'), twiml("<Hangup/>")]
    rig.pages["/calls/7/turn"] = twiml("<Hangup/>")
    rig.create(Url=f"{BASE}/calls/7/voice")
    rig.run()
    assert rig.sent[-1].url == f"{BASE}/calls/7/turn?n=2"
