"""From the documents of a script to its steps: what is said, asked, heard, noted, and where it goes."""

from collections.abc import Collection, Mapping
from typing import Any

from outbound.dialogue.noting import NOTES, Note
from outbound.dialogue.script.document import Cursor
from outbound.dialogue.script.model import (
    SLOTS,
    AnswerKind,
    Branch,
    Choice,
    EffectSpec,
    FaqExits,
    Line,
    Question,
    Step,
)
from outbound.dialogue.understanding.base import Expected
from outbound.domain.outcome.disposition import Disposition

EXITS = ("ask", "choose", "transfer", "faq", "end", "next")
"""What a step does after its lines: exactly one of them."""

STEP_KEYS = ("say", "interruptible", "effects", "outcome", *EXITS, "answer", "hear", "failed", "hung_up", "timeout",
             "offers_language", "defers")  # fmt: skip
OF_QUESTIONS = ("answer", "hear", "failed", "hung_up", "timeout", "offers_language", "defers")
"""Keys that say something of a question, and nothing without one."""

BRANCH_KEYS = ("go", "say", "effects", "key", "also", "outcome", "reason", "urgent")
FAILED_KEYS = ("silence", "not_understood")
TRANSFER_KEYS = ("whisper", "connected", "not_connected")
FAQ_KEYS = ("answered", "unanswered", "deferred")
CHOICE_KEYS = ("when", "go")
LINE_KEYS = ("pause", "in_other_language")
AS_DECIDED = "as_decided"
_LONGEST_PAUSE = 5

_KINDS = {each.value: each for each in AnswerKind}
_DISPOSITIONS: Mapping[str, Disposition] = {each.value: each for each in Disposition}

Anywhere = tuple[tuple[str, ...], Mapping[str, Branch]]
"""The languages of a script, and what is heard at every question."""


def read_step(name: str, cursor: Cursor, failed: Cursor, anywhere: Anywhere) -> Step:
    """Return a step; `failed` is where failures lead that a question says nothing of."""
    exits = _exits(name, cursor)
    end = cursor.at("end")
    outcome = cursor.at("outcome").one_of(_DISPOSITIONS, "disposition")
    if end.value is not None and end.value != AS_DECIDED:
        outcome = end.one_of(_DISPOSITIONS, "disposition")
    transfer, faq = cursor.at("transfer"), cursor.at("faq")
    return Step(
        name=name,
        say=_lines(cursor.at("say")),
        interruptible=cursor.at("interruptible").flag(default=True),
        effects=_effects(cursor.at("effects")),
        outcome=outcome,
        question=_question(cursor, failed, anywhere) if "ask" in exits else None,
        choose=tuple(_choice(each) for each in cursor.at("choose").items()),
        transfer=_transfer(transfer) if transfer.value is not None else None,
        whisper=tuple(each.text() for each in transfer.at("whisper").items()),
        faq=_faq(faq) if faq.value is not None else None,
        ends=end.value is not None,
        goes_on=cursor.at("next").text() or None,
    )


def _exits(name: str, cursor: Cursor) -> list[str]:
    cursor.only(*STEP_KEYS)
    exits = [key for key in EXITS if cursor.at(key).value is not None]
    if len(exits) != 1:
        found = " and ".join(exits) or "none"
        cursor.complain(f"step '{name}' needs exactly one of {', '.join(EXITS)}; found {found}", "step_exit")
    if "ask" not in exits:
        for key in OF_QUESTIONS:
            if cursor.at(key).value is not None:
                cursor.at(key).complain(f"'{key}' belongs to a question; step '{name}' asks nothing", "step_exit")
    return exits


def _question(cursor: Cursor, failed: Cursor, anywhere: Anywhere) -> Question:
    hear_at = cursor.at("hear")
    hear = {name: read_branch(hear_at.at(name)) for name in hear_at.keys()}  # noqa: SIM118
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
    own.only(*FAILED_KEYS)
    hung_up = cursor.at("hung_up")
    prompts = tuple(each.text() for each in cursor.at("ask").items())
    if not prompts:
        cursor.at("ask").complain("nothing is asked; give three different prompts", "missing")
    return Question(
        prompts=prompts,
        answer=answer,
        hear=hear,
        keys=keys,
        meanings=meanings,
        expects=_expects(answer, meanings, *anywhere),
        silent=own.at("silence").text() or required(failed.at("silence")),
        not_understood=own.at("not_understood").text() or required(failed.at("not_understood")),
        hung_up=read_branch(hung_up, leads_on=False) if hung_up.value is not None else None,
        timeout=cursor.at("timeout").number(10 if answer is AnswerKind.WORDS else 7),
        offers_language=cursor.at("offers_language").text() or None,
        defers=cursor.at("defers").flag(),
    )


