"""Approved answers: how well questions find them, and what was asked in vain."""

from pathlib import Path
from typing import Annotated

import typer

from outbound.cli.understanding import unanswered

app = typer.Typer(no_args_is_help=True)
app.add_typer(unanswered.app, name="unanswered", help="What was asked and could not be answered.")

_NAMES = {
    "top_1": "The answer came first",
    "top_3": "Among the first three",
    "mrr": "Mean reciprocal rank",
    "ms_per_question": "Time a question",
}


@app.callback()
def _group() -> None:
    """Measure the brain that finds approved answers; see what it could not answer.

    Example: outbound faq evaluate --answers answers.csv --questions questions.csv
    """


@app.command()
def evaluate(
    answers: Annotated[Path, typer.Option("--answers", help="CSV with the header id,text: questions and the answer.")],
    questions: Annotated[Path, typer.Option("--questions", help="CSV to be asked, with the header question,id.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Ask questions whose answer is known, by the trainer of the calls as it is. Exit code 1 when ids are unknown.

    Example: outbound faq evaluate --answers answers.csv --questions questions.csv --json
    """
    from time import perf_counter

    from outbound.adapters.files.labelled_rows import read_labelled_rows
    from outbound.cli.understanding.evaluating import show_figures, stages, tell_unknown
    from outbound.dialogue.understanding.evaluate import evaluate_answers
    from outbound.usecases.problems import InputProblemError

    known, asked = read_labelled_rows(answers, ("id", "text")), read_labelled_rows(questions, ("question", "id"))
    with stages(answers.name) as advance:
        try:
            figures = evaluate_answers(known, asked, perf_counter, advance)
        except ValueError as error:
            raise InputProblemError(f"{answers}: {error}") from None
    unknown = tell_unknown("id", questions, {name for _, name in asked}, {name for name, _ in known}, answers)
    show_figures(figures, _NAMES, json=json)
    if unknown:
        raise typer.Exit(1)
