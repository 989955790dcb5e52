"""What is done about a key or an utterance at the open question."""

from msgspec.structs import replace

from outbound.dialogue.heard import Heard, Keyed, Spoken
from outbound.dialogue.script.model import BACK, LOUDER, RESERVED_TARGETS, SLOWER, VERIFYING, Branch, Question
from outbound.dialogue.session import AskedQuestion, Doubt
from outbound.dialogue.turns.asking import ask, ask_again, fail
from outbound.dialogue.turns.limits import MOST_ECHOES, echo_of
from outbound.dialogue.turns.looking_up import look_up
from outbound.dialogue.turns.naming import wish
from outbound.dialogue.turns.recognising import keyed, spoken
from outbound.dialogue.turns.recognition import (
    BARE,
    COURTESIES,
    DECEASED,
    MACHINES,
    QUESTION,
    Ear,
    Recognition,
    expected_at,
)
from outbound.dialogue.turns.walking import ASK_AGAIN, CAN_BE_SAID_ANEW, Turn
from outbound.dialogue.turns.wishes import SERIOUS, further_wishes, is_wish, takes_over

MACHINE = "machine"
_DEEPEST = 4
_PLEAS = frozenset({"who", "repeat", "slower", "louder"})
_OF_FACTS = frozenset({"digits", "not_understood"})


def answer(turn: Turn, question: Question, heard: Heard, *, last: bool = False) -> None:
    """Take what was heard at the open question. `last`: the call is over, and only urgent words still count."""
    if not isinstance(heard, Keyed | Spoken) or _is_empty(heard):
        turn.heard_as = "silence"
        give_up_at_length(turn) if last else fail(turn, question, silent=True)
        return
    turn.session = replace(turn.session, silences=0)
    ear = Ear(turn.script, turn.session, turn.understanding, turn.now)
    found = keyed(ear, question, heard) if isinstance(heard, Keyed) else spoken(ear, question, heard)
    turn.heard_as, turn.confidence = found.name, found.confidence
    turn.sensitive = question.answer in VERIFYING and (found.name in _OF_FACTS or found.doubt is not None)
    if last and not _is_urgent(turn, found):
        give_up_at_length(turn)
    elif not _is_machine(turn, question, heard, found):
        _act(turn, question, found, heard)


def _act(turn: Turn, question: Question, found: Recognition, heard: Keyed | Spoken) -> None:
    session = turn.session
    understood = found.branch is not None or found.wanted is not None or found.settles is not None
    if understood and not session.human and found.name not in MACHINES:
        turn.session = session = replace(session, human=True)
    words = heard.text if isinstance(heard, Spoken) and session.recording is True and not turn.sensitive else None
    if found.doubt is not None:
        _ask_back(turn, question, found, heard, words)
    elif found.wanted is not None:
        wish(turn, question, found.wanted)
    elif found.branch is None:
        if found.settles is not None:
            turn.session = replace(session, doubt=None)
        fail(turn, question, silent=False)
    elif found.name in COURTESIES and found.universal and found.branch.go in ASK_AGAIN:
        ask_again(turn, question, found.branch.go, counted=False)
    else:
        _follow(turn, question, found, found.branch, heard, words)


def _ask_back(turn: Turn, question: Question, found: Recognition, heard: Keyed | Spoken, words: str | None) -> None:
    """Ask whether that was meant. What was asked in the same breath waits meanwhile."""
    asks = QUESTION in found.also and isinstance(heard, Spoken)
    if asks and isinstance(heard, Spoken):
        turn.asks = _asked(turn, question, heard.text, words)
    answer = next((each for each in found.also if each != QUESTION), None)
    turn.session = replace(turn.session, doubt=Doubt(found.doubt or "", words, answer=answer, asks=asks))
    ask(turn, question)


def _asked(turn: Turn, question: Question, text: str | None, words: str | None) -> tuple[AskedQuestion, ...]:
    ear = Ear(turn.script, turn.session, turn.understanding, turn.now)
    return look_up(turn.understanding, text, expected_at(question, ear), words)


