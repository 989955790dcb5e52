"""Conversations of the past, heard again."""

from pathlib import Path

import pytest

from outbound.adapters.files.conversations import load_conversations
from outbound.adapters.files.scripts import check_script
from outbound.adapters.files.scripts.voice_limits import load_limits
from outbound.dialogue.heard import HungUp, Keyed, Silence, Spoken
from outbound.dialogue.rehearsal.call import Call
from outbound.dialogue.replay.recorded import Conversation, RecordedTurn, as_line, conversation_of, read_line
from outbound.dialogue.replay.replaying import replay
from outbound.dialogue.script.model import Script
from tests.dialogue.rehearsal.conftest import SCRIPTS
from tests.values import replace


@pytest.fixture
def past(call: Call) -> Conversation:
    """A whole call with a wrong fact, a silence, words and keys."""
    for heard in (Spoken("可以", 0.9), Silence(), Keyed("1"), Keyed("0101"), Keyed("0522"), Spoken("八分", 0.9)):
        call.hear(heard)
    assert call.session.ended
    return conversation_of(call, "one")


def changed(folder: Path, old: str, new: str) -> Script:
    """Return the small script with one change."""
    file = folder / "script.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    script, _ = check_script(folder.parent, "base", load_limits(SCRIPTS), SCRIPTS)
    assert script is not None
    return script


def test_nothing_differs(script: Script, past: Conversation) -> None:
    """The same script takes every turn as it did."""
    found = replay(script, past)
    assert found.kinds == ()
    assert found.difference is None
    assert found.disposition == ("welcomed", "welcomed")


def test_it_is_kept_as_a_line(past: Conversation) -> None:
    """A conversation is read back from its line as it was."""
    assert read_line(as_line(past)) == past
    assert as_line(past).count("\n") == 1


def test_no_fact_of_the_person_is_kept(past: Conversation, call: Call) -> None:
    """A proof is kept as right or wrong, and what would prove it stands for everybody."""
    assert [each.right for each in past.turns if each.meaning == "digits"] == [False, True]
    assert all(each.words is None for each in past.turns if each.meaning == "digits")
    assert call.session.facts.id_digits == "6789"
    assert past.facts.id_digits == "4321"


def test_words_that_were_not_kept(script: Script, past: Conversation) -> None:
    """Where words are missing, what they were taken to mean is heard: the call goes as it went."""
    forgotten = replace(past, turns=tuple(replace(each, words=None) for each in past.turns))
    assert replay(script, forgotten).kinds == ()


def test_another_way(change: Path, past: Conversation) -> None:
    """The first turn that is taken otherwise, what differs in it, and what comes of the call."""
    script = changed(change, "recording_given], go: right_party}", "recording_given], go: wrong_party}")
    found = replay(script, past)
    assert found.difference is not None
    assert (found.difference.turn, found.difference.kinds) == (1, ("effects",))
    assert found.difference.after.effects is not None
    assert "WrongParty" in found.difference.after.effects
    assert found.disposition == ("welcomed", "wrong_party")
    assert found.answers == (("satisfaction", 8, None),)
    assert set(found.kinds) == {"effects", "disposition", "answers"}


def test_another_disposition(change: Path, past: Conversation) -> None:
    """Turns that are taken the same way may end otherwise."""
    script = changed(change, "end: welcomed", "end: partly_welcomed")
    forgotten = replace(past, turns=tuple(replace(each, effects=None) for each in past.turns))
    assert replay(script, forgotten).kinds == ("disposition",)


def test_a_call_that_was_cut_off(script: Script, call: Call) -> None:
    """A line that was gone is gone again."""
    call.hear(Keyed("1"))
    call.hear(HungUp())
    assert replay(script, conversation_of(call, "cut")).kinds == ()


@pytest.mark.parametrize("kind", ["spoken", "keyed"])
@pytest.mark.parametrize("meaning", [None, "yes", "not_understood", "unsure_opt_out", "chosen", "score", "a new one"])
def test_any_meaning_can_be_heard(script: Script, past: Conversation, kind: str, meaning: str | None) -> None:
    """Whatever was noted of a turn, it is heard again as far as it can be, and never fails."""
    turns = (RecordedTurn(kind=kind, step="recording", meaning=meaning), *past.turns)
    assert replay(script, replace(past, turns=turns)).turns == len(turns)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("{", "no JSON"),
        ("{}", "required"),
        ('{"id": 1}', "Expected"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, line: str, text: str) -> None:
    """File, line and what is wrong; nothing that stands in it is quoted."""
    file = tmp_path / "calls.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=text) as error:
        load_conversations(file)
    assert f"{file}:2: " in str(error.value)
    assert "outbound script conversations" in str(error.value)


def test_an_unknown_kind_of_turn(past: Conversation) -> None:
    """A turn of a kind that nobody knows is refused with those that there are."""
    strange = replace(past, turns=(RecordedTurn(kind="sung"),))
    with pytest.raises(ValueError, match="keyed, spoken"):
        read_line(as_line(strange))
