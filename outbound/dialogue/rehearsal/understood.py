"""What was understood in a turn, as a writer wants to see it."""

from msgspec import Struct

from outbound.dialogue.choices import choices_of
from outbound.dialogue.effects import QuestionAnswered, QuestionUnanswered
from outbound.dialogue.rehearsal.call import Turn

_UNSURE = "unsure_"


class Taken(Struct, frozen=True):
    """What was heard in a turn was taken to mean this.

    `doubtful`: it is being asked back. `value` is what was said besides the intent (a score, a time, whether a fact was
    right). `answer` is the id of the approved answer that was given, `nearest` that of one that was not near enough.
    """

    intent: str | None
    confidence: float | None
    doubtful: bool
    value: str | None
    answer: str | None
    nearest: str | None


def taken(turn: Turn) -> Taken:
    """Return what was understood in a turn."""
    sprint = turn.sprint
    meant = sprint.heard_as
    doubtful = meant is not None and meant.startswith(_UNSURE)
    answers = [each.faq_id for each in sprint.effects if isinstance(each, QuestionAnswered)]
    nearest = [each.nearest for each in sprint.effects if isinstance(each, QuestionUnanswered)]
    return Taken(
        intent=meant.removeprefix(_UNSURE) if meant is not None else None,
        confidence=sprint.confidence,
        doubtful=doubtful,
        value=_value(turn),
        answer=answers[0] if answers else None,
        nearest=nearest[0] if nearest else None,
    )


def _value(turn: Turn) -> str | None:
    sprint, before = turn.sprint, turn.before
    after = sprint.session
    if before is None:
        return None
    if sprint.heard_as == "digits":
        return "a wrong fact" if after.tries > before.tries else "the right fact"
    if sprint.heard_as in {"score", "keyed_0", "keyed_9"}:
        return f"score {after.score}"
    if sprint.heard_as in {"chosen", "named"} and after.callback is not None:
        start, end = choices_of(after)[after.callback]
        return f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}"
    if sprint.wants is not None:
        return f"{sprint.wants.start:%Y-%m-%d %H:%M} to {sprint.wants.end:%Y-%m-%d %H:%M}, when no call may be made"
    return None
