"""Prompts may include each other and use macros; what they may not do is found before any call."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.adapters.files.scripts import script_from_contents
from outbound.dialogue.prompts import FIELDS, PromptError, Wording, compile_prompt, read_macros, sample_text
from outbound.dialogue.prompts.grammar import environment_for
from outbound.dialogue.prompts.prompt import tidy
from outbound.dialogue.script.document import ScriptError
from outbound.dialogue.script.model import Script

MACROS = """\
{% macro at(window) %}{{ window | window }}，{{ hotline }}{% endmacro %}
{% macro twice(window) %}{{ at(window) }}。{{ at(window) }}{% endmacro %}
"""


def wording(**sources: str) -> Wording:
    """Prompts in Mandarin with macros for all of them."""
    return Wording("zh-TW", sources, read_macros(MACROS, "zh-TW", {}))


def fault(source: str, **others: str) -> PromptError:
    """What is wrong with a prompt."""
    with pytest.raises(PromptError) as raised:
        wording(here=source, **others).compile("here")
    return raised.value


@pytest.mark.parametrize(
    ("source", "fields", "spoken"),
    [
        ("您好。", set(), "您好。"),
        ('您好，{% include "who" %}', {"full_name"}, "您好，我找王小明。"),
        ('{% include "deep" %}', {"full_name", "score"}, "打9分，我找王小明。"),
        ("{{ at(callback) }}", {"callback", "hotline"}, "十一月二十三日星期一下午兩點到四點，零八零零，零零零，一二三"),
        ("{{ twice(wanted) }}", {"wanted", "hotline"}, ""),
        ("{% macro say(x) %}{{ x }}{{ company }}{% endmacro %}{{ say(score) }}", {"score", "company"}, "9安心人壽"),
        ("{% set company = full_name %}{{ company }}", {"full_name"}, "王小明"),
        ("{{ free_looks | until }}", {"free_looks"}, "您的保單到十二月二日為止"),
        ("{% for each in callback_choices %}{{ loop.index }}、{% endfor %}", {"callback_choices"}, "1、2、3、"),
        ("{% if verified %}{{ free_looks | until }}{% endif %}好", {"verified", "free_looks"}, ""),
        (
            '{% for each in callback_choices %}{% include "who" %}{% endfor %}',
            {"callback_choices", "full_name"},
            "我找王小明。" * 3,
        ),
    ],
)
def test_the_fields_of_a_prompt_are_those_of_all_that_it_says(source: str, fields: set[str], spoken: str) -> None:
    """Includes, macros, filters, conditions and renamings hide no field: who may hear a prompt follows from these."""
    prompt = wording(here=source, who="我找{{ full_name }}。", deep='打{{ score }}分，{% include "who" %}').compile(
        "here"
    )
    assert prompt.variables == fields <= FIELDS.keys()
    if spoken and "until" not in source:
        assert sample_text(prompt) == spoken


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ compny }}", "unknown_variable"),
        ('{% include "bad" %}', "unknown_variable"),
        ("{{ company.__class__ }}", "reaches_python"),
        ("{{ company['x'] }}", "reaches_python"),
        ("{{ callback[0] }}", "reaches_python"),
        ("{{ company() }}", "reaches_python"),
        ("{{ range(9) }}", "reaches_python"),
        ("{{ self }}", "reaches_python"),
        ("{{ loop }}", "reaches_python"),
        ("{{ 'a' * 99999999 }}", "reaches_python"),
        ("{{ 9 ** 9 }}", "reaches_python"),
        ("{% import 'x' as y %}", "reaches_python"),
        ("{% from 'x' import y %}", "reaches_python"),
        ("{% extends 'x' %}", "reaches_python"),
        ("{% filter length %}x{% endfilter %}", "reaches_python"),
        ("{% for a in callback_choices recursive %}{{ loop(a) }}{% endfor %}", "reaches_python"),
        ("{{ callback_choices | map(attribute='x') }}", "unknown_filter"),
        ("{{ company | attr('x') }}", "unknown_filter"),
        ("{% if company is callable %}x{% endif %}", "unknown_filter"),
        ('{% include "gone" %}', "unknown_include"),
        ('{% include "here" %}', "prompt_circle"),
        ('{% include "back" %}', "prompt_circle"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "prompt_circle"),
        ("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}好{{ b() }}", "prompt"),
        ("{% macro at() %}x{% endmacro %}{{ at() }}", "prompt"),
        ("{% include company %}", "prompt"),
        ('{% include "bad" ignore missing %}', "prompt"),
        ('{% include ["bad", "here"] %}', "reaches_python"),
        ("{{ company", "prompt"),
        ("{{ score | spoken_date }}", "prompt"),
        ("{# nothing #}", "prompt"),
        ("好" * 2000, "prompt_too_long"),
        ('{% include "long" %}{% include "long" %}', "prompt_too_long"),
        ("{% for a in callback_choices %}" * 5 + "x" + "{% endfor %}" * 5, "prompt"),
        ('{% include "long" %}' * 21, "prompt"),
    ],
)
def test_what_a_prompt_may_not_do_is_refused(source: str, code: str) -> None:
    """Python, other places, circles, endless sentences and fields that nobody knows are refused with a mend."""
    found = fault(source, bad="{{ nobody }}", back='{% include "here" %}', long="好" * 800)
    assert found.code == code
    assert len(str(found)) > 20


def test_the_prompt_with_the_mistake_is_named_and_its_line() -> None:
    """A mistake in what is included stands where it was written."""
    found = fault('{% include "middle" %}', middle='{% include "bad" %}', bad="好\n{{ nobody }}")
    assert (found.place, found.line) == ("bad", 2)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("好{% macro a() %}x{% endmacro %}", "prompt"),
        ("{{ company }}{% macro a() %}x{% endmacro %}", "prompt"),
        ("{% macro a() %}{{ nobody }}{% endmacro %}", "unknown_variable"),
        ("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}", "prompt_circle"),
        ("{% macro a() %}{{ caller() }}{% endmacro %}", "reaches_python"),
        ("{% macro a() %}{{ varargs }}{% endmacro %}", "reaches_python"),
        ("{% macro a( %}", "prompt"),
    ],
)
def test_macros_are_proved_themselves(source: str, code: str) -> None:
    """Nothing but sound macros stands among the macros, whether a prompt uses them or not."""
    with pytest.raises(PromptError) as raised:
        read_macros(source, "zh-TW", {})
    assert raised.value.code == code


def test_a_sentence_that_stands_alone_includes_nothing() -> None:
    """Approved answers and the like are compiled by themselves."""
    assert compile_prompt("請撥{{ hotline }}。", "zh-TW").variables == {"hotline"}
    with pytest.raises(PromptError):
        compile_prompt('{% include "hello" %}', "zh-TW")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A script whose prompts use macros and each other."""
    for file, text in FILES.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


