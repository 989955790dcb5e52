"""What holds of every conversation, whatever is heard and however the words are understood."""

from datetime import date, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance, begin, offer_again, offer_times
from outbound.dialogue.facts import PolicyFacts
from outbound.dialogue.heard import HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.prompts import Prompts
from outbound.dialogue.said import Ask, HangUp, Transfer
from outbound.dialogue.session import Session, Sprint
from outbound.dialogue.understanding.base import NOT_UNDERSTOOD, Expected, FaqHit, Slot, Understood
from outbound.dialogue.wanted_time import WantedTime
from tests.dialogue.turns.small import (
    FACTS,
    FRIDAY,
    NOW,
    SENTENCES,
    SENTENCES_OF,
    TUESDAY,
    VALUES,
    SmallUnderstanding,
    at,
    make_script,
    prompt,
    said,
)

SECRET = "機密壽險"
INTENTS = sorted({each.intent for each in SENTENCES.values() if each.intent} | {"louder", "repeat", "hold_music"})
VALUED = ["0522", "0101", "4455", 0, 9, 10, 11, 99, WantedTime(*FRIDAY), WantedTime(at(24, 6), at(24, 12), exact=True)]


class AnyUnderstanding(SmallUnderstanding):
    """Understands what a number says: anything at all, sense or nonsense."""

    def understand(self, text: str, expected: Expected, now: Any = None) -> Understood:
        """Return a meaning drawn by the number in the text."""
        if not text.startswith("?") or not text[1:].isdecimal():
            return super().understand(text, expected, now)
        drawn = int(text[1:])
        also = (INTENTS[drawn % 7], INTENTS[drawn % 11]) if drawn % 3 == 0 else ()
        value: Any = VALUED[drawn % len(VALUED)] if drawn % 5 == 0 and expected.slot is not Slot.TIME else None
        intent = None if value is not None else INTENTS[drawn % len(INTENTS)]
        return Understood(intent, value, 0.5, drawn % 4 == 1, also, drawn % 6 == 0) if drawn % 13 else NOT_UNDERSTOOD

    def find_answer(self, text: str, language: str) -> FaqHit | None:
        """Return some answer, one that exists or one that does not."""
        return FaqHit(("pay", "cover", "gone")[len(text) % 3], 0.7, sure=len(text) % 2 == 0)


_POLICY = {"clear": prompt("{{ free_looks.groups }} clear")}
_PROMPTS = Prompts(
    {tag: {name: _POLICY.get(name) or found for name, found in SENTENCES_OF[tag].items()} for tag in ("zh-TW", "en-US")}
)
SCRIPT_FOR_ANY = make_script(understanding=AnyUnderstanding(), prompts=_PROMPTS)
RUNS = replace(FACTS, policies=(PolicyFacts(SECRET, "8765", date(2026, 12, 2)),))

heard = st.one_of(
    st.sampled_from([*SENTENCES, *VALUES]).map(lambda text: Spoken(text, 0.9)),
    st.sampled_from(["1", "2", "0522", "0101", "3", "7", "8", "9", "*", "0", "#", "6", ""]).map(Keyed),
    st.integers(0, 100_000).map(lambda number: Spoken(f"?{number}")),
    st.text(max_size=30).map(Spoken),
    st.text(alphabet="0123456789*#٣²", max_size=6).map(Keyed),
    st.tuples(st.sampled_from(list(SENTENCES)), st.floats(0, 1)).map(lambda both: Spoken(*both)),
    st.just(Silence()),
    st.sampled_from([MachineDetected(), TransferEnded(ok=True), TransferEnded(ok=False)]),
)
calls = st.lists(st.tuples(heard, st.integers(0, 40)), min_size=1, max_size=30)
WAYS_IN = ((), ("1", "1"), ("1", "1", "0522"), ("2", "1", "0522", "晚點再打"), ("1", "1", "0522", "晚點再打", "1"))
windows = st.sampled_from([(), (FRIDAY,), (TUESDAY, FRIDAY), (FRIDAY, TUESDAY, (at(26, 9), at(26, 10)))])


def _next(sprint: Sprint, each: Any, now: Any, offered: Any) -> Sprint:
    stored = Session.from_json(sprint.session.to_json())
    assert stored == sprint.session
    again = advance(SCRIPT_FOR_ANY, stored, each, now=now)
    assert again == advance(SCRIPT_FOR_ANY, stored, each, now=now)
    if again.wants is not None:
        assert not again.effects
        return offer_times(SCRIPT_FOR_ANY, Session.from_json(again.session.to_json()), offered, now=now)
    if any(isinstance(effect, fx.CallbackWished) for effect in again.effects) and len(offered) > 1:
        return offer_again(SCRIPT_FOR_ANY, replace(stored, human=True), offered)
    return again


@example(way=WAYS_IN[0], turns=[(MachineDetected(), 0), (Silence(), 0)], offered=(), transfer=False)
@settings(max_examples=500, deadline=None)
@given(way=st.sampled_from(WAYS_IN), turns=calls, offered=windows, transfer=st.booleans())
def test_a_conversation_holds_whatever_is_heard(way: Any, turns: Any, offered: Any, transfer: bool) -> None:
    """It never breaks, asks or ends in every turn, ends once, keeps no words without consent, tells nobody else."""
    now = NOW
    sprint = begin(SCRIPT_FOR_ANY, replace(RUNS, transfer_available=transfer), now=now)
    disposed = 0
    told = [(Keyed(each) if each.isdecimal() else Spoken(each), 1) for each in way]
    for each, seconds in [*told, *turns, (HungUp(), 0)]:
        now += timedelta(seconds=seconds)
        before = sprint.session
        sprint = _next(sprint, each, now, offered)
        disposed += sum(isinstance(effect, fx.Disposed) for effect in sprint.effects)
        assert not any(isinstance(effect, fx.ScriptFailed) for effect in sprint.effects), (before.step, each)
        assert sprint.session.tries <= 2
        if sprint.said:
            assert isinstance(sprint.said[-1], HangUp if sprint.session.ended else Ask | Transfer)
        if not sprint.session.verified:
            assert not any(secret in said(sprint) for secret in (SECRET, "保單內容", "8765"))
        if sprint.session.recording is not True and before.recording is not True:
            assert not sprint.keep_words
            assert all(getattr(effect, "text", None) is None for effect in sprint.effects)
            assert sprint.session.doubt is None or sprint.session.doubt.words is None
            assert all(asked.words is None for asked in sprint.session.asked)
    assert sprint.session.ended
    assert disposed == 1


@settings(max_examples=150, deadline=None)
@given(turns=st.lists(heard, min_size=1, max_size=8))
def test_every_conversation_ends_by_itself(turns: Any) -> None:
    """Whoever goes round in circles is given to a person after a bounded number of turns."""
    sprint = begin(SCRIPT_FOR_ANY, replace(RUNS, transfer_available=True), now=NOW)
    for each in turns * (SCRIPT_FOR_ANY.limits.turns + 4):
        if sprint.session.ended:
            break
        sprint = _next(sprint, each, NOW, ())
    assert sprint.session.ended or all(isinstance(each, MachineDetected) for each in turns)
    assert sprint.session.turn <= SCRIPT_FOR_ANY.limits.turns + 5
