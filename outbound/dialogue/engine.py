"""The conversation: pure. `(script, session, heard)` gives the next session, what is said, and what it brings about."""

from collections.abc import Callable
from datetime import datetime

from jinja2 import TemplateError
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.apologies import BROKEN_TURN, in_language
from outbound.dialogue.choices import is_for_a_person
from outbound.dialogue.facts import Facts
from outbound.dialogue.heard import Heard, HungUp, MachineDetected, TransferEnded
from outbound.dialogue.said import HangUp, Say
from outbound.dialogue.script.model import TAKEN, AnswerKind, Question, Script
from outbound.dialogue.session import Session, Sprint, final_disposition
from outbound.dialogue.turns.answering import MACHINE, answer, give_up_at_length
from outbound.dialogue.turns.doubting import TAKEN_AT_THEIR_WORD, is_urgent_doubt
from outbound.dialogue.turns.limits import is_over, may_still_be_heard
from outbound.dialogue.turns.naming import Window, at_most, in_zone, take_windows
from outbound.dialogue.turns.questions import unanswered
from outbound.dialogue.turns.recognition import DECEASED
from outbound.dialogue.turns.speaking import ScriptMistakeError, spoken_languages
from outbound.dialogue.turns.walking import Turn
from outbound.dialogue.understanding.base import Understanding
from outbound.domain.outcome.disposition import NEEDS_A_PERSON, Disposition

_MISTAKES = (ScriptMistakeError, TemplateError, LookupError, TypeError, ValueError, ArithmeticError)
"""What a script that passed its checks may still do wrong; it becomes an apology and a person, never a traceback."""


_CLOSED = NEEDS_A_PERSON | {Disposition.REFUSED, Disposition.OPTED_OUT}
"""After these the robot does not ring again."""


def begin(script: Script, facts: Facts, language: str | None = None, now: datetime | None = None) -> Sprint:
    """Start a conversation in `language` (the facts' by default) and walk to the first question.

    `now` is the instant at which the call began; without it the call's seconds are not limited.
    """
    known = spoken_languages(script, facts)
    wished = (language or facts.language, facts.language, *known, script.languages[0])
    tag = next((each for each in wished if each in known), script.languages[0])
    facts, slow = at_most(facts, script.limits.choices), facts.slow or script.slow
    session = Session(script.name, script.version, tag, facts, step=script.start, slow=slow, began_at=now)
    return _made(Turn(script, session, script.understanding), lambda turn: turn.enter(script.start))


def advance(
    script: Script,
    session: Session,
    heard: Heard,
    understanding: Understanding | None = None,
    *,
    now: datetime | None = None,
) -> Sprint:
    """Take what was heard and go on to the next question or the end. Never raises on anything heard.

    An ended session answers with a hang-up and no effects (nothing at all to `HungUp`). `MachineDetected` says nothing
    (`said` is empty: leave the call alone) once a human has been heard. Without `now` (an aware instant) no time is
    understood and the call's seconds are not limited. A sprint that `wants` something is answered by `offer_times`.
    """
    if session.ended:
        return Sprint(session, () if isinstance(heard, HungUp) else (HangUp(),), ())
    if isinstance(heard, MachineDetected) and session.human:
        return Sprint(session, (), ())
    turn = _next_turn(script, session, understanding, now)
    return _made(turn, lambda made: _hear(made, heard))


def offer_again(script: Script, session: Session, choices: tuple[Window, ...]) -> Sprint:
    """Say that the time which was just confirmed has been taken meanwhile, and offer `choices` instead (maybe none).

    They are times of who makes the call, as before: the robot's or a person's. `session` is the conversation as it
    stood when the confirmation was heard; nothing was promised.
    """
    facts, choices = session.facts, choices[: script.limits.choices]
    by_person = is_for_a_person(session)
    facts = replace(facts, person_choices=choices) if by_person else replace(facts, callback_choices=choices)
    turn = _next_turn(script, replace(session, facts=facts, callback=None, doubt=None), None, None)
    turn.heard_as = TAKEN
    return _made(turn, _offer_others)


def offer_times(
    script: Script, session: Session, windows: tuple[Window, ...], *, now: datetime | None = None
) -> Sprint:
    """Answer a sprint that `wants` a time; `session` is that sprint's own, `windows` what may be promised within it.

    Soonest first, at most three. The first is read back (branch `named`, `callback` holds it); without any it says so
    and offers the list again (`not_possible`). The turn stays the same: its effects are all in the sprint returned.
    """
    turn = Turn(script, session, script.understanding, in_zone(session.facts, now))
    turn.heard_step = turn.left = session.step
    return _made(turn, lambda made: take_windows(made, windows))


