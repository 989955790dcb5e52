"""Dead letters: records and messages that could not be delivered, and how they go on."""

from typing import Annotated

import typer

letters = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@letters.command("list")
def letters_list(*, json: Json = False) -> None:
    """What could not be delivered, oldest first, and why.

    Example: outbound dead-letters list
    """
    from outbound.adapters.sql.views import read_models
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json, print_table

    house = open_house()
    with house.store.reading() as connection:
        found = read_models.dead_letters(connection)
    if json:
        print_json(found)
        return
    print_table(
        "Not delivered",
        ("id", "kind", "status", "tries", "problem", "since"),
        [
            (row["id"], row["kind"], row["status"], row["tries"], row["last_problem"], row["created_at"])
            for row in found
        ],
        zone=house.settings.business_zone,
        empty="Nothing was given up. What a receiver refuses for good, or for a week, comes here.",
    )


@letters.command("retry")
def letters_retry(
    letter: Annotated[str | None, typer.Argument(help="From the list; all if left out.")] = None,
) -> None:
    """Deliver dead records again, from the next batch on, under their old idempotency keys.

    Text messages are not among them: one that may have gone out is never sent twice.

    Example: outbound dead-letters retry
    """
    from outbound.bootstrap import open_house
    from outbound.cli.desk import whole_id

    house = open_house()
    if letter:
        letter = whole_id(house, "outbox", letter)
    with house.store.begin() as work:
        again = work.records.revive(letter, house.clock.now())
        work.commit()
    print(f"To be delivered again: {again}." if again else "No dead record has that identifier; see the list.")
    if not again:
        raise typer.Exit(1)
