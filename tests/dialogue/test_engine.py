"""The engine at its edges: what the journeys do not show."""

import json
from datetime import datetime
from typing import Any

import pytest

from outbound.dialogue import effects as fx
from outbound.dialogue.apologies import BROKEN_TURN, SECOND_CALL, in_language
from outbound.dialogue.conditions import holds
from outbound.dialogue.engine import advance, begin, offer_again
from outbound.dialogue.facts import Facts, Label, PolicyFacts, label_of
from outbound.dialogue.heard import HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.prompts import context_of
from outbound.dialogue.said import Ask, HangUp, spoken_texts
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session, Sprint, final_disposition
from outbound.domain.outcome.disposition import Disposition
from tests.values import replace


def _walk(script: Script, facts: Facts, *keys: str) -> Sprint:
    sprint = begin(script, facts)
    for each in keys:
        sprint = advance(script, sprint.session, Keyed(each))
    return sprint


def test_the_greeting_survives_a_lost_first_two_seconds(script: Script, make_facts: Any) -> None:
    """A short word, a pause, then who is calling; keys interrupt only what comes after."""
    said = begin(script, make_facts()).said
    assert [type(each).__name__ for each in said] == ["Say", "Pause", "Say", "Ask"]
    assert spoken_texts(said[:1]) == ("您好。",)


def test_the_other_language_is_offered_before_the_first_question(script: Script, make_facts: Any) -> None:
    """Who does not understand the first sentence hears a way out right after it, and again when asked again."""
    sprint = begin(script, make_facts())
    assert spoken_texts(sprint.said)[2] == "For English, press 8."
    assert sum("English" in text for text in spoken_texts(sprint.said)) == 1
    assert spoken_texts(advance(script, sprint.session, Silence()).said)[-1] == "For English, press 8."
    assert spoken_texts(advance(script, sprint.session, Keyed("*")).said)[-1] == "For English, press 8."


def test_english_offers_the_way_out_right_after_the_name(script: Script, make_facts: Any) -> None:
    """In English the sentence after the identification says how to stop the calls; the robot listens from there on."""
    said = begin(script, make_facts(), "en-US").said
    assert spoken_texts(said)[1].startswith("This is an automated call from Anxin Life")
    asked = said[-1]
    assert isinstance(asked, Ask)
    assert spoken_texts((asked,))[0] == "To stop these calls, say stop, or press 7."
    assert not any("按 7" in text for text in spoken_texts(begin(script, make_facts()).said))


@pytest.mark.parametrize("language", ["zh-TW", "en-US"])
def test_key_7_asks_whether_to_stop_all_calls(script: Script, make_facts: Any, language: str) -> None:
    """One key asks back, nothing is stopped yet; the same key again confirms."""
    asked = advance(script, begin(script, make_facts(), language).session, Keyed("7"))
    assert (asked.session.step, asked.effects) == ("opt_out", ())
    assert fx.OptedOut(fx.ALL_ROBOT_CALLS) in advance(script, asked.session, Keyed("7")).effects


def test_a_seven_is_a_score_and_a_digit(script: Script, make_facts: Any) -> None:
    """Where digits are the answer, key 7 is one of them."""
    asked = _walk(script, make_facts(), "1", "1", "0522", "1", "1", "2", "2", "2", "7")
    assert fx.SatisfactionGiven(7) in asked.effects


def test_the_failed_check_is_explained_without_saying_what_failed(script: Script, make_facts: Any) -> None:
    """After two wrong answers the callee learns that it cannot be checked now, and who calls; the thanks come once."""
    texts = spoken_texts(_walk(script, make_facts(), "1", "1", "0101", "0102").said)
    assert texts[:2] == ("謝謝您。", "不好意思，現在沒辦法在電話上核對資料。")
    assert "".join(texts).count("謝謝您") == 1
    digits = make_facts(verify_by=["policy_digits"])
    assert spoken_texts(_walk(script, digits, "1", "1", "0000", "1111").said) == texts


def test_slower_speech_is_asked_for_by_the_facts(script: Script, make_facts: Any) -> None:
    """For a person of 65 and older every sentence is slow from the first one."""
    said = begin(script, make_facts(slow=True)).said
    assert said[0].slow  # type: ignore[union-attr]


