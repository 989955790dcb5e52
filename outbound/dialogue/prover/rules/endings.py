"""How calls end: with a goodbye, as what they came to, and at once where somebody wants that."""

from collections.abc import Iterator

from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.state import BITS, View
from outbound.dialogue.prover.topics import Topic
from outbound.dialogue.prover.walk import Ended, Walk
from outbound.dialogue.script.model import RESERVED_TARGETS, AnswerKind, Branch, Question
from outbound.domain.outcome.disposition import Disposition

_GOODBYE = 2
_MACHINE = BITS["voicemail_left"]
_SERIOUS = BITS["cancel_wished"] | BITS["complaint_raised"]
_NOTES = {
    "complaint": "complaint_raised",
    "cancel_policy": "cancel_wished",
    "person": "person_requested",
    "opt_out": "opted_out",
    "wrong_number": "wrong_party",
    "deceased": "death_reported",
}
_PERSUADING = int(Topic.PERSUASION)


def check_ends(report: Report, walk: Walk) -> None:
    """Every end says goodbye and hides nothing."""
    for ended, state in walk.ended:
        for code, text in _end_faults(report, ended):
            report.at(code, ("steps", state.step), f"step '{state.step}' {text}", state.step, walk.path(state))
    for (step_name, now), state in walk.asked:
        question = report.script.steps[step_name].question
        if now.done & _SERIOUS and question is not None and not _about_time(report, question):
            text = f"step '{step_name}' asks on after a complaint or a wish to cancel; a person takes over there"
            report.at("question_after_cancel", ("steps", step_name, "ask"), text, step_name, walk.path(state))
    for said, state in walk.said:
        for spoken in report.book.in_languages(said.prompt):
            if spoken.topics & _PERSUADING:
                text = f"prompt '{spoken.name}' talks somebody out of cancelling; note the wish and give it to a person"
                report.prompt("persuasion", spoken.name, spoken.language, text, state.step, walk.path(state))


def _check_hung_up(report: Report) -> None:
    """A hang-up that means something ends as what it means, for nothing comes after it."""
    for step, question in report.questions():
        noted = {spec.name for spec in question.hung_up.effects} if question.hung_up is not None else set()
        for effect, kept in report.limits.must_end.items():
            if effect in noted and question.hung_up is not None and question.hung_up.outcome not in kept:
                text = f"who hangs up at step '{step}' brings about {effect}; write outcome: {kept[0]} beside it"
                report.at("outcome_lost", ("steps", step, "hung_up"), text, step)


def _end_faults(report: Report, ended: Ended) -> Iterator[tuple[str, str]]:
    now = ended.now
    if now.said == 0:
        yield "silent_end", "hangs up without a word; say something first"
    elif now.said != _GOODBYE and not now.done & _MACHINE:
        yield "no_goodbye", "ends without a goodbye; say one last"
    for effect, dispositions in report.limits.must_end.items():
        if now.done & BITS.get(effect, 0) and _comes_to(ended) not in dispositions:
            yield "outcome_lost", f"ends as {_comes_to(ended)} although {effect} was noted; that would hide it"
    if ended.disposition is Disposition.WELCOMED and not now.verified:
        yield "welcomed_unverified", "ends as welcomed though nobody was verified; end as what it came to"


def _comes_to(ended: Ended) -> Disposition:
    if ended.disposition is not None:
        return ended.disposition
    return Disposition.PARTLY_WELCOMED if ended.now.verified else Disposition.ABANDONED


def _about_time(report: Report, question: Question) -> bool:
    """Whether a question is about when a person may call, or the confirmation of an opt-out."""
    if question.answer is AnswerKind.CALLBACK_CHOICE:
        return True
    spoken = [each for name in question.prompts for each in report.book.in_languages(name)]
    return all(each.topics & (Topic.TIME_NAMED | Topic.OPT_OUT) for each in spoken)


