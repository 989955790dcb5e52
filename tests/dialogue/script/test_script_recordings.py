"""Languages without a voice are played from recordings, and no sentence may lack its file."""

import io
import shutil
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from outbound.adapters.files.scripts import FileScripts
from outbound.dialogue.engine import advance, begin
from outbound.dialogue.heard import Keyed
from outbound.dialogue.prompts import sample_text
from outbound.dialogue.said import Ask, Play, Say
from outbound.dialogue.script.document import ScriptError
from tests.compliance.test_rule_schemas import loaded
from tests.conftest import ROOT
from tests.dialogue.conftest import FactsMaker
from tests.dialogue.script.conftest import read

SCRIPT = """\
name: small
languages: [zh-TW, nan-TW]
start: one
voicemail: one
too_long: one
leads: {silence: hello, not_understood: hello}
failed: {silence: one, not_understood: one}
include: {piece: {}}
steps:
  one:
    say: [hello, who]
    next: piece
"""
MANIFEST = """\
voice: zh-TW
prompts:
  hello:
    - {play: hello.wav, says: 汝好。}
  who:
    - {play: who-1.wav, says: 請問汝敢是}
    - {say: "{{ full_name }}"}
    - {play: who-2.mp3, says: 本人？}
"""
OF_PART = """\
voice: zh-TW
prompts:
  bye:
    - {play: bye.wav, says: 再會。}
"""
AUDIO = "small/audio/nan-TW"


def sound(frames: int = 80) -> bytes:
    """A short WAV file."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\1" * frames)
    return held.getvalue()


FILES: dict[str, bytes] = {
    "phrases/zh-TW.yaml": "yes: {phrases: [好]}\n".encode(),
    "small/script.yaml": SCRIPT.encode(),
    "small/prompts/zh-TW.yaml": "hello: 您好。\nwho: 請問您是{{ full_name }}嗎？\n".encode(),
    f"{AUDIO}/manifest.yaml": MANIFEST.encode(),
    f"{AUDIO}/hello.wav": sound(),
    f"{AUDIO}/who-1.wav": sound(),
    f"{AUDIO}/who-2.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 40,
    "parts/piece/script.yaml": b"part: true\nsteps:\n  piece:\n    say: [bye]\n    end: refused\n",
    "parts/piece/prompts/zh-TW.yaml": "bye: 再見。\n".encode(),
    "parts/piece/audio/nan-TW/manifest.yaml": OF_PART.encode(),
    "parts/piece/audio/nan-TW/bye.wav": sound(),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A script that speaks Mandarin and plays Hokkien."""
    for file, content in FILES.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content)
    return tmp_path


def test_a_sentence_is_played_and_a_voice_says_what_is_not_recorded(root: Path) -> None:
    """Files and facts come in order; the record has the words of both."""
    script = read(root, "small")
    assert script.recorded == {"nan-TW"}
    assert (script.prompts.voice_of("nan-TW"), script.prompts.voice_of("zh-TW")) == ("zh-TW", "zh-TW")
    said = script.prompts.spoken("who", {"full_name": "王小明"}, "nan-TW", slow=True)
    assert said == (
        Play("small/audio/nan-TW/who-1.wav", "請問汝敢是", "nan-TW"),
        Say("王小明", "zh-TW", slow=True),
        Play("small/audio/nan-TW/who-2.mp3", "本人？", "nan-TW"),
    )
    assert script.prompts.spoken("who", {"full_name": "王小明"}, "zh-TW", loud=True) == (
        Say("請問您是王小明嗎？", "zh-TW", loud=True),
    )


def test_recordings_of_a_part_are_played_for_the_script(root: Path) -> None:
    """A part is recorded once for all scripts that include it."""
    prompts = read(root, "small").prompts
    assert prompts.spoken("bye", {}, "nan-TW") == (Play("parts/piece/audio/nan-TW/bye.wav", "再會。", "nan-TW"),)
    who = prompts.get("who", "nan-TW")
    assert who is not None
    assert who.variables == {"full_name"}
    assert sample_text(who) == "請問汝敢是 王小明 本人？"


