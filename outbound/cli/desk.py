"""Commands of the desk: what happens, what waits for a person, who must not be called, and the stop order."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.bootstrap import House

inbox = typer.Typer(no_args_is_help=True)
suppress = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
By = Annotated[str, typer.Option("--by", help="Who does this; your login by default.")]
MISSING = "there is no such item waiting; `outbound inbox list` shows what is"


def me() -> str:
    """Login name of whoever runs the command."""
    return getpass.getuser()


def whole_id(house: "House", kind: str, beginning: str) -> str:
    """Complete an identifier of which a table showed the beginning."""
    from outbound.adapters.sql.views import read_models

    with house.store.reading() as connection:
        return read_models.full_id(connection, kind, beginning)


def status(
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again every two seconds until Ctrl-C.")] = False,
    json: Json = False,
) -> None:
    """What happens now: in the air, due, planned, unknown, not called and why, promises, stop orders.

    Example: outbound status --json
    """
    import time

    from outbound.adapters.sql.views import read_models
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json
    from outbound.cli.status import print_status

    house = open_house()
    while True:
        with house.store.reading() as connection:
            found = read_models.status(connection, house.clock.now())
        if json:
            print_json(found)
        else:
            if watch:
                print("\033[2J\033[H", end="")
            print_status(found, house.settings.business_zone)
        if not watch:
            return
        time.sleep(2)


@inbox.command("list")
def inbox_list(
    *, kind: Annotated[str | None, typer.Option(help="Only this kind, such as complaint.")] = None, json: Json = False
) -> None:
    """What waits for a person, first due first.

    Example: outbound inbox list --kind complaint
    """
    from outbound.adapters.sql.views import read_models
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json, print_table

    house = open_house()
    with house.store.reading() as connection:
        items = read_models.inbox_items(connection, kind=kind)
    if json:
        print_json(items)
        return
    print_table(
        "Waiting for a person",
        ("id", "what", "due", "who", "number", "claimed by", "note"),
        [
            (item["id"], item["kind"], item["due_at"], item["name"], item["number"], item["claimed_by"], item["note"])
            for item in items
        ],
        empty="Nothing waits for a person. Complaints, cancellations, questions and calls that went wrong come here.",
        zone=house.settings.business_zone,
    )


@inbox.command("claim")
def inbox_claim(item: Annotated[str, typer.Argument(help="Identifier from the list.")], *, by: By = "") -> None:
    """Take an item, so that nobody else works on it.

    Example: outbound inbox claim 3f2a… --by lin
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.problems import InputProblemError

    house = open_house()
    item = whole_id(house, "inbox", item)
    with house.store.begin() as work:
        taken = work.desk.claim_item(item, by or me(), house.clock.now())
        work.commit()
    if not taken:
        raise InputProblemError(MISSING)
    print("Claimed.")


