"""Where findings are collected while a script is proved."""

from collections.abc import Iterable, Iterator, Mapping

from outbound.dialogue.prover.codes import CODES, WARNINGS
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.prover.topics import Book
from outbound.dialogue.script.document import Document, Finding, Path
from outbound.dialogue.script.model import Question, Script


class Report:
    """A script with its documents, and what was found; the first finding of a kind at a place counts."""

    def __init__(self, script: Script, graph: Document, prompts: Mapping[str, Document], limits: VoiceLimits) -> None:
        self.script, self.graph, self.prompts, self.limits = script, graph, prompts, limits
        self.book = Book(script, limits)
        self._found: dict[tuple[object, ...], Finding] = {}

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, by file and line."""
        return tuple(sorted(self._found.values(), key=lambda each: (each.file, each.line, each.code, each.text)))

    def has_errors(self) -> bool:
        """Whether anything was found that is no mere warning."""
        return any(not each.warning for each in self._found.values())

    def at(self, code: str, place: Path, text: str, step: str | None = None, path: Iterable[str] = ()) -> None:
        """Note a finding in the graph."""
        if step is None and len(place) > 1 and place[0] == "steps":
            step = str(place[1])
        self._add(code, self.graph.place(place), text, step, None, path)

    def prompt(
        self, code: str, name: str, language: str, text: str, step: str | None = None, path: Iterable[str] = ()
    ) -> None:
        """Note a finding in a prompt."""
        document = self.prompts.get(language)
        where = document.place((name,)) if document is not None else self.graph.place(("languages",))
        self._add(code, where, text, step, language, path)

    def questions(self) -> Iterator[tuple[str, Question]]:
        """Yield every question with the name of its step."""
        for name, step in self.script.steps.items():
            if step.question is not None:
                yield name, step.question

    def _add(
        self, code: str, where: tuple[str, int], text: str, step: str | None, language: str | None, path: Iterable[str]
    ) -> None:
        if code not in CODES:
            raise KeyError(code)
        finding = Finding(code, *where, text, step, language, tuple(path), code in WARNINGS)
        # Of what shows on several ways to a place, the shortest way is enough; a prompt is mended once for all steps.
        more = (step, language) if finding.path else (language, text)
        key = (code, *where, *more)
        known = self._found.get(key)
        if known is None or len(finding.path) < len(known.path):
            self._found[key] = finding
