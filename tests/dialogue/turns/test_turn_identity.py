"""Who they are: by which fact, how often, and what a person is told who takes the call."""

import pytest
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.facts import VerifyBy
from outbound.dialogue.said import Transfer
from outbound.domain.outcome.disposition import Disposition
from tests.dialogue.turns.small import FACTS, TO_SERVICE, go_on, play, said


def test_the_last_digits_of_the_identity_number_verify() -> None:
    """Where they come first they are asked for; right and wrong sound the same at first."""
    facts = replace(FACTS, verify_by=(VerifyBy.ID_DIGITS, VerifyBy.BIRTH_DATE))
    assert play("1", "1", facts=facts).session.step == "id_digits"
    right, wrong = play("1", "1", "4455", facts=facts), play("1", "1", "1234", facts=facts)
    assert fx.Verified() in right.effects
    assert fx.VerificationFailed() in wrong.effects
    assert said(right).split(" | ")[0] == said(wrong).split(" | ")[0] == "checked"
    assert (right.heard_as, right.keep_words) == (wrong.heard_as, wrong.keep_words) == ("digits", False)


def test_a_fact_may_be_said_in_words() -> None:
    """A spoken date verifies like keys, and is never kept."""
    sprint = play("1", "1", "五月二十二日")
    assert fx.Verified() in sprint.effects
    assert not sprint.keep_words
    assert play("1", "1", "一月一日").session.step == "birth_date_second"


def test_who_is_locked_out_is_asked_nothing() -> None:
    """Two wrong answers not long ago: a person goes on."""
    sprint = play("1", "1", facts=replace(FACTS, locked_out=True))
    assert fx.VerificationFailed() in sprint.effects
    assert sprint.effects[-1] == fx.Disposed(Disposition.NOT_VERIFIED)


@pytest.mark.parametrize("way", [("*", "1"), ("0101",)])
def test_there_are_two_tries_whatever_way_leads_there(way: tuple[str, ...]) -> None:
    """Going back to the question before is no way to a third try."""
    after_one = play("1", "1", "0101")
    sprint = go_on(after_one, *way)
    if not sprint.session.ended:
        sprint = go_on(sprint, "0101")
    assert sprint.session.tries == 2
    assert sprint.effects[-1] == fx.Disposed(Disposition.NOT_VERIFIED)
    again = go_on(replace(after_one, session=replace(after_one.session, tries=2)), "*", "1")
    assert again.session.ended
    assert not again.session.verified


def _whispers(*turns: str) -> tuple[str, ...]:
    transfer = play(*turns, facts=replace(FACTS, transfer_available=True)).said[-1]
    assert isinstance(transfer, Transfer)
    return tuple(each.text for each in transfer.whisper)


def test_whoever_takes_the_call_is_told_why() -> None:
    """Company, reason and whether they are verified; nothing of the policy, and no name."""
    assert _whispers("0") == ("安心人壽：客戶找專人，未核對",)
    assert _whispers(*TO_SERVICE, "我要申訴") == ("安心人壽：客戶要申訴，已核對",)


def test_a_reason_without_words_of_its_own_is_told_as_a_wish_for_a_person() -> None:
    """A script need not have a phrase for every reason."""
    assert _whispers("股票", "股票", "股票") == ("安心人壽：客戶找專人，未核對",)


def test_the_callee_does_not_hear_the_whisper() -> None:
    """It is no part of what is said in the call."""
    assert "客戶" not in said(play("0", facts=replace(FACTS, transfer_available=True)))
