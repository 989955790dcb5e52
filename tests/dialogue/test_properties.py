"""What must hold of the conversation whatever is heard."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from outbound.dialogue.effects import Disposed, ScriptFailed, Verified
from outbound.dialogue.engine import advance, begin
from outbound.dialogue.heard import HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.said import Ask, HangUp, Transfer, spoken_texts
from outbound.dialogue.session import Session, final_disposition

UTTERANCES = [
    "好",
    "是",
    "不是",
    "不要",
    "不用了",
    "我就是",
    "對我是他太太",
    "等一下",
    "打錯了",
    "他不在",
    "五月二十二日",
    "零五二二",
    "滿意",
    "不滿意",
    "清楚",
    "再說一次",
    "慢一點",
    "大聲一點",
    "英文",
    "不要再打來",
    "我要申訴",
    "取消保單",
    "找專人",
    "再見",
    "晚點再打",
    "你是誰",
    "喂",
    "請問保單什麼時候寄到",
    "星期二",
    "第二個",
    "都不行",
    "九分",
    "十",
    "滿分",
    "四三二一",
    "請在嗶聲後留言",
    "按錯了",
    "沒問題",
    "yes",
    "no",
    "speaking",
    "later",
    "cancel",
    "person",
    "english",
    "chinese",
    "ten",
]
UTTERANCES += ["May 22nd", "hold on", "don't call me", "I want to complain"]

heard = st.one_of(
    st.sampled_from(UTTERANCES).map(lambda text: Spoken(text, 0.9)),
    st.sampled_from(["1", "2", "1", "0522", "3", "4", "8", "9", "*", "0", "#", "4321", "0101", ""]).map(Keyed),
    st.text(max_size=40).map(Spoken),
    st.text(alphabet="0123456789*#", max_size=6).map(Keyed),
    st.floats(0, 1).flatmap(lambda sure: st.sampled_from(UTTERANCES).map(lambda text: Spoken(text, sure))),
    st.just(Silence()),
    st.sampled_from([MachineDetected(), TransferEnded(ok=True), TransferEnded(ok=False)]),
)
"""Mostly what a callee would say, so that the whole script is walked; some of it anything at all."""

WAYS_IN = (
    [],
    ["1", "1"],
    ["1", "1", "0522"],
    ["1", "1", "8765"],
    ["2", "1", "0522", "1", "1"],
    ["1", "1", "0522", "1", "1", "2", "1"],
)
"""Far enough into the call that the later questions are met as often as the first ones."""

calls = st.tuples(
    st.sampled_from(WAYS_IN).map(lambda keys: [Keyed(key) for key in keys]), st.lists(heard, min_size=1, max_size=25)
).map(lambda both: both[0] + both[1])
SECRETS = ("機密壽險", "8765", "十二月二十四", "December 24")


def _facts(make_facts: Any, transfer: bool, by_digits: bool) -> Any:
    policies = [{"product_name": "機密壽險", "last_digits": "8765", "free_look_last_day": "2026-12-24"}]
    verify_by = ["policy_digits", "birth_date"] if by_digits else ["birth_date", "policy_digits"]
    return make_facts(policies=policies, transfer_available=transfer, verify_by=verify_by)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=calls, transfer=st.booleans(), by_digits=st.booleans(), language=st.sampled_from(["zh-TW", "en-US"]))
def test_the_conversation_holds_whatever_is_heard(
    script: Any, make_facts: Any, turns: list[Any], transfer: bool, by_digits: bool, language: str
) -> None:
    """No mistake, no policy field before verification, an open question or an end, one disposition at most."""
    sprint = begin(script, _facts(make_facts, transfer, by_digits), language)
    verified, disposed = False, 0
    for each in [None, *turns, HungUp()]:
        if each is not None:
            sprint = advance(script, Session.from_data(sprint.session.to_data()), each)
        verified = verified or any(isinstance(effect, Verified) for effect in sprint.effects)
        disposed += sum(isinstance(effect, Disposed) for effect in sprint.effects)
        assert not any(isinstance(effect, ScriptFailed) for effect in sprint.effects)
        if not verified:
            assert not any(secret in text for text in spoken_texts(sprint.said) for secret in SECRETS)
        if sprint.said:
            assert isinstance(sprint.said[-1], HangUp if sprint.session.ended else Ask | Transfer)
    assert sprint.session.ended
    assert disposed == 1
    assert final_disposition(sprint.session) is sprint.session.outcome


@example(turns=[*map(Keyed, ("2", "1", "0522", "1", "1", "7")), MachineDetected()])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=calls)
def test_every_conversation_ends_by_itself(script: Any, make_facts: Any, turns: list[Any]) -> None:
    """A callee who goes round in circles for ever is given to a person after a bounded number of turns."""
    sprint = begin(script, make_facts())
    # What the carrier takes for a machine after a human was heard is no turn, so rounds are counted, and turns bounded.
    for each in turns * (script.limits.turns + 3):
        if sprint.session.ended:
            break
        sprint = advance(script, sprint.session, each)
    assert sprint.session.ended
    assert sprint.session.turn <= script.limits.turns + 3


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=calls)
def test_words_are_kept_only_with_consent(script: Any, make_facts: Any, turns: list[Any]) -> None:
    """Where recording was refused or not yet agreed to, no effect bears words and none may be stored."""
    sprint = begin(script, make_facts())
    for each in turns:
        sprint = advance(script, sprint.session, each)
        if sprint.session.recording is not True:
            assert not sprint.keep_words
            assert all(getattr(effect, "text", None) is None for effect in sprint.effects)
        if sprint.heard_as == "digits":
            assert not sprint.keep_words
