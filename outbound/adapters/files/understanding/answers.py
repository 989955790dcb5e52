"""Approved answers, one file a language: read and checked, and compared between languages."""

import re
from collections.abc import Iterator, Mapping

from outbound.adapters.files.approvals import APPROVED_BY, APPROVED_ON, approval_fault
from outbound.dialogue.prompts import PromptError, compile_prompt, sample_text
from outbound.dialogue.script.document import Cursor, Document, Finding, Findings
from outbound.dialogue.understanding.faq import OFFERS, FaqEntry
from outbound.dialogue.understanding.phrases import normalise

LEAST_QUESTIONS = 5
MOST_CHARACTERS, MOST_WORDS = 90, 60
PUBLIC_FIELDS = frozenset({"company", "hotline", "self_service"})
_ENTRY_KEYS = ("id", "questions", "answer", "about_policy", "offer", "source", APPROVED_BY, APPROVED_ON)
_OFFERS = {name: name for name in OFFERS}
_ID = re.compile(r"[a-z][a-z0-9_]*")


def read_answers(document: Document, language: str, found: list[Finding]) -> dict[str, FaqEntry]:
    """Return the entries of one file by id; what is wrong goes to `found`."""
    findings = Findings()
    root = Cursor(document, findings, (), document.data)
    root.only("owner", "reviewed_on", "entries")
    if not root.at("owner").text().strip():
        root.at("owner").complain("say which role looks after these answers", "owner")
    if root.at("reviewed_on").value is None:
        root.at("reviewed_on").complain("say on which day they were last read (2026-11-23)", "reviewed_on")
    entries: dict[str, FaqEntry] = {}
    asked: dict[str, str] = {}
    for cursor in root.at("entries").items():
        entry = _entry(cursor, language)
        if entry.id in entries:
            cursor.at("id").complain(f"there is an answer '{entry.id}' already; give this one its own id", "id_twice")
        entries.setdefault(entry.id, entry)
        _check_questions(cursor, entry, language, asked)
    found.extend(findings.found)
    return entries


def compared(documents: Mapping[str, Document], answers: Mapping[str, Mapping[str, FaqEntry]]) -> Iterator[Finding]:
    """Yield a finding for every answer that a language lacks and another one has, or that differs in what it is."""
    every = {name for entries in answers.values() for name in entries}
    for tag, entries in answers.items():
        file = documents[tag].file
        for name in sorted(every - entries.keys()):
            yield Finding("answer_missing", file, 1, f"there is no answer '{name}' here; translate it", language=tag)
        for name, entry in entries.items():
            others = (each[name] for each in answers.values() if name in each)
            if any((each.about_policy, each.offer) != (entry.about_policy, entry.offer) for each in others):
                text = f"answer '{name}' says another about_policy or offer than in the other language"
                yield Finding("answer_differs", file, _line_of(documents[tag], name), text, language=tag)


def _entry(cursor: Cursor, language: str) -> FaqEntry:
    cursor.only(*_ENTRY_KEYS)
    name = cursor.at("id").text()
    if _ID.fullmatch(name) is None:
        cursor.at("id").complain("an id is written with small letters, digits and _", "id")
    fault = approval_fault(cursor.at(APPROVED_BY).value, cursor.at(APPROVED_ON).value)
    if fault is not None:
        cursor.complain(fault, "approval")
    answer = cursor.at("answer").text().strip()
    _check_answer(cursor.at("answer"), answer, language)
    return FaqEntry(
        id=name,
        questions=tuple(each.text().strip() for each in cursor.at("questions").items()),
        answer=answer,
        about_policy=cursor.at("about_policy").flag(),
        offer=cursor.at("offer").one_of(_OFFERS, "offer"),
    )


def _check_questions(cursor: Cursor, entry: FaqEntry, language: str, asked: dict[str, str]) -> None:
    if len(entry.questions) < LEAST_QUESTIONS:
        text = f"'{entry.id}' is asked in {len(entry.questions)} ways here; write at least {LEAST_QUESTIONS}"
        cursor.at("questions").complain(text, "few_questions")
    for each, question in zip(cursor.at("questions").items(), entry.questions, strict=True):
        words = normalise(question, language)
        if not words:
            each.complain("write how people ask", "question")
        elif asked.setdefault(words, entry.id) != entry.id:
            each.complain(f"'{asked[words]}' is asked like this too; a question has one answer", "question_twice")


def _check_answer(cursor: Cursor, answer: str, language: str) -> None:
    try:
        prompt = compile_prompt(answer, language)
    except PromptError as error:
        cursor.complain(str(error), "answer")
        return
    for name in sorted(prompt.variables - PUBLIC_FIELDS):
        text = f"an answer may use {', '.join(sorted(PUBLIC_FIELDS))} only, not '{name}': anybody may hear it"
        cursor.complain(text, "private_field")
        return
    said = sample_text(prompt)
    chinese = language.startswith("zh")
    length = sum(each.isalnum() for each in said) if chinese else len(said.split())
    most = MOST_CHARACTERS if chinese else MOST_WORDS
    if length > most:
        unit = "characters" if chinese else "words"
        cursor.complain(f"this takes {length} {unit} to say; at most {most}, nobody remembers more", "answer_too_long")


def _line_of(document: Document, name: str) -> int:
    entries = document.data.get("entries", []) if isinstance(document.data, dict) else []
    at = next((n for n, each in enumerate(entries) if isinstance(each, dict) and each.get("id") == name), 0)
    return document.line(("entries", at, "id"))
