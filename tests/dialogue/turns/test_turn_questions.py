"""What the callee asks is answered on the way, kept for later, or left to a person."""

from datetime import date

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.conditions import holds
from outbound.dialogue.heard import HungUp
from outbound.dialogue.said import Ask
from outbound.dialogue.script.model import Branch, Step
from tests.dialogue.turns.small import FACTS, SCRIPT, TO_SERVICE, go_on, make_script, of_kind, play, said


def test_an_approved_answer_is_given_and_the_question_asked_again() -> None:
    """What is sure enough is answered at once; then the open question follows."""
    sprint = play(*TO_SERVICE, "怎麼繳保費")
    assert said(sprint) == "可以到網站繳費。 | service"
    assert sprint.effects == (fx.QuestionAnswered("pay", 0.9),)
    assert isinstance(sprint.said[-1], Ask)
    assert (sprint.session.step, sprint.session.failures_in_call) == ("service", 0)


def test_a_question_without_an_approved_answer_goes_to_review() -> None:
    """Nothing near enough: the words are kept for review, and the callee is told."""
    sprint = play(*TO_SERVICE, "股票會漲嗎")
    assert said(sprint) == "unanswered | service"
    assert sprint.effects == (fx.QuestionUnanswered("股票會漲嗎", "pay", 0.2),)


def test_before_verification_every_question_waits() -> None:
    """In the middle of verification nothing is answered: it says so, and asks for the fact again."""
    sprint = play("1", "1", "怎麼繳保費")
    assert said(sprint) == "deferred | birth_date"
    assert (sprint.effects, sprint.session.step) == ((), "birth_date")
    assert [each.faq_id for each in sprint.session.asked] == ["pay"]


def test_what_waits_is_answered_after_verification() -> None:
    """The answer comes when the callee is known, before the first question."""
    sprint = play("1", "1", "我的保單保什麼", "0522")
    assert said(sprint) == "checked | welcome | 保單內容請看保單條款。 | service"
    assert sprint.effects == (fx.Verified(), fx.QuestionAnswered("cover", 0.9))
    assert sprint.session.asked == ()


def test_a_question_along_with_the_fact_waits_too() -> None:
    """The fact is taken first; what was asked in the same breath is answered only if it was right, and never kept."""
    sprint = play("1", "1", "五月二十二日，我的保單保什麼")
    assert sprint.effects == (fx.Verified(), fx.QuestionAnswered("cover", 0.9))
    assert (sprint.heard_as, sprint.keep_words) == ("digits", False)
    assert said(sprint) == "checked | 保單內容請看保單條款。 | welcome | service"
    other = replace(FACTS, birth_date=date(1950, 1, 1))
    wrong = play("1", "1", "五月二十二日，我的保單保什麼", facts=other)
    assert said(wrong) == "checked | deferred | birth_date_second"
    assert [each.words for each in wrong.session.asked] == [None]


def test_who_calls_is_told_in_the_middle_of_verification() -> None:
    """Who is calling is the one thing that does not wait."""
    assert said(play("1", "1", "你是誰")) == "who_calls | birth_date"


def test_what_concerns_their_own_policy_waits_until_they_are_verified() -> None:
    """At a question that defers nothing, an answer about policies waits all the same."""
    sprint = play("1", "我的保單保什麼")
    assert said(sprint) == "deferred | 找王小明"
    assert [each.faq_id for each in sprint.session.asked] == ["cover"]
    assert said(play("1", "怎麼繳保費")) == "可以到網站繳費。 | 找王小明"


def test_what_waited_in_vain_goes_to_review() -> None:
    """Whoever hangs up, or is not verified, leaves their questions to a person."""
    waiting = play("1", "1", "怎麼繳保費")
    unanswered = fx.QuestionUnanswered("怎麼繳保費", "pay", 0.9)
    assert unanswered in go_on(waiting, HungUp()).effects
    assert unanswered in go_on(waiting, "0101", "0101").effects


