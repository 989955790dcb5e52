"""What is left of an utterance when only its words of time are kept, in either language."""

from enum import StrEnum

from msgspec import Struct


class Part(StrEnum):
    """A part of the day; `resolve.HOURS` says when it is."""

    EARLY = "early"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    DUSK = "dusk"
    EVENING = "evening"
    NIGHT = "night"
    WORKING_HOURS = "working_hours"


class Relation(StrEnum):
    """How the time that is wanted stands to the one that is named."""

    AT = "at"
    AFTER = "after"
    BEFORE = "before"
    ABOUT = "about"
    PAST = "past"
    """Some time past it: 三點多."""


class Span(StrEnum):
    """Several days in a row that have one name."""

    WEEK = "week"
    WEEKEND = "weekend"
    MONTH_START = "month_start"
    MONTH_END = "month_end"


class Day(Struct, frozen=True):
    """One day, or one span of days, as it was named: exactly one of the fields below.

    `offset`: days from today. `weekday`: from 0 (Monday), in the week that is `week` weeks ahead; with None the next
    one that is not past. `day` of the `month` (None: this one or the next), `months` ahead where a month was named by
    that. `span` in the week or month that is `week` or `months` ahead.
    """

    offset: int | None = None
    weekday: int | None = None
    week: int | None = None
    month: int | None = None
    months: int | None = None
    day: int | None = None
    span: Span | None = None


class Clock(Struct, frozen=True):
    """A clock time: `hour` from 0 to 24 as it was said, `sure` where its half of the day is known (3 p.m., 15:00).

    `spread` is how many hours the words leave open: 1 for `兩三點` (two or three o'clock), 0 for `三點`.
    """

    hour: int
    minute: int = 0
    relation: Relation = Relation.AT
    sure: bool = False
    spread: int = 0


class Parts(Struct, frozen=True):
    """A part of the day, and how the wanted time stands to it."""

    part: Part
    relation: Relation = Relation.AT


class Ahead(Struct, frozen=True):
    """So many minutes from now."""

    minutes: int


class To(Struct, frozen=True):
    """From what stands before it until what stands after it."""


class Unclear(Struct, frozen=True):
    """Words of time that cannot be resolved without guessing: after the New Year, one of these days, last Tuesday."""


Token = Day | Clock | Parts | Ahead | To | Unclear


class Mention(Struct, frozen=True):
    """One time as it was named: a day in one or several ways, or two as a range, and the hours of it."""

    days: tuple[Day, ...] = ()
    is_range: bool = False
    part: Part | None = None
    part_relation: Relation = Relation.AT
    until_part: Part | None = None
    clock: Clock | None = None
    until: Clock | None = None
    minutes_ahead: int | None = None

    @property
    def has_hours(self) -> bool:
        """Whether a part of the day or a clock time was named."""
        return self.part is not None or self.clock is not None
