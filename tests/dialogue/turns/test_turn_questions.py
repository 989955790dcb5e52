"""What the callee asks is answered on the way, kept for later, or left to a person."""

from datetime import date

import pytest
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.conditions import holds
from outbound.dialogue.heard import HungUp
from outbound.dialogue.said import Ask
from outbound.dialogue.script.model import Branch, Script, Step
from outbound.dialogue.understanding.asking import asks
from tests.dialogue.conftest import FactsMaker
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


SEVERAL = [
    ("zh-TW", "這個保障什麼，還有保費什麼時候扣", ["coverage", "payment_date"]),
    ("zh-TW", "保費怎麼繳，還有營業時間到幾點", ["premium_ways", "hotline_hours"]),
    ("zh-TW", "我想問一下，電子保單在哪裡看，那個，理賠怎麼辦", ["e_policy", "claim_how"]),
    ("en-US", "what does it cover, and how long do I have to cancel", ["coverage", "cooling_off_how"]),
    ("en-US", "when do you take the premium, and can I pay by card", ["payment_date", "premium_ways"]),
]


@pytest.mark.parametrize(("language", "words", "answered"), SEVERAL)
def test_two_questions_in_one_breath_get_their_two_answers(
    script: Script, make_facts: FactsMaker, language: str, words: str, answered: list[str]
) -> None:
    """Each part that asks is answered, in the order in which it was asked."""
    sprint = play(*TO_SERVICE, words, script=script, facts=make_facts(language=language))
    assert [each.faq_id for each in of_kind(sprint, fx.QuestionAnswered)] == answered
    assert of_kind(sprint, fx.QuestionUnanswered) == []


@pytest.mark.parametrize(("language", "words", "answered"), SEVERAL)
def test_two_questions_wait_together_for_verification(
    script: Script, make_facts: FactsMaker, language: str, words: str, answered: list[str]
) -> None:
    """Neither is answered to somebody who is not known, and both are once they are."""
    waiting = play("1", "1", words, script=script, facts=make_facts(language=language))
    assert (waiting.effects, waiting.session.step) == ((), "birth_date")
    assert [each.faq_id for each in waiting.session.asked] == answered
    sprint = go_on(waiting, "0522", script=script)
    assert [each.faq_id for each in of_kind(sprint, fx.QuestionAnswered)] == answered


def test_the_third_question_of_a_breath_goes_to_review(script: Script, make_facts: FactsMaker) -> None:
    """Nobody keeps three answers in mind; what is not answered is not lost either."""
    words = "請問你們公司在哪裡，電話幾號，營業時間到幾點"
    sprint = play(*TO_SERVICE, words, script=script, facts=make_facts())
    assert [each.faq_id for each in of_kind(sprint, fx.QuestionAnswered)] == ["branch", "hotline_number"]
    (left,) = of_kind(sprint, fx.QuestionUnanswered)
    assert (left.text, left.nearest) == ("營業時間到幾點", "hotline_hours")


@pytest.mark.parametrize(
    ("language", "words", "wish", "answer"),
    [
        ("zh-TW", "麻煩幫我改地址，還有保單寄到了沒", fx.CorrectionRequested("address"), "policy_delivery"),
        ("zh-TW", "保單寄到了沒，還有我要改地址", fx.CorrectionRequested("address"), "policy_delivery"),
        ("zh-TW", "傳連結給我，保費什麼時候扣", fx.MessageWished("link"), "payment_date"),
        (
            "en-US",
            "change my address please and has my policy been mailed",
            fx.CorrectionRequested("address"),
            "policy_delivery",
        ),
        ("en-US", "send me the link, and when is my premium due", fx.MessageWished("link"), "payment_date"),
    ],
)
def test_a_question_beside_a_wish_is_answered(
    script: Script, make_facts: FactsMaker, language: str, words: str, wish: fx.Effect, answer: str
) -> None:
    """The wish is noted, the question gets its own answer and not the one about the wish."""
    sprint = play(*TO_SERVICE, words, script=script, facts=make_facts(language=language, can_text=True))
    assert wish in sprint.effects
    assert [each.faq_id for each in of_kind(sprint, fx.QuestionAnswered)] == [answer]
    assert of_kind(sprint, fx.QuestionUnanswered) == []


