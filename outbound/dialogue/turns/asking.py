"""The open question: asked, asked again, and what follows when it fails."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from outbound.dialogue import effects as fx
from outbound.dialogue.script.model import LOUDER, SLOWER, Line, Question
from outbound.dialogue.turns.doubting import OPT_OUT, TAKEN_AT_THEIR_WORD, can_ask_back, is_urgent_doubt
from outbound.dialogue.turns.speaking import next_language

if TYPE_CHECKING:
    from outbound.dialogue.turns.walking import Turn

_REPEATS_UNTIL_SLOW = 2
_MOST_SILENCES = 3


def ask(turn: "Turn", question: Question) -> None:
    """Ask the open question, or what is in doubt."""
    session = turn.session
    if session.doubt is not None and not can_ask_back(turn.script, session.language, session.doubt.intent):
        session = turn.session = replace(session, doubt=None)
    expected = question.expects[session.language]
    intents = expected.intents + expected.urgent + expected.universal
    turn.voice.ask(session, question, turn.understanding.hints(session.language, intents))


def ask_again(turn: "Turn", question: Question, how: str, *, counted: bool = True) -> None:
    """Ask the open question once more: the same words, slower or louder. Too often counts as a failure."""
    repeats = turn.session.repeats + counted
    if repeats > turn.script.limits.repeats:
        fail(turn, question, silent=False)
        return
    slow = turn.session.slow or how == SLOWER or (counted and repeats >= _REPEATS_UNTIL_SLOW)
    turn.session = replace(turn.session, repeats=repeats, slow=slow, loud=turn.session.loud or how == LOUDER)
    ask(turn, question)


def fail(turn: "Turn", question: Question, *, silent: bool) -> None:
    """Ask again in other words, then in the plainest; after three failures, or too many in the call, give up."""
    session, doubt = turn.session, turn.session.doubt
    turn.session = session = replace(
        session,
        failures=session.failures + 1,
        failures_in_call=session.failures_in_call + 1,
        only_silence=session.only_silence and silent,
        silences=session.silences + 1 if silent else 0,
        doubt=replace(doubt, tries=doubt.tries + 1) if doubt is not None else None,
    )
    nobody_there = session.silences >= _MOST_SILENCES
    too_many = session.failures_in_call >= turn.script.limits.failures
    if session.failures >= len(question.prompts) or too_many or nobody_there:
        give_up_question(turn, question, silent=session.only_silence or nobody_there)
        return
    turn.speak((Line(turn.script.leads["silence" if silent else "not_understood"]),))
    ask(turn, question)


def give_up_question(turn: "Turn", question: Question, *, silent: bool) -> None:
    """Go where the failed question leads; of what is in doubt see `doubting`."""
    doubt, urgent = turn.session.doubt, is_urgent_doubt(turn.script, turn.session)
    turn.session = replace(turn.session, doubt=None)
    if doubt is None or not urgent:
        turn.enter(question.silent if silent else question.not_understood)
    elif doubt.intent not in TAKEN_AT_THEIR_WORD or not silent:
        turn.enter(question.not_understood)
    else:
        branch = turn.script.universal[doubt.intent]
        turn.note_branch(branch, doubt.words)
        target = turn.script.steps[branch.go]
        if target.question is not None:
            turn.enter(target.question.silent)
        elif doubt.intent == OPT_OUT:
            turn.enter(target.name)
        else:
            turn.note_step(target)
            turn.enter(question.silent)


def change_language(turn: "Turn", question: Question) -> None:
    """Go on in the next language: what was answered stays, the open question is asked again."""
    following = next_language(turn.script, turn.session)
    if following is not None:
        turn.session = replace(turn.session, language=following)
        turn.effects.append(fx.LanguageChosen(following))
        if question.offers_language is not None:
            # Who could not follow the greeting hears it again in their own language.
            turn.enter(turn.script.start)
            return
    ask(turn, question)
