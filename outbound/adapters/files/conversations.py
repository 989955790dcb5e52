"""Files of recorded conversations: JSON lines."""

from pathlib import Path

from outbound.dialogue.replay.recorded import Conversation, read_line


def load_conversations(file: Path) -> tuple[Conversation, ...]:
    """Return the conversations in a file; ValueError with file, line and what to mend."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{file}: save this file as UTF-8") from None
    except OSError as error:
        raise ValueError(f"{file}: this file cannot be read: {error.strerror}") from None
    found: list[Conversation] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(read_line(line))
        except ValueError as error:
            wrong.append(f"{file}:{number}: {error}")
    if wrong:
        mend = "a line is one conversation, as `outbound script conversations` and `script talk --record` write it"
        raise ValueError("\n".join([*wrong, mend]))
    return tuple(found)