def test_no_more_than_two_questions_are_kept_in_mind() -> None:
    """The oldest one goes to review."""
    sprint = play("1", "1", "怎麼繳保費", "我的保單保什麼", "股票會漲嗎")
    assert sprint.effects == (fx.QuestionUnanswered("怎麼繳保費", "pay", 0.9),)
    assert len(sprint.session.asked) == 2


def test_several_that_wait_are_answered_together() -> None:
    """What has an answer is answered, and of the rest the callee is told that a person will."""
    sprint = play("1", "1", "我的保單保什麼", "股票會漲嗎", "0522")
    assert said(sprint) == "checked | welcome | 保單內容請看保單條款。 | unanswered | service"
    assert of_kind(sprint, fx.QuestionUnanswered) == [fx.QuestionUnanswered("股票會漲嗎", "pay", 0.2)]


def test_without_a_record_no_question_is_kept_in_words() -> None:
    """Where recording was refused the question is answered, and its words are nowhere."""
    assert of_kind(play("2", "1", "0522", "股票會漲嗎"), fx.QuestionUnanswered)[0].text is None
    waiting = play("2", "1", "怎麼繳保費")
    assert waiting.session.asked[0].words is None
    assert "怎麼繳保費".encode() not in waiting.session.to_json()
    assert fx.QuestionAnswered("pay", 0.9) in go_on(waiting, "0522").effects


def test_a_question_of_which_the_brain_is_not_sure_is_answered_when_its_answer_is() -> None:
    """The approved answer is near enough, so there is nothing left to ask back."""
    assert said(play(*TO_SERVICE, "繳費的事")) == "可以到網站繳費。 | service"


def test_the_answer_comes_in_the_language_of_the_call() -> None:
    """What waited is answered in the language into which the callee changed meanwhile."""
    sprint = play("1", "1", "怎麼繳保費", "8", "0522")
    assert "可以到website繳費。" in said(sprint)


def test_a_script_can_offer_what_the_answer_offers() -> None:
    """A guard knows whether the answer that was just given comes with a link, and forgets it with the next one."""
    sprint = play(*TO_SERVICE, "怎麼繳保費")
    assert holds("answer_offers_link", sprint.session)
    assert not holds("answer_offers_person", sprint.session)
    assert holds("not answer_offers_link", go_on(sprint, "我的保單保什麼").session)


def test_a_free_answer_that_leads_to_the_answers_is_a_question() -> None:
    """Who is asked what they would like to know gets the approved answer to what they say."""
    why = SCRIPT.steps["why"]
    assert why.question is not None
    asks = replace(why, question=replace(why.question, hear={"words": Branch("answer")}))
    script = make_script(steps={**SCRIPT.steps, "why": asks})
    sprint = play(*TO_SERVICE, "不滿意", "我的保單保什麼", script=script)
    assert sprint.effects == (fx.QuestionAnswered("cover", 0.9),)
    assert sprint.session.step == "why"


def test_a_reason_is_no_question() -> None:
    """Free words that lead elsewhere are looked up nowhere, even where waiting questions are answered on the way."""
    why = SCRIPT.steps["why"]
    assert why.question is not None
    leads = replace(why, question=replace(why.question, hear={"words": Branch("answer_on_the_way")}))
    on_the_way = Step("answer_on_the_way", goes_on="answer_later")
    steps = {**SCRIPT.steps, "why": leads, on_the_way.name: on_the_way}
    sprint = play(*TO_SERVICE, "不滿意", "說我想說的話", script=make_script(steps=steps))
    assert sprint.effects == ()


def test_a_step_that_answers_what_nobody_asked_goes_on() -> None:
    """Without a question there is nothing to answer and nothing to review."""
    steps = {**SCRIPT.steps, "welcome": replace(SCRIPT.steps["welcome"], choose=(), goes_on="answer_later")}
    sprint = play(*TO_SERVICE, script=make_script(steps=steps))
    assert sprint.effects == (fx.Verified(),)
    assert sprint.session.step == "service"