def test_an_unknown_language_falls_back(script: Script, make_facts: Any) -> None:
    """A contact whose language nobody speaks is greeted in one that the script has."""
    assert begin(script, make_facts(language="fr-FR")).session.language == "zh-TW"


def test_a_company_without_english_offers_none(script: Script, make_facts: Any) -> None:
    """Where the facts lack a language, it is neither offered nor switched to."""
    facts = make_facts(company_name={"zh-TW": "安心人壽"})
    sprint = begin(script, facts, "en-US")
    assert sprint.session.language == "zh-TW"
    assert not any("English" in text for text in spoken_texts(sprint.said))
    assert advance(script, sprint.session, Keyed("8")).session.language == "zh-TW"


def test_facts_that_no_language_completes_end_in_an_apology(script: Script, make_facts: Any) -> None:
    """Facts without a company name cannot be spoken: an apology, a person promised, the mistake on record."""
    sprint = begin(script, make_facts(company_name={}))
    assert sprint.session.ended
    assert spoken_texts(sprint.said) == (BROKEN_TURN["zh-TW"],)
    assert fx.PersonRequested("script_error") in sprint.effects
    assert fx.ScriptFailed("greeting", "KeyError") in sprint.effects
    assert sprint.effects[-1] == fx.Disposed(Disposition.PERSON_REQUESTED)


def test_a_mistake_keeps_what_was_already_brought_about(script: Script, make_facts: Any) -> None:
    """An opt-out whose goodbye cannot be spoken is an opt-out all the same."""
    session = _walk(script, make_facts(), "1").session
    asked = advance(script, session, Spoken("不要再打來", 0.9)).session
    mute = replace(asked, facts=make_facts(hotline_spoken={}))
    sprint = advance(script, mute, Keyed("1"))
    assert fx.OptedOut(fx.ALL_ROBOT_CALLS) in sprint.effects
    assert isinstance(sprint.said[-1], HangUp)
    assert sprint.effects[-1] == fx.Disposed(Disposition.OPTED_OUT)


def test_a_script_that_changed_under_the_call_ends_it_kindly(script: Script, make_facts: Any) -> None:
    """A call never goes on in another version than it began with."""
    session = replace(begin(script, make_facts()).session, script_version="another")
    sprint = advance(script, session, Keyed("1"))
    assert fx.ScriptFailed("recording", "ScriptMistakeError") in sprint.effects
    assert sprint.session.ended


def test_an_ended_call_only_hangs_up(script: Script, make_facts: Any) -> None:
    """After the end nothing happens any more; a late hang-up says and brings about nothing."""
    ended = advance(script, begin(script, make_facts()).session, HungUp()).session
    assert advance(script, ended, Keyed("1")) == Sprint(ended, (HangUp(),), ())
    assert advance(script, ended, HungUp()) == Sprint(ended, (), ())


def test_a_machine_after_a_human_is_not_believed(script: Script, make_facts: Any) -> None:
    """Nobody who has pressed a key is taken for an answering machine."""
    session = _walk(script, make_facts(), "1").session
    assert advance(script, session, MachineDetected()) == Sprint(session, (), ())


def test_policy_fields_are_absent_before_verification(script: Script, make_facts: Any) -> None:
    """Even a wrong script cannot speak a policy field: the prompt does not get it."""
    session = _walk(script, make_facts(), "1", "1").session
    assert "free_looks" not in context_of(session)
    assert "free_looks" in context_of(replace(session, verified=True))
    assert "full_name" not in context_of(replace(session, right_party=False))


def test_every_last_day_is_spoken_of(script: Script, make_facts: Any) -> None:
    """Two policies whose last days differ are told each with its own, the earlier one first."""
    policies = [
        {"product_name": "甲險", "last_digits": "1111", "free_look_last_day": "2026-12-09"},
        {"product_name": "乙險", "last_digits": "2222", "free_look_last_day": "2026-12-03"},
    ]
    texts = " ".join(spoken_texts(_walk(script, make_facts(policies=policies), "1", "1", "0522", "1").said))
    assert "乙險到十二月三日，甲險到十二月九日" in texts


def test_without_any_fact_nobody_is_verified(script: Script, make_facts: Any) -> None:
    """Who cannot be recognised is given to a person; nothing about a policy is said."""
    policies = [{"product_name": "甲險", "last_digits": None, "free_look_last_day": None}]
    sprint = _walk(script, make_facts(birth_date=None, policies=policies), "1", "1")
    assert sprint.session.outcome is Disposition.NOT_VERIFIED
    assert fx.PersonRequested("not_verified") in sprint.effects


