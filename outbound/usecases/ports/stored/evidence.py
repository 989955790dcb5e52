"""What proves decisions later: the rules by their hashes, and receipts as they are stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct


class RuleKind(StrEnum):
    """What a kept text is: a pack's file, one year of a calendar, or the list of all that was in force."""

    PACK = "pack"
    CALENDAR_YEAR = "calendar_year"
    MANIFEST = "manifest"


class RuleContent(Struct, frozen=True):
    """A rule as it was read, by the hash of its content. `code` is the jurisdiction, empty for a manifest."""

    content_hash: str
    kind: RuleKind
    code: str
    version: str
    body: str


class KeptReceipt(Struct, frozen=True):
    """A receipt as it is stored; `reasons` are codes, `stage` is plan, reserve or carrier."""

    id: str
    contact_id: str
    attempt_id: str | None
    stage: str
    at: datetime
    allowed: bool
    reasons: Sequence[str]
    body: Mapping[str, Any]
    digest: str


class EvidenceStore(Protocol):
    """Rules that receipts refer to, inside one transaction."""

    def unknown_contents(self, hashes: Collection[str]) -> frozenset[str]:
        """Those of the hashes under which nothing is kept."""
        ...

    def keep_contents(self, contents: Sequence[RuleContent], now: datetime) -> None:
        """Keep rules; what another process kept in the meantime is left as it is."""
        ...