def _next_turn(script: Script, session: Session, understanding: Understanding | None, now: datetime | None) -> Turn:
    moved = replace(session, turn=session.turn + 1)
    turn = Turn(script, moved, understanding or script.understanding, in_zone(session.facts, now))
    turn.heard_step = turn.left = session.step
    return turn


def _made(turn: Turn, work: Callable[[Turn], None]) -> Sprint:
    try:
        if turn.session.script_version != turn.script.version:
            raise ScriptMistakeError("the script changed under the call")
        work(turn)
    except _MISTAKES as error:
        return _apologise(turn, type(error).__name__)
    return turn.sprint()


def _offer_others(turn: Turn) -> None:
    asked = (step.question for step in turn.script.steps.values())
    question = next((each for each in asked if each and each.answer is AnswerKind.CALLBACK_CHOICE), None)
    if question is None:
        raise ScriptMistakeError("nothing asks for a time")
    turn.take(question.hear[TAKEN], None)


def _hear(turn: Turn, heard: Heard) -> None:
    step = turn.script.steps[turn.session.step]
    if isinstance(heard, HungUp):
        _hung_up(turn, step.question)
    elif isinstance(heard, MachineDetected):
        turn.heard_as = MACHINE
        turn.enter(turn.script.voicemail)
    elif step.transfer is not None:
        turn.heard_as = "connected" if isinstance(heard, TransferEnded) and heard.ok else "not_connected"
        turn.take(step.transfer[turn.heard_as], None)
    elif step.question is None:
        raise ScriptMistakeError("something was heard where nothing was asked")
    elif not is_over(turn.script, turn.session, turn.now):
        answer(turn, step.question, heard)
    elif may_still_be_heard(turn.script, turn.session, turn.now):
        answer(turn, step.question, heard, last=True)
    else:
        give_up_at_length(turn)


def _hung_up(turn: Turn, question: Question | None) -> None:
    turn.heard_as = "hung_up"
    if is_urgent_doubt(turn.script, turn.session):
        _honour_doubt(turn)
    elif question is not None and question.hung_up is not None:
        turn.note_branch(question.hung_up, None)
    came_of_it = final_disposition(turn.session)
    # Silence that the callee ended himself was a choice; silence that we ended was none.
    turn.end(Disposition.ABANDONED if came_of_it is Disposition.NO_RESPONSE else came_of_it, hang_up=False)


def _honour_doubt(turn: Turn) -> None:
    """Take who hangs up while asked whether to be left alone at their word; all else urgent a person looks into.

    Neither is acted on as if it were certain: no complaint is filed and no policy cancelled that nobody confirmed.
    """
    doubt = turn.session.doubt
    if doubt is None or doubt.intent not in TAKEN_AT_THEIR_WORD:
        if doubt is not None and doubt.intent == DECEASED and turn.session.outcome not in _CLOSED:
            # Whatever was to follow: no robot rings, perhaps for the dead, before a person has looked into it.
            turn.session = replace(turn.session, outcome=None)
        turn.owe_person("not_understood")
        return
    branch = turn.script.universal[doubt.intent]
    turn.note_branch(branch, doubt.words)
    target = turn.script.steps[branch.go]
    if target.question is not None and target.question.hung_up is not None:
        turn.note_branch(target.question.hung_up, doubt.words)
    else:
        turn.note_step(target)


def _apologise(turn: Turn, kind: str) -> Sprint:
    """End safely: an apology, a person promised, and the mistake on record."""
    step, session = turn.session.step, turn.session
    disposition = session.outcome or Disposition.PERSON_REQUESTED
    effects: tuple[fx.Effect, ...] = (
        *turn.effects,
        *(unanswered(each) for each in session.asked),
        fx.PersonRequested("script_error"),
        fx.ScriptFailed(step, kind),
        fx.Disposed(disposition),
    )
    ended = replace(
        session, ended=True, outcome=disposition, asked=(), doubt=None, done=(*session.done, "person_requested")
    )
    apology = Say(*in_language(BROKEN_TURN, session.language), session.slow, session.loud)
    return Sprint(ended, (apology, HangUp()), effects, turn.heard_step, turn.heard_as, keep_words=False)
