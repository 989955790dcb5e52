"""`outbound suppress`: who must not be called, and on what authority."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.desk.options import By, Json, contact_of, me, whole_id

if TYPE_CHECKING:
    from outbound.bootstrap import House

suppress = typer.Typer(no_args_is_help=True)

UNDONE = "nothing was suppressed"


@suppress.command("add")
def suppress_add(
    *,
    number: Annotated[str | None, typer.Option(help="A telephone number; no call rings it any more.")] = None,
    contact: Annotated[
        str | None,
        typer.Option(help="A contact: identifier, its beginning, or a policy number; none of its numbers is rung."),
    ] = None,
    call_class: Annotated[str | None, typer.Option(help="Only this class (service, telemarketing); else all.")] = None,
    reason: Annotated[str, typer.Option(help="Why, in a word, such as customer_request.")],
    evidence: Annotated[
        str, typer.Option(help="Where it is on record: a letter, a ticket, a recording; no name, nobody's number.")
    ],
    by: By = "",
) -> None:
    """Never call a number or a contact, from now on; what is planned is cancelled. Exit code 2: nobody was suppressed.

    Example: outbound suppress add --number 0912345678 --reason customer_request --evidence "letter 2026-11-20"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.numbers import call_class_of
    from outbound.usecases.desk.suppress import suppress as verb
    from outbound.usecases.problems import InputProblemError

    if (number is None) == (contact is None):
        raise InputProblemError("give either --number or --contact")
    house = open_house()
    e164 = _typed(house, number)
    report = verb(
        house.store,
        number=e164,
        contact_id=None if contact is None else contact_of(house, contact, undone=UNDONE),
        call_class=call_class_of(call_class),
        reason=reason,
        evidence=evidence,
        by=by or me(),
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    print(
        "Suppressed." if report.added else "It was suppressed already.", f"Planned calls cancelled: {report.cancelled}."
    )
    if e164 is not None and not _is_known(house, e164):
        print("No contact has this number now; whoever comes with it will not be called on it.")


@suppress.command("import")
def suppress_import(
    file: Annotated[str, typer.Argument(help="One a line; text after a comma is the evidence.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, such as regulator_list.")],
    contacts: Annotated[
        bool, typer.Option("--contacts", help="The lines hold identifiers or policy numbers, not telephone numbers.")
    ] = False,
    by: By = "",
) -> None:
    """Suppress every number of a file. Each good line is in force at once; a bad one is named and the others go on.

    Exit code 1: some lines were not taken; mend and import the file again, what is in force already stays as it is.

    Example: outbound suppress import refused.txt --reason customer_request
    """
    from outbound.bootstrap import open_house
    from outbound.cli.desk.importing import import_suppressions

    imported = import_suppressions(open_house(), file, reason=reason, by=by or me(), are_contacts=contacts)
    print(f"Suppressed: {imported.added}; already before: {imported.already}; not taken: {len(imported.bad)}.")
    for line, why in imported.bad:
        print(f"{file}, line {line}: {why}", flush=True)
    if imported.bad:
        print("The lines named here suppress nobody yet: mend them and import the file again.")
        raise typer.Exit(1)


@suppress.command("list")
def suppress_list(
    *, number: Annotated[str | None, typer.Option(help="Only for this number.")] = None, json: Json = False
) -> None:
    """Suppressions in force, newest first; those that protect nobody are named.

    Example: outbound suppress list --number 0912345678
    """
    from outbound.adapters.sql.views.suppressions import suppressions_in_force
    from outbound.bootstrap import open_house
    from outbound.cli.show import SHORT_ID, print_json, print_table

    house = open_house()
    e164 = _typed(house, number)
    index = None if e164 is None else house.store.number_index(e164)
    with house.store.reading() as connection:
        rows = suppressions_in_force(connection, number_index=index)
    if json:
        print_json(rows)
        return
    print_table(
        "Not to be called",
        ("id", "scope", "class", "reason", "evidence", "by", "since"),
        [
            (row["id"], _scope(row), row["call_class"] or "all", row["reason"], row["evidence"], row["by"], row["at"])
            for row in rows
        ],
        empty="Nobody is suppressed. A refusal in a call, or `outbound suppress add`, puts someone here.",
        zone=house.settings.business_zone,
    )
    for row in rows:
        if row["points_at_nobody"]:
            print(
                f"{row['id'][:SHORT_ID]} points at nobody: no contact is {row['contact_id']!r}. Find whom it meant, "
                f"`outbound suppress add --contact …` for them, then `outbound suppress lift {row['id'][:SHORT_ID]}`."
            )


@suppress.command("lift")
def suppress_lift(
    suppression: Annotated[str, typer.Argument(help="Identifier from the list.")],
    *,
    reason: Annotated[str, typer.Option(help="On what authority it ends.")],
    by: By = "",
) -> None:
    """End a suppression.

    Example: outbound suppress lift 3f2a… --reason "signed consent of 2026-11-20"
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.problems import InputProblemError
    from outbound.usecases.records.references import reference

    why = reference("--reason", reason)
    house = open_house()
    suppression = whole_id(house, "suppressions", suppression)
    with house.store.begin() as work:
        lifted = work.desk.lift_suppression(suppression, by or me(), why, house.clock.now())
        work.commit()
    if not lifted:
        raise InputProblemError("no such suppression is in force; `outbound suppress list` shows those that are")
    print("Lifted.")


def _typed(house: "House", number: str | None) -> str | None:
    from outbound.cli.numbers import e164_of, home_country

    return None if number is None else e164_of(number, home_country(house))


def _is_known(house: "House", e164: str) -> bool:
    from outbound.adapters.sql.views.suppressions import number_is_known

    with house.store.reading() as connection:
        return number_is_known(connection, house.store.number_index(e164))


def _scope(row: Mapping[str, Any]) -> str:
    return "nobody" if row["points_at_nobody"] else str(row["scope"])
