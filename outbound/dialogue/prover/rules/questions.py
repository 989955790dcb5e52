"""What must hold of every question: what it hears, how it is asked again, its keys, its time."""

import re
from collections.abc import Iterator

from outbound.dialogue.prover.graph import branches_of, own_targets
from outbound.dialogue.prover.limits import Words
from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.topics import Spoken, found, keys_told
from outbound.dialogue.script.model import (
    MAY_COME_OF,
    OUTCOMES_OF,
    PREVIOUS,
    REPEAT,
    VERIFYING,
    AnswerKind,
    Question,
)

_MENU = "12345678"
_NO_LETTERS = re.compile(r"[\W_]+")
_LISTED = frozenset({AnswerKind.CALLBACK_CHOICE, AnswerKind.SCORE, *VERIFYING})
"""Answers whose keys are no menu."""

_VALUES = frozenset({"right", "score", "keyed_0", "keyed_9", "chosen", "named"})
"""What only a value brings about: no word or key verifies anybody, and no time is read back that nobody chose."""


def check_questions(report: Report) -> None:
    """Every question by itself."""
    for name, question in report.questions():
        place = ("steps", name, "ask")
        for code, text in _faults(report, name, question):
            report.at(code, place, f"step '{name}': {text}")
        for rung, prompt in enumerate(question.prompts):
            for spoken in report.book.in_languages(prompt):
                _check_prompt(report, name, question, rung, spoken)
        _check_wordings(report, name, question)
    _check_universal_keys(report)
    _check_heard(report)


def _check_heard(report: Report) -> None:
    for word in _always_heard(report):
        deaf = [name for name, each in report.questions() if word not in each.meanings]
        if word not in report.script.universal and deaf:
            text = f"'{word}' must be heard at every question, and is not at {deaf[0]} ({len(deaf)} questions in all); "
            report.at("not_heard", ("universal",), text + "write it under 'universal'", deaf[0])


def _faults(report: Report, name: str, question: Question) -> Iterator[tuple[str, str]]:
    wordings = report.limits.bounds.wordings
    if len(question.prompts) != wordings or len(set(question.prompts)) != wordings:
        yield "retries", "give three different prompts: the question, another wording, and the plainest with keys"
    yield from _outcome_faults(question)
    yield from _menu_faults(report, question)
    if not _in_time(report, question):
        limits = report.limits.answering
        text = f"{limits.least} to {limits.most} s suit a question, {limits.hold} s one that waits for somebody"
        yield "time_to_answer", f"{question.timeout} s to answer; {text}"
    yield from _after_failures(report, name, question)


def _always_heard(report: Report) -> tuple[str, ...]:
    several = ("other_language",) if len(report.script.languages) > 1 else ()
    return (*report.limits.always_heard, *several)


def _in_time(report: Report, question: Question) -> bool:
    limits = report.limits.answering
    waits = "hold_on" in question.hear and question.hear["hold_on"].go == REPEAT
    most = min(limits.hold if waits else limits.most, limits.never)
    return limits.least <= question.timeout <= most


def _outcome_faults(question: Question) -> Iterator[tuple[str, str]]:
    missing = OUTCOMES_OF[question.answer] - question.hear.keys()
    if missing:
        yield "answer_outcomes", f"an answer of kind '{question.answer}' also needs: {', '.join(sorted(missing))}"
    possible = OUTCOMES_OF[question.answer] | MAY_COME_OF.get(question.answer, frozenset())
    outcomes = {name for table in (OUTCOMES_OF, MAY_COME_OF) for names in table.values() for name in names}
    unexpected = (outcomes & question.hear.keys()) - possible
    if unexpected:
        text = f"{', '.join(sorted(unexpected))} cannot come of an answer of kind '{question.answer}'"
        yield "answer_outcomes", text
    for name in sorted(_VALUES & question.hear.keys()):
        branch = question.hear[name]
        if branch.also or branch.key:
            what = f"key {branch.key}" if branch.key else f"'{branch.also[0]}'"
            text = f"{what} stands for '{name}', which only comes of the answer itself; remove 'key' and 'also' there"
            yield "answer_outcomes", text


