"""The digest of a stored receipt: it shows that a row was changed after it was written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from outbound.compliance.evidence.manifest import canonical


def receipt_digest(
    *,
    receipt_id: str,
    contact_id: str,
    attempt_id: str | None,
    stage: str,
    at: datetime,
    allowed: bool,
    reasons: Sequence[str],
    body: Mapping[str, Any],
) -> str:
    """Return the hex SHA-256 over the canonical JSON of all columns; `at` counts in UTC with microseconds."""
    row = {
        "id": receipt_id,
        "contact_id": contact_id,
        "attempt_id": attempt_id,
        "stage": stage,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "allowed": allowed,
        "reasons": list(reasons),
        "body": body,
    }
    return sha256(canonical(row)).hexdigest()
