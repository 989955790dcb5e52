"""What a turn says, collected in order: sentences, questions, and what whoever takes the call is told."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from outbound.dialogue.facts import Facts
from outbound.dialogue.prompts import Prompt, context_of
from outbound.dialogue.said import Ask, HangUp, Pause, Play, SaidItem, Say, Transfer
from outbound.dialogue.script.model import VERIFYING, AnswerKind, Line, Question, Script
from outbound.dialogue.session import Session
from outbound.dialogue.turns.doubting import meaning_of

_SILENCE_BETWEEN_KEYS, _LONGEST_SILENCE = 5, 20
_PAUSE_AFTER_SPEECH, _PAUSE_AFTER_LONG_SPEECH = 2, 3
_DIGITS_OF_A_FACT = 4
_TWO_LANGUAGES = 2


class ScriptMistakeError(Exception):
    """The script leads nowhere from here."""


def spoken_languages(script: Script, facts: Facts) -> tuple[str, ...]:
    """Return the languages of the script in which the facts can be said too, a recorded one by its voice."""
    texts, voice_of = (facts.company_name, facts.hotline_spoken, facts.self_service_spoken), script.prompts.voice_of
    return tuple(tag for tag in script.languages if all(voice_of(tag) in each for each in texts))


def next_language(script: Script, session: Session) -> str | None:
    """Return the language that follows the spoken one, or None if there is no other."""
    known = spoken_languages(script, session.facts)
    if session.language not in known or len(known) < _TWO_LANGUAGES:
        return None
    return known[(known.index(session.language) + 1) % len(known)]


class Voice:
    """Collects what is said. What waits is said before the robot listens, or with the question: keys interrupt it."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._said: list[SaidItem] = []
        self._waiting: list[Say | Play | Pause] = []

    def said(self) -> tuple[SaidItem, ...]:
        """Return what was said so far."""
        return tuple(self._said)

    def speak(self, session: Session, lines: Iterable[Line], more: Mapping[str, Any] | None = None) -> None:
        """Say lines of the script in the session's language; `more` are variables of this moment."""
        for line in lines:
            if line.prompt is None:
                self._waiting.append(Pause(line.pause))
            elif not line.other_language:
                self._waiting.extend(self._spoken(session, line.prompt, more))
            elif (other := next_language(self._script, session)) is not None:
                self._waiting.extend(self._spoken(replace(session, language=other), line.prompt, more))

    def say(self, session: Session, prompt: Prompt) -> None:
        """Say a prompt that is none of the script's: an approved answer, which speaks public fields only."""
        facts, language = session.facts, self._script.prompts.voice_of(session.language)
        public = {
            "company": facts.company_name[language],
            "hotline": facts.hotline_spoken[language],
            "self_service": facts.self_service_spoken[language],
        }
        self._waiting.append(Say(prompt.render(public), language, session.slow, session.loud))

    def ask(self, session: Session, question: Question, hints: tuple[str, ...]) -> None:
        """Ask the open question, or what is in doubt, and listen."""
        self._speak_question(session, question)
        words = question.answer is AnswerKind.WORDS
        of_fact = question.answer in VERIFYING and session.doubt is None
        self._said.append(
            Ask(
                prompt=tuple(self._waiting),
                language=session.language,
                speech=session.language not in self._script.recorded,
                num_digits=_DIGITS_OF_A_FACT if of_fact else 1,
                timeout=min(max(question.timeout, _SILENCE_BETWEEN_KEYS), _LONGEST_SILENCE),
                speech_timeout=_PAUSE_AFTER_LONG_SPEECH if words else _PAUSE_AFTER_SPEECH,
                hints=hints,
            )
        )
        self._waiting.clear()

    def transfer(self, session: Session, whisper: tuple[str, ...]) -> None:
        """Connect the callee with a person, who is told first why they call."""
        self.flush()
        self._said.append(Transfer(session.facts.hotline_number, _whisper(self._script, session, whisper)))

    def hang_up(self) -> None:
        """Say what waits and end the call."""
        self.flush()
        self._said.append(HangUp())

    def flush(self) -> None:
        """Say what waits before the robot listens: nothing interrupts it."""
        self._said.extend(self._waiting)
        self._waiting.clear()

    def _speak_question(self, session: Session, question: Question) -> None:
        doubt = session.doubt
        if doubt is not None:
            unsure = self._script.unsure
            meaning = meaning_of(self._script, session.language, doubt.intent)
            self.speak(session, (Line(unsure[min(doubt.tries, len(unsure) - 1)]),), {"meaning": meaning})
            return
        self.speak(session, (Line(question.prompts[min(session.failures, len(question.prompts) - 1)]),))
        if question.offers_language is not None and (session.failures or session.repeats):
            self.speak(session, (Line(question.offers_language, other_language=True),))

    def _spoken(self, session: Session, name: str, more: Mapping[str, Any] | None) -> tuple[Say | Play, ...]:
        prompts, language = self._script.prompts, session.language
        prompt = prompts.get(name, language)
        if prompt is None:
            raise ScriptMistakeError("a prompt is missing")
        if prompt.fixed is not None and not prompt.pieces:
            return (Say(prompt.fixed, language, session.slow, session.loud),)
        context = {**context_of(session, prompts.voice_of(language)), **(more or {})}
        return prompts.spoken(name, context, language, slow=session.slow, loud=session.loud)


def _whisper(script: Script, session: Session, names: tuple[str, ...]) -> tuple[Say, ...]:
    """Return what the person is told, in the script's first language; a prompt that lacks a variable is left out."""
    if not names:
        return ()
    known = spoken_languages(script, session.facts)
    language = script.prompts.voice_of(known[0] if known else session.language)
    public: dict[str, Any] = {"company": session.facts.company_name[language], "verified": session.verified}
    for key in (_reason(session), "asked"):
        reason = script.prompts.get(f"reason_{key}", language)
        if reason is not None and reason.variables <= public.keys():
            public.setdefault("reason_spoken", reason.render(public))
    prompts = (script.prompts.get(name, language) for name in names)
    return tuple(
        Say(each.render(public), language) for each in prompts if each is not None and each.variables <= public.keys()
    )


def _reason(session: Session) -> str:
    """Return why a person takes the call: a complaint or the wish to cancel, or else what was promised last."""
    for effect, reason in (("complaint_raised", "complaint"), ("cancel_wished", "wants_to_cancel")):
        if effect in session.done:
            return reason
    return session.person_for or "asked"
