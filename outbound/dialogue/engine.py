"""The conversation: pure. `(script, session, heard)` gives the next session, what is said, and what it brings about."""

from collections.abc import Iterable
from datetime import datetime

from jinja2 import TemplateError
from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.apologies import BROKEN_TURN, in_language
from outbound.dialogue.choices import is_for_a_person
from outbound.dialogue.facts import Facts
from outbound.dialogue.heard import Heard, HungUp, Keyed, MachineDetected, Silence, Spoken, TransferEnded
from outbound.dialogue.recognise import Recognition, recognise
from outbound.dialogue.said import HangUp, Say
from outbound.dialogue.script.model import VERIFYING, AnswerKind, Question, Script
from outbound.dialogue.session import Session, Sprint, final_disposition
from outbound.dialogue.turn import ScriptMistakeError, Turn, spoken_languages
from outbound.dialogue.understanding.base import Understanding
from outbound.domain.disposition import Disposition

_MISTAKES = (ScriptMistakeError, TemplateError, LookupError, TypeError, ValueError, ArithmeticError)
"""What a script that passed its checks may still do wrong; it becomes an apology and a person, never a traceback."""

_MACHINE, _TAKEN = "machine", "taken"
_DEEPEST = 4


def begin(script: Script, facts: Facts, language: str | None = None) -> Sprint:
    """Start a conversation in `language` (the facts' by default) and walk to the first question."""
    known = spoken_languages(script, facts)
    wished = (language or facts.language, facts.language, *known, script.languages[0])
    tag = next((each for each in wished if each in known), script.languages[0])
    session = Session(script.name, script.version, tag, facts, step=script.start, slow=facts.slow)
    turn = Turn(script, session, script.understanding)
    try:
        turn.enter(script.start)
    except _MISTAKES as error:
        return _apologise(turn, type(error).__name__)
    return turn.sprint()


def advance(script: Script, session: Session, heard: Heard, understanding: Understanding | None = None) -> Sprint:
    """Take what was heard and go on to the next question or the end. Never raises on anything heard.

    An ended session answers with a hang-up and no effects (nothing at all to `HungUp`). `MachineDetected` says nothing
    (`said` is empty: leave the call alone) once a human has been heard.
    """
    if session.ended:
        return Sprint(session, () if isinstance(heard, HungUp) else (HangUp(),), ())
    if isinstance(heard, MachineDetected) and session.human:
        return Sprint(session, (), ())
    moved = replace(session, turn=session.turn + 1)
    turn = Turn(script, moved, understanding or script.understanding)
    turn.heard_step = session.step
    try:
        if session.script_version != script.version:
            raise ScriptMistakeError("the script changed under the call")
        _hear(turn, heard)
    except _MISTAKES as error:
        return _apologise(turn, type(error).__name__)
    return turn.sprint()


def offer_again(script: Script, session: Session, choices: tuple[tuple[datetime, datetime], ...]) -> Sprint:
    """Say that the time which was just confirmed has been taken meanwhile, and offer `choices` instead (maybe none).

    They are times of who makes the call, as before: the robot's or a person's. `session` is the conversation as it
    stood when the confirmation was heard; nothing was promised.
    """
    facts = session.facts
    by_person = is_for_a_person(session)
    facts = replace(facts, person_choices=choices) if by_person else replace(facts, callback_choices=choices)
    moved = replace(session, turn=session.turn + 1, facts=facts, callback=None)
    turn = Turn(script, moved, script.understanding)
    turn.heard_step, turn.heard_as = session.step, _TAKEN
    asked = (step.question for step in script.steps.values())
    try:
        question = next(each for each in asked if each is not None and each.answer is AnswerKind.CALLBACK_CHOICE)
        turn.take(question.hear[_TAKEN], None)
    except (*_MISTAKES, StopIteration) as error:
        return _apologise(turn, type(error).__name__)
    return turn.sprint()


def _hear(turn: Turn, heard: Heard) -> None:
    step = turn.script.steps[turn.session.step]
    if isinstance(heard, HungUp):
        _hung_up(turn, step.question)
    elif isinstance(heard, MachineDetected):
        turn.heard_as = _MACHINE
        turn.enter(turn.script.voicemail)
    elif turn.session.turn > turn.script.limits.turns:
        turn.heard_as = "too_long"
        turn.enter(turn.script.too_long)
    elif step.transfer is not None:
        turn.heard_as = "connected" if isinstance(heard, TransferEnded) and heard.ok else "not_connected"
        turn.take(step.transfer[turn.heard_as], None)
    elif step.question is None:
        raise ScriptMistakeError("something was heard where nothing was asked")
    else:
        _answer(turn, step.question, heard)


def _answer(turn: Turn, question: Question, heard: Heard) -> None:
    if isinstance(heard, Spoken) and not heard.text.strip():
        heard = Silence()
    if isinstance(heard, Keyed) and not heard.digits.strip().rstrip("#"):
        heard = Silence()
    if not isinstance(heard, Keyed | Spoken):
        turn.heard_as = "silence"
        turn.fail(question, silent=True)
        return
    recognition = recognise(turn.script, turn.session, question, heard, turn.understanding)
    turn.heard_as = recognition.name
    turn.sensitive = question.answer in VERIFYING and recognition.name in {"digits", "not_understood"}
    if recognition.name == _MACHINE and not turn.session.human:
        turn.enter(turn.script.voicemail)
        return
    if not turn.session.human and (isinstance(heard, Keyed) or recognition.branch is not None):
        turn.session = replace(turn.session, human=True)
    if recognition.branch is None:
        turn.fail(question, silent=False)
        return
    _follow(turn, question, recognition, heard)


def _follow(turn: Turn, question: Question, recognition: Recognition, heard: Keyed | Spoken) -> None:
    if recognition.name in {"score", "keyed_0", "keyed_9"}:
        turn.session = replace(turn.session, score=recognition.value)
    if recognition.name == "chosen":
        turn.session = replace(turn.session, callback=recognition.value)
    if recognition.universal and recognition.branch is not None and recognition.branch.go != turn.session.step:
        left = (*turn.session.return_to, turn.session.step)
        turn.session = replace(turn.session, return_to=left[-_DEEPEST:])
    words = heard.text if isinstance(heard, Spoken) and turn.session.recording is True else None
    if recognition.branch is not None:
        turn.take(recognition.branch, words, question)


def _hung_up(turn: Turn, question: Question | None) -> None:
    turn.heard_as = "hung_up"
    if question is not None and question.hung_up is not None:
        turn.note_branch(question.hung_up, None)
    came_of_it = final_disposition(turn.session)
    # Silence that the callee ended himself was a choice; silence that we ended was none.
    turn.end(Disposition.ABANDONED if came_of_it is Disposition.NO_RESPONSE else came_of_it, hang_up=False)


def _apologise(turn: Turn, kind: str) -> Sprint:
    """End safely: an apology, a person promised, and the mistake on record."""
    step, session = turn.session.step, turn.session
    disposition = session.outcome or Disposition.PERSON_REQUESTED
    effects: Iterable[fx.Effect] = (
        *turn.effects,
        fx.PersonRequested("script_error"),
        fx.ScriptFailed(step, kind),
        fx.Disposed(disposition),
    )
    ended = replace(session, ended=True, outcome=disposition, done=(*session.done, "person_requested"))
    apology = Say(in_language(BROKEN_TURN, session.language), session.language, session.slow, session.loud)
    return Sprint(ended, (apology, HangUp()), tuple(effects), turn.heard_step, turn.heard_as, keep_words=False)
