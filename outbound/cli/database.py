"""`outbound db`: the database's schema."""

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def database() -> None:
    """The database of this installation."""


@app.command()
def upgrade() -> None:
    """Bring the database to this version's schema; what is there stays. Make a copy of it first.

    Example: outbound db upgrade
    """
    from outbound.adapters.sql.database.migrate import is_current
    from outbound.bootstrap import open_house
    from outbound.usecases.problems import ServiceAwayError

    engine = open_house().store.engine
    if not is_current(engine):
        raise ServiceAwayError("the database is not at this version's schema; look at its log and try again")
    print(f"{engine.url.render_as_string()} has this version's schema.")
