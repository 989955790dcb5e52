"""Consent that was taken back after a call, and what was kept with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from outbound.dialogue.session import Session


class KeptCall(Struct, frozen=True):
    """A call of a contact; `recording` is whether words may be kept (None: never asked), `session` its conversation."""

    attempt_id: str
    recording: bool | None
    session: Session | None


class Withdrawal(Struct, frozen=True):
    """Consent to keep words, taken back for one call or (None) for all so far; `calls` and `words` is what was lost."""

    id: str
    contact_id: str
    attempt_id: str | None
    evidence: str
    by: str
    at: datetime
    calls: int
    words: int


class ConsentStore(Protocol):
    """What of conversations stands on consent, inside one transaction."""

    def company_of(self, contact_id: str) -> str | None:
        """Return whose contact it is; None where there is none."""
        ...

    def lock_calls(self, contact_id: str) -> Sequence[KeptCall]:
        """Read the contact's calls that somebody answered, oldest first, and hold them until the transaction ends."""
        ...

    def save_conversation(self, attempt_id: str, session: Session, now: datetime) -> None:
        """Write a conversation in place of the one that stands there, and whether words of it may be kept."""
        ...

    def last_withdrawal(self, contact_id: str, attempt_id: str | None) -> Withdrawal | None:
        """Return the latest one that covers this call, or (None) all calls."""
        ...

    def keep_withdrawal(self, withdrawal: Withdrawal) -> None:
        """Put on record that consent was taken back."""
        ...

    def tell_company(self, event_id: str, company_id: str, contact_id: str, body: Mapping[str, Any]) -> None:
        """Let the company's own systems know, by the outbox; `body` bears `event` and the instant `at` (ISO)."""
        ...