@pytest.mark.parametrize("digits", ["0522", "0101"])
def test_the_answer_to_verification_is_constant(script: Script, make_facts: Any, digits: str) -> None:
    """Right or wrong, the first words after the digits are the same, and the digits are never kept."""
    sprint = _walk(script, make_facts(), "1", "1", digits)
    assert spoken_texts(sprint.said)[0] == "謝謝您。"
    assert (sprint.heard_step, sprint.heard_as, sprint.keep_words) == ("birth_date", "digits", False)


def test_a_year_is_no_wrong_birthday(script: Script, make_facts: Any) -> None:
    """Four digits that are no month and day are asked again and use up no try."""
    sprint = _walk(script, make_facts(), "1", "1", "1948")
    assert (sprint.session.step, sprint.heard_as, sprint.keep_words) == ("birth_date", "not_understood", False)


def test_what_was_heard_is_named(script: Script, make_facts: Any) -> None:
    """A turn says which step asked, what was meant, and whether the words may be kept."""
    sprint = _walk(script, make_facts(), "1", "1", "0522")
    heard = advance(script, sprint.session, Spoken("還不錯", 0.8))
    assert (heard.heard_step, heard.heard_as, heard.keep_words) == ("service", "yes", True)


def test_doubtful_words_are_asked_back_and_a_complaint_is_not_overheard(script: Script, make_facts: Any) -> None:
    """What the recogniser was not sure of is asked back; who then hangs up on a complaint is given to a person."""
    session = begin(script, make_facts()).session
    assert advance(script, session, Spoken("好", 0.1)).heard_as == "unsure_yes"
    doubted = advance(script, session, Spoken("我要投訴", 0.1))
    assert doubted.heard_as == "unsure_complaint"
    assert advance(script, doubted.session, HungUp()).session.outcome is Disposition.PERSON_REQUESTED
    assert advance(script, doubted.session, Keyed("1")).session.outcome is Disposition.COMPLAINT


def test_empty_input_is_silence(script: Script, make_facts: Any) -> None:
    """A lone # or an empty recognition counts as silence."""
    session = begin(script, make_facts()).session
    assert advance(script, session, Keyed("#")).heard_as == "silence"
    assert advance(script, session, Spoken("  ")).heard_as == "silence"


def test_anything_but_a_success_is_a_failed_transfer(script: Script, make_facts: Any) -> None:
    """A transfer of which nothing certain is heard ends with a promise, not with silence."""
    sprint = _walk(script, make_facts(transfer_available=True), "0")
    missed = advance(script, sprint.session, Silence())
    assert missed.heard_as == "not_connected"
    assert missed.session.outcome is Disposition.PERSON_REQUESTED
    assert not any(isinstance(each, fx.PersonReached) for each in missed.effects)


def test_a_transfer_end_at_a_question_is_silence(script: Script, make_facts: Any) -> None:
    """An event that does not belong here does no harm."""
    assert advance(script, begin(script, make_facts()).session, TransferEnded(ok=True)).heard_as == "silence"


def test_questions_listen_as_the_answer_needs(script: Script, make_facts: Any) -> None:
    """A date waits for four keys, a score for one, an open question for longer speech."""
    facts = make_facts()
    birth = _walk(script, facts, "1", "1").said[-1]
    words = _walk(script, facts, "1", "1", "0522", "1", "1", "2", "1").said[-1]
    assert isinstance(birth, Ask)
    assert isinstance(words, Ask)
    assert (birth.num_digits, birth.timeout) == (4, 10)
    assert (words.num_digits, words.timeout, words.speech_timeout) == (1, 10, 3)
    assert "找專人" in birth.hints


def test_the_disposition_of_every_moment(script: Script, make_facts: Any) -> None:
    """If the call ended now: no response, abandoned, partly welcomed."""
    facts = make_facts()
    assert final_disposition(begin(script, facts).session) is Disposition.NO_RESPONSE
    assert final_disposition(_walk(script, facts, "1").session) is Disposition.ABANDONED
    assert final_disposition(_walk(script, facts, "1", "1", "0522").session) is Disposition.PARTLY_WELCOMED