def _expects(
    answer: AnswerKind, own: Collection[str], languages: tuple[str, ...], universal: Mapping[str, Branch]
) -> dict[str, Expected]:
    others = [name for name in universal if name not in own]
    urgent = tuple(name for name in others if universal[name].urgent)
    calm = tuple(name for name in others if not universal[name].urgent)
    return {tag: Expected(tag, urgent, tuple(own), calm, SLOTS.get(answer)) for tag in languages}


def read_branch(cursor: Cursor, *, leads_on: bool = True) -> Branch:
    """Return a branch; one that does not lead on only notes something."""
    cursor.only(*BRANCH_KEYS)
    return Branch(
        go=required(cursor.at("go")) if leads_on else "",
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
    cursor.only(*TRANSFER_KEYS)
    return {name: read_branch(cursor.at(name)) for name in ("connected", "not_connected")}


def _faq(cursor: Cursor) -> FaqExits:
    cursor.only(*FAQ_KEYS)
    return FaqExits(
        answered=required(cursor.at("answered")),
        unanswered=required(cursor.at("unanswered")),
        deferred=cursor.at("deferred").text() or None,
    )


def _choice(cursor: Cursor) -> Choice:
    cursor.only(*CHOICE_KEYS)
    return Choice(cursor.at("when").text() or None, required(cursor.at("go")))


def _lines(cursor: Cursor) -> tuple[Line, ...]:
    lines: list[Line] = []
    for each in cursor.items():
        if isinstance(each.value, dict):
            each.only(*LINE_KEYS)
            if len(each.value) != 1:
                each.complain("one thing at a time: {pause: SECONDS} or {in_other_language: PROMPT}")
            offered = each.at("in_other_language").text()
            lines.append(Line(offered, other_language=True) if offered else _pause(each.at("pause")))
        else:
            lines.append(Line(each.text()))
    return tuple(lines)


def _pause(cursor: Cursor) -> Line:
    seconds = cursor.number(1)
    if seconds > _LONGEST_PAUSE:
        cursor.complain(f"{seconds} s of silence; whoever hears nothing for {_LONGEST_PAUSE} s hangs up")
    return Line(pause=min(seconds, _LONGEST_PAUSE))


def _effects(cursor: Cursor) -> tuple[EffectSpec, ...]:
    specs: list[EffectSpec] = []
    for each in cursor.items():
        name: Any = each.value
        arguments: Any = {}
        if isinstance(name, dict) and len(name) == 1:
            name, arguments = next(iter(name.items()))
        if not isinstance(name, str) or name not in NOTES:
            each.complain(f"unknown effect '{name}'; known: {', '.join(sorted(NOTES))}", "unknown_effect")
            continue
        wrong = _wrong_arguments(NOTES[name], arguments)
        if wrong is not None:
            each.complain(f"effect '{name}' {wrong}", "effect_arguments")
            continue
        specs.append(EffectSpec(name, arguments))
    return tuple(specs)


def _wrong_arguments(note: Note, arguments: Any) -> str | None:
    known = {**note.needs, **note.may_take}
    if not isinstance(arguments, dict) or not note.needs.keys() <= arguments.keys() <= known.keys():
        takes = ", ".join((*note.needs, *(f"{name} if wished" for name in note.may_take)))
        return f"needs {takes or 'nothing else'}"
    for name, value in arguments.items():
        allowed = known[name]
        is_plain = isinstance(value, str | int) and not isinstance(value, bool)
        if not is_plain or (allowed is not None and value not in allowed):
            shown = ", ".join(sorted(map(str, allowed or ()))) or "a word (in quotes) or a number"
            return f"takes {name}: {shown}; not {value!r}"
    return None


def required(cursor: Cursor) -> str:
    """Return the words here, and note a finding where there are none."""
    if cursor.value is None:
        cursor.complain(f"'{cursor.path[-1]}' is missing", "missing")
    return cursor.text()
