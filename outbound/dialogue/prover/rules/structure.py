"""What must hold of a graph before it can be walked, and what the walk shows of it."""

from collections.abc import Iterator

from outbound.dialogue.conditions import is_known
from outbound.dialogue.prover.carrying import Place
from outbound.dialogue.prover.graph import all_targets, own_targets
from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.walk import Walk
from outbound.dialogue.script.model import BACK, MAY_COME_OF, OUTCOMES_OF, RESERVED_TARGETS, TAKEN, Step


def check_targets(report: Report) -> None:
    """Every way leads somewhere, and every guard is known."""
    script = report.script
    for key in ("start", "voicemail", "too_long"):
        if getattr(script, key) not in script.steps:
            report.at("unknown_step", (key,), f"there is no step '{getattr(script, key)}'")
    for name, branch in script.universal.items():
        if branch.go not in script.steps and branch.go not in RESERVED_TARGETS:
            report.at("unknown_step", ("universal", name), f"there is no step '{branch.go}'")
    for step in script.steps.values():
        heard = {branch.go for name, branch in step.question.hear.items() if name != TAKEN} if step.question else set()
        allowed = script.steps.keys() | (RESERVED_TARGETS & heard) | {BACK}
        for target in sorted(set(all_targets(step)) - allowed):
            report.at("unknown_step", ("steps", step.name), f"step '{step.name}' goes to unknown step '{target}'")
        _check_choices(report, step)


def _check_choices(report: Report, step: Step) -> None:
    for choice in step.choose:
        if choice.when is not None and not is_known(choice.when):
            report.at("unknown_guard", ("steps", step.name, "choose"), f"unknown guard '{choice.when}'")
    if step.choose and step.choose[-1].when is not None:
        text = f"the last choice of step '{step.name}' has a guard; end with one that always holds"
        report.at("open_choice", ("steps", step.name, "choose"), text)


def check_bounds(report: Report) -> None:
    """A call is bounded, and what comes after failures is not the same again."""
    own, most = report.script.limits, report.limits.bounds
    for key in ("failures", "repeats", "turns", "seconds"):
        if getattr(own, key) > getattr(most, key):
            text = f"{getattr(own, key)} {key} a call; {getattr(most, key)} are allowed at most"
            report.at("bounds", ("limits", key), text)
    if own.choices >= most.choices:
        # Another time is one more key of the same menu.
        text = f"{own.choices} times offered at once; {most.choices - 1} are allowed at most"
        report.at("bounds", ("limits", "choices"), text)


def check_intents(report: Report) -> None:
    """Everything that may be heard can be understood."""
    script = report.script
    outcomes = {name for table in (OUTCOMES_OF, MAY_COME_OF) for names in table.values() for name in names}
    for language in (each for each in script.languages if each not in script.recorded):
        known = script.understanding.intents(language)
        for name in sorted(script.universal.keys() - known):
            report.at("unknown_intent", ("universal", name), f"no phrases for '{name}' in {language}")
        for step_name, question in report.questions():
            for name in sorted(set(question.meanings) - known - outcomes):
                text = f"no phrases for '{name}' in {language}; add them to phrases/{language}.yaml"
                report.at("unknown_intent", ("steps", step_name, "hear", name), text)


def check_reach(report: Report, walks: tuple[Walk, ...]) -> None:
    """Every step and every choice is of use, and every step leads to an end."""
    script, graph = report.script, report.graph
    reached = frozenset.union(*(walk.reached() for walk in walks))
    # What comes with a script that is extended, or with a part, need not all be used.
    for name in sorted(script.steps.keys() - reached):
        if graph.is_own(("steps", name)):
            text = f"step '{name}' cannot be reached; remove it or lead to it"
            report.at("unreachable_step", ("steps", name), text)
    taken = set.intersection(*(walk.taken for walk in walks))
    for name in sorted(reached):
        for index, choice in enumerate(script.steps[name].choose):
            if (name, index) not in taken and graph.is_own(("steps", name)):
                text = f"the choice of '{choice.go}' is never taken at step '{name}'; remove it"
                report.at("dead_choice", ("steps", name, "choose", index), text, name, _shortest(walks[0], name))
    for name in sorted(reached - _leading_to_an_end(report)):
        text = f"no path leads from step '{name}' to an end"
        report.at("no_exit", ("steps", name), text, name, _shortest(walks[0], name))


def _leading_to_an_end(report: Report) -> set[str]:
    script = report.script
    ending = {name for name, step in script.steps.items() if step.ends}
    grown = True
    while grown:
        before = len(ending)
        for name, step in script.steps.items():
            targets = {script.start if each == BACK else each for each in own_targets(step)}
            if ending & targets:
                ending.add(name)
        grown = len(ending) > before
    return ending


def _shortest(walk: Walk, step: str) -> tuple[str, ...]:
    first = next((each for each in walk.came_from if each.step == step), None)
    return walk.path(first) if first is not None else ()


def check_turns(report: Report, walk: Walk) -> None:
    """No turn goes round, or on for too long, without asking."""
    longest: dict[Place, int] = {}
    for state in walk.onward:
        for looped in _circle(walk, state, longest):
            circle = " → ".join(looped)
            text = f"the script goes round without asking anything: {circle}; ask, or end, in between"
            report.at("loop_without_question", ("steps", looped[0]), text, looped[0], walk.path(state))
            return
    most = report.script.limits.steps_in_a_turn
    for state, steps in longest.items():
        if steps > most:
            text = f"{steps} steps follow one another without a question; {most} are allowed in a turn"
            report.at("too_many_steps", ("steps", state.step), text, state.step, walk.path(state))
            return


def _circle(walk: Walk, start: Place, longest: dict[Place, int]) -> Iterator[tuple[str, ...]]:
    """Yield the steps of a circle that begins within the turn of `start`; note how many steps a turn takes."""
    on_way: dict[Place, None] = {}
    waiting: list[tuple[Place, bool]] = [(start, False)]
    while waiting:
        state, done = waiting.pop()
        if done:
            on_way.pop(state, None)
            longest[state] = 1 + max((longest.get(each, 1) for each in walk.onward.get(state, ())), default=0)
        elif state in on_way:
            names = [each.step for each in on_way]
            yield (*names[names.index(state.step) :], state.step)
            return
        elif state not in longest:
            on_way[state] = None
            waiting.append((state, True))
            waiting.extend((each, False) for each in walk.onward.get(state, ()))
