"""The switch for suspended areas: nobody there is called until the end that is given, as in a typhoon."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.desk import By, Json, me

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outbound.bootstrap import House
    from outbound.compliance.rules.rulebook import Rulebook

app = typer.Typer(no_args_is_help=True)


@app.command("suspend")
def areas_suspend(
    codes: Annotated[list[str], typer.Argument(help="ISO 3166 codes, such as TW-HUA TW-TTT; TW is all of Taiwan.")],
    *,
    until: Annotated[str, typer.Option(help="When calls may go on, with offset; at most 30 days.")],
    since: Annotated[str | None, typer.Option(help="When it begins, with offset; else now.")] = None,
    reason: Annotated[str, typer.Option(help="Why; it is kept on record.")],
    by: By = "",
) -> None:
    """Call nobody in these areas until the end given; in force at once, for what is planned too.

    Example: outbound areas suspend TW-HUA TW-TTT --until 2026-11-24T00:00+08:00 --reason "typhoon, work suspended"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.numbers import instant_of
    from outbound.cli.show import local
    from outbound.usecases.places.suspend_areas import suspend_areas

    house = open_house()
    end = instant_of("--until", until)
    report = suspend_areas(
        house.store,
        rulebook=house.rulebook,
        codes=codes,
        since=instant_of("--since", since) if since else None,
        until=end,
        reason=reason,
        by=by or me(),
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    replaced = f" In the place of earlier suspensions: {report.replaced}." if report.replaced else ""
    shown = local(end, house.settings.business_zone)
    print(f"Suspended until {shown}: {', '.join(report.codes)}.{replaced} `outbound areas lift CODE` ends it sooner.")


@app.command("list")
def areas_list(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that ended or were lifted too.")] = False,
    json: Json = False,
) -> None:
    """Areas that are suspended or will be, until when, and how many planned contacts that touches.

    Example: outbound areas list --all
    """
    from outbound.adapters.sql.views.places import suspensions
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json, print_table

    house = open_house()
    with house.store.reading() as connection:
        found = suspensions(connection, house.clock.now(), every=all_)
        rows = [{**row, "planned_contacts": count} for row, count in _touched(house, connection, found)]
    if json:
        print_json(rows)
        return
    print_table(
        "Suspended areas",
        ("code", "state", "since", "until", "planned contacts", "reason", "by"),
        [
            (row["code"], row["state"], row["since"], row["until"], row["planned_contacts"], row["reason"], row["by"])
            for row in rows
        ],
        empty="No area is suspended. `outbound areas suspend CODE --until INSTANT --reason TEXT` suspends one at once.",
        zone=house.settings.business_zone,
    )


@app.command("lift")
def areas_lift(
    code: Annotated[str, typer.Argument(help="Code of the suspended area, as `areas list` shows it.")], *, by: By = ""
) -> None:
    """End the suspension of an area before its time; who was held for it is planned again.

    Example: outbound areas lift TW-HUA
    """
    from outbound.adapters.sql.views.places import suspensions
    from outbound.bootstrap import open_house
    from outbound.usecases.places.suspend_areas import lift_area
    from outbound.usecases.places.whereabouts import known_region
    from outbound.usecases.problems import InputProblemError

    house = open_house()
    area = known_region(house.rulebook, code)
    if not lift_area(house.store, code=area, by=by or me(), now=house.clock.now()):
        with house.store.reading() as connection:
            there = sorted({row["code"] for row in suspensions(connection, house.clock.now())})
        raise InputProblemError(f"{area} is not suspended; suspended are: {', '.join(there) or 'none'}")
    print(f"Lifted: {area}.")


def _touched(house: "House", connection: "Connection", found: list[Any]) -> Iterable[tuple[Any, int]]:
    """Count, for each suspension that is not over, the contacts with a planned call in its area and time."""
    from outbound.adapters.sql.views.places import planned_between
    from outbound.usecases.places.whereabouts import whereabouts

    open_ = [row for row in found if row["state"] in {"in_force", "announced"}]
    if not open_:
        return [(row, 0) for row in found]
    planned = planned_between(connection, min(row["since"] for row in open_), max(row["until"] for row in open_))
    spans = [(whereabouts(contact, house.rulebook, windows[0][0]).region, windows) for contact, windows in planned]
    return [(row, sum(_is_hit(house.rulebook, row, *span) for span in spans) if row in open_ else 0) for row in found]


def _is_hit(rulebook: "Rulebook", row: Any, region: str, windows: list[tuple[Any, Any]]) -> bool:
    from outbound.compliance.place import may_hold

    return may_hold(rulebook, row["code"], region) and any(
        start < row["until"] and end > row["since"] for start, end in windows
    )
