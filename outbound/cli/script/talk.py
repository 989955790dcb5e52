"""`outbound script talk`: a conversation with a script in the terminal."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.dialogue.facts import Facts
    from outbound.dialogue.rehearsal.call import Window


def talk(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the script.")],
    *,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="The language of the first words.")] = None,
    facts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Whom to call, as in tests/journeys/facts.yaml.")
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="INSTANT", help="When the call begins; now without it.")] = None,
    save: Annotated[Path | None, typer.Option(metavar="FILE", help="Save the call as a journey.")] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add the call to a file of conversations, for script replay.")
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Talk in spite of errors in the script.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document at the end, the conversation to standard error.")
    ] = False,
) -> None:
    """Talk to a script: type what the callee says, or keys; see what is understood and what it brings about.

    An empty line is silence; :help says what else there is. Lines may come from a file. What is wrong with the script
    is said first, and an error ends it with exit code 1 (unless --anyway).

    Example: outbound script talk scripts_tts/welcome_call --language en-US
    """
    from outbound.cli.script.located import spoken_script
    from outbound.cli.script.talking import Talk
    from outbound.dialogue.rehearsal.call import Call

    now = _instant(at)
    person, possible = _facts(facts, now)
    _must_be_new(save)
    script, limits = spoken_script(folder, anyway=anyway)
    _must_have(language, script.languages)
    call = Call(script, person, language=language, now=now, possible=possible)
    conversation = Talk(call, limits.speech, possible, sys.stderr if as_json else sys.stdout)
    conversation.go_on(sys.stdin)
    if save is not None:
        conversation.save(str(save))
    if record is not None:
        conversation.record(record)
    if as_json:
        from outbound.cli.show import print_json

        print_json(conversation.document())


def _instant(at: str | None) -> datetime:
    from outbound.adapters.clock import SystemClock
    from outbound.dialogue.rehearsal.sample import ZONE
    from outbound.usecases.problems import InputProblemError

    if at is None:
        return SystemClock().now().astimezone(ZONE)
    mend = f"--at: '{at}' is no instant; write one with its offset, such as 2026-11-23T09:00+08:00"
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise InputProblemError(mend) from None
    if found.tzinfo is None:
        raise InputProblemError(mend)
    return found


def _facts(file: Path | None, now: datetime) -> "tuple[Facts, tuple[Window, ...]]":
    from outbound.dialogue.rehearsal.sample import sample_facts
    from outbound.usecases.problems import InputProblemError

    if file is None:
        return sample_facts(now)
    from outbound.adapters.files.journeys import load_facts
    from outbound.dialogue.journeys.reading import facts_of

    try:
        return facts_of(load_facts(file))
    except ValueError as error:
        text = str(error)
        raise InputProblemError(text if text.startswith(str(file)) else f"{file}: {text}") from None


def _must_be_new(file: Path | None) -> None:
    from outbound.usecases.problems import InputProblemError

    if file is not None and file.exists():
        raise InputProblemError(f"{file}: this file is there already; name another one for --save")


def _must_have(language: str | None, languages: tuple[str, ...]) -> None:
    from outbound.usecases.problems import InputProblemError

    if language is not None and language not in languages:
        raise InputProblemError(f"--language: the script has no {language}; it has {', '.join(languages)}")
