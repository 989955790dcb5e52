"""A call without a telephone: what is heard is given, what is said is kept, named times are looked up in a list."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from outbound.dialogue.choices import choices_of
from outbound.dialogue.effects import CallbackWished
from outbound.dialogue.engine import advance, begin, offer_again, offer_times
from outbound.dialogue.facts import MOST_CALLBACK_CHOICES, Facts
from outbound.dialogue.heard import Heard
from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session, Sprint
from outbound.dialogue.understanding.base import Understanding
from outbound.dialogue.wanted_time import WantedTime

Window = tuple[datetime, datetime]

_SHORTEST = timedelta(minutes=15)


class Turn(Struct, frozen=True):
    """One turn: what was heard (None: the robot speaks first), what came of it, and the steps from the open one on.

    `now` is the instant at which it was heard, None where nobody told the time. `before` is the conversation that heard
    it.
    """

    heard: Heard | None
    sprint: Sprint
    walked: tuple[str, ...]
    before: Session | None = None
    now: datetime | None = None


class Call:
    """A call that is being played. The conversation is stored and read back between all turns, as in a real call.

    `possible` are half-open windows of aware instants in which calls may be made besides the facts' choices; a time
    that the callee names is promised only within them. `now` may be moved by whoever plays. While `given_away`, the
    next time that is confirmed has been given to somebody else meanwhile.
    """

    def __init__(
        self,
        script: Script,
        facts: Facts,
        *,
        language: str | None = None,
        now: datetime | None = None,
        possible: tuple[Window, ...] = (),
    ) -> None:
        self.script, self.now, self._possible = script, now, possible
        self.given_away = False
        self.turns: list[Turn] = []
        self._keep(None, None, begin(script, facts, language, now))

    @property
    def sprint(self) -> Sprint:
        """The last turn's yield."""
        return self.turns[-1].sprint

    @property
    def session(self) -> Session:
        """Where the conversation stands."""
        return self.sprint.session

    def hear(self, heard: Heard, understanding: Understanding | None = None) -> Turn:
        """Let the robot hear something; ValueError if the conversation is over, or does not survive being stored."""
        if self.session.ended:
            raise ValueError("the conversation is over")
        session = Session.from_json(self.session.to_json())
        if session != self.session:
            raise ValueError("the conversation changed when it was stored and read back")
        sprint = advance(self.script, session, heard, understanding, now=self.now)
        if sprint.wants is not None:
            windows = self._windows(sprint.session, sprint.wants)
            found = offer_times(self.script, sprint.session, windows, now=self.now)
            confidence = sprint.confidence if found.confidence is None else found.confidence
            sprint = replace(found, wants=sprint.wants, confidence=confidence)
        wish = next((each for each in sprint.effects if isinstance(each, CallbackWished)), None)
        if self.given_away and wish is not None:
            self.given_away = False
            others = tuple(each for each in choices_of(session) if each != (wish.start, wish.end))
            sprint = offer_again(self.script, replace(session, human=True), others)
        return self._keep(heard, session, sprint)

    def _keep(self, heard: Heard | None, before: Session | None, sprint: Sprint) -> Turn:
        stood = () if before is None else (before.step,)
        turn = Turn(heard, sprint, (*stood, *sprint.walked), before, self.now)
        self.turns.append(turn)
        return turn

    def _windows(self, session: Session, wanted: WantedTime) -> tuple[Window, ...]:
        return within(wanted, (*choices_of(session), *self._possible))


def within(wanted: WantedTime, possible: tuple[Window, ...]) -> tuple[Window, ...]:
    """Return the parts of the possible windows that lie in a named time, soonest first, at most three."""
    parts = {(max(start, wanted.start), min(end, wanted.end)) for start, end in possible}
    found = sorted((start, end) for start, end in parts if end - start >= _SHORTEST)
    apart = [each for at, each in enumerate(found) if at == 0 or each[0] >= found[at - 1][1]]
    return tuple(apart[:MOST_CALLBACK_CHOICES])
