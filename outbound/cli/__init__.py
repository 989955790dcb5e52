"""The command line. Commands import what they need when they run, so that `--help` answers at once."""

import sys

import typer

from outbound.cli import (
    areas,
    audit,
    batches,
    consent,
    database,
    desk,
    exchange,
    hours,
    interviews,
    letters,
    places,
    policies,
    rules,
    script,
    serve,
    simulate,
    why,
)
from outbound.cli.quick import QuickCommand, QuickGroup
from outbound.cli.understanding import faq, understand

app = typer.Typer(
    name="outbound",
    cls=QuickGroup,
    help="""Welcome calls to new policyholders: lawful, provable, and kind to the people who are called.

    Example: outbound policies import policies.csv, then outbound plan, then outbound status
    """,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(simulate.demo)
app.command()(simulate.simulate)
app.command()(serve.serve)
app.add_typer(exchange.app, name="exchange")
app.add_typer(policies.app, name="policies", help="Take policies in; see and mend what was not taken.")
for _batch in (batches.plan, batches.dial, batches.settle, batches.file_records):
    app.command()(_batch)
app.add_typer(hours.app, name="hours", help="May a call start at an instant, and when next?")
app.add_typer(script.app, name="script", help="Voice scripts: prove them before anybody is called.")
app.add_typer(rules.app, name="rules", help="The rule packs: what is in force, and who signed it.")
app.command(cls=QuickCommand)(desk.status)
app.command()(why.why)
app.add_typer(audit.app, name="audit", help="Receipts: prove them, hand them over.")
app.add_typer(desk.inbox, name="inbox", help="What waits for a person.")
app.add_typer(interviews.app, name="interviews", help="Interviews that the law asks for before acceptance.")
app.add_typer(desk.suppress, name="suppress", help="Who must not be called, and on what authority.")
app.add_typer(consent.app, name="consent", help="What somebody agreed to, and how they take it back.")
app.add_typer(letters.letters, name="dead-letters", help="What could not be delivered, and how it goes on.")
app.add_typer(places.app, name="places", help="Contacts that cannot be placed; where a customer says to be.")
app.add_typer(areas.app, name="areas", help="Areas where nobody is called for a while, as in a typhoon.")
app.command(cls=QuickCommand)(desk.stop_dialling)
app.command(cls=QuickCommand)(desk.resume_dialling)
app.add_typer(understand.app, name="understand", help="How well intents are understood.")
app.add_typer(faq.app, name="faq", help="How well questions find their answers; what was asked in vain.")
app.add_typer(database.app, name="db")


def main() -> None:
    """Run a command; what a person can mend is said in plain words, with exit code 2 (input) or 3 (service away)."""
    try:
        app()
    except (SystemExit, GeneratorExit):
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except _mendable() as problem:
        text, code = _told(problem)
        print(f"outbound: {text}", file=sys.stderr)
        sys.exit(code)


def _mendable() -> tuple[type[BaseException], ...]:
    """Errors that a person can mend; loaded when something went wrong, not before."""
    from sqlalchemy.exc import OperationalError

    from outbound.dialogue.script.document import ScriptError
    from outbound.exchange.faults import FaultsError
    from outbound.exchange.people.population import PopulationError
    from outbound.usecases.ports.carrier import CarrierAwayError
    from outbound.usecases.problems import InputProblemError, ServiceAwayError

    ours = (InputProblemError, ServiceAwayError, CarrierAwayError, ScriptError, PopulationError, FaultsError)
    return *ours, OperationalError


def _told(problem: BaseException) -> tuple[str, int]:
    """Return what is said, and the exit code. A library's own text is not passed on: it may quote data."""
    from sqlalchemy.exc import OperationalError

    if isinstance(problem, OperationalError):
        kind = type(problem.orig).__name__
        return f"the database does not answer, or is busy ({kind}); what was not done yet can be done again", 3
    return str(problem), getattr(problem, "exit_code", 3 if isinstance(problem, ConnectionError) else 2)