def _follow(
    turn: Turn, question: Question, found: Recognition, branch: Branch, heard: Keyed | Spoken, words: str | None
) -> None:
    text = heard.text if isinstance(heard, Spoken) else None
    doubt = turn.session.doubt
    if takes_over(turn.script, turn.session) or _is_serious(found, branch):
        found, branch = _with_urgent_words_alone(turn, question, found, branch)
    if found.settles is not None and doubt is not None:
        # What is followed now was said before: with the words of then.
        text = words = doubt.words
    if branch.go not in ASK_AGAIN:
        turn.session = replace(turn.session, doubt=None)
    if found.at is not None:
        question = _go_to(turn, found.at)
    _keep_value(turn, question, found)
    asks = found.name == QUESTION or QUESTION in found.also
    waits_already = found.settles is not None and doubt is not None and doubt.asks
    if (asks and not waits_already) or (found.name == "words" and _answers_questions(turn, branch)):
        turn.asks = _asked(turn, question, text, words)
    _be_kind_to_the_ear(turn, found.also)
    further = _further(turn, question, found)
    if further is not None:
        _take_both(turn, question, found, (branch, further), words)
        return
    if _leads_back(turn, found, branch):
        _remember(turn, turn.session.step)
        _keep_further_wishes(turn, question, found, (branch,), words)
    _note_what_else_is_urgent(turn, found, words)
    turn.take(branch, words, question)


def _is_serious(found: Recognition, branch: Branch) -> bool:
    """Whether a complaint or a wish to cancel answers the question: what else is said calmly does not lead on."""
    return not found.universal and any(spec.name in SERIOUS for spec in branch.effects)


def _with_urgent_words_alone(
    turn: Turn, question: Question, found: Recognition, branch: Branch
) -> tuple[Recognition, Branch]:
    anywhere = turn.script.universal
    urgent = tuple(each for each in found.also if each in anywhere and anywhere[each].urgent)
    leaves = found.universal and not branch.urgent and branch.go not in RESERVED_TARGETS
    if leaves:
        turn.take_at_their_word(question)
    return replace(found, also=urgent), Branch(BACK) if leaves else branch


def _keep_further_wishes(
    turn: Turn, question: Question, found: Recognition, followed: tuple[Branch, ...], words: str | None
) -> None:
    """Note whatever else is wished for; its steps are walked, one after the other, after those that are followed."""
    if followed[-1].urgent:
        return
    wishes = further_wishes(turn.script, question, found, followed)
    for each in wishes:
        turn.note_branch(each, words)
        turn.speak(each.say)
    for go in reversed(tuple(dict.fromkeys(each.go for each in wishes))):
        if go != followed[-1].go:
            _remember(turn, go)


def _note_what_else_is_urgent(turn: Turn, found: Recognition, words: str | None) -> None:
    """Bring about what else must not be overheard: who complains and cancels in one breath has done both.

    `back` leads there and not to the open question: nobody is asked on after a complaint.
    """
    if not (found.universal and found.branch is not None and found.branch.urgent):
        return
    for each in found.also:
        branch = turn.script.universal.get(each)
        if branch is not None and branch.urgent and branch != found.branch and each != DECEASED:
            turn.note_branch(branch, words)
            if branch.go not in RESERVED_TARGETS:
                _remember(turn, branch.go)


def _take_both(
    turn: Turn, question: Question, found: Recognition, both: tuple[Branch, Branch], words: str | None
) -> None:
    """Take the answer and then what was said along with it; `back` goes on where the answer leads.

    Before an urgent word sentences are left out that promise nothing.
    """
    first, then = both
    if found.universal:
        first, then = then, first
    turn.note_branch(first, words)
    if not then.urgent or any(spec.name not in CAN_BE_SAID_ANEW for spec in first.effects):
        turn.speak(first.say)
    _remember(turn, turn.session.step if first.go in RESERVED_TARGETS - {"back"} else turn.resolve(first.go))
    _keep_further_wishes(turn, question, found, (first, then), words)
    _note_what_else_is_urgent(turn, found, words)
    turn.take(then, words, question)


def _further(turn: Turn, question: Question, found: Recognition) -> Branch | None:
    """Return what was said along with an answer, or the answer that was said along with a word heard everywhere."""
    if found.universal:
        # "Don't call again" holds a "don't" that answers nothing: only what means more than yes or no does.
        own = next((question.meanings[each] for each in found.also if each in question.meanings.keys() - BARE), None)
        is_answer = own is not None and question.answer not in VERIFYING and found.name not in MACHINES
        return question.hear[own] if own is not None and is_answer else None
    wishes = (turn.script.universal[each] for each in found.also if is_wish(turn.script, question, each, found.name))
    return next((each for each in wishes if each.go not in RESERVED_TARGETS), None)


