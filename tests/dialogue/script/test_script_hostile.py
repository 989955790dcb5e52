"""Files that were written to do harm, or by a broken editor: a file, a line and a mend within a second."""

import time
from pathlib import Path

import pytest

from outbound.adapters.files.scripts.assembling import assemble
from outbound.adapters.files.scripts.shelf import shelf_of_contents, shelf_of_folder
from outbound.dialogue.script.document import Finding, Findings, ScriptError
from outbound.dialogue.script.reading import read_script
from tests.dialogue.prover.conftest import BASE, Ears

GRAPH, ZH = "base/script.yaml", "base/prompts/zh-TW.yaml"
FILES = {path.relative_to(BASE.parent).as_posix(): path.read_bytes() for path in Path(BASE).rglob("*.yaml")}
LAUGHS = "\n".join(f"  x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 12))


def found(file: str, content: bytes) -> tuple[Finding, ...]:
    """What is to be mended in the small script with one file written otherwise."""
    started = time.process_time()
    findings = Findings()
    try:
        material = assemble(shelf_of_contents({**FILES, file: content}), "base", findings)
        read_script(material, Ears(), "version", limits=None, findings=findings)
    except ScriptError as error:
        findings.found.extend(error.findings)
    assert time.process_time() - started < 1.0
    return tuple(findings.found)


def replaced(file: str, old: str, new: str) -> bytes:
    """A file of the small script with one place written otherwise."""
    text = FILES[file].decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def _and(more: str) -> bytes:
    return FILES[GRAPH] + more.encode()


HARM = {
    "aliases that grow": (_and(f"\nbomb:\n  x0: &x0 [a, b]\n{LAUGHS}\n"), "alias"),
    "a list in itself": (_and("\nx: &a [*a]\n"), "alias"),
    "a mapping in itself": (_and("\nx: &a {b: *a}\n"), "alias"),
    "lists in lists": (_and("\nx: " + "[" * 100_000 + "]" * 100_000), "too_deep"),
    "levels below levels": (_and("\nx:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 500))), "too_deep"),
    "a huge file": (_and("\n#" + "x" * 1_000_000), "too_large"),
    "a huge list": (_and("\nx: [" + "a," * 100_000 + "]"), "too_large"),
    "hundreds of steps": (_and("".join(f"\n  s{n}: {{say: [hello], end: refused}}" for n in range(400))), "too_large"),
    "a list for a name": (_and("\n? [a, b]\n: c\n"), "yaml"),
    "a tab": (_and("\n\tx: 1\n"), "yaml"),
    "two documents": (_and("\n---\na: b\n"), "yaml"),
    "a Python object": (_and("\nx: !!python/object/apply:os.system ['true']\n"), "unknown_key"),
    "nothing": (b"", "empty"),
    "another encoding": (FILES[GRAPH].decode().encode("utf-16"), "encoding"),
    "an empty question": (replaced(GRAPH, "ask: [opt_out, opt_out_again, opt_out_keys]", "ask: []"), "missing"),
    "a score that is none": (
        replaced(GRAPH, "[satisfaction], go", "[{satisfaction: {score: 99}}], go"), "effect_arguments",
    ),
    "a yes for a word": (
        replaced(GRAPH, "[satisfaction], go", "[{answered: {name: a, value: yes}}], go"), "effect_arguments",
    ),
    "a pause of days": (replaced(GRAPH, "{pause: 2}", "{pause: 999999}"), "format"),
    "a pause that speaks": (replaced(GRAPH, "{pause: 2}", "{pause: 2, in_other_language: hello}"), "format"),
    "a language twice": (replaced(GRAPH, "[zh-TW, en-US]", "[zh-TW, zh-TW, en-US]"), "twice"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARM)
def test_a_harmful_file_is_told(what: str) -> None:
    """Nothing but a finding comes out, and soon."""
    content, code = HARM[what]
    findings = found(GRAPH, content)
    assert code in {each.code for each in findings}
    assert all(each.line >= 1 and each.text for each in findings)


PROMPTS = {
    "a doubling word": "{% set x = 'aaaa' %}" + "{% set x = x + x + x + x %}" * 30 + "{{ x }}",
    "joined words": "{% set x = 'aaaa' ~ 'b' %}{{ x }}",
    "macros of macros": "{% macro a() %}aaaaaaaa{% endmacro %}"
    + "".join(
        f"{{% macro {new}() %}}{{{{ {old}() }}}}{{{{ {old}() }}}}{{% endmacro %}}"
        for old, new in zip("abcdefghijklmnopqrstu", "bcdefghijklmnopqrstuv", strict=True)
    )
    + "{{ v() }}",
    "a macro of itself, in itself": "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}"
     f"{{{{ {'m(' * 40}'a'{')' * 40} }}}}",
    "loops over loops": "{% for a in hotline %}" * 3 + "x" + "{% endfor %}" * 3,
    "brackets": "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    "a switch of the surroundings": "{% autoescape true %}{{ company }}{% endautoescape %}",
    "a bell": "\\u0007",
    "text from right to left": "\\u202e",
    "what is not read": "{% raw %}{{ full_name }}{% endraw %}",
    "attributes": "{{ ''.__class__.__mro__ }}",
    "attributes by name": "{{ company | attr('__class__') }}",
    "items": "{{ company['__class__'] }}",
    "formats": "{{ '{0.__class__}' | format(company) }}",
    "globals": "{{ cycler }}{{ joiner }}{{ lipsum }}{{ range }}{{ dict }}",
    "a call": "{{ range(1000000) }}",
    "itself": "{{ self }}",
    "a block": "{% block x %}{% endblock %}",
    "other files": "{% include '../../etc/passwd' %}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "two thousand characters": "字" * 2000,
}  # fmt: skip


@pytest.mark.parametrize("what", PROMPTS)
def test_a_harmful_prompt_is_told(what: str) -> None:
    """Whatever reaches for Python, grows without end or cannot be spoken has its file and line."""
    text = PROMPTS[what].replace('"', '\\"')
    findings = found(ZH, replaced(ZH, "hello: 您好。", f'hello: "您好。{text}"'))
    assert [(each.file, each.line) for each in findings] == [(ZH, 2)] * len(findings)
    assert findings


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_the_ends_of_lines_are_anybodys(ending: str) -> None:
    """A file from another system, with a mark of its byte order, is read all the same."""
    content = b"\xef\xbb\xbf" + FILES[GRAPH].replace(b"\n", ending.encode())
    assert found(GRAPH, content) == ()


def test_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    """What stands elsewhere was not reviewed with the scripts: it is told, and its content is not shown."""
    (tmp_path / "secret.yaml").write_text("hello: secret", encoding="utf-8")
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "own.yaml").write_text("hello: own", encoding="utf-8")
    (folder / "inside.yaml").symlink_to(folder / "own.yaml")
    (folder / "outside.yaml").symlink_to(tmp_path / "secret.yaml")
    shelf = shelf_of_folder(folder)
    assert shelf.document("inside.yaml").data == {"hello": "own"}
    with pytest.raises(ScriptError, match="leads out of the folder") as raised:
        shelf.document("outside.yaml")
    assert "secret" not in str(raised.value)
