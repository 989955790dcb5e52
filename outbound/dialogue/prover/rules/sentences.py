"""What must hold of every prompt: it is there, alike in all languages, short enough, and asks for nothing secret."""

import re
from collections.abc import Iterator

from outbound.dialogue.facts import Label
from outbound.dialogue.prompts import PHRASES
from outbound.dialogue.prover.graph import prompts_used
from outbound.dialogue.prover.length import count
from outbound.dialogue.prover.limits import Words
from outbound.dialogue.prover.report import Report
from outbound.dialogue.prover.topics import Spoken, found
from outbound.domain.call_class import CallClass

_INCLUDED = re.compile(r"{%-?\s*(?:include|import|from)\s+['\"]([^'\"]+)['\"]")
_WHISPERED_ONLY = frozenset({"reason_spoken", "verified"})


def check_prompts(report: Report) -> None:
    """Every prompt that the script names, and every one that is written."""
    used = prompts_used(report.script)
    asked = {name for _, question in report.questions() for name in question.prompts} | set(report.script.unsure)
    whispered = {name for step in report.script.steps.values() for name in step.whisper}
    for language in report.script.languages:
        words = report.limits.words_for(language)
        if words is None:
            text = f"nobody has written down what to listen for in {language}; add it to limits.yaml under 'words'"
            report.at("no_words", ("languages",), text)
            continue
        for name, step in used.items():
            spoken = report.book.get(name, language)
            if spoken is None:
                _missing(report, name, step, language)
                continue
            for code, text in _faults(report, spoken, words, asked=name in asked, whispered=name in whispered):
                report.prompt(code, name, language, f"prompt '{name}' {text}", step or None)
        _check_unused(report, set(used), language)
    _check_unsure(report)
    if report.script.promotional and report.script.call_class is CallClass.SERVICE:
        text = "a script that promotes something is no service call; give it a call_class of its own, or drop the offer"
        report.at("promotional_service", ("promotional",), text)


def _missing(report: Report, name: str, step: str, language: str) -> None:
    document = report.prompts.get(language)
    place = ("steps", step) if step else ("leads",)
    if report.script.prompts.get(name, language) is None:
        where = document.file if document is not None else f"prompts/{language}.yaml"
        report.at("missing_prompt", place, f"there is no prompt '{name}' in {where}", step or None)


def _faults(report: Report, spoken: Spoken, words: Words, *, asked: bool, whispered: bool) -> Iterator[tuple[str, str]]:
    lengths = report.limits.lengths
    characters, spoken_words = count(spoken.text)[0], len(spoken.text.split())
    if asked and characters > lengths.prompt_characters:
        yield (
            "too_long",
            f"has {characters} characters before a question; a listener can follow {lengths.prompt_characters}",
        )
    if asked and spoken_words > lengths.prompt_words and not characters:
        yield "too_long", f"has {spoken_words} words before a question; a listener can follow {lengths.prompt_words}"
    if len(spoken.text) > lengths.say_characters:
        yield "say_limit", f"has {len(spoken.text)} characters; the voice takes {lengths.say_characters} at once"
    for word in _secrets(spoken, words):
        yield "asks_for_secret", f"speaks of '{word}'; a call asks for no code, card, full ID or transfer"
    promoted = found(words.promotional, spoken.text)
    if promoted and not report.script.promotional:
        yield "promotional_words", f"says '{promoted}'; a service call promotes nothing"
    first = report.book.get(spoken.name, report.script.languages[0])
    if first is not None and first.variables != spoken.variables:
        yield "other_fields", f"speaks other fields here than in {report.script.languages[0]}"
    if Label.UNSPOKEN in spoken.labels:
        yield "unspoken_field", "speaks a field that nobody may hear; remove it"
    if spoken.variables & _WHISPERED_ONLY and not whispered:
        yield "whisper_only", "tells the callee what is meant for whoever takes the transfer; use it in a whisper"


def _secrets(spoken: Spoken, words: Words) -> Iterator[str]:
    """Yield what only swindlers ask for, unless the sentence says that it is not asked for."""
    for sentence in spoken.sentences:
        secret = found(words.secret, sentence)
        if secret and not found(words.denied, sentence):
            yield secret


def _check_unused(report: Report, used: set[str], language: str) -> None:
    document = report.prompts.get(language)
    if document is None or not isinstance(document.data, dict):
        return
    for text in document.data.values():
        used |= set(_INCLUDED.findall(str(text)))
    for name in sorted(each for each in document.data if each not in used and document.is_own((each,))):
        if name.startswith(("_", *PHRASES)):
            continue
        report.prompt("unused_prompt", name, language, f"prompt '{name}' is never spoken; remove it")


def _check_unsure(report: Report) -> None:
    script = report.script
    if not script.unsure:
        return
    if len(script.unsure) != report.limits.bounds.wordings:
        report.at("unsure", ("unsure",), "give three different prompts to ask back when in doubt")
    for name in script.unsure:
        for spoken in report.book.in_languages(name):
            if "meaning" not in spoken.variables:
                text = f"prompt '{name}' does not say what was understood; use {{{{ meaning }}}}"
                report.prompt("unsure", name, spoken.language, text)
