"""What a journey is made of, and what is wrong with one."""

from datetime import datetime

from msgspec import Struct

from outbound.dialogue.facts import Facts
from outbound.dialogue.rehearsal.call import Window

DEFAULT_SCRIPT = "welcome_call"
"""What a journey walks that names no script."""


class Line(Struct, frozen=True):
    """One line of a journey: its number from 1, the word before the colon, and the rest."""

    number: int
    word: str
    rest: str

    @property
    def text(self) -> str:
        """The line as it stands in the file."""
        return f"{self.word}: {self.rest}" if self.rest else self.word


class Journey(Struct, frozen=True):
    """A call as its file tells it. `possible` are windows in which calls may be made besides the facts' choices.

    `now` is the instant at which the call begins; `lines` leave out what only sets the scene.
    """

    file: str
    title: str
    script: str
    language: str | None
    facts: Facts
    possible: tuple[Window, ...]
    now: datetime
    lines: tuple[Line, ...]


class JourneyProblem(Struct, frozen=True):
    """Something in a journey's file that cannot be read: where, what, and how to mend it."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class JourneyError(ValueError):
    """Journeys that cannot be played, with everything that is to be mended in them."""

    exit_code = 2

    def __init__(self, problems: tuple[JourneyProblem, ...]) -> None:
        super().__init__("\n".join(str(each) for each in problems))
        self.problems = problems
