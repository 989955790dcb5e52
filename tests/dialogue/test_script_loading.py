"""A script is proved when it is loaded: every mistake has a file, a line and a mend, and none waits for a call."""

import shutil
from pathlib import Path

import pytest
import yaml

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.prompts import sample_text
from outbound.dialogue.script.document import ScriptError
from outbound.dialogue.script.model import Script
from outbound.domain.call_class import CallClass

SHIPPED = Path(__file__).resolve().parents[2] / "scripts_tts"
GRAPH, ZH, EN = "welcome_call/script.yaml", "welcome_call/prompts/zh-TW.yaml", "welcome_call/prompts/en-US.yaml"
PHRASES = "phrases/zh-TW.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped scripts to spoil."""
    shutil.copytree(SHIPPED, tmp_path / "scripts")
    return tmp_path / "scripts"


def _written_in(root: Path, file: str, words: str) -> Path:
    """The file of a script, or of the parts that it includes, in which something is written."""
    below = file.partition("/")[2]
    candidates = [root / file, *sorted((root / "parts").glob(f"*/{below}"))]
    return next(each for each in candidates if words in each.read_text(encoding="utf-8"))


def _spoil(root: Path, file: str, old: str, new: str) -> int:
    """Replace the first occurrence of `old`; return the line where it stood."""
    place = _written_in(root, file, old)
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def _load(root: Path) -> Script:
    return FileScripts(root).load("welcome_call")


