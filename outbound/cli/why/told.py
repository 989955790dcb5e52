"""How an answer is told: about which instant, when it is asked, in which zone and language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct


class Told(Struct, frozen=True):
    """How it is told: about which instant, on which day it is asked, in which zone and language."""

    instant: datetime
    now: datetime
    zone: str
    language: str

    @property
    def chinese(self) -> bool:
        """Whether it is told in Chinese."""
        return self.language.startswith("zh")

    @property
    def past(self) -> bool:
        """Whether the instant lies behind: then the receipts of that day answer, not the gate of today."""
        return self.instant < self.now

    def say(self, chinese: str, english: str) -> str:
        """Choose a wording."""
        return chinese if self.chinese else english

    def local(self, instant: datetime) -> str:
        """Write an instant in the zone of the business."""
        return instant.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M")

    def span(self, start: datetime, end: datetime) -> str:
        """Write a time from start to end, with the date once where it is the same."""
        first, last = self.local(start), self.local(end)
        same = first[:10] == last[:10]
        return f"{first}–{last[11:]}" if same else f"{first} – {last}"

    def between(self, start: datetime, end: datetime) -> str:
        """The same, to be read as a part of a sentence."""
        first, last = self.local(start), self.local(end)
        last = last[11:] if first[:10] == last[:10] else last
        return self.say(f"{first} 到 {last} 之間", f"between {first} and {last}")

    def same_day(self, instant: datetime) -> bool:
        """Whether an instant falls on the day that is asked about."""
        zone = ZoneInfo(self.zone)
        return instant.astimezone(zone).date() == self.instant.astimezone(zone).date()
