"""What must hold of a script's graph and prompts before it may be spoken."""

import re
from collections.abc import Iterator, Mapping

from outbound.dialogue.conditions import is_known
from outbound.dialogue.facts import Label
from outbound.dialogue.prompts import FIELDS, sample_text
from outbound.dialogue.script.document import Document, Findings
from outbound.dialogue.script.model import (
    BACK,
    MAY_COME_OF,
    OUTCOMES_OF,
    RESERVED_TARGETS,
    AnswerKind,
    Branch,
    Line,
    Question,
    Script,
    Step,
)

MOST_CHARACTERS, MOST_WORDS = 45, 30
"""Of one prompt before a question: Chinese characters, English words."""

_SAY_LIMIT = 480
_MOST_CHOICES = 4
_RUNGS = 3
_SENTENCE = re.compile(r"[。！？；!?;]|\.\s")
_SECRET = re.compile(
    r"驗證碼|密碼|卡號|安全碼|身分證|轉帳|匯款|\bOTP\b|pass(word|code)|one-time code|card number|ID number"
    r"|security code|bank transfer|(transfer|send|wire) money",
    re.IGNORECASE,
)
_DENIED = re.compile(r"不會|不要|不可|切勿|請勿|\bnever\b|\bnot\b|n't\b", re.IGNORECASE)


def check(script: Script, graph: Document, prompts: Mapping[str, Document], findings: Findings) -> None:
    """Add a finding for everything that would go wrong in a call."""
    _targets(script, graph, findings)
    _questions(script, graph, findings)
    _intents(script, graph, findings)
    _prompts(script, graph, prompts, findings)
    if not findings.found:
        _paths(script, graph, findings)
        _policy_fields(script, graph, findings)


def branches_of(step: Step) -> Iterator[Branch]:
    """Yield every branch that a step may take on something heard."""
    if step.question is not None:
        yield from step.question.hear.values()
    if step.transfer is not None:
        yield from step.transfer.values()


def targets_of(script: Script, step: Step) -> Iterator[str]:
    """Yield where a step may lead, the universal words included."""
    yield from _own_and_failed(step)
    if step.question is not None:
        yield from (script.too_long, script.voicemail)
        yield from (branch.go for branch in script.universal.values())


def lines_of(step: Step, *, but_after: str = "") -> Iterator[Line]:
    """Yield everything that may be said at a step, but for branches that bring about the effect `but_after`."""
    yield from step.say
    for branch in branches_of(step):
        if but_after not in {spec.name for spec in branch.effects}:
            yield from branch.say
    if step.question is not None:
        yield from (Line(name) for name in step.question.prompts)
        if step.question.offers_language:
            yield Line(step.question.offers_language)


def _own_and_failed(step: Step) -> Iterator[str]:
    yield from (branch.go for branch in branches_of(step))
    yield from (choice.go for choice in step.choose)
    if step.goes_on:
        yield step.goes_on
    if step.question is not None:
        yield from (step.question.silent, step.question.not_understood)


def _targets(script: Script, graph: Document, findings: Findings) -> None:
    for key in ("start", "voicemail", "too_long"):
        if getattr(script, key) not in script.steps:
            findings.add("unknown_step", graph, (key,), f"there is no step '{getattr(script, key)}'")
    for name, branch in script.universal.items():
        if branch.go not in script.steps and branch.go not in RESERVED_TARGETS:
            findings.add("unknown_step", graph, ("universal", name), f"there is no step '{branch.go}'")
    for step in script.steps.values():
        heard = {branch.go for branch in step.question.hear.values()} if step.question else set()
        allowed = script.steps.keys() | (RESERVED_TARGETS & heard) | {BACK}
        for target in sorted(set(_own_and_failed(step)) - allowed):
            findings.add(
                "unknown_step", graph, ("steps", step.name), f"step '{step.name}' goes to unknown step '{target}'"
            )
        for choice in step.choose:
            if choice.when is not None and not is_known(choice.when):
                findings.add("unknown_guard", graph, ("steps", step.name, "choose"), f"unknown guard '{choice.when}'")
        if step.choose and step.choose[-1].when is not None:
            text = f"the last choice of step '{step.name}' has a guard; end with one that always holds"
            findings.add("open_choice", graph, ("steps", step.name, "choose"), text)


def _questions(script: Script, graph: Document, findings: Findings) -> None:
    for step in script.steps.values():
        if step.question is not None:
            for text in (*_question_faults(step.question), *_fixed_keys(script, step.question)):
                findings.add("question", graph, ("steps", step.name, "ask"), f"step '{step.name}': {text}")


def _question_faults(question: Question) -> Iterator[str]:
    if len(question.prompts) != _RUNGS or len(set(question.prompts)) != _RUNGS:
        yield "give three different prompts: the question, another wording, and the plainest with keys"
    missing = OUTCOMES_OF[question.answer] - question.hear.keys()
    if missing:
        yield f"an answer of kind '{question.answer}' also needs: {', '.join(sorted(missing))}"
    unexpected = [name for kind in AnswerKind for name in OUTCOMES_OF[kind] if name in question.hear]
    if set(unexpected) - OUTCOMES_OF[question.answer]:
        yield f"{', '.join(sorted(set(unexpected)))} cannot come of an answer of kind '{question.answer}'"
    menu = sorted(int(key) for key in question.keys if key in "12345678")
    if menu != list(range(1, len(menu) + 1)) or len(menu) > _MOST_CHOICES:
        yield f"keys must ascend from 1 without gaps, at most {_MOST_CHOICES}; found {menu}"


