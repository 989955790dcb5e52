"""`outbound script conversations`: calls of this installation, written down to be heard again by a changed script."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer


def conversations(
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write: JSON lines, one conversation a line.")],
    script: Annotated[str | None, typer.Option(metavar="NAME", help="Calls of this script only.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Calls from this day on (UTC).")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="The latest calls, at most.")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write the latest conversations down for `outbound script replay`.

    Facts are reduced to what a script asks of them: no name, birth date or number of anybody is written. Words are, as
    far as they were kept: only whoever runs this may read the file.

    Example: outbound script conversations --script welcome_call --since 2026-11-01 --out calls.jsonl
    """
    from outbound.adapters.sql.views.conversations import recorded_conversations
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json
    from outbound.dialogue.replay.recorded import as_line

    begin = _day(since)
    with _opened(out) as file:
        written, turns, worded = 0, 0, 0
        with open_house().store.reading() as connection:
            for each in recorded_conversations(connection, script=script, since=begin, limit=limit):
                file.write(as_line(each))
                written, turns = written + 1, turns + len(each.turns)
                worded += sum(turn.words is not None for turn in each.turns)
    if as_json:
        print_json({"file": str(out), "conversations": written, "turns": turns, "turns_with_words": worded})
    else:
        print(f"{out}: {written} conversations, {turns} turns, {worded} of them with the words that were heard.")


def _day(since: str | None) -> datetime | None:
    from outbound.usecases.problems import InputProblemError

    try:
        return datetime.fromisoformat(since).replace(tzinfo=UTC) if since is not None else None
    except ValueError:
        raise InputProblemError(f"--since: '{since}' is no day; write one such as 2026-11-01") from None


def _opened(out: Path) -> TextIO:
    from outbound.usecases.problems import InputProblemError

    try:
        return os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
    except FileExistsError:
        raise InputProblemError(f"{out}: this file is there already; name another one for --out") from None
    except OSError as error:
        raise InputProblemError(f"{out}: this file cannot be written: {error.strerror}") from None
