"""The command line. Commands import what they need when they run, so that `--help` answers at once."""

import sys

import typer

from outbound.cli import policies

app = typer.Typer(
    name="outbound",
    help="Welcome calls to new policyholders: lawful, provable, and kind to the people who are called.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(policies.app, name="policies", help="Take policies in; see and mend what was not taken.")


def main() -> None:
    """Run a command; what a person can mend is said in plain words, with exit code 2 (input) or 3 (service away)."""
    from outbound.usecases.problems import InputProblemError, ServiceAwayError

    try:
        app()
    except (InputProblemError, ServiceAwayError) as problem:
        print(f"outbound: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
