"""What is drawn of a script: boxes, arrows between them, and what is heard everywhere."""

from collections.abc import Iterator, Mapping
from itertools import chain

from msgspec import Struct

from outbound.dialogue.drawing.regions import verified_only
from outbound.dialogue.prompts.fields import SAMPLE
from outbound.dialogue.rehearsal.walked import UNIVERSAL, Walked, ways_of
from outbound.dialogue.script.model import RESERVED_TARGETS, Branch, EffectSpec, Script, Step

_COMPANY = {"company": "Anxin Life", "hotline": "0800 000 123", "self_service": "the Anxin Life website"}
"""What the sample facts are called in English."""


class Box(Struct, frozen=True):
    """One step. `kind` is what it does: asks, chooses, transfers, answers, ends, says.

    `says` is the first sentence of it. `notes` are what it brings about and what keeps the question open. `comes_from`
    are steps of other groups that lead here. `walked` is None where nobody looked.
    """

    name: str
    group: str
    kind: str
    says: str
    notes: tuple[str, ...]
    outcome: str | None
    verified: bool
    comes_from: tuple[str, ...] = ()
    walked: bool | None = None


class Arrow(Struct, frozen=True):
    """From one step to another; `labels` are what is heard, or which guard holds."""

    source: str
    target: str
    labels: tuple[str, ...]
    walked: bool | None = None


class Word(Struct, frozen=True):
    """What is heard at every question: its key, where it leads, whether it beats the question's own answers."""

    name: str
    key: str | None
    target: str
    urgent: bool
    walked: bool | None = None


class Drawing(Struct, frozen=True):
    """A script as it is drawn. `groups` are the script's own steps and its parts, in the order of a call."""

    name: str
    language: str
    start: str
    groups: tuple[str, ...]
    boxes: Mapping[str, Box]
    arrows: tuple[Arrow, ...]
    words: tuple[Word, ...]
    failures: tuple[tuple[str, str], ...]
    branches: int
    voicemail: str
    too_long: str


def draw(script: Script, parts: Mapping[str, str], language: str, found: Walked | None = None) -> Drawing:
    """Return what is drawn of a script; `parts` names the group of every step, `found` what journeys walk."""
    inside = verified_only(script)
    usual = _usual_failures(script)
    arrows = tuple(chain.from_iterable(_arrows(step, usual, found) for step in script.steps.values()))
    entries = _entries(script, parts, arrows)
    boxes = {
        name: Box(
            name=name,
            group=parts.get(name, script.name),
            kind=_kind(step),
            says=_says(script, step, language),
            notes=tuple(_notes(step)),
            outcome=step.outcome.value if step.outcome is not None else None,
            verified=name in inside,
            comes_from=entries.get(name, ()),
            walked=name in found.steps if found is not None else None,
        )
        for name, step in script.steps.items()
    }
    return Drawing(
        name=script.name,
        language=language,
        start=script.start,
        groups=_in_order(script, boxes, arrows),
        boxes=boxes,
        arrows=arrows,
        words=tuple(_words(script, found)),
        failures=tuple(zip(("silence", "not understood"), usual, strict=True)),
        branches=sum(len(ways_of(each)) for each in script.steps.values()),
        voicemail=script.voicemail,
        too_long=script.too_long,
    )


def _kind(step: Step) -> str:
    kinds = (
        ("asks", step.question), ("transfers", step.transfer), ("answers", step.faq), ("ends", step.ends or None)
    )  # fmt: skip
    return next((name for name, value in kinds if value is not None), "chooses" if step.choose else "says")


def _says(script: Script, step: Step, language: str) -> str:
    own = step.question.prompts[0] if step.question is not None else None
    names = [own, *(line.prompt for line in step.say if not line.other_language)]
    found = (script.prompts.get(name, language) for name in names if name is not None)
    company = _COMPANY if language.startswith("en") else {}
    return next((each.render({**SAMPLE, **company}) for each in found if each is not None), "")


