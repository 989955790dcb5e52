"""Whether the bytes of a file are a recording that a carrier plays: WAV or MP3, with sound in it."""

import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.(wav|mp3)")
"""How a recording's file may be called, beside its manifest."""

_HEAD, _CHUNK = 12, 8


def audio_fault(name: str, content: bytes) -> str | None:
    """Return what is wrong with a recording, or None."""
    if not content:
        return f"'{name}' is empty; record it again"
    if name.endswith(".wav"):
        return None if _sound_of_wav(content) else f"'{name}' is no WAV with sound in it; export it as WAV again"
    is_mp3 = content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] >= b"\xe0")
    return None if is_mp3 else f"'{name}' is no MP3; export it as MP3 again"


def _sound_of_wav(content: bytes) -> bool:
    """Whether there is a format and, after it, at least one byte of sound."""
    if content[:4] != b"RIFF" or content[8:_HEAD] != b"WAVE":
        return False
    place, has_format = _HEAD, False
    while place + _CHUNK <= len(content):
        kind, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + _CHUNK], "little")
        has_format = has_format or (kind == b"fmt " and size > 0)
        if kind == b"data":
            return has_format and min(size, len(content) - place - _CHUNK) > 0
        place += _CHUNK + size + size % 2
    return False
