"""What a turn brings about outside the conversation. The caller of the engine carries it out in the turn's transaction.

Words of the callee are None where they may not be kept (recording was refused or not yet agreed to).
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from outbound.domain.call_class import CallClass
from outbound.domain.outcome.disposition import Disposition

ALL_ROBOT_CALLS: Literal["all robot calls"] = "all robot calls"


class RecordingChosen(Struct, frozen=True):
    """The callee agreed to, or refused, that a record of the call is kept."""

    given: bool


class RightParty(Struct, frozen=True):
    """The callee says that they are the person asked for."""


class WrongParty(Struct, frozen=True):
    """The number does not lead to the person asked for."""


class Verified(Struct, frozen=True):
    """The callee proved to be the policyholder."""


class VerificationFailed(Struct, frozen=True):
    """Two wrong answers: the robot stops here and a person takes over."""


class Answered(Struct, frozen=True):
    """A question of the script was answered."""

    name: str
    value: str | int


class SatisfactionGiven(Struct, frozen=True):
    """Satisfaction from 0 (not at all) to 10."""

    score: int


class QuestionAsked(Struct, frozen=True):
    """A question for a person to answer in the callback."""

    text: str | None


class QuestionAnswered(Struct, frozen=True):
    """A question was answered with the approved answer `faq_id`; `score` is how near it was, from 0 to 1."""

    faq_id: str
    score: float


class QuestionUnanswered(Struct, frozen=True):
    """No approved answer was near enough: for review. `nearest` is the nearest one, if there is any."""

    text: str | None
    nearest: str | None
    score: float


class ReasonGiven(Struct, frozen=True):
    """Why they gave their score, in the callee's words."""

    text: str | None


class CorrectionRequested(Struct, frozen=True):
    """Something that the company knows of them has changed; a person takes the new value, never the robot.

    `what` is `address`, `phone`, `email`, `name` or `details` (not said which).
    """

    what: str


class MessageWished(Struct, frozen=True):
    """Something is to be sent as a text message after the call: `what` is `link`, `form` or `hotline`."""

    what: str


class DeathReported(Struct, frozen=True):
    """The person asked for has died, says who is on the line: a person looks into it, and the robot is silent."""


class CallbackWished(Struct, frozen=True):
    """A return call in the half-open window [start, end), read back and confirmed.

    `reason` is `later` (not now), `not_available` (household member's advice), `question` or `wish`.
    """

    start: datetime
    end: datetime
    reason: str


class PersonRequested(Struct, frozen=True):
    """A person was promised.

    `reason` is `asked`, `not_understood`, `not_verified`, `question`, `service`, `wish` or `script_error`.
    """

    reason: str


class PersonReached(Struct, frozen=True):
    """The live transfer was answered: what `PersonRequested` opened is done."""


class OptedOut(Struct, frozen=True):
    """No further calls: of one class, or by robot at all."""

    scope: CallClass | Literal["all robot calls"]


class ComplaintRaised(Struct, frozen=True):
    """A complaint, in the callee's words."""

    text: str | None


class CancelWished(Struct, frozen=True):
    """The callee wants to cancel a policy: the moment of this turn is the moment of the statement."""

    text: str | None


class LanguageChosen(Struct, frozen=True):
    """The callee changed the language of the call."""

    tag: str


class VoicemailLeft(Struct, frozen=True):
    """The message for an answering machine is being spoken."""


class ScriptFailed(Struct, frozen=True):
    """The script could not go on at `step` (`kind` names the mistake, never data); the callee heard an apology."""

    step: str
    kind: str


class Disposed(Struct, frozen=True):
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
    | QuestionAnswered
    | QuestionUnanswered
    | ReasonGiven
    | CorrectionRequested
    | MessageWished
    | DeathReported
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
