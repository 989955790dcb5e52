"""Words of the rule files that nothing decides by, and that must be spelt alike all the same."""

from enum import StrEnum


class Confidence(StrEnum):
    """How well a rule is known. Whatever is only recalled is confirmed by compliance before it is signed."""

    VERIFIED = "verified"
    MIXED = "mixed"
    RECALLED = "recalled, unverified"
    PROPOSAL = "policy-proposal"


class Consent(StrEnum):
    """Purposes for which a person's consent is kept."""

    SERVICE_CALL = "service_call"
    AUTOMATED_VOICE = "automated_voice"
    MARKETING = "marketing"
    RECORDING = "recording"


class SourceKind(StrEnum):
    """Whether a source is the rule itself or tells of it."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