def _be_kind_to_the_ear(turn: Turn, also: tuple[str, ...]) -> None:
    if SLOWER in also or LOUDER in also:
        session = turn.session
        turn.session = replace(session, slow=session.slow or SLOWER in also, loud=session.loud or LOUDER in also)


def _keep_value(turn: Turn, question: Question, found: Recognition) -> None:
    if found.name in {"score", "keyed_0", "keyed_9"}:
        turn.session = replace(turn.session, score=found.value)
    elif found.name == "chosen":
        turn.session = replace(turn.session, callback=found.value)
    elif found.name == "digits" and found.branch == question.hear["wrong"]:
        turn.session = replace(turn.session, tries=turn.session.tries + 1)


def _go_to(turn: Turn, name: str) -> Question:
    """Open an earlier question again without asking it: it is being answered anew."""
    session = turn.session
    question = turn.script.steps[name].question
    if question is None:
        raise LookupError("an earlier question is none")
    turn.walked.append(name)
    turn.session = replace(session, step=name, previous=session.previous[: session.previous.index(name)])
    turn.forget_who(name)
    turn.left = name
    return question


def _leads_back(turn: Turn, found: Recognition, branch: Branch) -> bool:
    if branch.go in RESERVED_TARGETS or branch.go == turn.session.step:
        return False
    return found.universal or _answers_questions(turn, branch)


def _answers_questions(turn: Turn, branch: Branch) -> bool:
    return branch.go in turn.script.steps and turn.script.steps[branch.go].faq is not None


def _remember(turn: Turn, name: str) -> None:
    left = turn.session.return_to
    if not left or left[-1] != name:
        turn.session = replace(turn.session, return_to=(*left, name)[-_DEEPEST:])


def _is_machine(turn: Turn, question: Question, heard: Keyed | Spoken, found: Recognition) -> bool:
    """Whether a machine is on the line; then the turn is taken.

    An answering machine is believed only while no human was heard. Whatever says the same long sentence for the third
    time is a robot, unless it is an answer, urgent, or a human's who is simply not understood. Who has answered a
    question, or asks again and again for what only somebody asks who does not hear well, is not hung up on: that counts
    as not understood, and leads to a person.
    """
    session = turn.session
    if found.name == MACHINE and found.universal:
        if session.human:
            turn.heard_as, turn.confidence = "not_understood", None
            fail(turn, question, silent=False)
        else:
            turn.enter(turn.script.voicemail)
        return True
    if not isinstance(heard, Spoken):
        return False
    echo = echo_of(session, heard.text)
    turn.session = session = replace(session, echo=echo)
    own = found.branch is not None and not found.universal
    if echo[1] < MOST_ECHOES or own or _is_urgent(turn, found) or (session.human and found.branch is None):
        return False
    if found.name in _PLEAS or session.recording is not None or session.right_party is not None or session.answers:
        fail(turn, question, silent=False)
        return True
    turn.heard_as = "hold_music"
    branch = turn.script.universal.get("hold_music")
    turn.enter(question.silent) if branch is None else turn.take(branch, None)
    return True


def _is_urgent(turn: Turn, found: Recognition) -> bool:
    """Whether this must be honoured even in a call that is over: urgent words, what answers them, a goodbye."""
    if found.universal and found.branch is not None and (found.branch.urgent or found.name == "goodbye"):
        return True
    asked_back = {branch.go for branch in turn.script.universal.values() if branch.urgent}
    return turn.session.step in asked_back and found.branch is not None and not found.universal


def give_up_at_length(turn: Turn) -> None:
    """End a call that takes too many turns, or too long."""
    turn.heard_as = "too_long"
    over = takes_over(turn.script, turn.session)
    question = turn.script.steps[turn.session.step].question
    if question is not None:
        turn.take_at_their_word(question)
    turn.enter(turn.resolve(BACK) if over else turn.script.too_long)


def _is_empty(heard: Keyed | Spoken) -> bool:
    if isinstance(heard, Spoken):
        return not heard.text.strip()
    return not heard.digits.strip().rstrip("#")
