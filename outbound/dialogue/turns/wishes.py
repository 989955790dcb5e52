"""What is wished for along with an answer, or along with another wish: followed after it, and never lost."""

from outbound.dialogue.script.model import BACK, RESERVED_TARGETS, Branch, Question, Script
from outbound.dialogue.session import Session
from outbound.dialogue.turns.recognition import QUESTION, Recognition

WISHES = frozenset(
    {"question", "who", "person", "later", "goodbye", "deceased", "no_marketing", "change_address", "change_phone",
     "change_details", "send_link", "send_form"}
)  # fmt: skip
"""What may be said along with an answer and is followed after it, unless it is urgent anyway."""

SERIOUS = frozenset({"complaint_raised", "cancel_wished"})
"""After these a person takes over, and nothing more is asked about anything else."""

_DEEPEST = 3


def is_wish(script: Script, question: Question, intent: str, answered: str) -> bool:
    """Whether what was said along with an answer is to be followed after it."""
    if intent not in script.universal or intent in question.meanings:
        return False
    # "No, I don't want that" refuses what was asked; "yes, it's me, but I'm not interested" refuses the call.
    return intent in WISHES or (intent == "refuse" and answered != "no")


def asks_urgent(script: Script, step: str) -> bool:
    """Whether a step asks an urgent word back."""
    return any(branch.urgent and branch.go == step for branch in script.universal.values())


def takes_over(script: Script, session: Session) -> bool:
    """Whether a person takes over as soon as the open question is answered.

    Who complained, or wants to cancel, and said in the same breath that they want no more calls, is asked back about
    that alone: calm words, and a call that is over, lead to what was left.
    """
    return not SERIOUS.isdisjoint(session.done) and asks_urgent(script, session.step)


def further_wishes(
    script: Script, question: Question, found: Recognition, followed: tuple[Branch, ...]
) -> tuple[Branch, ...]:
    """Return the wishes beyond those that are `followed`, in the order said: what is noted or answered."""
    names = (each for each in dict.fromkeys(found.also) if is_wish(script, question, each, found.name))
    wished = (script.universal[each] for each in names)
    asking = script.universal.get(QUESTION)
    return tuple(
        each
        for each in wished
        if not each.urgent and each not in followed and (each == asking or comes_back(script, each.go))
    )


def comes_back(script: Script, target: str, depth: int = 0) -> bool:
    """Whether a way of steps goes back to where it came from: it notes, asks nothing and ends nothing."""
    if target in RESERVED_TARGETS or depth > _DEEPEST:
        return target == BACK
    step = script.steps[target]
    if step.question is not None or step.transfer is not None or step.faq is not None or step.ends:
        return False
    ways = (step.goes_on,) if step.goes_on is not None else tuple(each.go for each in step.choose)
    return bool(ways) and all(comes_back(script, each, depth + 1) for each in ways)
