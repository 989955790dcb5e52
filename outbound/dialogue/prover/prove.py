"""The proof of a script, from its targets to its last goodbye."""

from collections.abc import Mapping

from outbound.dialogue.prover.carrying import TooManyWaysError
from outbound.dialogue.prover.codes import refuses
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.rules import endings, opening, promises, questions, sentences, speaking, structure
from outbound.dialogue.prover.walk import Walk
from outbound.dialogue.script.document import Document, Finding
from outbound.dialogue.script.model import Script

_STRUCTURE = frozenset(
    {"unknown_step", "unknown_guard", "open_choice", "missing_prompt", "answer_outcomes", "no_words"}
)
"""With one of these there are no ways to walk."""


def prove(script: Script, graph: Document, prompts: Mapping[str, Document], limits: VoiceLimits) -> tuple[Finding, ...]:
    """Return everything to mend, by file and line: errors, and warnings that keep no script out.

    All ways are walked, once for each kind of property with what it depends on; guards that depend on nothing
    remembered may hold or not. `graph` and `prompts` (by language) say in which file and line things stand.
    """
    report = Report(script, graph, prompts, limits)
    structure.check_targets(report)
    structure.check_bounds(report)
    structure.check_intents(report)
    questions.check_questions(report)
    sentences.check_prompts(report)
    if any(each.code in _STRUCTURE for each in report.findings()):
        return report.findings()
    speaking.check_constant_answers(report)
    endings.check_words(report)
    opening.check_machines(report)
    opening.check_transfers(report)
    try:
        _walk(report)
    except TooManyWaysError:
        text = "this script is too large to be proved: there are too many ways through it; split it, or ask less"
        report.at("too_many_ways", ("steps",), text)
    return report.findings()


def _walk(report: Report) -> None:
    script, book = report.script, report.book
    privacy, promising = Walk(script, book, endings.PRIVACY), Walk(script, book, endings.PROMISES)
    values, ends = Walk(script, book, endings.VALUES), Walk(script, book, endings.ENDS)
    first = Walk(script, book, endings.OPENING)
    structure.check_reach(report, (first, privacy, promising, values, ends))
    for walk in (ends, privacy):
        structure.check_turns(report, walk)
    opening.check_opening(report, first)
    opening.check_lengths(report, first)
    speaking.check_privacy(report, privacy)
    speaking.check_times(report, values)
    speaking.check_score(report, first)
    promises.check_promises(report, promising)
    endings.check_ends(report, ends)


def refusing(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return those findings that keep a script out of every campaign."""
    return tuple(each for each in findings if refuses(each.code))
