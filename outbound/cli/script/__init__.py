"""`outbound script`: what a writer does with a voice script."""

import typer

from outbound.cli.script.checking import check

app = typer.Typer(no_args_is_help=True)
app.command("check")(check)


@app.callback()
def _group() -> None:
    """Voice scripts: prove them before anybody is called."""
