"""What must hold in every call of the shipped scripts, however somebody goes round in it."""

from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.effects import Disposed, ScriptFailed
from outbound.dialogue.heard import Heard, HungUp, Keyed, Silence, Spoken, TransferEnded
from outbound.dialogue.rehearsal.call import Call
from outbound.dialogue.said import Ask, HangUp, Transfer, spoken_texts
from outbound.dialogue.script.model import AnswerKind, Script
from outbound.dialogue.session import final_disposition
from tests.conftest import ROOT

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
SHIPPED = ("welcome_call", "care_call_65_plus", "missed_call_return", "voicemail")
GRACE = 4
"""Turns beyond the limit: two in which urgent words still count, the one that ends it, and a transfer in vain."""
SILENCES = 6
"""Silences that end any call: three, and one at each question that silence answers with a no."""

UNIVERSAL = [
    "不要再打電話來", "我要申訴", "我要解約", "不要推銷", "我找真人", "打錯了", "不是我", "不用了", "晚點再打", "再見",
    "你是誰", "講慢一點", "大聲一點", "再說一次", "上一題", "聽不懂", "等一下", "我想問保單保什麼", "喂", "謝謝",
    "英文", "我搬家了", "傳簡訊給我", "寄表格給我", "他過世了", "啊沒有啦",
    "明天早上十點", "半夜三點", "對", "不是", "還好啦",
    "stop calling", "I want to complain", "a person please", "slower", "louder", "repeat that", "chinese please",
    "who is this", "what does my policy cover", "hold on", "yes", "no", "later", "goodbye",
]  # fmt: skip
JUNK = [
    "嗯嗯啊啊那個",
    "今天菜市場的高麗菜很便宜",
    "阿彌陀佛",
    "my cat is sleeping on the sofa",
    "�",
    " ",
    "!!!",
    "1" * 40,
]

anything: st.SearchStrategy[Heard] = st.one_of(
    st.sampled_from(UNIVERSAL).map(lambda text: Spoken(text, 0.9)),
    st.sampled_from(JUNK).map(lambda text: Spoken(text, 0.5)),
    st.sampled_from(["0", "1", "2", "3", "4", "6", "7", "8", "9", "*", "#", "0522", "4321", "99", "*#"]).map(Keyed),
    st.just(Silence()),
    st.sampled_from([TransferEnded(ok=True), TransferEnded(ok=False)]),
)
ways_in = st.sampled_from(
    [[], ["1", "1"], ["1", "1", "0522"], ["1", "1", "1", "0522"], ["1", "1", "0522", "1", "1", "2"]]
)
files = FileScripts(ROOT / "scripts_tts")


@cache
def script_of(name: str) -> Script:
    """Read a shipped script once in all tests."""
    return files.load(name)


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> str:
    """Name each script that is shipped."""
    return str(request.param)


def begun(name: str, make_facts: Any, language: str, way: list[str], *, transfer: bool) -> Call:
    """A call that has come as far as these keys lead."""
    facts = make_facts(transfer_available=transfer)
    call = Call(script_of(name), facts, language=language, now=NOW, possible=((NOW, NOW + timedelta(days=2)),))
    for keys in way:
        hear(call, Keyed(keys), 8)
    return call


def hear(call: Call, heard: Heard, seconds: int) -> None:
    """Let the robot hear something so much later, unless the call is over; what it says back keeps to the rules."""
    if call.session.ended:
        return
    assert call.now is not None
    call.now += timedelta(seconds=seconds)
    sprint = call.hear(heard).sprint
    assert not any(isinstance(each, ScriptFailed) for each in sprint.effects)
    if sprint.said:
        assert isinstance(sprint.said[-1], HangUp if sprint.session.ended else Ask | Transfer)


def bidden_goodbye(call: Call) -> bool:
    """Whether the last that was said is a goodbye, or the message for a machine."""
    last = " ".join(spoken_texts(call.sprint.said)).casefold()
    return any(word in last for word in ("再見", "goodbye")) or "VoicemailLeft" in repr(call.sprint.effects)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    turns=st.lists(st.tuples(anything, st.integers(2, 40)), min_size=1, max_size=30),
    way=ways_in,
    language=st.sampled_from(["zh-TW", "en-US"]),
    transfer=st.booleans(),
)
def test_every_call_ends_kindly_and_within_its_limits(
    shipped: str, make_facts: Any, turns: list[tuple[Heard, int]], way: list[str], language: str, transfer: bool
) -> None:
    """Round and round: stored and read back at each turn, it ends with a goodbye, as one thing, in time."""
    call = begun(shipped, make_facts, language, way, transfer=transfer)
    limits = script_of(shipped).limits
    for heard, seconds in turns * (limits.turns + GRACE):
        hear(call, heard, seconds)
        if call.session.ended:
            break
    assert call.session.ended
    assert call.session.turn <= limits.turns + GRACE
    assert bidden_goodbye(call)
    disposed = [each.disposition for turn in call.turns for each in turn.sprint.effects if isinstance(each, Disposed)]
    assert disposed == [final_disposition(call.session)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(anything, max_size=12), way=ways_in, language=st.sampled_from(["zh-TW", "en-US"]))
def test_silence_after_whatever_ends_the_call(
    shipped: str, make_facts: Any, turns: list[Heard], way: list[str], language: str
) -> None:
    """Whatever was spoken of before, nobody is asked on and on into a silence."""
    call = begun(shipped, make_facts, language, way, transfer=False)
    for each in turns:
        hear(call, each, 8)
    for _ in range(SILENCES):
        hear(call, Silence(), 12)
    assert call.session.ended
    assert bidden_goodbye(call)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    turns=st.lists(anything, max_size=12), way=ways_in, plea=st.sampled_from(["6", "講慢一點", "大聲一點", "再說一次"])
)
def test_to_hear_it_again_leaves_the_question_open(
    shipped: str, make_facts: Any, turns: list[Heard], way: list[str], plea: str
) -> None:
    """At every question, also where something is asked back or confirmed: the same one, and nothing comes of it."""
    call = begun(shipped, make_facts, "zh-TW", way, transfer=False)
    for each in turns:
        hear(call, each, 8)
    session = call.session
    question = script_of(shipped).steps[session.step].question
    if session.ended or session.language != "zh-TW" or session.repeats or question is None:
        return
    if question.answer is AnswerKind.SCORE and plea.isdigit():
        return  # there it is a score
    hear(call, Keyed(plea) if plea.isdigit() else Spoken(plea, 0.9), 8)
    after = call.session
    assert (after.step, after.doubt, after.answers, after.callback) == (
        session.step, session.doubt, session.answers, session.callback,
    )  # fmt: skip
    assert call.sprint.effects == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(anything, max_size=12), way=ways_in)
def test_who_hangs_up_is_filed_as_one_thing(shipped: str, make_facts: Any, turns: list[Heard], way: list[str]) -> None:
    """Wherever they hang up, nothing is said any more, and the call came to exactly one thing."""
    call = begun(shipped, make_facts, "zh-TW", way, transfer=True)
    for each in turns:
        hear(call, each, 8)
    if call.session.ended:
        return
    sprint = call.hear(HungUp()).sprint
    assert sprint.session.ended
    assert spoken_texts(sprint.said) == ()
    assert sum(isinstance(each, Disposed) for each in sprint.effects) == 1
