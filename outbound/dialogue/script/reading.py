"""From documents to a script. Everything that is wrong is found here, before any call."""

from collections.abc import Collection, Mapping
from typing import Any

from outbound.dialogue.noting import NOTES, Note
from outbound.dialogue.prompts import Prompt, PromptError, Prompts, compile_prompt
from outbound.dialogue.script.checks import check
from outbound.dialogue.script.document import Cursor, Document, Finding, Findings
from outbound.dialogue.script.model import (
    SLOTS,
    AnswerKind,
    Branch,
    Choice,
    EffectSpec,
    Limits,
    Line,
    Question,
    Script,
    Step,
)
from outbound.dialogue.spoken import filters_for
from outbound.dialogue.understanding.base import Expected
from outbound.dialogue.understanding.phrases import PhraseUnderstanding
from outbound.domain.call_class import CallClass
from outbound.domain.disposition import Disposition

_KINDS = {each.value: each for each in AnswerKind}
_DISPOSITIONS: Mapping[str, Disposition] = {each.value: each for each in Disposition}
_CLASSES = {each.value: each for each in CallClass}
AS_DECIDED = "as_decided"

_Anywhere = tuple[tuple[str, ...], Mapping[str, Branch]]
"""The languages of a script, and what is heard at every question."""


def read_script(
    graph: Document, prompts: Mapping[str, Document], understanding: PhraseUnderstanding, version: str
) -> Script:
    """Return the script, or raise `ScriptError` with every finding (file, line, what to mend)."""
    findings = Findings()
    root = Cursor(graph, findings, (), graph.data)
    languages = _languages(root, prompts)
    compiled = {tag: _prompts(Cursor(prompts[tag], findings, (), prompts[tag].data), tag) for tag in languages}
    script = _script(root, languages, Prompts(compiled), understanding, version)
    if not findings.found:
        check(script, graph, prompts, findings)
    findings.raise_if_any()
    return script


def class_of(root: Cursor) -> CallClass:
    """Return the class of call that a script is written for: service unless it says otherwise."""
    found: CallClass = root.at("call_class").one_of(_CLASSES, "call class", CallClass.SERVICE)
    return found


def _languages(root: Cursor, prompts: Mapping[str, Document]) -> tuple[str, ...]:
    tags: list[str] = []
    for cursor in root.at("languages").items():
        tag = cursor.text()
        try:
            filters_for(tag)
        except ValueError as error:
            cursor.complain(str(error), "unknown_language")
            continue
        if tag not in prompts:
            cursor.complain(f"language '{tag}' has no prompts; add the file prompts/{tag}.yaml", "missing_language")
            continue
        tags.append(tag)
    if not tags:
        root.complain("no language can be spoken; name at least one under 'languages'", "missing_language")
        root.findings.raise_if_any()
    return tuple(tags)


def _prompts(root: Cursor, language: str) -> dict[str, Prompt]:
    compiled: dict[str, Prompt] = {}
    for name in root.keys():  # noqa: SIM118 - a cursor is no mapping
        place = root.at(name)
        try:
            compiled[name] = compile_prompt(place.text(), language)
        except PromptError as error:
            file, line = place.document.place(place.path)
            place.findings.found.append(Finding("prompt", file, line + error.line - 1, f"prompt '{name}': {error}"))
    return compiled


def _script(
    root: Cursor, languages: tuple[str, ...], prompts: Prompts, understanding: PhraseUnderstanding, version: str
) -> Script:
    root.only("name", "extends", "call_class", "promotional", "languages", "start", "voicemail", "too_long", "leads",
              "failed", "limits", "universal", "steps")  # fmt: skip
    universal = {name: _branch(root.at("universal").at(name)) for name in root.at("universal").keys()}  # noqa: SIM118
    limits, failed = root.at("limits"), root.at("failed")
    limits.only("failures", "repeats", "turns", "steps_in_a_turn")
    steps = root.at("steps")
    return Script(
        name=root.at("name").text("unnamed"),
        version=version,
        call_class=class_of(root),
        promotional=root.at("promotional").flag(),
        languages=languages,
        start=_required(root.at("start")),
        voicemail=_required(root.at("voicemail")),
        too_long=_required(root.at("too_long")),
        leads={cause: _required(root.at("leads").at(cause)) for cause in ("silence", "not_understood")},
        limits=Limits(
            limits.at("failures").number(6),
            limits.at("repeats").number(5),
            limits.at("turns").number(60),
            limits.at("steps_in_a_turn").number(20),
        ),
        universal=universal,
        universal_keys={branch.key: name for name, branch in universal.items() if branch.key},
        steps={name: _step(name, steps.at(name), failed, (languages, universal)) for name in steps.keys()},  # noqa: SIM118
        prompts=prompts,
        understanding=understanding,
    )


def _step(name: str, cursor: Cursor, failed: Cursor, anywhere: _Anywhere) -> Step:
    cursor.only("say", "interruptible", "effects", "outcome", "ask", "answer", "hear", "failed", "hung_up", "timeout",
                "offers_language", "choose", "transfer", "end", "next")  # fmt: skip
    exits = [key for key in ("ask", "choose", "transfer", "end", "next") if cursor.at(key).value is not None]
    if len(exits) != 1:
        found = " and ".join(exits) or "none"
        cursor.complain(
            f"step '{name}' needs exactly one of ask, choose, transfer, end, next; found {found}", "step_exit"
        )
    end = cursor.at("end")
    outcome = cursor.at("outcome").one_of(_DISPOSITIONS, "disposition")
    if end.value is not None and end.value != AS_DECIDED:
        outcome = end.one_of(_DISPOSITIONS, "disposition")
    transfer = cursor.at("transfer")
    return Step(
        name=name,
        say=_lines(cursor.at("say")),
        interruptible=cursor.at("interruptible").flag(default=True),
        effects=_effects(cursor.at("effects")),
        outcome=outcome,
        question=_question(cursor, failed, anywhere) if "ask" in exits else None,
        choose=tuple(_choice(each) for each in cursor.at("choose").items()),
        transfer=_transfer(transfer) if transfer.value is not None else None,
        ends=end.value is not None,
        goes_on=cursor.at("next").text() or None,
    )