def check_words(report: Report) -> None:
    """Words that are heard everywhere do what they stand for, and those that end a call end it."""
    everywhere = [("", name, branch) for name, branch in report.script.universal.items()]
    for step, name, branch in (*everywhere, *_own_branches(report)):
        _check_noted(report, step, name, branch)
    for name in ("goodbye", "refuse", "wrong_number"):
        ends = report.script.universal.get(name)
        for step in _asked_after(report, ends) if ends is not None else ():
            if name == "wrong_number" and not _asks_on(report, step):
                continue
            text = f"'{name}' leads to the question of step '{step}'; end the call at once"
            report.at("goodbye_lingers", ("universal", name), text, step)
    _check_opt_out(report)
    _check_hung_up(report)


def _own_branches(report: Report) -> Iterator[tuple[str, str, Branch]]:
    for step, question in report.questions():
        yield from ((step, name, branch) for name, branch in question.hear.items() if name in _LOUD)


_LOUD = frozenset({"complaint", "cancel_policy", "deceased"})


def _asks_on(report: Report, step: str) -> bool:
    question = report.script.steps[step].question
    return question is not None


def _check_noted(report: Report, step: str, name: str, branch: Branch) -> None:
    effect = _NOTES.get(name)
    if effect is None or branch.go in RESERVED_TARGETS:
        return
    if not any(spec.name == effect for spec in branch.effects) and effect not in _effects_on(report, branch.go):
        place = ("steps", step, "hear", name) if step else ("universal", name)
        report.at("word_without_effect", place, f"'{name}' does not bring about {effect}; note it", step or None)


def _effects_on(report: Report, target: str) -> set[str]:
    """Return the effects of the steps that follow, and of the answers to a question that confirms."""
    steps, seen, waiting, effects = report.script.steps, set[str](), [target], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in steps:
            continue
        seen.add(name)
        step = steps[name]
        effects |= {spec.name for spec in step.effects}
        waiting.extend(choice.go for choice in step.choose)
        waiting.extend([step.goes_on] if step.goes_on else [])
        if step.question is not None:
            for branch in step.question.hear.values():
                effects |= {spec.name for spec in branch.effects}
            if len(seen) == 1 or name == target:
                waiting.extend(branch.go for branch in step.question.hear.values())
    return effects


def _asked_after(report: Report, branch: Branch) -> Iterator[str]:
    """Yield the questions that follow a branch before the call ends."""
    steps, seen, waiting = report.script.steps, set[str](), [branch.go]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in steps:
            continue
        seen.add(name)
        step = steps[name]
        if step.question is not None:
            yield name
            continue
        waiting.extend(choice.go for choice in step.choose)
        waiting.extend([step.goes_on] if step.goes_on else [])
        waiting.extend(each.go for each in (step.transfer or {}).values())


def _check_opt_out(report: Report) -> None:
    branch = report.script.universal.get("opt_out")
    steps = report.script.steps
    for name in _asked_after(report, branch) if branch is not None else ():
        question = steps[name].question
        if question is None:
            continue
        ways = [each for word, each in question.hear.items() if word != "no"]
        ways += [Branch(question.silent), Branch(question.not_understood)]
        for way in ways:
            for further in _asked_after(report, way):
                text = f"after an opt-out, step '{name}' leads to another question, '{further}'; end there"
                report.at("opt_out_lingers", ("steps", name, "hear"), text, name)
            if "opted_out" not in {spec.name for spec in way.effects} | _effects_on(report, way.go):
                text = f"step '{name}' leads to '{way.go}', where the opt-out is forgotten; note opted_out there"
                report.at("opt_out_lost", ("steps", name, "hear"), text, name)
        hung_up = question.hung_up
        if hung_up is None or "opted_out" not in {spec.name for spec in hung_up.effects}:
            text = f"who hangs up at step '{name}' is not taken at their word; write hung_up: {{effects: [opted_out]}}"
            report.at("opt_out_lost", ("steps", name), text, name)


PRIVACY = View(
    frozenset({"verified", "right_party", "recording", "free_look", "tries"}), BITS["cancel_wished"] | _MACHINE
)
PROMISES = View(frozenset({"owed", "reason"}), sum(BITS.values()))
VALUES = View(frozenset({"reason", "choices", "chosen"}))
ENDS = View(frozenset({"verified", "outcome", "said", "reason"}), sum(BITS.values()))
OPENING = View(frozenset({"told", "scored"}))
"""What each proof remembers."""
