"""What a callee said, as far as it may be kept: with consent, and without numbers that must never be stored."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.redaction.model import Redacted
from outbound.dialogue.redaction.redact import redact
from outbound.dialogue.session import Session
from outbound.usecases.conversation.kept.themes import Themes

REASON, THEMES = "nps_reason", "themes"
"""Names of answers: why somebody gave their score, in their words, and what it is about, by codes and commas."""

IN_THEIR_WORDS = frozenset({REASON, THEMES})
"""Answers that are kept with consent to a record alone, and are forgotten when it is taken back."""

MOST_CHARACTERS = 600
"""Of one utterance that are kept: two minutes of speech. To search more for numbers would keep the callee waiting."""


def redacted(session: Session, text: str, language: str | None = None, *, digits_expected: bool = False) -> Redacted:
    """Take out of what was heard in this turn what must never be stored; `session.carry` is that of the turn before.

    `digits_expected`: what was said was a value that the question asked for.
    """
    said, tag = text[:MOST_CHARACTERS], language or session.language
    return redact(said, tag, _ours(session), session.carry, digits_expected=digits_expected)


def redacted_keys(session: Session, keys: str) -> Redacted:
    """The same for keys; a single one answers or asks for something, and is no part of any number.

    Who says half of a card number, presses a key to hear the question again, and says the rest, has said it all.
    """
    if len(keys.strip("*#")) > 1:
        return redacted(session, keys)
    return Redacted(keys, carry=session.carry)


def kept_words(session: Session, text: str | None) -> str | None:
    """Return words where they may be kept, redacted. The engine leaves them out already; this is the last gate."""
    return redacted(session, text).text if text and session.recording is True else None


def with_words_redacted(session: Session) -> Session:
    """Return the session with the words that wait in it as they may be stored between two turns."""
    if session.recording is not True:
        return _without_words(session)
    if session.doubt is not None and session.doubt.words:
        session = replace(session, doubt=replace(session.doubt, words=redacted(session, session.doubt.words).text))
    if any(each.words for each in session.asked):
        asked = (
            replace(each, words=redacted(session, each.words).text if each.words else None) for each in session.asked
        )
        session = replace(session, asked=tuple(asked))
    return session


def _without_words(session: Session) -> Session:
    """Consent may have been taken back since they were said; a reason that was given before goes with them."""
    if not IN_THEIR_WORDS.isdisjoint(session.answers):
        kept = {name: value for name, value in session.answers.items() if name not in IN_THEIR_WORDS}
        session = replace(session, answers=kept)
    if session.doubt is not None and session.doubt.words:
        session = replace(session, doubt=replace(session.doubt, words=None))
    if any(each.words for each in session.asked):
        session = replace(session, asked=tuple(replace(each, words=None) for each in session.asked))
    return session


def _ours(session: Session) -> frozenset[str]:
    """Numbers that may be said back to us: the ends of policy numbers, and the line that people are told to ring."""
    facts = session.facts
    return frozenset({facts.hotline_number, *(each.last_digits for each in facts.policies if each.last_digits)})


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
