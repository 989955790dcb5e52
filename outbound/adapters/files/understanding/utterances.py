"""Utterances by intent, several files a language: read and checked."""

from collections.abc import Sequence

from outbound.dialogue.script.document import Cursor, Document, Finding, Findings, Path
from outbound.dialogue.understanding.nlu import OUT_OF_SCOPE
from outbound.dialogue.understanding.phrases import normalise

LEAST_UTTERANCES, LEAST_OUT_OF_SCOPE = 60, 120
_LONGEST = 200


def read_utterances(documents: Sequence[Document], language: str, found: list[Finding]) -> dict[str, tuple[str, ...]]:
    """Return the utterances of every intent of a language; what is wrong goes to `found`."""
    reader = _Reader(language, found)
    for document in documents:
        reader.read(document)
    return {intent: tuple(texts) for intent, texts in reader.intents.items() if texts}


class _Reader:
    def __init__(self, language: str, found: list[Finding]) -> None:
        self._language, self._found = language, found
        self._places: dict[str, str] = {}
        self._said: dict[str, tuple[str, str]] = {}
        self.intents: dict[str, list[str]] = {}

    def read(self, document: Document) -> None:
        findings = Findings()
        root = Cursor(document, findings, (), document.data)
        root.only("owner", "reviewed_on", "intents")
        _vouched(root)
        intents = root.at("intents")
        for name in intents.keys():  # noqa: SIM118
            self._intent(intents.at(name), name)
        self._found.extend(findings.found)

    def _intent(self, cursor: Cursor, name: str) -> None:
        document = cursor.document
        if name in self._places:
            text = f"intent '{name}' stands in {self._places[name]} too; write all its utterances in one file"
            self._note("intent_in_two_files", document, cursor.path, text)
        self._places.setdefault(name, f"{document.file}:{document.line(cursor.path)}")
        texts = self.intents.setdefault(name, [])
        for each in cursor.items():
            text = each.text().strip()
            if self._is_usable(each, text, name):
                texts.append(text)
        least = LEAST_OUT_OF_SCOPE if name == OUT_OF_SCOPE else LEAST_UTTERANCES
        if len(texts) < least:
            text = f"intent '{name}' has {len(texts)} utterances; with fewer than {least} it is often misheard"
            self._note("few_utterances", document, cursor.path, text, warning=True)

    def _is_usable(self, each: Cursor, text: str, intent: str) -> bool:
        words = normalise(text, self._language)
        place = f"{each.document.file}:{each.document.line(each.path)}"
        if not words or len(text) > _LONGEST:
            self._note("utterance", each.document, each.path, f"write what is said, at most {_LONGEST} characters")
            return False
        before, where = self._said.setdefault(words, (intent, place))
        if where == place:
            return True
        if before == intent:
            self._note("utterance_twice", each.document, each.path, f"this stands in {where} already", warning=True)
        else:
            text = f"this stands under '{before}' too ({where}); what it means must be one thing"
            self._note("utterance_under_two_intents", each.document, each.path, text)
        return False

    def _note(self, code: str, document: Document, path: Path, text: str, *, warning: bool = False) -> None:
        self._found.append(Finding(code, *document.place(path), text, language=self._language, warning=warning))


def _vouched(root: Cursor) -> None:
    """Ask for who looks after a file, and when they last did."""
    if not root.at("owner").text().strip():
        root.at("owner").complain("say which role looks after this file", "owner")
    if root.at("reviewed_on").value is None:
        root.at("reviewed_on").complain("say on which day somebody last read all of this (2026-11-23)", "reviewed_on")
