"""Receipts and the rules that they name, in SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.rows import CHUNK
from outbound.adapters.sql.schema import receipts, rule_contents
from outbound.compliance.evidence.digest import receipt_digest
from outbound.usecases.ports.stored.evidence import RuleContent

RECEIPT = Prepared(insert(receipts))
"""Keeps a row as `receipt_row` makes it."""


class SqlEvidence:
    """Rules that receipts refer to, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unknown_contents(self, hashes: Collection[str]) -> frozenset[str]:
        """Look the hashes up."""
        wanted, known = sorted(hashes), set[str]()
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            query = select(rule_contents.c.content_hash).where(rule_contents.c.content_hash.in_(chunk))
            known.update(self._connection.execute(query).scalars())
        return frozenset(wanted) - known

    def keep_contents(self, contents: Sequence[RuleContent], now: datetime) -> None:
        """Insert rules unless they are there."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        self._connection.execute(
            dialect.insert(rule_contents).on_conflict_do_nothing(),
            [
                {
                    "content_hash": each.content_hash,
                    "kind": each.kind.value,
                    "code": each.code,
                    "version": each.version,
                    "body": each.body,
                    "kept_at": now,
                }
                for each in contents
            ],
        )


def receipt_row(
    *,
    receipt_id: str,
    contact_id: str,
    attempt_id: str | None,
    stage: str,
    at: datetime,
    allowed: bool,
    reasons: Sequence[str],
    body: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the row of a receipt with the digest over all of it."""
    digest = receipt_digest(
        receipt_id=receipt_id,
        contact_id=contact_id,
        attempt_id=attempt_id,
        stage=stage,
        at=at,
        allowed=allowed,
        reasons=reasons,
        body=body,
    )
    return {
        "id": receipt_id,
        "contact_id": contact_id,
        "attempt_id": attempt_id,
        "stage": stage,
        "at": at,
        "allowed": allowed,
        "reasons": list(reasons),
        "body": dict(body),
        "digest": digest,
    }