def _notes(step: Step) -> Iterator[str]:
    yield from (f"notes {effect_words(each)}" for each in step.effects)
    for label, branch in _labelled(step):
        if branch.go in RESERVED_TARGETS or branch.go == step.name:
            yield f"{label} → {'again' if branch.go == step.name else branch.go}"
    for choice in step.choose:
        if choice.go in RESERVED_TARGETS:
            yield f"{choice.when or 'otherwise'} → {choice.go}"
    if step.goes_on in RESERVED_TARGETS:
        yield f"→ {step.goes_on}"
    if step.faq is not None:
        exits = (("answered", step.faq.answered), ("unanswered", step.faq.unanswered))
        yield from (f"{name} → {go}" for name, go in exits if go in RESERVED_TARGETS)


def effect_words(effect: EffectSpec) -> str:
    """Return an effect as a script names it, with what it says."""
    more = ", ".join(str(value) for value in effect.arguments.values())
    return f"{effect.name} ({more})" if more else effect.name


def _labelled(step: Step) -> Iterator[tuple[str, Branch]]:
    """Yield the branches of a step with what is pressed and heard."""
    for name, branch in step.question.hear.items() if step.question is not None else ():
        words = " / ".join((name, *branch.also))
        yield (f"[{branch.key}] {words}" if branch.key else words), branch
    yield from ((name.replace("_", " "), branch) for name, branch in (step.transfer or {}).items())


def _usual_failures(script: Script) -> tuple[str, str]:
    questions = [step.question for step in script.steps.values() if step.question is not None]
    silent = [each.silent for each in questions]
    missed = [each.not_understood for each in questions]
    return max(sorted(set(silent)), key=silent.count), max(sorted(set(missed)), key=missed.count)


def _arrows(step: Step, usual: tuple[str, str], found: Walked | None) -> Iterator[Arrow]:
    """Yield one arrow for each step that this one leads to, with everything that leads there."""
    ways: dict[str, list[tuple[str, str]]] = {}

    def lead(target: str | None, label: str, way: str) -> None:
        if target is not None and target not in RESERVED_TARGETS and target != step.name:
            ways.setdefault(target, []).append((label, way))

    names = [*(step.question.hear if step.question is not None else ()), *(step.transfer or ())]
    for way, (label, branch) in zip(names, _labelled(step), strict=True):
        lead(branch.go, label, way)
    for choice in step.choose:
        way = f"if {choice.when}" if choice.when else "otherwise"
        lead(choice.go, way, way)
    lead(step.goes_on, "", "")
    if step.faq is not None:
        lead(step.faq.answered, "answered", "answered")
        lead(step.faq.unanswered, "no answer", "unanswered")
    if step.question is not None:
        lead(step.question.silent if step.question.silent != usual[0] else None, "3 × silence", "silence")
        missed = step.question.not_understood
        lead(missed if missed != usual[1] else None, "3 × not understood", "not_understood")
    for target, labels in ways.items():
        walked = None if found is None else any(_is_walked(found, step.name, way) for _, way in labels)
        yield Arrow(step.name, target, tuple(dict.fromkeys(label for label, _ in labels if label)), walked)


def _is_walked(found: Walked, name: str, way: str) -> bool:
    return (name, way) in found.ways if way else name in found.steps


def _entries(script: Script, parts: Mapping[str, str], arrows: tuple[Arrow, ...]) -> dict[str, tuple[str, ...]]:
    entries: dict[str, list[str]] = {}
    for arrow in arrows:
        if parts.get(arrow.source, script.name) != parts.get(arrow.target, script.name):
            entries.setdefault(arrow.target, []).append(arrow.source)
    for word, branch in script.universal.items():
        entries.setdefault(branch.go, []).append(f"“{word}”")
    return {name: tuple(dict.fromkeys(each)) for name, each in entries.items()}


def _words(script: Script, found: Walked | None) -> Iterator[Word]:
    for name, branch in script.universal.items():
        walked = (UNIVERSAL, name) in found.ways if found is not None else None
        yield Word(name, branch.key, branch.go, branch.urgent, walked)


def _in_order(script: Script, boxes: Mapping[str, Box], arrows: tuple[Arrow, ...]) -> tuple[str, ...]:
    """Return the groups in the order in which a call comes to them; those that only words lead to come last."""
    following: dict[str, list[str]] = {}
    for arrow in arrows:
        following.setdefault(arrow.source, []).append(arrow.target)
    seen: dict[str, None] = {}
    waiting = [script.start]
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = None
            waiting.extend(following.get(name, []))
    return tuple(dict.fromkeys(boxes[name].group for name in (*seen, *boxes)))