def _fixed_keys(script: Script, question: Question) -> Iterator[str]:
    for key, name in question.keys.items():
        fixed = script.universal_keys.get(key, name)
        if fixed != name:
            yield f"key {key} always means '{fixed}'; it cannot mean '{name}' here"


def _intents(script: Script, graph: Document, findings: Findings) -> None:
    outcomes = {name for table in (OUTCOMES_OF, MAY_COME_OF) for names in table.values() for name in names}
    for language in script.languages:
        known = script.understanding.intents(language)
        for name in sorted(script.universal.keys() - known):
            findings.add("unknown_intent", graph, ("universal", name), f"no phrases for '{name}' in {language}")
        for step in script.steps.values():
            heard = set(step.question.meanings) if step.question else set()
            for name in sorted(heard - known - outcomes):
                text = f"no phrases for '{name}' in {language}; add them to phrases/{language}.yaml"
                findings.add("unknown_intent", graph, ("steps", step.name, "hear", name), text)


def _prompts(script: Script, graph: Document, prompts: Mapping[str, Document], findings: Findings) -> None:
    used: dict[str, str] = dict.fromkeys(script.leads.values(), "")
    for step in script.steps.values():
        used.update((line.prompt, step.name) for line in lines_of(step) if line.prompt)
    for branch in script.universal.values():
        used.update((line.prompt, "") for line in branch.say if line.prompt)
    asked = {name for step in script.steps.values() if step.question for name in step.question.prompts}
    for language in script.languages:
        document = prompts[language]
        for name, step_name in used.items():
            path = ("steps", step_name) if step_name else ("leads",)
            prompt = script.prompts.get(name, language)
            if prompt is None:
                findings.add("missing_prompt", graph, path, f"there is no prompt '{name}' in {document.file}")
                continue
            for text in _length_faults(sample_text(prompt), language, name in asked):
                findings.add("too_long", document, (name,), f"prompt '{name}': {text}")
            for word in _secrets(sample_text(prompt)):
                text = f"prompt '{name}' speaks of '{word}'; a call asks for no code, card, full ID or transfer"
                findings.add("asks_for_secret", document, (name,), text)
            first = script.prompts.get(name, script.languages[0])
            if first is not None and first.variables != prompt.variables:
                text = f"prompt '{name}' speaks other fields here than in {script.languages[0]}"
                findings.add("other_fields", document, (name,), text)
        for name in sorted(each for each in set(document.data) - used.keys() if document.is_own((each,))):
            findings.add("unused_prompt", document, (name,), f"prompt '{name}' is never spoken; remove it")


def _length_faults(text: str, language: str, asked: bool) -> Iterator[str]:
    if language.startswith("zh"):
        length, most, unit = sum("一" <= each <= "鿿" for each in text), MOST_CHARACTERS, "characters"
    else:
        length, most, unit = len(text.split()), MOST_WORDS, "words"
    if asked and length > most:
        yield f"{length} {unit} before a question; a listener can follow {most}"
    if len(text) > _SAY_LIMIT:
        yield f"{len(text)} characters; the voice takes {_SAY_LIMIT} at once"


def _secrets(text: str) -> Iterator[str]:
    """Yield what only swindlers ask for, unless the sentence says that it is not asked for."""
    for sentence in _SENTENCE.split(text):
        found = _SECRET.search(sentence)
        if found and not _DENIED.search(sentence):
            yield found.group()


def _reachable(script: Script, closed: frozenset[str] = frozenset()) -> set[str]:
    """Return the steps that can be reached; `verified` branches are not taken when they are `closed`."""
    found: set[str] = set()
    waiting = [script.start]
    while waiting:
        name = waiting.pop()
        if name in found or name not in script.steps:
            continue
        found.add(name)
        step = script.steps[name]
        shut = {branch.go for branch in branches_of(step) if closed & {spec.name for spec in branch.effects}}
        waiting.extend(target for target in targets_of(script, step) if target not in shut)
    return found


def _paths(script: Script, graph: Document, findings: Findings) -> None:
    out_of_reach = script.steps.keys() - _reachable(script)
    # What comes with the script that is extended need not all be used.
    for name in sorted(each for each in out_of_reach if graph.is_own(("steps", each))):
        findings.add(
            "unreachable_step", graph, ("steps", name), f"step '{name}' cannot be reached; remove it or lead to it"
        )
    ending = {name for name, step in script.steps.items() if step.ends}
    grown = True
    while grown:
        before = len(ending)
        ending |= {
            name for name, step in script.steps.items() if any(to in ending for to in _own_targets(step, script))
        }
        grown = len(ending) > before
    for name in sorted(script.steps.keys() - ending - out_of_reach):
        findings.add("no_exit", graph, ("steps", name), f"no path leads from step '{name}' to an end")


def _own_targets(step: Step, script: Script) -> Iterator[str]:
    yield from (branch.go for branch in branches_of(step))
    yield from (choice.go for choice in step.choose)
    if step.goes_on == "back":
        yield script.start
    elif step.goes_on:
        yield step.goes_on


def _policy_fields(script: Script, graph: Document, findings: Findings) -> None:
    before = _reachable(script, frozenset({"verified"}))
    for name in sorted(before):
        # What a branch says that verifies is said after it.
        for line in lines_of(script.steps[name], but_after="verified"):
            for language in script.languages:
                prompt = script.prompts.get(line.prompt or "", language)
                fields = sorted(each for each in (prompt.variables if prompt else ()) if FIELDS[each] is Label.POLICY)
                if fields:
                    text = f"step '{name}' may speak {', '.join(fields)} before verification (prompt '{line.prompt}')"
                    findings.add("policy_before_verification", graph, ("steps", name), text)
