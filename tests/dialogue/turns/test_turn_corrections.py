"""Going back, taking back, and saying several things at once."""

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.said import Ask
from outbound.domain.outcome.disposition import Disposition
from tests.dialogue.turns.small import SCRIPT, TO_SERVICE, go_on, make_script, noted, of_kind, play, said


def test_star_and_its_word_go_back_one_question() -> None:
    """The question before is asked again, and once more the one before that."""
    at_clear = play(*TO_SERVICE, "滿意")
    for back in ("*", "上一題"):
        sprint = go_on(at_clear, back)
        assert (said(sprint), sprint.session.step) == ("service", "service")
        assert sprint.effects == ()
    assert play("1", "*").session.step == "recording"


def test_an_answer_given_anew_replaces_the_earlier_one() -> None:
    """After going back the new answer counts, and the call goes on from there."""
    sprint = play(*TO_SERVICE, "滿意", "*", "2")
    assert sprint.session.answers == {"service": "not_satisfied"}
    assert sprint.session.step == "why"


def test_the_first_question_is_repeated_instead() -> None:
    """There is nothing before it."""
    sprint = play("*")
    assert (said(sprint), sprint.session.repeats) == ("recording", 1)


def test_nobody_goes_back_behind_what_was_promised_or_proved() -> None:
    """Identity is not checked twice, and a promise is not made twice, by going back."""
    assert play(*TO_SERVICE, "*").session.step == "service"
    assert play(*TO_SERVICE, "怎麼繳保費", "滿意", "*").session.step == "service"
    clear = SCRIPT.steps["clear"]
    assert clear.question is not None
    promises = replace(clear.question.hear["yes"], effects=noted("person_requested", reason="wish"))
    asks = replace(clear, question=replace(clear.question, hear={**clear.question.hear, "yes": promises}))
    script = make_script(steps={**SCRIPT.steps, "clear": asks})
    for answer, before in (("1", "satisfaction"), ("2", "clear")):
        assert play(*TO_SERVICE, "滿意", answer, "*", script=script).session.step == before


def test_who_goes_back_to_say_who_they_are_is_asked_anew() -> None:
    """The right party is not settled while that question is open again."""
    assert play("1", "1", "*").session.right_party is None


def test_a_correction_at_the_next_question_replaces_the_answer_before() -> None:
    """To say "no, I meant not satisfied" answers the question to which it belongs, and goes where that leads."""
    sprint = play(*TO_SERVICE, "滿意", "說錯了，是不滿意")
    assert sprint.effects == (fx.Answered("service", "not_satisfied"),)
    assert sprint.session.answers == {"service": "not_satisfied"}
    assert (sprint.session.step, sprint.heard_step, sprint.heard_as) == ("why", "clear", "no")
    assert go_on(sprint, "*").session.step == "service"
    vague = play(*TO_SERVICE, "滿意", "不對，是不滿意")
    assert vague.effects == sprint.effects, "a plain no here, but more than that at the question before"


def test_a_correction_that_answers_the_open_question_answers_it() -> None:
    """Who corrects themselves while trying to answer has answered what was asked."""
    sprint = play(*TO_SERVICE, "滿意", "股票", "不對，是不要")
    assert sprint.effects == (fx.Answered("clear", "no"),)
    assert play(*TO_SERVICE, "說錯了，是不滿意").effects == (fx.Answered("service", "not_satisfied"),)


def test_a_bare_no_that_may_correct_the_answer_before_is_asked_about() -> None:
    """Said right after a new question, it leads back to the one before, and nothing is noted on a guess."""
    sprint = play(*TO_SERVICE, "滿意", "不對，是不要")
    assert (sprint.effects, sprint.heard_as, said(sprint)) == ((), "previous", "service")


def test_a_correction_with_nothing_before_is_not_understood() -> None:
    """Behind verification there is no answer to replace."""
    assert play("1", "說錯了，是不滿意").heard_as == "not_understood"


