"""A file of `audit export` read back, a line at a time; its rules stay in memory, its receipts do not."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from outbound.cli.audit.seal import Seal
from outbound.usecases.ports.stored.evidence import KeptReceipt
from outbound.usecases.problems import InputProblemError

_FORMAT = 1
_KINDS = frozenset({"audit", "rule", "receipt", "end"})


class Exported:
    """Reads rules and receipts; `broken` says why the receipts are not all that were exported, None when they are.

    Raises `InputProblemError` with the line for what is not such a file.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.texts: dict[str, str] = {}
        self.size = 0
        self.broken: str | None = None
        self._gather()

    def receipts(self, advance: Callable[[int], None]) -> Iterator[KeptReceipt]:
        """Yield the receipts; `advance` is told of each."""
        for number, line in self._lines():
            if line["type"] == "receipt":
                yield self._receipt(number, line)
                advance(1)

    def _gather(self) -> None:
        seal, end = Seal(), None
        for number, line in self._lines():
            kind = line["type"]
            if (kind == "audit") is not (number == 1) or kind not in _KINDS or end is not None:
                raise self._problem(number, "is not what stands there in a file of `outbound audit export`")
            if kind == "audit" and line.get("format") != _FORMAT:
                raise self._problem(number, f"format {line.get('format')!r}; this version reads format {_FORMAT}")
            if kind == "rule":
                if not isinstance(line.get("content_hash"), str) or not isinstance(line.get("body"), str):
                    raise self._problem(number, "is a rule without hash or text")
                self.texts[line["content_hash"]] = line["body"]
            if kind == "receipt":
                self.size += 1
                seal.add(str(line.get("digest")))
            if kind == "end":
                end = line
        self.broken = seal.broken_by(end)

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        number = 0
        try:
            with self._file.open(encoding="utf-8") as lines:
                for number, text in enumerate(lines, 1):
                    line = json.loads(text)
                    if not isinstance(line, dict) or not isinstance(line.get("type"), str):
                        raise self._problem(number, "is not a line of `outbound audit export`")
                    yield number, line
        except OSError as error:
            raise InputProblemError(f"{self._file}: cannot be read ({type(error).__name__})") from None
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            raise self._problem(number or 1, "is not JSON; was the file cut short or edited?") from None
        if not number:
            raise self._problem(1, "is missing: the file is empty")

    def _receipt(self, number: int, line: dict[str, Any]) -> KeptReceipt:
        try:
            receipt = KeptReceipt(
                line["id"], line["contact_id"], line["attempt_id"], line["stage"], _instant(line["at"]),
                line["allowed"], tuple(line["reasons"]), dict(line["body"]), line["digest"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, OverflowError):
            raise self._problem(number, "is a receipt that lacks something, or holds it in another form") from None
        return receipt

    def _problem(self, number: int, what: str) -> InputProblemError:
        return InputProblemError(f"{self._file}: line {number} {what}; export the receipts again")


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC)
