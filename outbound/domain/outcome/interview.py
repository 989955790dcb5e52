"""The interview that the law asks for before some policies are accepted, as it waits and as it is closed."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

WAITING = "waiting"
"""Standing of an interview that nobody has closed."""


class InterviewResult(StrEnum):
    """How a person closed an interview. Failed: not understood, or not wanted; mismatch: the facts are others."""

    PASSED = "passed"
    FAILED = "failed"
    MISMATCH = "mismatch"
    NOT_NEEDED = "not_needed"


BLOCKS_ACCEPTANCE = frozenset({InterviewResult.FAILED, InterviewResult.MISMATCH})
"""After these the policy must not be accepted as it stands."""


class Interview(Struct, frozen=True):
    """One policy's interview. `because` are codes of `compliance.interview.TEXTS`; `status` is waiting or a result."""

    id: str
    policy_id: str
    contact_id: str
    because: tuple[str, ...]
    rules_version: str
    status: str = WAITING


class InterviewEvent(Struct, frozen=True):
    """What the company's own systems are told when an interview is closed.

    `seller_compared` is False when the policy names no selling agent, so that nobody could be compared with them.
    """

    event_id: str
    interview_id: str
    policy_no: str
    result: InterviewResult
    because: tuple[str, ...]
    rules_version: str
    closed_by: str
    closed_at: datetime
    seller_compared: bool

    def to_data(self) -> dict[str, object]:
        """Return the event as JSON types; nothing in it but the policy's number is about a person."""
        return {
            "event_id": self.event_id,
            "event": "interview_closed",
            "interview_id": self.interview_id,
            "policy_no": self.policy_no,
            "result": self.result.value,
            "blocks_acceptance": self.result in BLOCKS_ACCEPTANCE,
            "because": list(self.because),
            "rules_version": self.rules_version,
            "closed_by": self.closed_by,
            "closed_at": self.closed_at.isoformat(),
            "seller_compared": self.seller_compared,
        }


class Unheard(StrEnum):
    """What follows where the interviewer does not hear what a step needs: no interview yet, or its result."""

    NOT_HELD = "not_held"
    FAILED = "failed"
    MISMATCH = "mismatch"


class InterviewStep(Struct, frozen=True):
    """One sentence that the interviewer reads out, in Traditional Chinese and English.

    `otherwise` None: whatever the answer is, nothing follows from it.
    """

    name: str
    zh: str
    en: str
    otherwise: Unheard | None


class InterviewScript(Struct, frozen=True):
    """What is read out in an interview. It is the interviewer's own script: no robot speaks it."""

    version: str
    steps: tuple[InterviewStep, ...]
