"""The work of one turn: walking steps, collecting what is said and brought about."""

from collections.abc import Iterable

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.conditions import holds
from outbound.dialogue.facts import Facts
from outbound.dialogue.noting import note
from outbound.dialogue.prompts import context_of
from outbound.dialogue.said import Ask, HangUp, Pause, SaidItem, Say, Transfer
from outbound.dialogue.script.model import (
    BACK,
    LOUDER,
    OTHER_LANGUAGE,
    REPEAT,
    SLOWER,
    VERIFYING,
    AnswerKind,
    Branch,
    EffectSpec,
    Line,
    Question,
    Script,
    Step,
)
from outbound.dialogue.session import Session, Sprint, final_disposition
from outbound.dialogue.understanding.base import Understanding
from outbound.domain.disposition import Disposition

_REPEATS_UNTIL_SLOW = 2
_SILENCE_BETWEEN_KEYS = 5
_PAUSE_AFTER_SPEECH = 2
_PAUSE_AFTER_LONG_SPEECH = 3
_TWO_LANGUAGES = 2


class ScriptMistakeError(Exception):
    """The script leads nowhere from here."""


def spoken_languages(script: Script, facts: Facts) -> tuple[str, ...]:
    """Return the languages of the script in which the facts are complete too."""
    texts = (facts.company_name, facts.hotline_spoken, facts.self_service_spoken)
    return tuple(tag for tag in script.languages if all(tag in each for each in texts))


