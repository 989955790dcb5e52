"""From documents to a script. Everything that is wrong is found here, before any call."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from outbound.dialogue.prompts import Prompts
from outbound.dialogue.prover.limits import VoiceLimits
from outbound.dialogue.prover.prove import prove, refusing
from outbound.dialogue.script.document import Cursor, Document, Finding, Findings, ScriptError
from outbound.dialogue.script.joining import Material
from outbound.dialogue.script.model import Limits, Script, Step
from outbound.dialogue.script.speech import read_languages, read_speech
from outbound.dialogue.script.steps import FAILED_KEYS, read_branch, read_step, required
from outbound.dialogue.understanding.base import Understanding
from outbound.domain.call_class import CallClass

SCRIPT_KEYS = ("name", "extends", "include", "call_class", "promotional", "languages", "start", "voicemail", "too_long",
               "slow", "leads", "failed", "unsure", "limits", "universal", "steps")  # fmt: skip
"""What the file of a script may say."""

LIMIT_KEYS = ("failures", "repeats", "turns", "steps_in_a_turn", "seconds", "choices")
LEAD_KEYS = ("silence", "not_understood")
_WORDINGS, _MOST_STEPS = 3, 300
_UNHURRIED = 10
"""Seconds to answer, at least, in a script that is slow."""

Proving = Callable[[Script, Document, Mapping[str, Document], VoiceLimits], tuple[Finding, ...]]

_CLASSES = {each.value: each for each in CallClass}


def read_script(
    material: Material,
    understanding: Understanding,
    version: str,
    *,
    limits: VoiceLimits | None,
    findings: Findings | None = None,
    proving: Proving = prove,
) -> Script:
    """Return the script, or raise `ScriptError` with every finding (file, line, what to mend).

    It is proved against the `limits`; without them it was proved before, and is only read. What was found besides, and
    keeps no script out, is added to `findings`. `proving` may remember what the proof of the same script came to.
    """
    findings = Findings() if findings is None else findings
    root = Cursor(material.graph, findings, (), material.graph.data)
    languages = read_languages(root, material)
    prompts, documents = read_speech(material, languages, findings)
    if len(root.at("steps").keys()) > _MOST_STEPS:
        root.at("steps").complain(f"more than {_MOST_STEPS} steps; split this into several scripts", "too_large")
        findings.raise_if_any()
    script = _script(root, material.folder, languages, prompts, understanding, version)
    findings.raise_if_any()
    if limits is not None:
        found = proving(script, material.graph, documents, limits)
        findings.found.extend(found)
        if refusing(found):
            raise ScriptError(refusing(found))
    return script


def class_of(root: Cursor) -> CallClass:
    """Return the class of call that a script is written for: service unless it says otherwise."""
    found: CallClass = root.at("call_class").one_of(_CLASSES, "call class", CallClass.SERVICE)
    return found


def _script(
    root: Cursor, folder: str, languages: tuple[str, ...], prompts: Prompts, understanding: Understanding, version: str
) -> Script:
    root.only(*SCRIPT_KEYS)
    anywhere = root.at("universal")
    universal = {name: read_branch(anywhere.at(name)) for name in anywhere.keys()}  # noqa: SIM118
    steps, failed, leads = root.at("steps"), root.at("failed"), root.at("leads")
    failed.only(*FAILED_KEYS)
    leads.only(*LEAD_KEYS)
    read = {name: read_step(name, steps.at(name), failed, (languages, universal)) for name in steps.keys()}  # noqa: SIM118
    slow = root.at("slow").flag()
    return Script(
        name=_name(root, folder),
        version=version,
        call_class=class_of(root),
        promotional=root.at("promotional").flag(),
        languages=languages,
        start=required(root.at("start")),
        voicemail=required(root.at("voicemail")),
        too_long=required(root.at("too_long")),
        leads={cause: required(leads.at(cause)) for cause in LEAD_KEYS},
        limits=_limits(root.at("limits")),
        universal=universal,
        universal_keys={branch.key: name for name, branch in universal.items() if branch.key},
        steps={name: _unhurried(each) for name, each in read.items()} if slow else read,
        prompts=prompts,
        understanding=understanding,
        unsure=_unsure(root.at("unsure")),
        recorded=prompts.recorded,
        slow=slow,
    )


def _unhurried(step: Step) -> Step:
    if step.question is None or step.question.timeout >= _UNHURRIED:
        return step
    return replace(step, question=replace(step.question, timeout=_UNHURRIED))


def _name(root: Cursor, folder: str) -> str:
    expected = folder.rpartition("/")[2]
    name = root.at("name").text(expected)
    if name != expected:
        root.at("name").complain(f"this script stands in the folder '{expected}'; write 'name: {expected}'", "name")
    return name


def _limits(limits: Cursor) -> Limits:
    limits.only(*LIMIT_KEYS)
    usual = Limits()
    return Limits(**{key: limits.at(key).number(getattr(usual, key)) for key in LIMIT_KEYS})


def _unsure(unsure: Cursor) -> tuple[str, ...]:
    prompts = tuple(each.text() for each in unsure.items())
    if prompts and len(set(prompts)) != _WORDINGS:
        unsure.complain(
            "give three different prompts: what was perhaps meant, another wording, and the plainest", "unsure"
        )
    return prompts
