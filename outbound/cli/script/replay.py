"""`outbound script replay`: conversations of the past, led again by a script as it is now."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.dialogue.replay.recorded import Conversation
    from outbound.dialogue.replay.replaying import Replayed

_SHOWN = 20


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the script.")],
    *,
    conversations: Annotated[Path, typer.Option(metavar="FILE", help="JSON lines, one conversation a line.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Lead recorded conversations again and show what differs: the first turn that is taken otherwise, and the end.

    `outbound script conversations` writes such a file from the calls of this installation, `outbound script talk
    --record` from a call in the terminal. Exit code 0 when nothing differs, 1 when something does.

    Example: outbound script replay scripts_tts/welcome_call --conversations calls.jsonl
    """
    from outbound.cli.script.located import spoken_script
    from outbound.cli.script.waiting import shown_progress
    from outbound.dialogue.replay.replaying import replay as replayed

    script, _ = spoken_script(folder, anyway=True)
    past, others = _conversations(conversations, script.name)
    found = [replayed(script, each) for each in shown_progress(past, "Leading conversations again")]
    if as_json:
        _print_json(found, script.version, others)
    else:
        _show(found, others)
    sys.exit(1 if any(each.kinds for each in found) else 0)


def _conversations(file: Path, script: str) -> "tuple[tuple[Conversation, ...], int]":
    from outbound.adapters.files.conversations import load_conversations
    from outbound.usecases.problems import InputProblemError

    try:
        every = load_conversations(file)
    except ValueError as error:
        raise InputProblemError(str(error)) from None
    past = tuple(each for each in every if each.script == script)
    if not past:
        there = ", ".join(sorted({each.script for each in every})) or "none"
        raise InputProblemError(f"{file}: no conversation of {script} is in it; scripts in it: {there}")
    return past, len(every) - len(past)


def _show(found: "list[Replayed]", others: int) -> None:
    differing = [each for each in found if each.kinds]
    for each in differing[:_SHOWN]:
        _show_one(each)
    if len(differing) > _SHOWN:
        print(f"and {len(differing) - _SHOWN} more; --json shows all\n")
    kinds = Counter(kind for each in differing for kind in each.kinds)
    print(f"{len(found)} conversations: {len(found) - len(differing)} go as before, {len(differing)} otherwise")
    for kind, count in sorted(kinds.items(), key=lambda each: (-each[1], each[0])):
        print(f"  {kind}: {count}")
    if others:
        print(f"{others} conversations of other scripts were left out")


def _show_one(each: "Replayed") -> None:
    print(f"{each.id}: {', '.join(each.kinds)}")
    first = each.difference
    if first is not None:
        print(f"  turn {first.turn} of {each.turns}, {first.heard}")
        for name in first.kinds:
            before, after = getattr(first.before, name), getattr(first.after, name)
            print(f"    {name}: {_text(before)}  →  {_text(after)}")
    if each.disposition[0] != each.disposition[1]:
        print(f"  ends as: {each.disposition[0]}  →  {each.disposition[1]}")
    for name, before, after in each.answers:
        print(f"  answer {name}: {_text(before)}  →  {_text(after)}")
    print()


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(value) or "nothing"
    return "-" if value is None else str(value)


def _print_json(found: "list[Replayed]", version: str, others: int) -> None:
    from outbound.cli.show import print_json

    differing = [each for each in found if each.kinds]
    print_json(
        {
            "script_version": version,
            "conversations": len(found),
            "differing": len(differing),
            "by_kind": dict(sorted(Counter(kind for each in differing for kind in each.kinds).items())),
            "of_other_scripts": others,
            "differences": [
                {
                    "id": each.id,
                    "kinds": each.kinds,
                    "first": each.difference,
                    "disposition": {"before": each.disposition[0], "after": each.disposition[1]},
                    "answers": {name: {"before": old, "after": new} for name, old, new in each.answers},
                }
                for each in differing
            ],
        }
    )
