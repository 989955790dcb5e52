"""Precision and recall of redaction over a file of utterances, for `make bench` and for who writes examples.

A file has the columns `language`, `text` and `expected_text` (what may be stored, with marks such as [卡號] or
[code]), or `expected` (the held-back sets: {card}, {code}, {id}), or `spans` (`7-23 card; 30-36 code`, characters from
0, end not included). Optional: `call` (rows with the same value are turns of one call, in order) and `known` (numbers
that are ours, with spaces in between).
"""

import csv
import re
import timeit
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from outbound.dialogue.redaction.model import MARKS, NOTHING, Kind
from outbound.dialogue.redaction.redact import redact

HERE = Path(__file__).parent
DEVELOPMENT, HELD_BACK = HERE / "development.csv", HERE / "held_back.csv"
UNANNOUNCED = HERE / "unannounced.csv"
"""Codes that nobody calls a code, and innocent numbers in the same words."""
_KIND_OF = {mark: kind for marks in MARKS.values() for kind, mark in marks.items()}
_KIND_OF |= {"{card}": Kind.CARD, "{code}": Kind.CODE, "{id}": Kind.IDENTITY}
_ANY_MARK = re.compile("|".join(re.escape(mark) for mark in _KIND_OF))
_DETAIL = re.compile(r"[^\W_]")
_USUAL = "我覺得服務很好，保單也有收到，謝謝你們打電話來關心"


class Span(Struct, frozen=True):
    """Characters [start, end) of a text that are secret, or were taken for it."""

    start: int
    end: int
    kind: Kind


class Row(Struct, frozen=True):
    """One utterance, what is secret in it and what redaction took out."""

    line: int
    text: str
    stored: str
    secret: tuple[Span, ...]
    taken: tuple[Span, ...]

    @property
    def leaks(self) -> tuple[Span, ...]:
        """Return the secrets of which anything was left."""
        return tuple(
            each for each in self.secret if any(not _is_in(place, self.taken) for place in _letters(self, each))
        )

    @property
    def false_alarms(self) -> tuple[Span, ...]:
        """Return what was taken out and is no secret."""
        return tuple(
            each for each in self.taken if all(not _is_in(place, self.secret) for place in _letters(self, each))
        )


class Figures(Struct, frozen=True):
    """What came of a file: `recall` and `precision` from 0 to 1, by secrets; `by_kind` is recall."""

    rows: int
    secrets: int
    recall: float
    precision: float
    by_kind: Mapping[str, float]
    wrong: tuple[Row, ...]


def measure(path: Path) -> Figures:
    """Return the figures of one file; ValueError with the line where a row contradicts itself."""
    rows = list(_rows(path))
    secret, leaked = Counter[str](), Counter[str]()
    for row in rows:
        secret.update(each.kind.value for each in row.secret)
        leaked.update(each.kind.value for each in row.leaks)
    taken = sum(len(row.taken) for row in rows)
    false = sum(len(row.false_alarms) for row in rows)
    return Figures(
        rows=len(rows),
        secrets=secret.total(),
        recall=1 - leaked.total() / max(1, secret.total()),
        precision=1 - false / max(1, taken),
        by_kind={kind: 1 - leaked[kind] / count for kind, count in sorted(secret.items())},
        wrong=tuple(row for row in rows if row.leaks or row.false_alarms),
    )


def measure_redaction() -> dict[str, float]:
    """Return the figures of the held-back set, or of the development set while there is none, for `make bench`."""
    figures = measure(HELD_BACK if HELD_BACK.exists() else DEVELOPMENT)
    runs = 2_000
    seconds = timeit.timeit(lambda: redact(_USUAL, "zh-TW"), number=runs) / runs
    return {
        "utterances": figures.rows,
        "secrets": figures.secrets,
        "recall %": 100 * figures.recall,
        "precision %": 100 * figures.precision,
        "microseconds without digits": 1e6 * seconds,
    }


def _rows(path: Path) -> Iterator[Row]:
    carry, call = NOTHING, ""
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            carry = carry if row.get("call") and row["call"] == call else NOTHING
            call = row.get("call") or ""
            found = redact(row["text"], row["language"], frozenset((row.get("known") or "").split()), carry)
            carry = found.carry
            secret = _spans(row["spans"]) if row.get("spans") else _aligned(row["text"], _expected(row), line)
            yield Row(line, row["text"], found.text, tuple(secret), tuple(_aligned(row["text"], found.text, line)))


def _expected(row: Mapping[str, str]) -> str:
    return row["expected_text"] if "expected_text" in row else row["expected"]


def _spans(said: str) -> Iterator[Span]:
    for each in filter(None, (part.strip() for part in said.split(";"))):
        places, kind = each.split()
        start, end = places.split("-")
        yield Span(int(start), int(end), Kind(kind))


def _aligned(text: str, stored: str, line: int) -> Iterator[Span]:
    """Yield what the marks of `stored` stand for in `text`."""
    pattern = "(.+?)".join(re.escape(each) for each in _ANY_MARK.split(stored))
    found = re.fullmatch(pattern, text, re.DOTALL)
    if found is None:
        raise ValueError(f"line {line}: the expected text differs from the text in more than its marks")
    for group, mark in enumerate(_ANY_MARK.findall(stored), start=1):
        yield Span(found.start(group), found.end(group), _KIND_OF[mark])


def _letters(row: Row, span: Span) -> list[int]:
    return [place for place in range(span.start, span.end) if _DETAIL.match(row.text, place)]


def _is_in(place: int, spans: tuple[Span, ...]) -> bool:
    return any(each.start <= place < each.end for each in spans)


if __name__ == "__main__":
    import sys

    for given in [Path(each) for each in sys.argv[1:]] or [DEVELOPMENT]:
        figures = measure(given)
        print(f"{given.name}: {figures.rows} utterances, {figures.secrets} secrets")  # noqa: T201
        print(f"recall {figures.recall:.1%}, precision {figures.precision:.1%}, {dict(figures.by_kind)}")  # noqa: T201
        for row in figures.wrong:
            print(f"  line {row.line}: {row.text}\n       -> {row.stored}")  # noqa: T201
