"""Calls that go badly: people who repeat themselves, or take back who they are; sessions of an older version."""

import json
from typing import Any

import pytest

from outbound.dialogue import effects as fx
from outbound.dialogue.engine import advance, offer_times
from outbound.dialogue.facts import VerifyBy
from outbound.dialogue.heard import HungUp, Keyed
from outbound.dialogue.session import Session
from outbound.domain.outcome.disposition import Disposition
from tests.dialogue.turns.small import NOW, SCRIPT, TO_SERVICE, go_on, of_kind, play, said

WHO, AGAIN = "請問你是哪一間公司的小姐啊", "你說的我聽不清楚請再說一次好不好"


@pytest.mark.parametrize("way", [(WHO,) * 3, ("1", *(AGAIN,) * 3), (*TO_SERVICE, *("你好歡迎來電請直撥分機號碼",) * 3)])
def test_nobody_is_hung_up_on_for_repeating_themselves(way: tuple[str, ...]) -> None:
    """Who asks three times who calls, or has answered before, is a person who does not follow, and no robot."""
    sprint = play(*way)
    assert not sprint.session.ended
    more = go_on(sprint, *(way[-1],) * 3)
    assert more.session.outcome is Disposition.PERSON_REQUESTED
    assert more.session.ended


def test_a_complaint_beside_an_opt_out_asks_nothing_on() -> None:
    """Both are heard: the opt-out is asked back, and whoever takes that back is led to where a complaint leads."""
    sprint = play(*TO_SERVICE, "我要申訴，不要再打來")
    assert sprint.session.step == "opt_out"
    assert of_kind(sprint, fx.ComplaintRaised)
    kept = go_on(sprint, "2")
    assert (kept.session.ended, kept.session.outcome) == (True, Disposition.COMPLAINT)
    assert of_kind(go_on(sprint, "1"), fx.OptedOut)


def test_who_takes_back_who_they_are_is_not_the_person_any_more() -> None:
    """After "no, that is not me" nothing holds that held for the person who was asked for."""
    sprint = play("1", "1", "不對，我不是他")
    assert sprint.session.right_party is False
    assert of_kind(sprint, fx.WrongParty)


def test_a_time_that_is_read_back_no_more_is_not_gone_back_to() -> None:
    """Once another time was named at which nobody calls, "the question before" is none that would read one back."""
    sprint = play("1", "晚點再打", "2", "2", "星期五下午")
    assert sprint.wants is not None
    sprint = offer_times(SCRIPT, sprint.session, (), now=NOW)
    sprint = go_on(sprint, "*")
    assert not of_kind(sprint, fx.ScriptFailed)
    assert not sprint.session.ended


def _stored(**changes: Any) -> bytes:
    data = json.loads(play("1", "1").session.to_json())
    data["facts"]["verify_by"] = "policy_digits"
    return json.dumps({**data, **changes}).encode()


def test_a_call_goes_on_across_a_new_version() -> None:
    """A session that named one fact to verify by is read as one that tries that fact first, and the other next."""
    session = Session.from_json(_stored())
    assert session.facts.verify_by == (VerifyBy.POLICY_DIGITS, VerifyBy.BIRTH_DATE)
    assert Session.from_data(json.loads(_stored())) == session
    assert of_kind(advance(SCRIPT, session, Keyed("0522"), now=NOW), fx.Verified)


@pytest.mark.parametrize("gone", [{"step": "gone"}, {"language": "xx"}, {"script_version": "before"}])
def test_what_a_new_version_does_not_know_ends_kindly(gone: dict[str, str]) -> None:
    """An apology and a person, never an exception; a hang-up ends the call as what it came to."""
    session = Session.from_json(_stored(**gone))
    sprint = advance(SCRIPT, session, Keyed("0101"), now=NOW)
    assert (sprint.session.ended, sprint.session.outcome) == (True, Disposition.PERSON_REQUESTED)
    assert "抱歉" in said(sprint)
    assert advance(SCRIPT, session, HungUp(), now=NOW).session.ended


def test_a_stored_conversation_that_is_none_says_nothing_of_what_it_holds() -> None:
    """The error names the kind of mistake, never a name or a number."""
    for broken in (b"[]", b"{", b'{"facts": 3}', _stored(facts={"full_name": "secret", "verify_by": "shoe"})):
        with pytest.raises(ValueError, match=r"^this is not a stored conversation: [A-Za-z]+$"):
            Session.from_json(broken)
