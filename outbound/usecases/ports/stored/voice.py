"""A conversation between its turns."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outbound.dialogue.session import Session
from outbound.domain.attempt import AttemptStatus


class CallState(Struct, frozen=True):
    """What a turn needs to know of its attempt.

    `turn` is the number of the next one, `session` the conversation between turns, `answer` what the asked-for turn was
    answered with when it was delivered before.
    """

    attempt_id: str
    token: str
    contact_id: str
    company_id: str
    campaign_id: str
    phone_id: str
    number_index: str
    status: AttemptStatus
    sid: str | None
    answered_by: str | None
    session: Session | None
    turn: int
    answer: bytes | None


class TurnRow(Struct, frozen=True):
    """One turn as it is kept. `heard` are the callee's words or keys, None unless they may be kept.

    `confidence` is how sure the understanding was of `meaning`, `faq_id` the approved answer that was given.
    """

    attempt_id: str
    turn: int
    at: datetime
    step: str | None
    kind: str
    meaning: str | None
    heard: str | None
    said: tuple[str, ...]
    answer: bytes
    confidence: float | None = None
    faq_id: str | None = None


class SessionRow(Struct, frozen=True):
    """Where the conversation stands after a turn; `turn` is the number of the next one.

    `understanding_version` names what decided the meaning of words; the first one that is told stays.
    """

    attempt_id: str
    turn: int
    session: Session
    at: datetime
    understanding_version: str | None = None


class UnansweredQuestion(Struct, frozen=True):
    """A question to which no approved answer was near enough: for review. `words` None: they may not be kept."""

    id: str
    company_id: str
    campaign_id: str
    attempt_id: str
    turn: int
    at: datetime
    language: str
    words: str | None
    nearest: str | None
    score: float


class NewCallback(Struct, frozen=True):
    """A return call that was asked for, in the half-open window [start, end)."""

    id: str
    contact_id: str
    attempt_id: str
    asked_at: datetime
    window_start: datetime
    window_end: datetime
    reason: str


class VoiceStore(Protocol):
    """Calls and their turns, inside one transaction."""

    def lock_call(self, token: str, turn: int) -> CallState | None:
        """Read a call with the answer of `turn`, and hold it until the transaction ends; None for an unknown token."""
        ...

    def answer_of(self, attempt_id: str, turn: int) -> bytes | None:
        """Read the answer of one turn as it is now."""
        ...

    def adopt(self, call: CallState, sid: str, now: datetime, cause: str) -> None:
        """Note the carrier's sid and that the call was answered; the status moves to in_progress with its event."""
        ...

    def save_turn(self, row: TurnRow) -> None:
        """Keep a turn; the first one of its number only, by the primary key."""
        ...

    def save_session(self, row: SessionRow) -> None:
        """Keep where the conversation stands."""
        ...

    def forget_words(self, attempt_id: str, names: Collection[str] = ()) -> int:
        """Take back what was kept word for word of a call, with its answers of these names; return how much it was.

        What it meant stays.
        """
        ...

    def count_turn(self, attempt_id: str, turn: int, now: datetime) -> None:
        """Note the number of the next turn where there is no conversation to keep."""
        ...

    def save_answer(self, attempt_id: str, name: str, value: str | int, score: float | None, now: datetime) -> None:
        """Keep an answer; a later one to the same question replaces it."""
        ...

    def save_unanswered(self, question: UnansweredQuestion) -> None:
        """Keep a question for review."""
        ...

    def left_to_a_person(self, attempt_id: str) -> Sequence[str | None]:
        """Return the words of what a call last left unanswered (None each where they may not be kept).

        Empty where nothing was, or where it waits for a person already.
        """
        ...

    def save_language(self, contact_id: str, language: str, now: datetime) -> None:
        """Keep the language in which a contact wishes to be spoken to."""
        ...

    def failed_verification(self, contact_id: str, since: datetime) -> bool:
        """Whether two wrong answers in a call, or three over several, were given since the contact last was verified.

        Only calls that have ended since then count.
        """
        ...

    def policy_attributes(self, contact_id: str) -> Sequence[Mapping[str, str]]:
        """Return what the contact's policies hold besides the known columns, by the company's own column names."""
        ...

    def save_callback(self, callback: NewCallback) -> None:
        """Keep the promise of a return call; it replaces an open one that was made in the same call."""
        ...

    def lock_promises(self, campaign_id: str) -> None:
        """Let one call of a campaign at a time promise a return call, until the transaction ends."""
        ...

    def open_callbacks(
        self, campaign_id: str, now: datetime, apart_from: str | None = None
    ) -> Mapping[tuple[datetime, datetime], int]:
        """Count open promises of a campaign by their window, if it is not over; `apart_from` those of one attempt."""
        ...

    def close_items(self, attempt_id: str, kind: str, note: str, now: datetime) -> None:
        """Mark the waiting items of a kind for this call as done by the robot."""
        ...

    def note_machine(self, call: CallState, sid: str, answered_by: str, now: datetime) -> bool:
        """Keep the carrier's verdict on who answered; False when it was delivered before."""
        ...
