"""Weekly opening hours as configuration files write them."""

from datetime import time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from outbound.domain.hours import OpenHours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class FileForm(BaseModel):
    """What a file may hold, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HoursForm(FileForm):
    """A day or a range of days, and the hours on each of them: `{days: mon-fri, from: "09:00", to: "18:00"}`."""

    days: str
    start: time = Field(alias="from")
    end: time = Field(alias="to")

    @field_validator("days")
    @classmethod
    def _are_days(cls, value: str) -> str:
        _weekdays(value)
        return value

    @field_validator("start", "end", mode="before")
    @classmethod
    def _is_quoted(cls, value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError('a quoted time such as "09:30"')  # noqa: TRY004 - pydantic collects ValueError
        return value

    def read(self) -> OpenHours:
        """Return the hours as the product knows them."""
        return OpenHours(_weekdays(self.days), self.start, self.end)


def _weekdays(text: str) -> frozenset[int]:
    first, _, last = text.partition("-")
    last = last or first
    if first not in _DAYS or last not in _DAYS or _DAYS.index(last) < _DAYS.index(first):
        raise ValueError(f"a day or a range in order, of {', '.join(_DAYS)}, such as mon-fri")
    return frozenset(range(_DAYS.index(first) + 1, _DAYS.index(last) + 2))
