"""`outbound script graph`: a script drawn."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.dialogue.drawing.content import Drawing
    from outbound.dialogue.rehearsal.walked import Walked
    from outbound.dialogue.script.model import Script


def graph(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the script.")],
    *,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a picture.")] = None,
    mermaid: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a Mermaid flowchart.")] = None,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="The language of the sentences.")] = None,
    journeys: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Mark what no journey of this folder walks.")
    ] = None,
) -> None:
    """Draw a script: its steps by part, what is heard on the arrows, what is spoken only after proof of identity.

    Without --svg and --mermaid the flowchart is printed.

    Example: outbound script graph scripts_tts/welcome_call --svg welcome_call.svg
    """
    from outbound.cli.script.located import spoken_script

    script, _ = spoken_script(folder, anyway=True)
    drawing = _drawing(folder, script, language, _walked(script, journeys))
    if svg is not None:
        from outbound.dialogue.drawing.svg import as_svg

        _written(svg, as_svg(drawing))
    if mermaid is not None or svg is None:
        from outbound.dialogue.drawing.mermaid import as_mermaid

        text = as_mermaid(drawing)
        print(text, end="") if mermaid is None else _written(mermaid, text)


def _drawing(folder: Path, script: "Script", language: str | None, found: "Walked | None") -> "Drawing":
    from outbound.adapters.files.scripts.places import parts_of
    from outbound.dialogue.drawing.content import draw
    from outbound.usecases.problems import InputProblemError

    tag = language or script.languages[0]
    if tag not in script.languages:
        raise InputProblemError(f"--language: the script has no {tag}; it has {', '.join(script.languages)}")
    root = folder.resolve()
    return draw(script, parts_of(root.parent, root.name), tag, found)


def _walked(script: "Script", journeys: Path | None) -> "Walked | None":
    from outbound.cli.script.journeys import play_all, walked_by

    return walked_by(play_all(script, journeys)) if journeys is not None else None


def _written(file: Path, text: str) -> None:
    from outbound.usecases.problems import InputProblemError

    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputProblemError(f"{file}: this file cannot be written: {error.strerror}") from None
    print(f"{file} is written.")
