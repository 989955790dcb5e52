"""How well intents are understood."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)

_NAMES = {
    "accuracy": "Right, of all rows",
    "in_scope_accuracy": "Right, of rows that mean something",
    "macro_f1": "F1, mean over labels",
    "out_of_scope_recall": "Out of scope that was noticed",
    "ms_per_utterance": "Time an utterance",
}


@app.callback()
def _group() -> None:
    """The brain that decides what callees mean: train it, and measure it.

    Example: outbound understand evaluate --train train.csv --test test.csv
    """


@app.command()
def evaluate(
    train: Annotated[Path, typer.Option("--train", help="CSV to learn from, with the header text,label.")],
    test: Annotated[Path, typer.Option("--test", help="CSV to be asked, with the same header.")],
    out_of_scope: Annotated[
        str | None, typer.Option("--out-of-scope", help="Label of rows that mean none of the other labels.")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Train on one file and ask another, by the trainer of the calls as it is. Exit code 1 when labels are unknown.

    Example: outbound understand evaluate --train train.csv --test test.csv --out-of-scope oos --json
    """
    from time import perf_counter

    from outbound.adapters.files.labelled_rows import read_labelled_rows
    from outbound.cli.understanding.evaluating import show_figures, stages, tell_unknown
    from outbound.dialogue.understanding.evaluate import evaluate_intents
    from outbound.usecases.problems import InputProblemError

    learned, asked = (read_labelled_rows(file, ("text", "label")) for file in (train, test))
    with stages(train.name) as advance:
        try:
            figures = evaluate_intents(learned, asked, out_of_scope, perf_counter, advance)
        except ValueError as error:
            raise InputProblemError(f"{train}: {error}") from None
    known = {label for _, label in learned} | ({out_of_scope} if out_of_scope else set())
    unknown = tell_unknown("label", test, {label for _, label in asked}, known, train)
    show_figures(figures, _NAMES, json=json)
    if unknown:
        raise typer.Exit(1)


@app.command()
def train() -> None:
    """Train both brains on the words of the scripts, and prove the scripts, so that all that starts later is quick.

    What is trained and proved is kept below var/ until a word of it changes; then it is made again on first use.

    Example: outbound understand train
    """
    from outbound.adapters.files.scripts import FileScripts, prepare_understanding
    from outbound.cli.understanding.evaluating import stages
    from outbound.dialogue.script.document import ScriptError
    from outbound.settings import home

    root = home() / "scripts_tts"
    scripts = FileScripts(root)
    with stages("both brains") as advance:
        advance("learning")
        brains = prepare_understanding(root)
        print(f"understanding {brains.version[:12]} is ready")
        for name in scripts.names():
            advance(f"proving {name}")
            try:
                print(f"{name} {scripts.load(name).version[:12]} is proved")
            except ScriptError as error:
                number = len(error.findings)
                print(f"{name} must not be spoken ({number} findings): outbound script check {root / name}")