def test_what_only_asks_on_is_no_question_of_its_own(script: Script, make_facts: FactsMaker) -> None:
    """`Is it every month` says no more than the question before it, so nobody is offered a person for it."""
    for language, words in (
        ("zh-TW", "保費什麼時候扣，是每個月嗎"),
        ("en-US", "when is the premium due, is it every month"),
    ):
        sprint = play(*TO_SERVICE, words, script=script, facts=make_facts(language=language))
        assert [each.faq_id for each in of_kind(sprint, fx.QuestionAnswered)] == ["payment_date"]
        assert of_kind(sprint, fx.QuestionUnanswered) == []


def test_of_two_questions_the_one_without_an_answer_goes_to_review() -> None:
    """What can be answered is; for the rest a person is offered, and the words that were asked are kept for review."""
    sprint = play(*TO_SERVICE, "怎麼繳保費，股票會漲嗎")
    assert sprint.effects == (fx.QuestionAnswered("pay", 0.9), fx.QuestionUnanswered("股票會漲嗎", "pay", 0.2))
    assert said(sprint) == "可以到網站繳費。 | unanswered | service"


def test_an_urgent_word_leaves_what_was_asked_beside_it_to_review(script: Script, make_facts: FactsMaker) -> None:
    """Who complains is asked and told nothing more; what they wanted to know is not lost."""
    sprint = play(*TO_SERVICE, "我要申訴，還有保費什麼時候扣", script=script, facts=make_facts())
    assert of_kind(sprint, fx.ComplaintRaised)
    assert [each.nearest for each in of_kind(sprint, fx.QuestionUnanswered)] == ["payment_date"]


def test_a_question_beside_a_doubt_is_answered_when_the_doubt_is_denied() -> None:
    """While it is asked back what was perhaps meant, the question waits; with "no" it has its answer."""
    asked = play(*TO_SERVICE, "那個保險喔，怎麼繳保費")
    assert asked.session.doubt is not None
    assert (asked.session.doubt.asks, [each.faq_id for each in asked.session.asked]) == (True, ["pay"])
    denied = go_on(asked, "2")
    assert of_kind(denied, fx.QuestionAnswered) == [fx.QuestionAnswered("pay", 0.9)]
    assert (denied.session.step, denied.session.asked) == ("service", ())
    meant = go_on(asked, "1")
    assert of_kind(meant, fx.CancelWished, fx.QuestionAnswered) == [fx.CancelWished("那個保險喔，怎麼繳保費")]
    assert "pay" in [each.nearest for each in of_kind(go_on(meant, HungUp()), fx.QuestionUnanswered)] or [
        each.nearest for each in of_kind(meant, fx.QuestionUnanswered)
    ] == ["pay"]


def test_words_that_only_the_approved_answers_know_are_a_question(script: Script, make_facts: FactsMaker) -> None:
    """What asks, means nothing else, and has an answer that is near enough is not "not understood"."""
    sprint = play(*TO_SERVICE, "營業時間到幾點", script=script, facts=make_facts())
    assert of_kind(sprint, fx.QuestionAnswered)[0].faq_id == "hotline_hours"
    assert sprint.session.failures_in_call == 0


def test_a_part_with_digits_is_kept_with_the_words_around_it() -> None:
    """What a number is tell the words beside it: a question is never kept without them."""
    sprint = play(*TO_SERVICE, "我的驗證碼是，482913 對嗎，怎麼繳保費", "2")
    waiting = [each.words for each in sprint.session.asked]
    assert all(each is None or "驗證碼" in each for each in waiting if each and "482913" in each)


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("zh-TW", "我想請問一下", False),
        ("zh-TW", "可以問你一個問題嗎", False),
        ("zh-TW", "可以嗎", False),
        ("zh-TW", "保單寄到了沒", True),
        ("zh-TW", "營業時間到幾點", True),
        ("zh-TW", "我想知道保費怎麼繳", True),
        ("en-US", "I'd like to ask something", False),
        ("en-US", "can I ask you a question", False),
        ("en-US", "about the premium", False),
        ("en-US", "has my policy been mailed", True),
        ("en-US", "I want to know if I can pay by card", True),
    ],
)
def test_what_leads_up_to_a_question_asks_nothing(language: str, words: str, *, expected: bool) -> None:
    """Only words that ask something of their own are a question."""
    assert asks(words, language) is expected