class Turn:
    """A turn in the making. It ends at a question, a transfer or the end of the call."""

    def __init__(self, script: Script, session: Session, understanding: Understanding) -> None:
        self.script = script
        self.session = session
        self.understanding = understanding
        self.effects: list[fx.Effect] = []
        self.heard_step: str | None = None
        self.heard_as: str | None = None
        self.sensitive = False
        self._said: list[SaidItem] = []
        self._waiting: list[Say | Pause] = []

    def sprint(self) -> Sprint:
        """Return what the turn yielded."""
        keep = self.session.recording is True and not self.sensitive and self.heard_step is not None
        return Sprint(self.session, tuple(self._said), tuple(self.effects), self.heard_step, self.heard_as, keep)

    def enter(self, name: str) -> None:
        """Walk from a step to the next question, transfer or end; `ScriptMistakeError` if none comes."""
        for _ in range(self.script.limits.steps_in_a_turn):
            step = self.script.steps[name]
            self.session = replace(self.session, step=name, outcome=step.outcome or self.session.outcome)
            self._note(step.effects, None)
            self._speak(step.say)
            if not step.interruptible:
                self._flush()
            if not self._goes_on(step):
                return
            name = self._next(step)
        raise ScriptMistakeError("the script goes round without asking anything")

    def take(self, branch: Branch, words: str | None, question: Question | None = None) -> None:
        """Follow a branch; `words` are the callee's, None where they may not be kept."""
        self.note_branch(branch, words)
        self._speak(branch.say)
        if question is None or branch.go not in {REPEAT, SLOWER, LOUDER, OTHER_LANGUAGE}:
            self.enter(self._resolve(branch.go))
            return
        if branch.go == OTHER_LANGUAGE:
            self._change_language(question)
            return
        repeats = self.session.repeats + 1
        if repeats > self.script.limits.repeats:
            self.fail(question, silent=False)
            return
        slow = self.session.slow or branch.go == SLOWER or repeats >= _REPEATS_UNTIL_SLOW
        loud = self.session.loud or branch.go == LOUDER
        self.session = replace(self.session, repeats=repeats, slow=slow, loud=loud)
        self._ask(question)

    def note_branch(self, branch: Branch, words: str | None) -> None:
        """Bring about what a branch notes, without going there."""
        self._note(branch.effects, words)
        if branch.outcome is not None or branch.reason is not None:
            session = self.session
            reason = branch.reason or session.reason
            # Another reason means another list of times: a number that was chosen from the old one says nothing.
            callback = session.callback if reason == session.reason else None
            outcome = branch.outcome or session.outcome
            self.session = replace(session, outcome=outcome, reason=reason, callback=callback)

    def fail(self, question: Question, *, silent: bool) -> None:
        """Ask again in other words, then in the plainest; after three failures, or too many in the call, give up."""
        session = self.session
        only_silence = session.only_silence and silent
        failures, in_call = session.failures + 1, session.failures_in_call + 1
        self.session = replace(session, failures=failures, failures_in_call=in_call, only_silence=only_silence)
        if failures >= len(question.prompts) or in_call >= self.script.limits.failures:
            self.enter(question.silent if only_silence else question.not_understood)
            return
        self._speak((Line(self.script.leads["silence" if silent else "not_understood"]),))
        self._ask(question)

    def end(self, disposition: Disposition, *, hang_up: bool = True) -> None:
        """End the conversation."""
        self._flush()
        if hang_up:
            self._said.append(HangUp())
        self.session = replace(self.session, ended=True, outcome=disposition)
        self.effects.append(fx.Disposed(disposition))

    def _goes_on(self, step: Step) -> bool:
        if step.question is not None:
            session = self.session
            if session.failures or session.repeats or not session.only_silence:
                self.session = replace(session, failures=0, only_silence=True, repeats=0)
            self._ask(step.question)
        elif step.transfer is not None:
            self._flush()
            self._said.append(Transfer(self.session.facts.hotline_number))
        elif step.ends:
            self.end(step.outcome or final_disposition(self.session))
        else:
            return True
        return False

    def _next(self, step: Step) -> str:
        if step.goes_on is not None:
            return self._resolve(step.goes_on)
        for choice in step.choose:
            if holds(choice.when, self.session):
                return self._resolve(choice.go)
        raise ScriptMistakeError("no guard holds")

    def _resolve(self, target: str) -> str:
        if target != BACK:
            return target
        *rest, last = self.session.return_to or (self.script.start,)
        self.session = replace(self.session, return_to=tuple(rest))
        return last

    def _change_language(self, question: Question) -> None:
        known = spoken_languages(self.script, self.session.facts)
        if self.session.language in known and len(known) > 1:
            following = known[(known.index(self.session.language) + 1) % len(known)]
            self.session = replace(self.session, language=following)
            self.effects.append(fx.LanguageChosen(following))
            if question.offers_language is not None:
                # Who could not follow the greeting hears it again in their own language.
                self.enter(self.script.start)
                return
        self._ask(question)

    def _ask(self, question: Question) -> None:
        session = self.session
        rung = min(session.failures, len(question.prompts) - 1)
        self._speak((Line(question.prompts[rung]),))
        if question.offers_language is not None and (session.failures or session.repeats):
            self._speak((Line(question.offers_language, other_language=True),))
        expected = question.expects[session.language]
        intents = expected.intents + expected.urgent + expected.universal
        words = question.answer is AnswerKind.WORDS
        self._said.append(
            Ask(
                prompt=tuple(self._waiting),
                language=session.language,
                num_digits=4 if question.answer in VERIFYING else 1,
                timeout=max(question.timeout, _SILENCE_BETWEEN_KEYS),
                speech_timeout=_PAUSE_AFTER_LONG_SPEECH if words else _PAUSE_AFTER_SPEECH,
                hints=self.understanding.hints(session.language, intents),
            )
        )
        self._waiting.clear()

    def _note(self, specs: Iterable[EffectSpec], words: str | None) -> None:
        for spec in specs:
            self.session, effect = note(self.session, spec, words)
            self.effects.append(effect)

    def _speak(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if line.other_language and len(spoken_languages(self.script, self.session.facts)) < _TWO_LANGUAGES:
                continue
            if line.prompt is None:
                self._waiting.append(Pause(line.pause))
            else:
                self._waiting.append(self._say(line.prompt, other=line.other_language))

    def _say(self, name: str, *, other: bool) -> Say:
        session = self.session
        if other:
            known = spoken_languages(self.script, session.facts)
            session = replace(session, language=known[(known.index(session.language) + 1) % len(known)])
        prompt = self.script.prompts.get(name, session.language)
        if prompt is None:
            raise ScriptMistakeError("a prompt is missing")
        text = prompt.fixed if prompt.fixed is not None else prompt.render(context_of(session))
        return Say(text, session.language, session.slow, session.loud)

    def _flush(self) -> None:
        self._said.extend(self._waiting)
        self._waiting.clear()
