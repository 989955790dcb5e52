"""`outbound script`: what a writer does with a voice script."""

import typer

from outbound.cli.script.checking import check
from outbound.cli.script.compare import compare
from outbound.cli.script.conversations import conversations
from outbound.cli.script.graph import graph
from outbound.cli.script.journeys import run_journeys
from outbound.cli.script.replay import replay
from outbound.cli.script.talk import talk
from outbound.cli.script.versions import show, versions

app = typer.Typer(no_args_is_help=True)
app.command("check")(check)
app.command("test")(run_journeys)
app.command("talk")(talk)
app.command("graph")(graph)
app.command("replay")(replay)
app.command("conversations")(conversations)
app.command("versions")(versions)
app.command("show")(show)
app.command("compare")(compare)


@app.callback()
def _group() -> None:
    """Voice scripts: prove them, talk to them, draw them, see what a change changes and what came of it."""
