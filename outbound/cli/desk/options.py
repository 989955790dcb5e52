"""What the desk's commands have in common: options, who runs them, and whom an argument means."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.bootstrap import House

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
By = Annotated[str, typer.Option("--by", help="Who does this; your login by default.")]
Language = Annotated[str | None, typer.Option("--language", help="zh-TW or en; your locale by default.")]


def me() -> str:
    """Login name of whoever runs the command."""
    return getpass.getuser()


def whole_id(house: "House", kind: str, beginning: str) -> str:
    """Complete an identifier of which a table showed the beginning."""
    from outbound.adapters.sql.views import read_models

    with house.store.reading() as connection:
        return read_models.full_id(connection, kind, beginning)


def contact_of(house: "House", given: str, *, undone: str) -> str:
    """Return the contact that an identifier, its beginning or a policy number means; `undone` ends the error's text."""
    from outbound.adapters.sql.views.contact_story import find_contact
    from outbound.usecases.problems import InputProblemError

    with house.store.reading() as connection:
        try:
            return find_contact(connection, given)
        except InputProblemError as error:
            raise InputProblemError(f"{error}; {undone}") from None