def _menu_faults(report: Report, question: Question) -> Iterator[tuple[str, str]]:
    menu = sorted(int(key) for key in question.keys if key in _MENU)
    fixed = {**{key: name for name, key in report.limits.keys.items()}, **report.script.universal_keys}
    free = [key for key in menu if str(key) not in fixed]
    most = report.limits.bounds.choices
    if free != list(range(1, len(free) + 1)) or len(free) > most:
        yield "menu", f"keys must ascend from 1 without gaps, at most {most}; found {menu}"
    for key, name in question.keys.items():
        if fixed.get(key, name) != name:
            yield "fixed_key", f"key {key} always means '{fixed[key]}'; it cannot mean '{name}' here"


def _check_universal_keys(report: Report) -> None:
    for name, key in report.limits.keys.items():
        branch = report.script.universal.get(name)
        if branch is not None and branch.key != key:
            report.at("universal_key", ("universal", name), f"'{name}' has key {branch.key or 'none'}; it is {key}")
        elif branch is None and name == PREVIOUS:
            text = f"key {key} goes back to the question before; write 'previous: {{key: \"{key}\", go: previous}}'"
            report.at("universal_key", ("universal",), text)


def _after_failures(report: Report, name: str, question: Question) -> Iterator[tuple[str, str]]:
    script = report.script
    for cause, target in (("silence", question.silent), ("not_understood", question.not_understood)):
        after = _walked_without_asking(report, target)
        if name in after:
            yield "endless_retries", f"after three failures ({cause}) it is asked again; lead to a person or to an end"
    after = _walked_without_asking(report, question.not_understood)
    effects = {spec.name for each in after for spec in script.steps[each].effects}
    asks_time = any(_asks_for_time(script.steps[each].question) for each in after)
    if not asks_time and not effects & {"person_requested", "opted_out", "wrong_party", "callback_wished"}:
        mend = "it must bring about person_requested, offer a callback, or take an opt-out at its word"
        yield "no_person_after_failures", f"'{question.not_understood}' follows three failures; {mend}"


def _asks_for_time(question: Question | None) -> bool:
    return question is not None and question.answer is AnswerKind.CALLBACK_CHOICE


def _walked_without_asking(report: Report, start: str) -> frozenset[str]:
    """Return the steps that follow until something is asked, the question itself among them."""
    steps, seen, waiting = report.script.steps, set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in steps:
            continue
        seen.add(name)
        step = steps[name]
        if step.question is None:
            waiting.extend(own_targets(step))
            waiting.extend(branch.go for branch in branches_of(step))
    return frozenset(seen)


def _check_wordings(report: Report, name: str, question: Question) -> None:
    for language in report.script.languages:
        seen: dict[str, str] = {}
        for prompt in question.prompts:
            spoken = report.book.get(prompt, language)
            if spoken is None:
                continue
            same = seen.setdefault(_NO_LETTERS.sub("", spoken.text.lower()), prompt)
            if same != prompt:
                text = f"prompt '{prompt}' says the same as '{same}'; who did not follow needs other words"
                report.prompt("same_wording", prompt, language, text, name)


def _check_prompt(report: Report, step: str, question: Question, rung: int, spoken: Spoken) -> None:
    words = report.limits.words_for(spoken.language)
    if words is None:
        return
    for code, text in _prompt_faults(report, question, rung, spoken, words):
        report.prompt(code, spoken.name, spoken.language, f"prompt '{spoken.name}': {text}", step)


def _prompt_faults(
    report: Report, question: Question, rung: int, spoken: Spoken, words: Words
) -> Iterator[tuple[str, str]]:
    told = keys_told(words, spoken.text)
    taken = question.keys.keys() | report.script.universal_keys.keys()
    if question.answer not in _LISTED:
        for key in sorted(told - taken):
            yield "key_not_taken", f"it names key {key}, which means nothing here"
        untold = sorted({key for key in question.keys if key in _MENU} - told)
        if untold and rung == len(question.prompts) - 1:
            yield "key_not_told", f"it names no key {', '.join(untold)}; the plainest prompt names every key"
    if spoken.sentences and not found(words.asking, spoken.sentences[-1].rstrip("。.")):
        yield "question_last", "it does not end with what is asked; move that to the end"
    if sum(each.rstrip("」\"'").endswith(("？", "?")) for each in spoken.sentences) > 1:
        yield "two_questions", "it asks two questions; ask one at a time"
