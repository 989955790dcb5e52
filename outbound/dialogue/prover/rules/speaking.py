"""Who may hear what: fields by their labels, words by their guards, proved on every way that leads to a prompt."""

from collections.abc import Iterator

from outbound.dialogue.facts import Label
from outbound.dialogue.prover.carrying import Place
from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.state import BITS
from outbound.dialogue.prover.topics import Spoken, Topic
from outbound.dialogue.prover.walk import Said, Walk
from outbound.dialogue.script.model import VERIFYING, AnswerKind, Question, Step

_FREE_LOOK, _RECORDING = int(Topic.FREE_LOOK), int(Topic.RECORDING)
_CONFIRMED_BY = {"right_party": "full_name"}


def check_privacy(report: Report, walk: Walk) -> None:
    """What is personal, of a policy, or about the right to cancel is said only to whom it may be said."""
    for said, state in walk.said:
        for spoken in report.book.in_languages(said.prompt):
            for code, text in _may_not_hear(report, said, spoken):
                report.prompt(code, spoken.name, spoken.language, text, state.step, walk.path(state))
    for (step_name, now), state in walk.asked:
        step = report.script.steps[step_name]
        if step.question is None or step.question.answer not in VERIFYING:
            continue
        if now.tries >= report.limits.bounds.tries:
            text = f"step '{step_name}' asks for a fact after {now.tries} wrong answers; lead to a person"
            report.at("too_many_tries", ("steps", step_name, "ask"), text, step_name, walk.path(state))
    _check_recording(report, walk)
    _check_identity(report, walk)


def _may_not_hear(report: Report, said: Said, spoken: Spoken) -> Iterator[tuple[str, str]]:
    now, where = said.now, f"step '{said.step}' says '{spoken.name}'"
    fields = ", ".join(sorted(spoken.variables))
    if Label.POLICY in spoken.labels and not now.verified:
        yield "policy_before_verification", f"{where} ({fields}) to somebody who is not verified; verify first"
    if Label.PERSONAL in spoken.labels and now.right_party is False:
        yield "name_to_wrong_party", f"{where} with a name to somebody who is not the person asked for; leave it out"
    elif Label.PERSONAL in spoken.labels and not (now.right_party or now.verified or _asks_who(report, said)):
        text = (
            f"{where} with a name; before it is known who listens, only the question whether it is them may name them"
        )
        yield "name_before_right_party", text
    if spoken.topics & _FREE_LOOK and now.free_look is not True and not now.done & BITS["cancel_wished"]:
        text = f"{where}, about the right to cancel, where it may have run out; guard it by 'free_look_runs'"
        yield "free_look_unguarded", text


def _asks_who(report: Report, said: Said) -> bool:
    question = report.script.steps[said.step].question
    return said.role == "ask" and question is not None and _can_note(question, "right_party")


def _can_note(question: Question, effect: str) -> bool:
    return any(spec.name == effect for branch in question.hear.values() for spec in branch.effects)


def _check_recording(report: Report, walk: Walk) -> None:
    for (step_name, now), state in walk.asked:
        step = report.script.steps[step_name]
        if now.recording is None and step.question is not None and step.question.answer in VERIFYING:
            text = f"step '{step_name}' asks for a fact before it was asked whether the call may be recorded; ask first"
            report.at("recording_not_asked", ("steps", step_name, "ask"), text, step_name, walk.path(state))
    for noted, state in walk.noted:
        if noted.name == "recording_given" and not _asked_about(report, state, noted.heard, _RECORDING):
            text = (
                f"step '{state.step}' notes consent to recording where nothing was asked about it; ask in plain words"
            )
            report.at("recording_unannounced", ("steps", state.step), text, state.step, walk.path(state))


def _asked_about(report: Report, state: Place, heard: str | None, topic: int) -> bool:
    """Whether something was heard at a question all of whose wordings, in all languages, speak of a topic."""
    question = report.script.steps[state.step].question
    if question is None or heard is None:
        return False
    return all(each.topics & topic for name in question.prompts for each in report.book.in_languages(name))


def _check_identity(report: Report, walk: Walk) -> None:
    for noted, state in walk.noted:
        step = report.script.steps[state.step]
        if noted.name == "verified" and not _proved(step, noted.heard):
            text = f"step '{state.step}' verifies without a fact; note it on 'right' of birth_date or digits only"
        elif noted.name == "right_party" and not noted.before.verified and not _named(report, step, noted.heard):
            text = (
                f"step '{state.step}' takes somebody for the right person who was not asked for by name, nor verified"
            )
        else:
            continue
        report.at("unconfirmed_identity", ("steps", state.step), text, state.step, walk.path(state))


def _proved(step: Step, heard: str | None) -> bool:
    return step.question is not None and step.question.answer in VERIFYING and heard == "right"


def _named(report: Report, step: Step, heard: str | None) -> bool:
    if step.question is None or heard is None:
        return False
    names = _CONFIRMED_BY["right_party"]
    return all(names in each.variables for name in step.question.prompts for each in report.book.in_languages(name))


def check_constant_answers(report: Report) -> None:
    """A fact is answered alike whether it was right, and questions wait while it is asked for."""
    answers = any(step.faq is not None for step in report.script.steps.values())
    for name, question in report.questions():
        if question.answer not in VERIFYING:
            continue
        place = ("steps", name, "hear")
        right, wrong = question.hear.get("right"), question.hear.get("wrong")
        if right is not None and wrong is not None and right.say != wrong.say:
            text = f"step '{name}' says other words when the fact was right than when it was wrong; say the same"
            report.at("telling_verification", place, text)
        if answers and not question.defers:
            text = f"step '{name}' would answer questions before it is known who asks; write 'defers: true'"
            report.at("verification_not_deferred", ("steps", name, "ask"), text)


def check_score(report: Report, walk: Walk) -> None:
    """A score is spoken, and noted, once there is one."""
    for said, state in walk.said:
        if not said.now.scored:
            _check_value(report, walk, (said, state), "score")
        _check_value(report, walk, (said, state), "meaning")
    for noted, state in walk.noted:
        if noted.name == "satisfaction" and not noted.before.scored and not _says_score(report, state):
            text = f"step '{state.step}' notes satisfaction before a score was heard"
            report.at("value_unknown", ("steps", state.step), text, state.step, walk.path(state))


def _check_value(report: Report, walk: Walk, where: tuple[Said, Place], field: str) -> None:
    said, state = where
    for spoken in report.book.in_languages(said.prompt):
        if field in spoken.variables:
            text = f"step '{state.step}' says '{spoken.name}' where there is no value for {field}"
            report.prompt("value_unknown", spoken.name, spoken.language, text, state.step, walk.path(state))


def check_times(report: Report, walk: Walk) -> None:
    """A time is spoken once one was chosen; times are offered where there are some."""
    for said, state in walk.said:
        if not said.now.chosen:
            _check_value(report, walk, (said, state), "callback")
    for (step_name, now), state in walk.asked:
        question = report.script.steps[step_name].question
        offers = question is not None and question.answer is AnswerKind.CALLBACK_CHOICE
        if offers and now.choices is not True:
            text = f"step '{step_name}' offers times where there may be none; guard it by 'callback_choices_given'"
            report.at("choices_unguarded", ("steps", step_name, "ask"), text, step_name, walk.path(state))


def _says_score(report: Report, state: Place) -> bool:
    step = report.script.steps[state.step]
    branches = step.question.hear.values() if step.question else ()
    specs = [*step.effects, *(spec for branch in branches for spec in branch.effects)]
    return any(spec.name == "satisfaction" and "score" in spec.arguments for spec in specs)
