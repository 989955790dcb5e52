"""From the files of prompts and recordings of a script to what can be said in each of its languages."""

from collections.abc import Mapping
from typing import Any

from outbound.dialogue.prompts import MACROS, PHRASES, Prompt, PromptError, Prompts, Recording, Wording, read_macros
from outbound.dialogue.prompts.audio import NAME, audio_fault
from outbound.dialogue.script.document import Cursor, Document, Finding, Findings
from outbound.dialogue.script.joining import Audio, Documents, Material
from outbound.dialogue.script.steps import required
from outbound.dialogue.spoken import filters_for, has_voice

MANIFEST_KEYS = ("voice", "prompts")
"""What a manifest of recordings may say."""

PIECE_KEYS = ("play", "says", "say")
"""A piece of a recorded prompt: a file and what it says, or a sentence for the voice."""


def read_languages(root: Cursor, material: Material) -> tuple[str, ...]:
    """Return the languages of a script that have all their files; findings for the others."""
    tags: list[str] = []
    for cursor in root.at("languages").items():
        twice = (f"language '{cursor.text()}' stands here twice; keep one", "twice") if cursor.text() in tags else None
        fault = twice or _language_fault(cursor.text(), material)
        if fault is None:
            tags.append(cursor.text())
        else:
            cursor.complain(*fault)
    if not tags:
        root.complain("no language can be spoken; name at least one under 'languages'", "missing_language")
        root.findings.raise_if_any()
    return tuple(tags)


def read_speech(material: Material, languages: tuple[str, ...], findings: Findings) -> tuple[Prompts, Documents]:
    """Return the prompts, and by language the documents in which they are written (below a manifest's `prompts`)."""
    voices = [tag for tag in languages if tag not in material.manifests]
    wordings = {tag: _wording(material, tag, findings) for tag in voices}
    compiled = {tag: _compiled(material.prompts[tag], wordings[tag], findings) for tag in voices}
    documents = {tag: material.prompts[tag] for tag in voices}
    speakers: dict[str, str] = {}
    for tag in languages:
        if tag in material.manifests:
            manifest = Cursor(material.manifests[tag], findings, (), material.manifests[tag].data)
            manifest.only(*MANIFEST_KEYS)
            speakers[tag] = _speaker(manifest, voices)
            wording = wordings.get(speakers[tag])
            compiled[tag] = _recorded(manifest, wording, material.audio) if wording is not None else {}
            documents[tag] = _below_prompts(material.manifests[tag])
    return Prompts(compiled, speakers), documents


def _language_fault(tag: str, material: Material) -> tuple[str, str] | None:
    try:
        filters_for(tag)
    except ValueError as error:
        return str(error), "unknown_language"
    if tag in material.prompts and tag in material.manifests:
        return f"language '{tag}' has both prompts and recordings; keep one of them", "twice"
    if tag in material.manifests:
        return None
    if not has_voice(tag):
        return f"no voice speaks '{tag}'; record it and add the file audio/{tag}/manifest.yaml", "missing_language"
    if tag not in material.prompts:
        return f"language '{tag}' has no prompts; add the file prompts/{tag}.yaml", "missing_language"
    return None


def _wording(material: Material, language: str, findings: Findings) -> Wording:
    data = material.prompts[language].data
    cursor = Cursor(material.prompts[language], findings, (), data)
    sources = {name: cursor.at(name).text() for name in cursor.keys()}  # noqa: SIM118 - a cursor is no mapping
    macros: dict[str, str] = {}
    for document in material.macros.get(language, ()):
        place = Cursor(document, findings, (), document.data).at(MACROS)
        try:
            macros |= read_macros(place.text(), language, macros)
        except PromptError as error:
            _complain(place, error, "macros")
    return Wording(language, sources, macros)


def _compiled(document: Document, wording: Wording, findings: Findings) -> dict[str, Prompt]:
    root = Cursor(document, findings, (), document.data)
    compiled: dict[str, Prompt] = {}
    for name in wording.sources:
        try:
            compiled[name] = wording.compile(name)
        except PromptError as error:
            at_fault = error.place if error.place in wording.sources else name
            _complain(root.at(str(at_fault)), error, f"prompt '{at_fault}'")
            continue
        if compiled[name].variables and name.startswith(PHRASES):
            root.at(name).complain(
                f"prompt '{name}' is a short phrase within a sentence; take out its fields", "prompt"
            )
    return compiled


def _complain(place: Cursor, error: PromptError, what: str) -> None:
    file, line = place.document.place(place.path)
    place.findings.found.append(Finding(error.code, file, line + error.line - 1, f"{what}: {error}"))


def _speaker(manifest: Cursor, voices: list[str]) -> str:
    voice = required(manifest.at("voice"))
    if voice and voice not in voices:
        text = f"no prompts in '{voice}' here, which is to say what is not recorded; one of: {', '.join(voices)}"
        manifest.at("voice").complain(text, "unknown_voice")
    return voice


def _recorded(manifest: Cursor, wording: Wording, audio: Mapping[str, Audio]) -> dict[str, Prompt]:
    compiled: dict[str, Prompt] = {}
    prompts = manifest.at("prompts")
    for name in prompts.keys():  # noqa: SIM118
        place = prompts.at(name)
        pieces: list[Recording | Prompt] = []
        whole: list[str] = []
        for each in place.items():
            text, piece = _piece(each, wording, audio)
            whole.append(text)
            pieces.extend([piece] if piece is not None else [])
        if len(pieces) == len(whole):
            prompt = _tried(place, wording, " ".join(whole))
            if prompt is not None:
                compiled[name] = Prompt(prompt.template, prompt.variables, prompt.fixed, tuple(pieces))
    return compiled


def _piece(place: Cursor, wording: Wording, audio: Mapping[str, Audio]) -> tuple[str, Recording | Prompt | None]:
    """Return what a piece says and the piece itself, None with a finding if it cannot be used."""
    place.only(*PIECE_KEYS)
    if place.at("say").value is not None:
        text = place.at("say").text()
        return text, _tried(place.at("say"), wording, text)
    file, says = required(place.at("play")), required(place.at("says"))
    if any(brace in says for brace in ("{{", "{%", "{#")):
        place.at("says").complain("a recording says the same in every call; take the field out", "recording")
        return says, None
    found = audio.get(f"{place.document.place(place.path)[0].rpartition('/')[0]}/{file}")
    fault = _file_fault(file, found)
    if fault is not None:
        place.at("play").complain(fault, "recording")
    return says, Recording(found.path, says) if found is not None and fault is None else None


def _file_fault(file: str, found: Audio | None) -> str | None:
    if not NAME.fullmatch(file):
        return f"'{file}' cannot be a recording's name; use letters, digits, - and _, then .wav or .mp3"
    if found is None:
        return f"there is no file '{file}' beside the manifest; record it"
    return audio_fault(file, found.content)


def _tried(place: Cursor, wording: Wording, text: str) -> Prompt | None:
    try:
        return wording.compile_text(text)
    except PromptError as error:
        _complain(place, error, f"'{place.path[-1]}'")
        return None


def _below_prompts(manifest: Document) -> Document:
    """Return the prompts of a manifest as a document of their own, every place where it was."""
    below: Any = manifest.data.get("prompts") if isinstance(manifest.data, dict) else None
    return Document(
        manifest.file,
        below if isinstance(below, dict) else {},
        {path[1:]: line for path, line in manifest.lines.items() if path[:1] == ("prompts",)},
        {path[1:]: _below_prompts(owner) for path, owner in manifest.owners.items() if path[:1] == ("prompts",)},
    )
