"""What every source of policies yields, and how it says that it cannot."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from outbound.usecases.problems import InputProblemError, ServiceAwayError


class SourceError(InputProblemError):
    """A source as a whole cannot be read: `what` is wrong, `where`, and how to `mend` it. Never quotes a value."""

    def __init__(self, what: str, where: str, mend: str) -> None:
        super().__init__(f"{where}: {what}. {mend}")
        self.what = what
        self.where = where
        self.mend = mend


class SourceUnreachableError(SourceError, ServiceAwayError):
    """A service behind the source did not answer; the same call may succeed later and nothing was lost."""

    exit_code = ServiceAwayError.exit_code


class UnreadableError(ValueError):
    """One value cannot be read: a stable `code`, a `reason` and how to `mend` it, none of which quotes the value."""

    def __init__(self, code: str, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.mend = mend


@dataclasses.dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it arrived: text by column; `line` is the line, sheet row or position on the page, from 1.

    A row whose shape is broken bears a `fault`: too_many_fields, too_few_fields or unclosed_quote.
    """

    source: str
    line: int
    values: Mapping[str, str] = dataclasses.field(repr=False)
    fault: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class BadRow:
    """A row for quarantine. `original` is personal data (store it encrypted); everything else may be shown."""

    source: str
    line: int
    field: str
    masked_value: str
    code: str
    reason: str
    mend: str
    original: Mapping[str, str] = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class RowsDelivery:
    """Rows that are already in memory; the watermark that is stored with them is their acceptance."""

    name: str
    watermark: str | None
    raw_rows: Sequence[RawRow] = dataclasses.field(repr=False)

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows."""
        return iter(self.raw_rows)

    def accept(self) -> None:
        """Do nothing: the stored watermark says it."""

    def refuse(self, reason: str) -> None:
        """Do nothing: a watermark that is not stored brings the rows again."""
