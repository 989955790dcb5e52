"""What a turn brings about outside the conversation. The caller of the engine carries it out in the turn's transaction.

Words of the callee are None where they may not be kept (recording was refused or not yet agreed to).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from outbound.domain.call_class import CallClass
from outbound.domain.disposition import Disposition

ALL_ROBOT_CALLS: Literal["all robot calls"] = "all robot calls"


@dataclass(frozen=True, slots=True)
class RecordingChosen:
    """The callee agreed to, or refused, that a record of the call is kept."""

    given: bool


@dataclass(frozen=True, slots=True)
class RightParty:
    """The callee says that they are the person asked for."""


@dataclass(frozen=True, slots=True)
class WrongParty:
    """The number does not lead to the person asked for."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The callee proved to be the policyholder."""


@dataclass(frozen=True, slots=True)
class VerificationFailed:
    """Two wrong answers: the robot stops here and a person takes over."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of the script was answered."""

    name: str
    value: str | int


@dataclass(frozen=True, slots=True)
class SatisfactionGiven:
    """Satisfaction from 0 (not at all) to 10."""

    score: int


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question for a person to answer in the callback."""

    text: str | None


@dataclass(frozen=True, slots=True)
class CallbackWished:
    """A return call in the half-open window [start, end), read back and confirmed.

    `reason` is `later` (not now), `not_available` (household member's advice), `question` or `wish`.
    """

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PersonRequested:
    """A person was promised.

    `reason` is `asked`, `not_understood`, `not_verified`, `question`, `service`, `wish` or `script_error`.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class PersonReached:
    """The live transfer was answered: what `PersonRequested` opened is done."""


@dataclass(frozen=True, slots=True)
class OptedOut:
    """No further calls: of one class, or by robot at all."""

    scope: CallClass | Literal["all robot calls"]


@dataclass(frozen=True, slots=True)
class ComplaintRaised:
    """A complaint, in the callee's words."""

    text: str | None


@dataclass(frozen=True, slots=True)
class CancelWished:
    """The callee wants to cancel a policy: the moment of this turn is the moment of the statement."""

    text: str | None


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The callee changed the language of the call."""

    tag: str


@dataclass(frozen=True, slots=True)
class VoicemailLeft:
    """The message for an answering machine is being spoken."""


@dataclass(frozen=True, slots=True)
class ScriptFailed:
    """The script could not go on at `step` (`kind` names the mistake, never data); the callee heard an apology."""

    step: str
    kind: str


@dataclass(frozen=True, slots=True)
class Disposed:
    """The conversation is over, with this disposition. Exactly one in every ended session."""

    disposition: Disposition


Effect = (
    RecordingChosen
    | RightParty
    | WrongParty
    | Verified
    | VerificationFailed
    | Answered
    | SatisfactionGiven
    | QuestionAsked
    | CallbackWished
    | PersonRequested
    | PersonReached
    | OptedOut
    | ComplaintRaised
    | CancelWished
    | LanguageChosen
    | VoicemailLeft
    | ScriptFailed
    | Disposed
)