FILES = {
    "phrases/zh-TW.yaml": "yes: {phrases: [好]}\n",
    "small/script.yaml": """\
name: small
languages: [zh-TW]
start: one
voicemail: one
too_long: one
leads: {silence: hello, not_understood: hello}
failed: {silence: one, not_understood: one}
include: {piece: {}}
steps:
  one:
    say: [hello, bye]
    next: piece
""",
    "small/prompts/zh-TW.yaml": """\
_macros: |
  {% macro line(word) %}{{ word }}：{{ number() }}{% endmacro %}
hello: 您好，{% include "who" %}
bye: "{{ line(company) }}"
""",
    "parts/piece/script.yaml": "part: true\nsteps:\n  piece:\n    say: [who]\n    end: refused\n",
    "parts/piece/prompts/zh-TW.yaml": """\
_macros: |
  {% macro number() %}請撥{{ hotline }}{% endmacro %}
who: 這裡是{{ company }}，{{ number() }}。
""",
}


def read(root: Path) -> Script:
    """The script as it is read, before anything else is asked of it."""
    files = (path for path in root.rglob("*") if path.is_file())
    return script_from_contents("small", {path.relative_to(root).as_posix(): path.read_bytes() for path in files})


def test_macros_of_parts_are_there_for_the_script(root: Path) -> None:
    """A script uses the macros and sentences of its parts beside its own."""
    prompts = read(root).prompts
    hello, bye = prompts.get("hello", "zh-TW"), prompts.get("bye", "zh-TW")
    assert hello is not None
    assert bye is not None
    assert hello.variables == bye.variables == {"company", "hotline"}
    assert sample_text(bye) == "安心人壽：請撥零八零零，零零零，一二三"