def test_another_recording_is_another_version(root: Path) -> None:
    """What was played in a call can be told from its version."""
    before = read(root, "small").version
    (root / AUDIO / "hello.wav").write_bytes(sound(81))
    assert read(root, "small").version != before


MISTAKES = [
    ("a file that is missing", MANIFEST, "hello.wav", "helo.wav", "recording", "no file 'helo.wav' beside"),
    ("a file elsewhere", MANIFEST, "hello.wav", "../hello.wav", "recording", "cannot be a recording's name"),
    ("another kind of file", MANIFEST, "hello.wav", "hello.ogg", "recording", "cannot be a recording's name"),
    ("words that nobody wrote", MANIFEST, ", says: 汝好。", "", "missing", "'says' is missing"),
    ("a field in a recording", MANIFEST, "says: 汝好。", 'says: "{{ full_name }}"', "recording", "take the field out"),
    ("an unknown field", MANIFEST, "{{ full_name }}", "{{ name }}", "unknown_variable", "'name'"),
    ("an unknown key", MANIFEST, "play: hello", "paly: hello", "unknown_key", "'paly'"),
    ("a voice without prompts", MANIFEST, "voice: zh-TW", "voice: en-US", "unknown_voice", "en-US"),
]


@pytest.mark.parametrize("case", MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_manifest_is_proved(root: Path, case: tuple[str, ...]) -> None:
    """What cannot be played or said is found when the script is loaded, and the line is named."""
    _, text, old, new, code, words = case
    assert old in text
    (root / AUDIO / "manifest.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScriptError) as raised:
        read(root, "small")
    found = [each for each in raised.value.findings if each.code == code and words in each.text]
    assert found
    if code != "missing":
        assert found[0].file == f"{AUDIO}/manifest.yaml"
        assert found[0].line > 1 or code == "unknown_voice"


@pytest.mark.parametrize(
    ("file", "content", "text"),
    [
        ("hello.wav", b"", "is empty"),
        ("hello.wav", b"not a sound", "no WAV"),
        ("hello.wav", sound(0), "no WAV"),
        ("hello.wav", sound()[:44], "no WAV"),
        ("hello.wav", FILES[f"{AUDIO}/who-2.mp3"], "no WAV"),
        ("who-2.mp3", sound(), "no MP3"),
    ],
)
def test_a_file_without_sound_is_no_recording(root: Path, file: str, content: bytes, text: str) -> None:
    """An empty, cut or renamed file is found before it is played to anybody."""
    (root / AUDIO / file).write_bytes(content)
    with pytest.raises(ScriptError) as raised:
        read(root, "small")
    (found,) = raised.value.findings
    assert (found.code, text in found.text) == ("recording", True)


@pytest.mark.parametrize(("tag", "code"), [("nan-TW", "missing_language"), ("hak-TW", "missing_language")])
def test_a_language_without_a_voice_needs_recordings(root: Path, tag: str, code: str) -> None:
    """Written prompts are not enough for Hokkien and Hakka: nobody would read them aloud."""
    script = SCRIPT.replace("nan-TW", tag)
    (root / "small/script.yaml").write_text(script, encoding="utf-8")
    for folder in ("small", "parts/piece"):
        (root / folder / f"audio/{tag}/manifest.yaml").unlink(missing_ok=True)
        (root / folder / f"prompts/{tag}.yaml").write_bytes((root / folder / "prompts/zh-TW.yaml").read_bytes())
    with pytest.raises(ScriptError, match="no voice speaks") as raised:
        read(root, "small")
    assert {each.code for each in raised.value.findings} == {code}
    assert raised.value.findings[0].line == 2


def test_a_language_is_written_or_recorded_not_both(root: Path) -> None:
    """Of two sources for one sentence nobody could tell which is heard."""
    (root / "small/prompts/nan-TW.yaml").write_text("hello: 汝好。\nwho: 好\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="both prompts and recordings"):
        read(root, "small")


@pytest.fixture
def whole_call(root_of_shipped: Path) -> Path:
    """The welcome call with every sentence in Hokkien as well: recorded, or said by the voice where it has a field."""
    for folder in (root_of_shipped / "welcome_call", *(root_of_shipped / "parts").iterdir()):
        prompts = folder / "prompts" / "zh-TW.yaml"
        sentences = loaded(prompts.read_text(encoding="utf-8")) if prompts.exists() else {}
        place = folder / "audio" / "nan-TW"
        place.mkdir(parents=True)
        manifest: dict[str, list[dict[str, str]]] = {}
        for name, text in sentences.items():
            if "{" in text:
                manifest[name] = [{"say": text}]
            elif name != "_macros":
                (place / f"{name}.wav").write_bytes(sound())
                manifest[name] = [{"play": f"{name}.wav", "says": text}]
        written = yaml.safe_dump({"voice": "zh-TW", "prompts": manifest}, allow_unicode=True)
        (place / "manifest.yaml").write_text(written, encoding="utf-8")
    script = root_of_shipped / "welcome_call" / "script.yaml"
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("languages: [zh-TW, en-US]", "languages: [zh-TW, en-US, nan-TW]"), encoding="utf-8")
    return root_of_shipped


@pytest.fixture
def root_of_shipped(tmp_path: Path) -> Path:
    """A copy of the shipped scripts."""
    shutil.copytree(ROOT / "scripts_tts", tmp_path / "shipped")
    return tmp_path / "shipped"


def test_a_whole_call_may_be_recorded(whole_call: Path) -> None:
    """It is proved as any other, and needs no word that is understood: in such a language keys answer."""
    script = FileScripts(whole_call).load("welcome_call")
    assert script.recorded == {"nan-TW"}
    said = script.prompts.spoken("hello", {}, "nan-TW")
    assert said == (Play("parts/greeting/audio/nan-TW/hello.wav", "您好。", "nan-TW"),)


def test_a_recorded_call_is_answered_by_keys(whole_call: Path, make_facts: FactsMaker) -> None:
    """The callee hears recordings and, for what is theirs alone, the voice; the robot waits for keys and no words."""
    script = read(whole_call, "welcome_call")
    first = begin(script, make_facts(), "nan-TW")
    question = first.said[-1]
    assert isinstance(question, Ask)
    assert not question.speech
    assert {type(each) for item in first.said for each in getattr(item, "prompt", (item,))} >= {Play, Say}
    following = advance(script, first.session, Keyed("1"))
    assert following.heard_as == "yes"
    assert following.session.language == "nan-TW"


def test_an_apology_has_a_voice_in_every_language(whole_call: Path, make_facts: FactsMaker) -> None:
    """It has to be speakable when the script is not: what nobody has recorded is said in Mandarin."""
    script = read(whole_call, "welcome_call")
    first = begin(script, make_facts(), "nan-TW")
    broken = advance(script, replace(first.session, script_version="another"), Keyed("1"))
    assert [each.language for each in broken.said if isinstance(each, Say)] == ["zh-TW"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda prompts: prompts.pop("checked"), "missing_prompt"),
        (lambda prompts: prompts.update(spare=[{"say": "好"}]), "unused_prompt"),
        (lambda prompts: prompts.update(checked=[{"say": "謝謝{{ company }}"}]), "other_fields"),
    ],
)
def test_every_sentence_has_its_recording_with_the_same_fields(
    whole_call: Path, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    """A sentence without an entry, one that nothing plays, and one that says other fields are found."""
    file = whole_call / "parts" / "verification" / "audio" / "nan-TW" / "manifest.yaml"
    manifest = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(manifest["prompts"])
    file.write_text(yaml.safe_dump(manifest, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ScriptError) as raised:
        FileScripts(whole_call).load("welcome_call")
    assert code in {each.code for each in raised.value.findings}
