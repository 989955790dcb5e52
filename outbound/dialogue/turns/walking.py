"""The work of one turn: walking steps until a question, a transfer or the end."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.choices import choices_of
from outbound.dialogue.conditions import holds, may_verify
from outbound.dialogue.noting import note
from outbound.dialogue.script.model import (
    BACK,
    LOUDER,
    OTHER_LANGUAGE,
    PREVIOUS,
    REPEAT,
    SLOWER,
    VERIFYING,
    AnswerKind,
    Branch,
    EffectSpec,
    FaqExits,
    Line,
    Question,
    Script,
    Step,
)
from outbound.dialogue.session import AskedQuestion, Session, Sprint, final_disposition
from outbound.dialogue.turns.asking import ask, ask_again, change_language
from outbound.dialogue.turns.questions import MOST_WAITING, Desk, settle, unanswered
from outbound.dialogue.turns.speaking import ScriptMistakeError, Voice
from outbound.dialogue.understanding.base import Understanding
from outbound.dialogue.wanted_time import WantedTime
from outbound.domain.outcome.disposition import Disposition

ASK_AGAIN = frozenset({REPEAT, SLOWER, LOUDER, OTHER_LANGUAGE})
"""Where a branch goes that leaves the question open."""

_DEEPEST = 8
_WEIGHS_MORE = frozenset({Disposition.COMPLAINT, Disposition.WANTS_TO_CANCEL, Disposition.DECEASED})
"""What a call comes to though its question about further calls was left without an answer."""

CAN_BE_SAID_ANEW = frozenset(
    {"answered", "satisfaction", "reason_given", "right_party", "recording_given", "recording_refused"}
)
"""Effects that a later answer replaces. Whatever else was brought about, nobody goes back behind."""


class Turn:
    """A turn in the making. It ends at a question, a transfer or the end of the call."""

    def __init__(
        self, script: Script, session: Session, understanding: Understanding, now: datetime | None = None
    ) -> None:
        self.script = script
        self.session = session
        self.understanding = understanding
        self.now = now
        self.voice = Voice(script)
        self.effects: list[fx.Effect] = []
        self.heard_step: str | None = None
        self.heard_as: str | None = None
        self.confidence: float | None = None
        self.sensitive = False
        self.wants: WantedTime | None = None
        self.asks: tuple[AskedQuestion, ...] = ()
        self.left: str | None = None
        """The question that this turn answers: it is the one before the next."""
        self.walked: list[str] = []
        self._promised = False

    def sprint(self) -> Sprint:
        """Return what the turn yielded."""
        self.keep_in_mind()
        keep = self.session.recording is True and not self.sensitive and self.heard_step is not None
        return Sprint(
            self.session,
            self.voice.said(),
            tuple(self.effects),
            self.heard_step,
            self.heard_as,
            keep,
            self.confidence,
            self.wants,
            tuple(self.walked),
        )

    def enter(self, name: str) -> None:
        """Walk from a step to the next question, transfer or end; `ScriptMistakeError` if none comes."""
        following: str | None = name
        for _ in range(self.script.limits.steps_in_a_turn):
            if following is None:
                return
            step = self.script.steps[following]
            self.walked.append(following)
            self.session = replace(self.session, step=step.name, outcome=step.outcome or self.session.outcome)
            self._note(step.effects, None)
            self.speak(step.say)
            if not step.interruptible:
                self.voice.flush()
            following = self._leave(step)
        if following is not None:
            raise ScriptMistakeError("the script goes round without asking anything")

    def take(self, branch: Branch, words: str | None, question: Question | None = None) -> None:
        """Follow a branch; `words` are the callee's, None where they may not be kept."""
        self.note_branch(branch, words)
        self.speak(branch.say)
        if branch.go == PREVIOUS:
            if self.session.previous:
                self.forget_who(self.session.previous[-1])
                self.enter(self.session.previous[-1])
            elif question is not None:
                ask_again(self, question, REPEAT)
            else:
                self.enter(self.resolve(BACK))
        elif question is None or branch.go not in ASK_AGAIN:
            self.enter(self.resolve(branch.go))
        elif branch.go == OTHER_LANGUAGE:
            change_language(self, question)
        else:
            ask_again(self, question, branch.go)

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

    def note_step(self, step: Step) -> None:
        """Bring about what a step notes, without going there."""
        self.session = replace(self.session, outcome=step.outcome or self.session.outcome)
        self._note(step.effects, None)

    def owe_person(self, reason: str) -> None:
        """Promise a person without a word, where the call ends before any could be said."""
        outcome = self.session.outcome or Disposition.PERSON_REQUESTED
        self._note((EffectSpec("person_requested", {"reason": reason}),), None)
        self.session = replace(self.session, outcome=outcome)

    def take_at_their_word(self, question: Question) -> None:
        """Bring about what a hang-up means at a question that is left for good without an answer, and say so."""
        if question.hung_up is not None:
            self._note_hang_up(question.hung_up)
            self.speak(question.hung_up.say)

    def resolve(self, target: str) -> str:
        """Return the step that a target means; `back` is the question that a digression left."""
        if target == BACK:
            *rest, last = self.session.return_to or (self.left or self.script.start,)
            self.session = replace(self.session, return_to=tuple(rest))
            return last
        return target

    def speak(self, lines: Iterable[Line]) -> None:
        """Say lines of the script."""
        self.voice.speak(self.session, lines)

    def keep_in_mind(self) -> None:
        """Let what was asked in this turn and not come to wait; of more than can be kept, the oldest goes to review."""
        both = (*self.session.asked, *self.asks)
        kept, self.asks = both[-MOST_WAITING:], ()
        self.effects.extend(map(unanswered, both[: len(both) - len(kept)]))
        self.session = replace(self.session, asked=kept)

    def end(self, disposition: Disposition, *, hang_up: bool = True) -> None:
        """End the conversation. What was asked and never answered goes to review."""
        if hang_up:
            self.voice.hang_up()
        disposition = self._at_their_word(disposition)
        self.keep_in_mind()
        self.effects.extend(unanswered(each) for each in self.session.asked)
        self.session = replace(self.session, ended=True, outcome=disposition, asked=())
        self.effects.append(fx.Disposed(disposition))

    def _at_their_word(self, disposition: Disposition) -> Disposition:
        """Bring about what a hang-up means at a question that was left and not come back to; return what came of it.

        "Don't call again", and then "wait a moment": that they meant it was asked and never answered.
        """
        for name in self.session.return_to:
            question = self.script.steps[name].question
            if question is not None and question.hung_up is not None:
                self.session = replace(self.session, outcome=disposition)
                self._note_hang_up(question.hung_up)
                disposition = self.session.outcome or disposition
        return disposition

    def _note_hang_up(self, branch: Branch) -> None:
        """Note what hanging up means; what weighs more stays what the call came to."""
        outcome = self.session.outcome
        self.note_branch(branch, None)
        if outcome in _WEIGHS_MORE:
            self.session = replace(self.session, outcome=outcome)

    def _forget_refusals(self) -> None:
        """Leave what a hang-up would have meant at questions that were left: who agrees to a call refuses none."""
        waiting = self.session.return_to
        asked = ((each, self.script.steps[each].question) for each in waiting)
        kept = tuple(name for name, question in asked if question is None or question.hung_up is None)
        self.session = replace(self.session, return_to=kept)

    def _leave(self, step: Step) -> str | None:
        """Return the step that follows, or None where the turn is over."""
        if step.question is not None:
            if step.question.answer in VERIFYING and not may_verify(self.session):
                # Enough wrong answers, by whatever way they came here again: as if this one were wrong, unasked.
                return self.resolve(step.question.hear["wrong"].go)
            self._open(step.name, step.question)
        elif step.transfer is not None:
            self.voice.transfer(self.session, step.whisper)
        elif step.ends:
            self.end(step.outcome or final_disposition(self.session))
        elif step.faq is not None:
            return self._answer_questions(step.faq)
        else:
            return self._next(step)
        return None

    def _next(self, step: Step) -> str:
        if step.goes_on is not None:
            return self.resolve(step.goes_on)
        for choice in step.choose:
            if holds(choice.when, self.session):
                return self.resolve(choice.go)
        raise ScriptMistakeError("no guard holds")

    def _open(self, name: str, question: Question) -> None:
        session, left = self.session, self.left
        previous = session.previous
        if name in previous:
            previous = previous[: previous.index(name)]
        elif left is not None and left != name and not self._promised and self._can_return_to(left):
            previous = (*previous, left)[-_DEEPEST:]
        # What was read back, or offered, and is gone cannot be asked about again.
        previous = tuple(each for each in previous if not self._is_gone(each))
        self.session = replace(session, failures=0, only_silence=True, repeats=0, previous=previous, doubt=None)
        ask(self, question)

    def _can_return_to(self, name: str) -> bool:
        step = self.script.steps[name]
        return step.question is not None and step.question.answer not in VERIFYING and not step.effects

    def _is_gone(self, name: str) -> bool:
        question = self.script.steps[name].question
        if question is not None and question.answer is AnswerKind.CALLBACK_CHOICE and not choices_of(self.session):
            return True
        return self.session.callback is None and self._reads_time_back(name)

    def _reads_time_back(self, name: str) -> bool:
        question = self.script.steps[name].question
        names = question.prompts if question is not None else ()
        prompts = (self.script.prompts.get(each, self.session.language) for each in names)
        return any("callback" in each.variables for each in prompts if each is not None)

    def forget_who(self, name: str) -> None:
        """Forget who is on the line where question `name`, which finds that out, is answered anew."""
        question = self.script.steps[name].question
        branches = question.hear.values() if question is not None else ()
        if any(spec.name == "right_party" for branch in branches for spec in branch.effects):
            self.session = replace(self.session, right_party=None)

    def _answer_questions(self, exits: FaqExits) -> str:
        heard_at = self.script.steps[self.heard_step].question if self.heard_step is not None else None
        defers = heard_at is not None and heard_at.defers and not self.session.verified
        fresh, self.asks = self.asks, ()
        desk = Desk(self.understanding, self.script.prompts.voice_of(self.session.language), self.session.verified)
        settled = settle(fresh, self.session.asked, desk, exits, defers=defers)
        offer = next((each.offer for each in reversed(settled.answers) if each.offer), None)
        self.session = replace(self.session, asked=settled.waiting, offer=offer)
        self.effects.extend(settled.effects)
        for answer in settled.answers:
            self.voice.say(self.session, answer.prompt)
        if settled.deferred is not None:
            self.speak((Line(settled.deferred),))
        return self.resolve(settled.go)

    def _note(self, specs: Iterable[EffectSpec], words: str | None) -> None:
        for spec in specs:
            self.session, effect = note(self.session, spec, words)
            self.effects.append(effect)
            if isinstance(effect, fx.CallbackWished):
                self._forget_refusals()
            if spec.name not in CAN_BE_SAID_ANEW:
                self.session, self._promised = replace(self.session, previous=()), True