def _question(cursor: Cursor, failed: Cursor, anywhere: _Anywhere) -> Question:
    hear_at = cursor.at("hear")
    hear = {name: _branch(hear_at.at(name)) for name in hear_at.keys()}  # noqa: SIM118
    keys: dict[str, str] = {}
    meanings: dict[str, str] = {}
    for name, branch in hear.items():
        for meaning in (name, *branch.also):
            if meanings.setdefault(meaning, name) != name:
                hear_at.at(name).complain(
                    f"'{meaning}' already means '{meanings[meaning]}' at this question", "ambiguous"
                )
        if branch.key is not None and keys.setdefault(branch.key, name) != name:
            hear_at.at(name).complain(f"key {branch.key} already means '{keys[branch.key]}'", "ambiguous")
    answer = cursor.at("answer").one_of(_KINDS, "kind of answer", AnswerKind.KEYS)
    own = cursor.at("failed")
    own.only("silence", "not_understood")
    hung_up = cursor.at("hung_up")
    return Question(
        prompts=tuple(each.text() for each in cursor.at("ask").items()),
        answer=answer,
        hear=hear,
        keys=keys,
        meanings=meanings,
        expects=_expects(answer, meanings, *anywhere),
        silent=own.at("silence").text() or _required(failed.at("silence")),
        not_understood=own.at("not_understood").text() or _required(failed.at("not_understood")),
        hung_up=_branch(hung_up, leads_on=False) if hung_up.value is not None else None,
        timeout=cursor.at("timeout").number(10 if answer is AnswerKind.WORDS else 7),
        offers_language=cursor.at("offers_language").text() or None,
    )


def _expects(
    answer: AnswerKind, own: Collection[str], languages: tuple[str, ...], universal: Mapping[str, Branch]
) -> dict[str, Expected]:
    others = [name for name in universal if name not in own]
    urgent = tuple(name for name in others if universal[name].urgent)
    calm = tuple(name for name in others if not universal[name].urgent)
    return {tag: Expected(tag, urgent, tuple(own), calm, SLOTS.get(answer)) for tag in languages}


def _branch(cursor: Cursor, *, leads_on: bool = True) -> Branch:
    cursor.only("go", "say", "effects", "key", "also", "outcome", "reason", "urgent")
    return Branch(
        go=_required(cursor.at("go")) if leads_on else "",
        say=_lines(cursor.at("say")),
        effects=_effects(cursor.at("effects")),
        key=_key(cursor.at("key")),
        also=tuple(each.text() for each in cursor.at("also").items()),
        outcome=cursor.at("outcome").one_of(_DISPOSITIONS, "disposition"),
        reason=cursor.at("reason").text() or None,
        urgent=cursor.at("urgent").flag(),
    )


def _key(cursor: Cursor) -> str | None:
    key = cursor.text()
    if key and (len(key) != 1 or key not in "0123456789*"):
        cursor.complain(f"'{key}' is no key; one of 0 to 9 or *")
    return key or None


def _transfer(cursor: Cursor) -> dict[str, Branch]:
    cursor.only("connected", "not_connected")
    return {name: _branch(cursor.at(name)) for name in ("connected", "not_connected")}


def _choice(cursor: Cursor) -> Choice:
    cursor.only("when", "go")
    return Choice(cursor.at("when").text() or None, _required(cursor.at("go")))


def _lines(cursor: Cursor) -> tuple[Line, ...]:
    lines: list[Line] = []
    for each in cursor.items():
        if isinstance(each.value, dict):
            each.only("pause", "in_other_language")
            offered = each.at("in_other_language").text()
            lines.append(Line(offered, other_language=True) if offered else Line(pause=each.at("pause").number(1)))
        else:
            lines.append(Line(each.text()))
    return tuple(lines)


def _effects(cursor: Cursor) -> tuple[EffectSpec, ...]:
    specs: list[EffectSpec] = []
    for each in cursor.items():
        name: Any = each.value
        arguments: Any = {}
        if isinstance(name, dict) and len(name) == 1:
            name, arguments = next(iter(name.items()))
        if name not in NOTES:
            each.complain(f"unknown effect '{name}'; known: {', '.join(sorted(NOTES))}", "unknown_effect")
            continue
        wrong = _wrong_arguments(NOTES[name], arguments)
        if wrong is not None:
            each.complain(f"effect '{name}' {wrong}", "effect_arguments")
            continue
        specs.append(EffectSpec(str(name), arguments))
    return tuple(specs)


def _wrong_arguments(note: Note, arguments: Any) -> str | None:
    known = {**note.needs, **note.may_take}
    if not isinstance(arguments, dict) or not note.needs.keys() <= arguments.keys() <= known.keys():
        takes = ", ".join((*note.needs, *(f"{name} if wished" for name in note.may_take)))
        return f"needs {takes or 'nothing else'}"
    for name, allowed in known.items():
        if name in arguments and allowed is not None and arguments[name] not in allowed:
            return f"takes {name}: {', '.join(sorted(allowed))}; not {arguments[name]!r}"
    return None


def _required(cursor: Cursor) -> str:
    if cursor.value is None:
        cursor.complain(f"'{cursor.path[-1]}' is missing", "missing")
    return cursor.text()