CASES = [
    (
        "undefined variable",
        ZH,
        "歡迎您成為{{ company }}的",
        "歡迎您成為{{ compny }}的",
        "unknown_variable",
        "unknown variable 'compny'",
    ),
    (
        "undefined variable, English",
        EN,
        "Welcome to {{ company }}",
        "Welcome to {{ x }}",
        "unknown_variable",
        "unknown variable 'x'",
    ),
    ("syntax", ZH, "歡迎您成為{{ company }}的", "歡迎您成為{{ company 的", "prompt", "prompt 'welcome'"),
    ("unknown filter", ZH, "free_looks | until", "free_looks | shout", "unknown_filter", "shout"),
    ("reaches Python", ZH, "歡迎您成為{{ company }}", "歡迎{{ company.__class__ }}", "reaches_python", "no attributes"),
    ("calls", ZH, "歡迎您成為{{ company }}", "歡迎{{ company() }}", "reaches_python", "no attributes"),
    ("includes", ZH, "歡迎您成為{{ company }}", "歡迎{% include 'x' %}", "unknown_include", "no prompt 'x'"),
    (
        "filter on a wrong field",
        ZH,
        "歡迎您成為{{ company }}",
        "歡迎{{ company | spoken_date }}",
        "prompt",
        "sample facts",
    ),
    ("empty prompt", ZH, "checked: 謝謝您。", "checked: ''", "prompt", "says nothing"),
    ("missing prompt", EN, "checked: Thank you.", "", "missing_prompt", "no prompt 'checked'"),
    (
        "unused prompt",
        EN,
        "checked: Thank you.",
        "checked: Thank you.\nextra: Hm.",
        "unused_prompt",
        "'extra' is never",
    ),
    (
        "too long a question",
        ZH,
        "請問到目前為止",
        "請問" + "到目前為止" * 8,
        "too_long",
        "characters before a question",
    ),
    ("too many words", EN, "Are you satisfied", "Are you " + "really " * 25 + "satisfied", "too_long", "words before"),
    ("other fields", EN, "Welcome to {{ company }}.", "Welcome.", "other_fields", "prompt 'welcome'"),
    ("unknown step", GRAPH, "go: service_person}\n", "go: servce}\n", "unknown_step", "unknown step 'servce'"),
    ("unknown start", GRAPH, "start: greeting", "start: hi", "unknown_step", "no step 'hi'"),
    ("unknown guard", GRAPH, "when: free_look_runs", "when: free_lok", "unknown_guard", "'free_lok'"),
    (
        "open choice",
        GRAPH,
        "      - {go: self_service}",
        "      - {when: verified, go: self_service}",
        "open_choice",
        "end with",
    ),
    ("unknown effect", GRAPH, "effects: [wrong_party]", "effects: [wrong_prty]", "unknown_effect", "'wrong_prty'"),
    (
        "effect without argument",
        GRAPH,
        "[{person_requested: {reason: wish}}]",
        "[person_requested]",
        "effect_arguments",
        "reason",
    ),
    ("unknown disposition", GRAPH, "end: welcomed", "end: welcome", "unknown_disposition", "'welcome'"),
    ("unknown kind", GRAPH, "answer: score", "answer: stars", "unknown_kind_of_answer", "'stars'"),
    ("unknown class", GRAPH, "call_class: service", "call_class: fun", "unknown_call_class", "'fun'"),
    (
        "unknown key of a step",
        GRAPH,
        "    interruptible: false",
        "    interuptible: false",
        "unknown_key",
        "'interuptible'",
    ),
    ("no exit", GRAPH, "    say: [welcome]\n    next: asked_or_not", "    say: [welcome]", "step_exit", "exactly one"),
    (
        "two exits",
        GRAPH,
        "    end: welcomed",
        "    end: welcomed\n    next: greeting",
        "step_exit",
        "found end and next",
    ),
    (
        "unknown intent",
        GRAPH,
        "no_problem], effects: [recording_given]",
        "no_prblem], effects: [recording_given]",
        "unknown_intent",
        "zh-TW",
    ),
    (
        "two prompts only",
        GRAPH,
        "ask: [wish, wish_again, wish_keys]",
        "ask: [wish, wish_again]",
        "retries",
        "three different",
    ),
    ("missing outcome", GRAPH, "      keyed_0: {go: zero_or_person}\n", "", "answer_outcomes", "keyed_0"),
    ("gap in the menu", GRAPH, 'ten: {key: "2"', 'ten: {key: "3"', "menu", "without gaps"),
    ("key twice", GRAPH, 'ten: {key: "2"', 'ten: {key: "1"', "ambiguous", "key 1 already means"),
    ("fixed key", GRAPH, 'ten: {key: "2"', 'ten: {key: "0"', "fixed_key", "always means 'person'"),
    ("no such key", GRAPH, 'ten: {key: "2"', 'ten: {key: "#"', "format", "is no key"),
    (
        "missing target",
        GRAPH,
        "connected: {effects: [person_reached], go: after_transfer}",
        "connected: {effects: [person_reached]}",
        "missing",
        "'go'",
    ),
    ("reserved target", GRAPH, "silence: silent_goodbye", "silence: repeat", "unknown_step", "'repeat'"),
    (
        "unreachable",
        GRAPH,
        "  goodbye:\n    say: [goodbye]",
        "  attic:\n    end: welcomed\n  goodbye:\n    say: [goodbye]",
        "unreachable_step",
        "'attic'",
    ),
    (
        "policy before verification",
        GRAPH,
        "how_to_check_us]\n    next: back",
        "how_to_check_us, free_look]\n    next: back",
        "policy_before_verification",
        "free_looks",
    ),
    ("asks for a code", ZH, "checked: 謝謝您。", "checked: 謝謝您。請唸出驗證碼。", "asks_for_secret", "驗證碼"),
    (
        "asks for money beside a denial",
        EN,
        "checked: Thank you.",
        "checked: We never ask for passwords. Please transfer money now.",
        "asks_for_secret",
        "transfer money",
    ),
    ("wrong type of value", GRAPH, "failures: 6", "failures: many", "format", "whole number"),
    ("wrong flag", GRAPH, "promotional: false", "promotional: perhaps", "format", "true or false"),
    (
        "twice",
        GRAPH,
        "  welcome:\n",
        "  goodbye:\n    next: welcome\n  welcome:\n",
        "twice",
        "'goodbye' stands",
    ),
    ("not YAML", GRAPH, "steps:\n", "steps: [\n", "yaml", "not readable"),
    ("unknown language", GRAPH, "languages: [zh-TW, en-US]", "languages: [zh-TW, fr-FR]", "unknown_language", "fr-FR"),
    (
        "language without prompts",
        GRAPH,
        "[zh-TW, en-US]",
        "[zh-TW, en-US, en-GB]",
        "missing_language",
        "prompts/en-GB.yaml",
    ),
    ("bad pattern", PHRASES, "打錯|找錯", "(打錯|找錯", "pattern", "no pattern"),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_mistake_is_found_at_load(root: Path, case: tuple[str, ...]) -> None:
    """A spoiled script is refused with the file, a line and what to mend."""
    _, file, old, new, code, text = case
    _spoil(root, file, old, new)
    with pytest.raises(ScriptError) as raised:
        _load(root)
    found = [each for each in raised.value.findings if each.code == code and text in each.text]
    assert found, str(raised.value)
    assert found[0].line >= 1
    assert found[0].file.endswith(".yaml")


def test_a_finding_names_the_line(root: Path) -> None:
    """The line is the one to mend, in block texts too."""
    line = _spoil(root, EN, "  If that's clear, press 1.", "  If {{ it }}'s clear, press 1.")
    with pytest.raises(ScriptError) as raised:
        _load(root)
    (finding,) = raised.value.findings
    assert str(finding).startswith(f"{root / EN}:")
    assert abs(finding.line - line) <= 1


def test_every_mistake_is_shown_at_once(root: Path) -> None:
    """One run names all there is to mend."""
    _spoil(root, GRAPH, "end: welcomed", "end: welcome")
    _spoil(root, ZH, "歡迎您成為{{ company }}", "歡迎{{ x }}")
    with pytest.raises(ScriptError) as raised:
        _load(root)
    assert {each.code for each in raised.value.findings} == {"unknown_disposition", "unknown_variable"}


def test_a_script_that_does_not_exist(root: Path) -> None:
    """The error names the scripts that there are."""
    with pytest.raises(ScriptError, match=r"no script 'welcom'.*welcome_call"):
        FileScripts(root).load("welcom")
    assert FileScripts(root).names() == ("care_call_65_plus", "missed_call_return", "voicemail", "welcome_call")


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty"), ("問候".encode("big5"), "encoding"), (b"a: !!int x", "yaml")]
)
def test_a_file_that_is_no_script(root: Path, content: bytes, code: str) -> None:
    """An empty file, a wrong encoding and a wrong value are told apart."""
    (root / GRAPH).write_bytes(content)
    with pytest.raises(ScriptError) as raised:
        _load(root)
    assert raised.value.findings[0].code == code