def test_another_day_corrects_the_time_that_is_read_back() -> None:
    """To say "no, I said Tuesday" chooses Tuesday, which is read back again; "not Monday" is a plain no."""
    read_back = play(*TO_SERVICE, "晚點再打", "1")
    assert said(read_back) == "23 14?"
    assert said(go_on(read_back, "不是，我說星期二")) == "24 10?"
    assert said(go_on(read_back, "第二個")) == "24 10?"
    assert said(go_on(read_back, "不是，星期二早上")) == "24 10?"
    assert said(go_on(read_back, "不是星期一")) == "callback_time"


def test_the_answer_is_taken_and_the_question_answered_on_the_way() -> None:
    """Satisfied, and how do I pay? Both."""
    sprint = play(*TO_SERVICE, "滿意，不過我想問怎麼繳保費")
    assert sprint.effects == (fx.Answered("service", "satisfied"), fx.QuestionAnswered("pay", 0.8))
    assert said(sprint) == "可以到網站繳費。 | clear"
    assert go_on(sprint, "*").session.step == "service"


def test_an_urgent_word_wins_and_the_answer_is_noted() -> None:
    """A complaint ends the survey; what was answered in the same breath is kept, once."""
    sprint = play(*TO_SERVICE, "不滿意，我要申訴")
    assert sprint.effects == (
        fx.Answered("service", "not_satisfied"),
        fx.ComplaintRaised("不滿意，我要申訴"),
        fx.Disposed(Disposition.COMPLAINT),
    )


def test_the_no_in_an_urgent_word_answers_nothing() -> None:
    """The word "don't call again" is no answer to how the service was."""
    sprint = play(*TO_SERVICE, "不要再打來")
    assert (sprint.effects, sprint.session.step) == ((), "opt_out")
    assert go_on(sprint, "2").session.step == "service"


def test_a_goodbye_along_with_an_answer_is_honoured() -> None:
    """The answer counts and the call ends; nothing is asked again."""
    sprint = play(*TO_SERVICE, "滿意，再見")
    assert of_kind(sprint, fx.Answered)
    assert sprint.session.ended


def test_a_refusal_ends_the_call_unless_it_only_says_no() -> None:
    """Saying "it's me, but I'm not interested" refuses; "no, no need" answers."""
    assert play("1", "是我，但我沒興趣").effects[-1] == fx.Disposed(Disposition.REFUSED)
    assert play(*TO_SERVICE, "不要，不用了").session.step == "why"


def test_slower_along_with_an_answer_is_heard() -> None:
    """The next question is slower already."""
    asked = play(*TO_SERVICE, "滿意，講慢一點").said[-1]
    assert isinstance(asked, Ask)
    assert asked.prompt[0].slow  # type: ignore[union-attr]


def test_thanks_and_hello_never_fail_a_question() -> None:
    """However often they come, the question is asked again, in its own words and without failing."""
    sprint = play(*TO_SERVICE, *["謝謝", "你好"] * 10)
    assert (said(sprint), sprint.session.failures_in_call, sprint.session.slow) == ("service", 0, False)


def test_a_change_of_language_keeps_what_was_answered() -> None:
    """The open question is asked again in the new language, and the answers stay."""
    sprint = play(*TO_SERVICE, "滿意", "說英文")
    assert (said(sprint), sprint.session.language) == ("en clear", "en-US")
    assert sprint.effects == (fx.LanguageChosen("en-US"),)
    assert sprint.session.answers == {"service": "satisfied"}
    assert sprint.session.verified


def test_a_stale_way_back_breaks_nothing() -> None:
    """A stored conversation whose earlier question is gone ends kindly."""
    broken = replace(play(*TO_SERVICE, "滿意"), session=replace(play(*TO_SERVICE, "滿意").session, previous=("gone",)))
    assert go_on(broken, "*").session.ended
