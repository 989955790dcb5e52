"""A script's steps as a graph: where each may lead, what is said at each, and which remember where they came from."""

from collections.abc import Iterator

from outbound.dialogue.script.model import BACK, Branch, Line, Script, Step


def branches_of(step: Step) -> Iterator[Branch]:
    """Yield every branch that a step may take on something heard."""
    if step.question is not None:
        yield from step.question.hear.values()
    if step.transfer is not None:
        yield from step.transfer.values()


def own_targets(step: Step) -> Iterator[str]:
    """Yield where a step leads by itself and by what it hears, failures and universal words left out."""
    yield from (branch.go for branch in branches_of(step))
    yield from (choice.go for choice in step.choose)
    if step.goes_on:
        yield step.goes_on
    if step.faq is not None:
        yield from (step.faq.answered, step.faq.unanswered)


def all_targets(step: Step) -> Iterator[str]:
    """Yield where a step leads, failures included."""
    yield from own_targets(step)
    if step.question is not None:
        yield from (step.question.silent, step.question.not_understood)


def lines_of(step: Step) -> Iterator[Line]:
    """Yield everything that may be said at a step to the callee."""
    yield from step.say
    for branch in branches_of(step):
        yield from branch.say
    if step.question is not None:
        yield from (Line(name) for name in step.question.prompts)
        if step.question.hung_up is not None:
            yield from step.question.hung_up.say
        if step.question.offers_language:
            yield Line(step.question.offers_language)
    if step.faq is not None and step.faq.deferred:
        yield Line(step.faq.deferred)


def prompts_used(script: Script) -> dict[str, str]:
    """Return every prompt that the script names, and the step that does (empty for what belongs to all)."""
    used = dict.fromkeys((*script.leads.values(), *script.unsure), "")
    for branch in script.universal.values():
        used.update((line.prompt, "") for line in branch.say if line.prompt)
    for step in script.steps.values():
        used.update((line.prompt, step.name) for line in lines_of(step) if line.prompt)
        used.update((name, step.name) for name in step.whisper)
    return used


def come_back(script: Script) -> frozenset[str]:
    """Return the steps from which the way goes on, before anything else is left, to the question that was left."""
    anywhere = any(branch.go == BACK for branch in script.universal.values())
    back = {name for name, step in script.steps.items() if _goes_back(step) or (anywhere and step.question is not None)}
    return _leading_to(script, back)


def still_asking(script: Script) -> frozenset[str]:
    """Return the steps from which the way goes on to a question."""
    asks = {name for name, step in script.steps.items() if step.question is not None or _goes_back(step)}
    return _leading_to(script, asks)


def _goes_back(step: Step) -> bool:
    return BACK in set(all_targets(step)) or (step.faq is not None and step.faq.deferred is not None)


def _leading_to(script: Script, found: set[str]) -> frozenset[str]:
    kept_on = {name: frozenset(_kept_on(script, step)) for name, step in script.steps.items()}
    grown = True
    while grown:
        before = len(found)
        found |= {name for name, targets in kept_on.items() if found & targets}
        grown = len(found) > before
    return frozenset(found)


def _kept_on(script: Script, step: Step) -> Iterator[str]:
    """Yield where a step leads, but for its own branches that answer a question: they leave the step itself."""
    answering = {name for name, each in script.steps.items() if each.faq is not None} if step.question else set()
    yield from (target for target in all_targets(step) if target not in answering)