def test_a_loop_without_an_end(root: Path) -> None:
    """Steps from which no path leads to an end are found."""
    _spoil(
        root,
        GRAPH,
        "  silent_goodbye:\n    say: [silent_goodbye]\n    end: as_decided",
        "  silent_goodbye:\n    say: [silent_goodbye]\n    next: silent_two\n  silent_two:\n    next: silent_goodbye",
    )
    with pytest.raises(ScriptError) as raised:
        _load(root)
    assert {each.code for each in raised.value.findings} == {"no_exit", "loop_without_question"}


def test_the_version_is_the_content(root: Path) -> None:
    """The same files give the same version anywhere; any change in any file gives another."""
    shipped = FileScripts(SHIPPED).load("welcome_call")
    assert _load(root).version == shipped.version
    for file in (GRAPH, ZH, PHRASES):
        before = _load(root).version
        (root / file).write_text((root / file).read_text(encoding="utf-8") + "\n# noted\n", encoding="utf-8")
        assert _load(root).version != before


def test_what_the_shipped_script_is() -> None:
    """The welcome call is a service call, promotes nothing, and speaks two languages."""
    script = FileScripts(SHIPPED).load("welcome_call")
    assert (script.call_class, script.promotional) == (CallClass.SERVICE, False)
    assert script.languages == ("zh-TW", "en-US")


def test_a_script_is_read_once(root: Path) -> None:
    """A change on disk does not reach a process that has loaded the script."""
    scripts = FileScripts(root)
    first = scripts.load("welcome_call")
    _spoil(root, ZH, "checked: 謝謝您。", "checked: 謝謝。")
    assert scripts.load("welcome_call") is first


def test_the_phrase_books_know_the_same_intents() -> None:
    """What is understood in one language is understood in the other."""
    books = [
        yaml.safe_load((SHIPPED / f"phrases/{tag}.yaml").read_text(encoding="utf-8")) for tag in ("zh-TW", "en-US")
    ]
    assert books[0].keys() == books[1].keys()


def test_saying_that_nothing_secret_is_asked_for_is_allowed(root: Path) -> None:
    """The shipped script warns of passwords and card numbers, in both languages, and may."""
    script = _load(root)
    for language, word in (("zh-TW", "密碼"), ("en-US", "passwords")):
        prompt = script.prompts.get("birth_date", language)
        assert prompt is not None
        assert word in sample_text(prompt)


def test_a_script_that_extends_another_one(root: Path) -> None:
    """What it does not write anew is the other script's, and a change there is a new version of both."""
    before = FileScripts(root).load("missed_call_return")
    welcome = _load(root)
    assert before.steps["satisfaction"] == welcome.steps["satisfaction"]
    assert before.steps["recording"] != welcome.steps["recording"]
    assert before.universal == welcome.universal
    _spoil(root, ZH, "歡迎您成為", "歡迎您，成為")
    assert FileScripts(root).load("missed_call_return").version != before.version


def test_a_mistake_in_what_is_extended_names_its_own_file(root: Path) -> None:
    """A finding stands where the sentence stands, whichever script is read."""
    _spoil(root, ZH, "歡迎您成為{{ company }}", "歡迎{{ x }}")
    with pytest.raises(ScriptError) as raised:
        FileScripts(root).load("missed_call_return")
    assert {Path(each.file) for each in raised.value.findings} == {root / ZH}


@pytest.mark.parametrize(
    ("base", "message"),
    [("welcom", "no script 'welcom'"), ("missed_call_return", "no script"), ("other", "extends a script itself")],
)
def test_only_a_whole_script_is_extended(root: Path, base: str, message: str) -> None:
    """A script that is not there, itself, or one that extends another cannot be extended; the line is named."""
    (root / "other").mkdir()
    (root / "other" / "script.yaml").write_text("extends: welcome_call\n", encoding="utf-8")
    _spoil(root, "missed_call_return/script.yaml", "extends: welcome_call", f"extends: {base}")
    with pytest.raises(ScriptError, match=message) as raised:
        FileScripts(root).load("missed_call_return")
    assert raised.value.findings[0].line == 7


def test_an_own_step_that_nothing_leads_to_is_told(root: Path) -> None:
    """Steps of the extended script need not be used, own ones must."""
    _spoil(root, "missed_call_return/script.yaml", "    next: choice", "    next: right_party")
    with pytest.raises(ScriptError) as raised:
        FileScripts(root).load("missed_call_return")
    assert {each.code for each in raised.value.findings} == {"unreachable_step"}