@inbox.command("done")
def inbox_done(
    item: Annotated[str, typer.Argument(help="Identifier from the list.")],
    *,
    note: Annotated[str | None, typer.Option(help="What was done; stored encrypted.")] = None,
    by: By = "",
) -> None:
    """Close an item.

    Example: outbound inbox done 3f2a… --note "called back, question answered"
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.problems import InputProblemError

    house = open_house()
    item = whole_id(house, "inbox", item)
    with house.store.begin() as work:
        closed = work.desk.finish_item(item, by or me(), note, house.clock.now())
        work.commit()
    if not closed:
        raise InputProblemError(MISSING)
    print("Done.")


@suppress.command("add")
def suppress_add(
    *,
    number: Annotated[str | None, typer.Option(help="A telephone number; no call rings it any more.")] = None,
    contact: Annotated[str | None, typer.Option(help="A contact's identifier; none of its numbers is rung.")] = None,
    call_class: Annotated[str | None, typer.Option(help="Only this class (service, telemarketing); else all.")] = None,
    reason: Annotated[str, typer.Option(help="Why, in a word, such as customer_request.")],
    evidence: Annotated[str, typer.Option(help="Where it is on record: a letter, a ticket, a call.")],
    by: By = "",
) -> None:
    """Never call a number or a contact, from now on; what is planned is cancelled.

    Example: outbound suppress add --number 0912345678 --reason customer_request --evidence "letter 2026-11-20"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.numbers import call_class_of, e164_of
    from outbound.usecases.problems import InputProblemError
    from outbound.usecases.suppress import suppress as verb

    if (number is None) == (contact is None):
        raise InputProblemError("give either --number or --contact")
    house = open_house()
    report = verb(
        house.store,
        number=e164_of(number) if number else None,
        contact_id=contact,
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


@suppress.command("import")
def suppress_import(
    file: Annotated[str, typer.Argument(help="One number a line; text after a comma is the evidence.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, such as regulator_list.")],
    by: By = "",
) -> None:
    """Suppress every number of a file; a line that is no number is named and the others go on.

    Example: outbound suppress import refused.txt --reason customer_request
    """
    from outbound.bootstrap import open_house
    from outbound.cli.numbers import import_suppressions

    added, bad = import_suppressions(open_house(), file, reason, by or me())
    print(f"Suppressed: {added}.")
    for line in bad:
        print(f"{file}, line {line}: not a telephone number; mend the line and import again", flush=True)
    if bad:
        raise typer.Exit(1)


@suppress.command("list")
def suppress_list(
    *, number: Annotated[str | None, typer.Option(help="Only for this number.")] = None, json: Json = False
) -> None:
    """Suppressions in force, newest first.

    Example: outbound suppress list --number 0912345678
    """
    from outbound.adapters.sql.views import read_models
    from outbound.bootstrap import open_house
    from outbound.cli.numbers import e164_of
    from outbound.cli.show import print_json, print_table

    house = open_house()
    index = house.store.number_index(e164_of(number)) if number else None
    with house.store.reading() as connection:
        rows = read_models.suppressions_in_force(connection, number_index=index)
    if json:
        print_json(rows)
        return
    print_table(
        "Not to be called",
        ("id", "scope", "class", "reason", "evidence", "by", "since"),
        [
            (row["id"], row["scope"], row["call_class"] or "all", row["reason"], row["evidence"], row["by"], row["at"])
            for row in rows
        ],
        empty="Nobody is suppressed. A refusal in a call, or `outbound suppress add`, puts someone here.",
        zone=house.settings.business_zone,
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

    house = open_house()
    suppression = whole_id(house, "suppressions", suppression)
    with house.store.begin() as work:
        lifted = work.desk.lift_suppression(suppression, by or me(), reason, house.clock.now())
        work.commit()
    if not lifted:
        raise InputProblemError("no such suppression is in force; `outbound suppress list` shows those that are")
    print("Lifted.")


def stop_dialling(
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept on record.")],
    campaign: Annotated[str | None, typer.Option(help="Only this campaign; else everything.")] = None,
    by: By = "",
) -> None:
    """Stop new calls at once; calls in conversation finish.

    Example: outbound stop-dialling --reason "wrong prompt in the script"
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.problems import InputProblemError
    from outbound.usecases.stop_dialling import stop_dialling as verb

    house = open_house()
    if campaign is not None and campaign not in house.campaigns:
        raise InputProblemError(f"no campaign {campaign}; known are {', '.join(house.campaigns)}")
    verb(
        house.store,
        campaign_id=campaign,
        reason=reason,
        by=by or me(),
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    print(f"Stopped: {campaign or 'all campaigns'}. `outbound resume-dialling` goes on.")


def resume_dialling(
    *, campaign: Annotated[str | None, typer.Option(help="Only this campaign; else everything.")] = None, by: By = ""
) -> None:
    """Lift stop orders.

    Example: outbound resume-dialling --campaign welcome-tw
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.stop_dialling import resume_dialling as verb

    house = open_house()
    lifted = verb(house.store, campaign_id=campaign, by=by or me(), now=house.clock.now())
    print(f"Stop orders lifted: {lifted}." if lifted else "No such stop order was in force.")