@pytest.mark.parametrize(
    "case",
    [
        ("small/prompts/zh-TW.yaml", "{{ number() }}", "{{ numbr }}", "small", 2, "unknown_variable"),
        ("parts/piece/prompts/zh-TW.yaml", "{{ hotline }}", "{{ hotline.x }}", "parts/piece", 2, "reaches_python"),
        ("parts/piece/prompts/zh-TW.yaml", "{{ company }}，", '{% include "hello" %}', "", 0, "prompt_circle"),
        ("parts/piece/prompts/zh-TW.yaml", "{{ company }}", "{{ nobody }}", "parts/piece", 3, "unknown_variable"),
        ("small/prompts/zh-TW.yaml", "您好，", "您" * 2000, "small", 3, "prompt_too_long"),
    ],
)
def test_a_finding_stands_where_the_sentence_stands(root: Path, case: tuple[str, str, str, str, int, str]) -> None:
    """File and line are those of the macro or the sentence that is wrong, not of whoever uses it."""
    file, old, new, place, line, code = case
    text = FILES[file]
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScriptError) as raised:
        read(root)
    found = [each for each in raised.value.findings if each.code == code]
    assert found
    if place:
        assert (found[0].file, found[0].line) == (f"{place}/prompts/zh-TW.yaml", line)


def test_phrases_within_sentences_have_no_fields(root: Path) -> None:
    """What stands for a meaning or a reason is said in the middle of another sentence, at any time of the call."""
    file = root / "small" / "prompts" / "zh-TW.yaml"
    file.write_text(FILES["small/prompts/zh-TW.yaml"] + "means_later: 改天{{ full_name }}\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="short phrase within a sentence"):
        read(root)


PIECES = (
    "{{ ", " }}", "{% ", " %}", "{# ", " #}", "if ", "for x in ", "endif", "endfor", "include ", '"here"', '"who"',
    "macro at()", "endmacro", "set x = ", "company", "full_name", "callback", "callback_choices", "loop", ".index",
    "loop.index", " | window", " | number", " | length", "()", "(", ")", "[0]", "1", " + ", " ~ ", "'a'", "x", "self",
    "__class__", " is defined", " not ", " and ", "raw", "endraw", "call ", "block a", "else", "elif ", "\n", "好",
    "autoescape true", "with ", "do ", "import ", " as y", ":", ",", "-%}", "{%- ", "**", "//", "%", "namespace",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=80, deadline=None)
def test_whatever_is_written_is_a_sentence_or_a_finding(pieces: list[str]) -> None:
    """No text brings the reader down: it can be spoken, with known fields, or it is refused."""
    try:
        prompt = wording(here="".join(pieces), who="我找{{ full_name }}。").compile("here")
    except PromptError:
        return
    assert prompt.variables <= FIELDS.keys()
    assert sample_text(prompt)


def test_plain_sentence_is_what_jinja_says_of_it() -> None:
    """A sentence without placeholders is said as Jinja would say it, and needs no template."""
    source = "  請您 # 不要掛斷。\n  We  are here; 100 % of you }} listen.\n"
    prompt = compile_prompt(source, "zh-TW")
    assert prompt.template is None
    assert prompt.render({}) == tidy(environment_for("zh-TW").from_string(source).render())
