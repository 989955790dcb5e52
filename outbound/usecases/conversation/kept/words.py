"""What a callee said, as far as it may be kept."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.session import Session
from outbound.usecases.conversation.kept.themes import Themes

REASON, THEMES = "nps_reason", "themes"
"""Names of answers: why somebody gave their score, in their words, and what it is about, by codes and commas."""


def kept_words(session: Session, text: str | None) -> str | None:
    """Return words where they may be kept. The engine leaves them out already; this is the last gate."""
    return text if text and session.recording is True else None


def reason_answers(session: Session, text: str | None, themes: Themes) -> Mapping[str, str]:
    """Return the answers that a reason for a score leaves behind; none where words may not be kept."""
    words = kept_words(session, text)
    if words is None:
        return {}
    found = themes.of(words, session.language)
    return {REASON: words} | ({THEMES: ",".join(found)} if found else {})


def with_reason(session: Session, effects: Iterable[fx.Effect], themes: Themes) -> Session:
    """Return the session with the reason that was given in this turn among its answers, for the service record."""
    for effect in effects:
        if isinstance(effect, fx.ReasonGiven):
            session = replace(session, answers={**session.answers, **reason_answers(session, effect.text, themes)})
    return session
