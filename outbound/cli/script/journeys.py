"""`outbound script test`: journeys played against a script, and how much of it they walk."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from outbound.dialogue.journeys.playing import Played
    from outbound.dialogue.rehearsal.walked import Coverage
    from outbound.dialogue.script.model import Script

_SHOWN_MISSES = 2


def run_journeys(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the script.")],
    *,
    journeys: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder of the journeys; without it DIR/journeys, or those shipped."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Play the journeys of a script: does every conversation go as it is told, and what does none of them walk?

    What no call can come to, such as steps of a part that this script does not use, is left out of the count.

    A journey is a text file that tells a call line by line (tests/journeys/README.md says how). Exit code 0 when all go
    as told, 1 when one does not.

    Example: outbound script test scripts_tts/welcome_call
    """
    from outbound.cli.script.located import proved, spoken_script
    from outbound.dialogue.rehearsal.possible import possible
    from outbound.dialogue.rehearsal.walked import coverage

    sound, _, limits = proved(folder)
    script = sound or spoken_script(folder, anyway=True)[0]
    played = play_all(script, journeys_folder(folder, journeys))
    found = coverage(script, walked_by(played), len(played), possible(sound, limits) if sound else None)
    if as_json:
        _print_json(played, found)
    else:
        _show(played, found)
    sys.exit(1 if any(each.misses for each in played) else 0)


def play_all(script: "Script", folder: Path) -> "tuple[Played, ...]":
    """Play a script's journeys below `folder`; `InputProblemError` for those that cannot be read, or where none is."""
    from outbound.adapters.files.journeys import journeys_of, load_journeys
    from outbound.dialogue.journeys.model import JourneyError
    from outbound.dialogue.journeys.playing import play
    from outbound.usecases.problems import InputProblemError

    try:
        told = tuple(journeys_of(load_journeys(folder), script.name))
        if not told:
            mend = f"write 'script: {script.name}' into one, or name another folder by --journeys"
            raise InputProblemError(f"{folder}: no journey walks {script.name}; {mend}")
        return tuple(play(each, script) for each in told)
    except JourneyError as error:
        raise InputProblemError(str(error)) from None


def journeys_folder(folder: Path, journeys: Path | None) -> Path:
    """Return where the journeys of a script lie: as said, beside the script, or those of this installation."""
    from outbound.settings import home

    beside = folder.resolve() / "journeys"
    return journeys or (beside if beside.is_dir() else home() / "tests" / "journeys")


def walked_by(played: "tuple[Played, ...]") -> Any:
    """Return what journeys walked together."""
    from outbound.dialogue.rehearsal.walked import Walked

    found = Walked()
    for each in played:
        found |= each.walked
    return found


def _show(played: "tuple[Played, ...]", found: "Coverage") -> None:
    from outbound.cli.show import print_table

    for each in played:
        for miss in each.misses[:_SHOWN_MISSES]:
            print(f"{each.journey.file}:{miss.line}: {miss.expected}")
            print(f"    this does not hold; understood: {miss.understood or '-'}, open: {miss.step}")
            print(f"    robot: {' '.join(miss.said) or '(says nothing)'}")
            print(f"    brought about: {'; '.join(miss.effects) or 'nothing'}")
        if len(each.misses) > _SHOWN_MISSES:
            print(f"    and {len(each.misses) - _SHOWN_MISSES} more in this journey")
    failed = sum(bool(each.misses) for each in played)
    print(f"{found.script}: {len(played)} journeys, {f'{failed} go otherwise' if failed else 'all go as told'}\n")
    kinds = (("steps", found.steps), ("branches", found.branches), ("words heard everywhere", found.words))
    rows = [[name, each[0], each[1], f"{share(each):.0%}"] for name, each in kinds]
    print_table("What the journeys walk", ("what", "walked", "of", "share"), rows, empty="")
    _show_missing(found)


def share(part: tuple[int, int]) -> float:
    """Return a part of a whole; of nothing everything is walked."""
    return part[0] / part[1] if part[1] else 1.0


def _show_missing(found: "Coverage") -> None:
    by_step: dict[str, list[str]] = {}
    for step, way in found.branches_not_walked:
        by_step.setdefault(step, []).append(way)
    if found.steps_not_walked:
        print(f"\nSteps that no journey comes to: {', '.join(found.steps_not_walked)}")
    if by_step:
        print("\nBranches that no journey takes:")
        for step, ways in by_step.items():
            print(f"  {step}: {', '.join(ways)}")
    if found.words_not_heard:
        print(f"\nWords heard everywhere that no journey says: {', '.join(found.words_not_heard)}")


def _print_json(played: "tuple[Played, ...]", found: "Coverage") -> None:
    from outbound.cli.show import print_json

    print_json(
        {
            "journeys": [
                {"file": each.journey.file, "title": each.journey.title, "misses": each.misses} for each in played
            ],
            "coverage": found,
        }
    )
