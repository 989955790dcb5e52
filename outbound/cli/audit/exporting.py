"""Receipts and their rules written as JSON lines: the rules first, so that a reader needs one pass."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection

from outbound.adapters.sql.views.contact_story import find_contact
from outbound.adapters.sql.views.receipts import count_receipts, kept_content, stored_receipts
from outbound.cli.audit.seal import Seal
from outbound.usecases.ports.stored.evidence import KeptReceipt, RuleContent, RuleKind
from outbound.usecases.problems import InputProblemError

FORMAT = 1
"""Of the file; receipts have a format of their own."""


class Selection(Struct, frozen=True):
    """Which receipts are meant: from an instant on, of one contact; None leaves a side open."""

    since: datetime | None
    contact_id: str | None
    count: int

    @classmethod
    def of(cls, connection: Connection, since: str | None, contact: str | None, zone: str) -> "Selection":
        """Read the options; raises `InputProblemError`. A date begins at midnight in `zone`."""
        begin = None
        if since is not None:
            try:
                begin = datetime.combine(date.fromisoformat(since), time(), ZoneInfo(zone)).astimezone(UTC)
            except ValueError:
                raise InputProblemError(f"--since: {since!r} is no date; write YYYY-MM-DD") from None
        contact_id = None if contact is None else find_contact(connection, contact)
        return cls(begin, contact_id, count_receipts(connection, since=begin, contact_id=contact_id))


@dataclass(slots=True)
class Exported:
    """What was written; `lacking` are hashes of rules that are kept nowhere."""

    receipts: int = 0
    rules: int = 0
    lacking: tuple[str, ...] = ()


def export_receipts(
    connection: Connection,
    out: Path,
    chosen: Selection,
    on_disk: Callable[[str, str], str | None],
    advance: Callable[[int], None],
) -> Exported:
    """Write the file, whole or not at all; raises `InputProblemError` where it cannot be written."""
    done, fresh = Exported(), out.with_name(f"{out.name}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            for line in _lines(connection, chosen, on_disk, done):
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
                advance(line["type"] == "receipt")
        fresh.replace(out)
    except OSError as error:
        raise InputProblemError(f"--out: {out} cannot be written ({type(error).__name__})") from None
    return done


def _lines(
    connection: Connection, chosen: Selection, on_disk: Callable[[str, str], str | None], done: Exported
) -> Iterator[dict[str, Any]]:
    yield {"type": "audit", "format": FORMAT, "since": None if chosen.since is None else chosen.since.isoformat()}
    named: dict[str, tuple[RuleKind, str]] = {}
    for receipt in _stored(connection, chosen):
        named.update(_rules_of(receipt.body))
    lacking = []
    for content_hash, (kind, code) in named.items():
        content = kept_content(connection, content_hash)
        text = on_disk(code, content_hash) if content is None and kind is RuleKind.PACK else None
        if text is not None:
            content = RuleContent(content_hash, kind, code, "", text)
        if content is None:
            lacking.append(content_hash)
            continue
        done.rules += 1
        yield _rule_line(content)
    done.lacking = tuple(lacking)
    seal = Seal()
    for receipt in _stored(connection, chosen):
        done.receipts += 1
        seal.add(receipt.digest)
        yield _receipt_line(receipt)
    yield seal.line()


def _stored(connection: Connection, chosen: Selection) -> Iterator[KeptReceipt]:
    return stored_receipts(connection, since=chosen.since, contact_id=chosen.contact_id)


def _rules_of(body: Mapping[str, Any]) -> Iterator[tuple[str, tuple[RuleKind, str]]]:
    """Yield hash, kind and code of everything that a receipt names; an older format names less."""
    for pack in body.get("packs", ()):
        yield pack["hash"], (RuleKind.PACK, pack["code"])
    for calendar in body.get("calendars", ()):
        for content_hash in calendar.get("years", {}).values():
            if content_hash is not None:
                yield content_hash, (RuleKind.CALENDAR_YEAR, calendar["code"])
    if "manifest" in body:
        yield body["manifest"], (RuleKind.MANIFEST, "")


def _rule_line(content: RuleContent) -> dict[str, Any]:
    return {
        "type": "rule",
        "content_hash": content.content_hash,
        "kind": content.kind.value,
        "code": content.code,
        "version": content.version,
        "body": content.body,
    }


def _receipt_line(receipt: KeptReceipt) -> dict[str, Any]:
    return {
        "type": "receipt",
        "id": receipt.id,
        "contact_id": receipt.contact_id,
        "attempt_id": receipt.attempt_id,
        "stage": receipt.stage,
        "at": receipt.at.isoformat(),
        "allowed": receipt.allowed,
        "reasons": list(receipt.reasons),
        "body": receipt.body,
        "digest": receipt.digest,
    }
