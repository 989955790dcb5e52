"""Where a conversation stands between two turns, and what a turn yields."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from outbound.dialogue.effects import Effect
from outbound.dialogue.facts import Facts, VerifyBy
from outbound.dialogue.redaction.model import NOTHING, Carry
from outbound.dialogue.said import SaidItem, Say
from outbound.dialogue.wanted_time import WantedTime
from outbound.domain.outcome.disposition import Disposition

_Stored = TypeVar("_Stored")


class Doubt(Struct, frozen=True):
    """Something that was perhaps meant and is being asked back: the intent, and the words where they may be kept.

    `tries` counts how often asking back failed, `answer` is what was clear in the same utterance; `asks`: a question
    was clear in it, too, and waits among the session's.
    """

    intent: str
    words: str | None = None
    tries: int = 0
    answer: str | None = None
    asks: bool = False


class AskedQuestion(Struct, frozen=True):
    """A question of the callee's that waits for its answer.

    `faq_id` is the approved answer that is near enough, `nearest` the nearest one; `words` are None where they may not
    be kept.
    """

    faq_id: str | None
    nearest: str | None
    score: float
    words: str | None = None


class Whispered(Struct, frozen=True):
    """What whoever takes a transfer is told before they are put through: the turn that dials them, and the words."""

    turn: int
    said: tuple[Say, ...]


NOTHING_HEARD = (0, 0)
"""The echo of a call in which no long utterance was heard."""


class Session(Struct, frozen=True):
    """One conversation, complete: nothing about it is kept elsewhere between turns. Store it encrypted.

    `step` is the question that is open, `turn` counts what was heard. `failures` counts on the open question,
    `failures_in_call` over all; `only_silence` says that nothing but silence failed the open question. `human` is true
    once a key or an understood word was heard. `score`, `callback` (index of a choice) and `reason` wait for
    confirmation; `return_to` are the questions that digressions left. `done` names the effects brought about so far.
    `previous` are the questions before the open one, latest last, for who goes back. `doubt` is being asked back,
    `asked` are questions that wait for an answer, `wanted` is the time that was named for a return call. `echo` is the
    hash of the last long utterance and how often it came unchanged: a machine repeats itself. `began_at` is None where
    nobody told the time. `opted_out` is what kind of calls was refused: a class, or all robot ones. `whispered` belongs
    to the last transfer and `carry` to the redaction of the next words; whoever keeps the turn writes them.
    `tries` are wrong answers to who they are, `silences` came one after the other up to now, `unmet` are named times at
    which no call may be made, `person_for` is why a person was last promised (the reason of `PersonRequested`),
    `offer` is what the answer that was given last offers besides (see `FaqAnswer`).
    """

    script: str
    script_version: str
    language: str
    facts: Facts
    step: str
    turn: int = 0
    failures: int = 0
    failures_in_call: int = 0
    only_silence: bool = True
    repeats: int = 0
    human: bool = False
    slow: bool = False
    loud: bool = False
    recording: bool | None = None
    right_party: bool | None = None
    verified: bool = False
    answers: Mapping[str, str | int] = field(default_factory=dict)
    score: int | None = None
    callback: int | None = None
    reason: str | None = None
    return_to: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    doubt: Doubt | None = None
    asked: tuple[AskedQuestion, ...] = ()
    wanted: WantedTime | None = None
    echo: tuple[int, int] = NOTHING_HEARD
    began_at: datetime | None = None
    opted_out: str | None = None
    whispered: Whispered | None = None
    carry: Carry = NOTHING
    tries: int = 0
    silences: int = 0
    unmet: int = 0
    person_for: str | None = None
    offer: str | None = None
    done: tuple[str, ...] = ()
    outcome: Disposition | None = None
    ended: bool = False

    def to_json(self) -> bytes:
        """Return the session as it is stored between turns: JSON in UTF-8. It holds personal data."""
        return _ENCODER.encode(self)

    @classmethod
    def from_json(cls, stored: bytes) -> "Session":
        """Rebuild a session from `to_json`, also of an older version.

        ValueError, without what it holds, if `stored` is not one.
        """
        return _read(_decoded, stored)

    def to_data(self) -> dict[str, Any]:
        """Return what `to_json` writes, as plain mappings, lists and texts."""
        data: dict[str, Any] = msgspec.json.decode(self.to_json())
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Session":
        """Rebuild a session from `to_data`; ValueError, without what it holds, if `data` is not one."""
        return _read(_converted, data)


_ENCODER, _DECODER = msgspec.json.Encoder(), msgspec.json.Decoder(Session)


def _decoded(stored: bytes) -> Session:
    try:
        return _DECODER.decode(stored)
    except msgspec.ValidationError:
        return _converted(msgspec.json.decode(stored))


def _converted(data: Mapping[str, Any]) -> Session:
    return msgspec.convert(_as_kept_now(data), Session)


def _as_kept_now(data: Any) -> Any:
    """Return a session of an older version as one of today: it named one fact to verify by, and tried the other next.

    A call goes on, and what came of it is still counted, across a new version of the product.
    """
    facts = data.get("facts") if isinstance(data, Mapping) else None
    first = facts.get("verify_by") if isinstance(facts, Mapping) else None
    if not isinstance(facts, Mapping) or not isinstance(first, str):
        return data
    others = (each for each in (VerifyBy.BIRTH_DATE, VerifyBy.POLICY_DIGITS) if each != first)
    return {**data, "facts": {**facts, "verify_by": [first, *others]}}


def _read(read: Callable[[_Stored], Session], stored: _Stored) -> Session:
    try:
        return read(stored)
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise ValueError(f"this is not a stored conversation: {type(error).__name__}") from None


class Sprint(Struct, frozen=True):
    """One turn: where the conversation stands, what is said, what it brings about.

    `heard_step` is the step that had asked; `heard_as` the intent or meaning of the key (`yes`, `person`, `words`,
    `digits`, `silence`, `not_understood`, `unsure_INTENT` for what is asked back, ...), both None for the first words
    of a call. `keep_words` says whether what was heard may be stored word for word; otherwise step, kind and `heard_as`
    alone. `confidence` is how sure the understanding was of `heard_as` (None where nothing had to be understood). With
    `wants`, a time was named that only the caller of the engine can look up: it answers by `engine.offer_times`, and
    what is said here is not spoken. `walked` are the steps that the turn came to, in order.
    """

    session: Session
    said: tuple[SaidItem, ...]
    effects: tuple[Effect, ...]
    heard_step: str | None = None
    heard_as: str | None = None
    keep_words: bool = False
    confidence: float | None = None
    wants: WantedTime | None = None
    walked: tuple[str, ...] = ()


def final_disposition(session: Session) -> Disposition:
    """Return what came of the conversation if it ended now, at whatever step."""
    if session.outcome is not None:
        return session.outcome
    if session.verified:
        return Disposition.PARTLY_WELCOMED
    return Disposition.ABANDONED if session.human else Disposition.NO_RESPONSE