def test_a_session_is_plain_json(script: Script, make_facts: Any) -> None:
    """A stored session reads back equal; what is none is refused without its content."""
    session = _walk(script, make_facts(), "1", "1", "0522", "2").session
    stored = json.loads(json.dumps(session.to_data()))
    assert stored == session.to_data()
    assert Session.from_data(stored) == session
    assert stored["answers"] == {"service": "not_satisfied"}
    with pytest.raises(ValueError, match="not a stored conversation"):
        Session.from_data({"step": "王小明"})


def test_facts_are_labelled() -> None:
    """Every field says who may hear it."""
    assert label_of(Facts, "company_name") is Label.PUBLIC
    assert label_of(Facts, "full_name") is Label.PERSONAL
    assert label_of(Facts, "birth_date") is Label.UNSPOKEN
    assert label_of(PolicyFacts, "product_name") is Label.POLICY


def test_facts_refuse_what_cannot_be_offered(make_facts: Any) -> None:
    """Four windows are too many to remember, and an instant without a zone is no instant."""
    window = ["2026-11-23T14:00:00+08:00", "2026-11-23T16:00:00+08:00"]
    with pytest.raises(ValueError, match="earliest"):
        make_facts(callback_choices=[window] * 4)
    with pytest.raises(ValueError, match="zone"):
        make_facts(callback_choices=[["2026-11-23T14:00:00", "2026-11-23T16:00:00"]])


def test_a_guard_can_be_negated(script: Script, make_facts: Any) -> None:
    """`not NAME` holds exactly when NAME does not."""
    session = begin(script, make_facts()).session
    assert holds("free_look_runs", session)
    assert not holds("not free_look_runs", session)
    assert holds("not verified", session)


def test_the_last_sentences_exist_in_every_language(script: Script) -> None:
    """Apology and second-call goodbye can be spoken in all languages of the script, and in a default one."""
    for language in script.languages:
        assert language in BROKEN_TURN
        assert language in SECOND_CALL
    assert in_language(SECOND_CALL, "fr-FR") == (SECOND_CALL["zh-TW"], "zh-TW")


def test_a_callback_keeps_its_instants(script: Script, make_facts: Any) -> None:
    """The wish bears the very window that was offered."""
    sprint = begin(script, make_facts())
    for heard in (Keyed("1"), Spoken("晚點再打", 0.9), Keyed("2"), Keyed("1")):
        sprint = advance(script, sprint.session, heard)
    start = datetime.fromisoformat("2026-11-24T10:00:00+08:00")
    end = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
    assert fx.CallbackWished(start, end, "later") in sprint.effects


def test_a_call_without_end_is_given_to_a_person(script: Script, make_facts: Any) -> None:
    """Who asks who is calling for ever is given to a person after the call's turns."""
    sprint = begin(script, make_facts())
    for _ in range(script.limits.turns + 1):
        assert not sprint.session.ended
        sprint = advance(script, sprint.session, Spoken("你是誰", 0.9))
    assert sprint.heard_as == "too_long"
    assert sprint.effects[-1] == fx.Disposed(Disposition.PERSON_REQUESTED)


def test_repeats_are_bounded(script: Script, make_facts: Any) -> None:
    """After five repeats of one question it is put in other words instead."""
    sprint = begin(script, make_facts())
    for _ in range(script.limits.repeats):
        sprint = advance(script, sprint.session, Keyed("*"))
        assert "記錄這通電話的內容" in " ".join(spoken_texts(sprint.said))
    again = advance(script, sprint.session, Keyed("*"))
    assert "您同意記錄嗎" in " ".join(spoken_texts(again.said))
    assert again.session.failures == 1


def test_nobody_goes_back_to_times_that_are_gone(script: Script, make_facts: Any) -> None:
    """When the last time was given away meanwhile, the key for the question before leads past the list of times."""
    confirming = _walk(script, make_facts(), "1")
    for words in ("我現在沒空，晚點再打", "第一個"):
        confirming = advance(script, confirming.session, Spoken(words, 0.9))
    assert confirming.session.step == "callback_confirm"
    gone = offer_again(script, replace(confirming.session, reason="wish", verified=True, outcome=None), ())
    assert not gone.session.ended
    back = advance(script, gone.session, Keyed("*"))
    assert back.session.step not in {"callback_time", "callback_confirm"}
    assert fx.ScriptFailed not in {type(each) for each in back.effects}
