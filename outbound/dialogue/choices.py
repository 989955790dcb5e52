"""Times that a callee may choose from for a return call: the robot's, or those at which a person can call."""

from datetime import datetime

from outbound.dialogue.session import Session
from outbound.domain.outcome.callback import FOR_A_PERSON

QUESTION, DEFAULT_REASON = "question", "wish"
"""Why a return call was asked for where the script does not say: for an answer of a person, or to speak with one."""


def choices_of(session: Session) -> tuple[tuple[datetime, datetime], ...]:
    """Return the windows to choose from, by the reason for which they are offered: who makes the call then."""
    facts = session.facts
    return facts.person_choices if is_for_a_person(session) else facts.callback_choices


def is_for_a_person(session: Session) -> bool:
    """Whether a person was asked for, so that a person makes the return call."""
    return callback_reason(session) in FOR_A_PERSON


def callback_reason(session: Session) -> str:
    """Return why a return call is wished for: what the script says, or else what a person was promised for."""
    return session.reason or (QUESTION if session.person_for == QUESTION else DEFAULT_REASON)
