"""The middle band: what was perhaps meant is asked back before it is acted on.

Yes takes it with the words in which it was said, no counts as a failure, and whatever else is clearly understood is
taken instead. A doubt that is never resolved falls to the side of the callee: "no more calls", or no more advertising,
is honoured when they hang up or fall silent; for every other urgent word a person looks into it; all else counts as not
understood.
"""

from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session

OPT_OUT = "opt_out"
TAKEN_AT_THEIR_WORD = frozenset({OPT_OUT, "no_marketing"})
"""To leave somebody alone who perhaps asked for it does them no harm."""

AGREEING = frozenset({"yes", "no_problem"})
DISAGREEING = frozenset({"no", "mistyped"})
_NEVER = frozenset({"goodbye"})
"""A goodbye is honoured or not understood, but never asked about."""


def can_ask_back(script: Script, language: str, intent: str) -> bool:
    """Whether the script has the words to ask whether this was meant; where only keys are heard there is no doubt."""
    if not script.unsure or language in script.recorded or intent in _NEVER:
        return False
    return script.prompts.get(f"means_{intent}", language) is not None


def meaning_of(script: Script, language: str, intent: str) -> str:
    """Return the short phrase for what was perhaps meant; KeyError if the script has none."""
    prompt = script.prompts.get(f"means_{intent}", language)
    if prompt is None:
        raise KeyError(intent)
    return prompt.render({})


def is_urgent_doubt(script: Script, session: Session) -> bool:
    """Whether a word that must not be overheard is being asked back."""
    branch = script.universal.get(session.doubt.intent) if session.doubt is not None else None
    return branch is not None and branch.urgent
