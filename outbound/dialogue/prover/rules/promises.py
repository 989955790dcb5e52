"""No promise without its effect, and no effect that nobody is told of."""

from outbound.dialogue.prover.carrying import Place
from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.state import BITS
from outbound.dialogue.prover.topics import Topic
from outbound.dialogue.prover.walk import Said, Walk
from outbound.dialogue.script.model import Question

_PROMISES: tuple[tuple[int, frozenset[str], str], ...] = (
    (
        int(Topic.PROMISED_PERSON),
        frozenset({"person_requested", "callback_wished", "complaint_raised", "cancel_wished", "death_reported"}),
        "a person or a call",
    ),
    (int(Topic.PROMISED_MESSAGE), frozenset({"message_wished"}), "a message"),
    (int(Topic.PROMISED_FILING), frozenset({"complaint_raised"}), "a complaint on file"),
    (
        int(Topic.PROMISED_SILENCE),
        frozenset({"opted_out", "wrong_party", "death_reported"}),
        "that there are no more calls",
    ),
)
_OPT_OUT = int(Topic.OPT_OUT | Topic.PROMISED_SILENCE)


def check_promises(report: Report, walk: Walk) -> None:
    """Whatever is promised was noted, whatever was noted is told, and what binds is confirmed."""
    for said, state in walk.said:
        for topic, effects, what in _PROMISES:
            bits = sum(BITS[each] for each in effects)
            for spoken in report.book.in_languages(said.prompt):
                if spoken.topics & topic and not said.now.done & bits and not _proposed(report, said, effects):
                    text = (
                        f"step '{state.step}' promises {what} ('{spoken.name}') that nothing brings about; "
                        f"note {' or '.join(sorted(effects))} before"
                    )
                    report.prompt(
                        "promise_without_effect", spoken.name, spoken.language, text, state.step, walk.path(state)
                    )
    _check_told(report, walk)
    _check_confirmed(report, walk)


def _proposed(report: Report, said: Said, effects: frozenset[str]) -> bool:
    """Whether a question proposes what one of its own answers, or the question after it, brings about."""
    question = report.script.steps[said.step].question
    return said.role == "ask" and question is not None and bool(effects & _brought_about(question))


def _brought_about(question: Question) -> set[str]:
    return {spec.name for branch in question.hear.values() for spec in branch.effects}


def _check_told(report: Report, walk: Walk) -> None:
    for ended, state in walk.ended:
        untold = [name for name, bit in BITS.items() if ended.now.owed & bit]
        if untold:
            text = f"the call ends at step '{state.step}' and nobody was told of {', '.join(untold)}; say it"
            report.at("effect_untold", ("steps", state.step), text, state.step, walk.path(state))


def _check_confirmed(report: Report, walk: Walk) -> None:
    for noted, state in walk.noted:
        question = report.script.steps[state.step].question
        if noted.name == "callback_wished" and not _reads_back(report, question, noted.heard):
            text = f"step '{state.step}' promises a time that was not read back; ask with {{{{ callback }}}} first"
            report.at("unconfirmed_callback", ("steps", state.step), text, state.step, walk.path(state))
        if noted.name == "opted_out" and not _was_asked(report, walk, state):
            text = f"step '{state.step}' ends all calls on a word that was never asked back; ask once, in plain words"
            report.at("unconfirmed_opt_out", ("steps", state.step), text, state.step, walk.path(state))


def _reads_back(report: Report, question: Question | None, heard: str | None) -> bool:
    if question is None or heard is None:
        return False
    return all("callback" in each.variables for name in question.prompts for each in report.book.in_languages(name))


def _was_asked(report: Report, walk: Walk, place: Place) -> bool:
    """Whether the last question on every way spoke of no more calls, in every wording and language."""
    steps = walk.asked_last(place)
    questions = [report.script.steps[each].question for each in steps]
    return bool(steps) and all(
        each is not None
        and all(spoken.topics & _OPT_OUT for name in each.prompts for spoken in report.book.in_languages(name))
        for each in questions
    )
