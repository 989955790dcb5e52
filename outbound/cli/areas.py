"""The switch for suspended areas: nobody there is called until the end that is given, as in a typhoon."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.desk.options import By, Json, Language, me

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from outbound.bootstrap import House
    from outbound.compliance.rules.rulebook import Rulebook

app = typer.Typer(no_args_is_help=True)


@app.command("suspend")
def areas_suspend(
    areas: Annotated[
        list[str],
        typer.Argument(
            metavar="AREA...", help="Counties by name or ISO 3166 code: 花蓮縣, Hualien, TW-HUA; TW is all."
        ),
    ],
    *,
    until: Annotated[str, typer.Option(help="When calls may go on, with offset; at most 30 days.")],
    since: Annotated[str | None, typer.Option(help="When it begins, with offset; else now.")] = None,
    reason: Annotated[str, typer.Option(help="Why; it is kept on record.")],
    by: By = "",
    language: Language = None,
) -> None:
    """Call nobody in these areas until the end given; in force at once, for what is planned too.

    Example: outbound areas suspend 花蓮縣 TW-TTT --until 2026-11-24T00:00+08:00 --reason "typhoon, work suspended"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.desk.words import AREAS, say
    from outbound.cli.hours.words import language_of
    from outbound.cli.numbers import instant_of
    from outbound.cli.show import local_in
    from outbound.usecases.places.suspend_areas import suspend_areas

    tongue = language_of(language)
    house = open_house()
    end, now = instant_of("--until", until), house.clock.now()
    begin = instant_of("--since", since) if since else None
    report = suspend_areas(
        house.store,
        rulebook=house.rulebook,
        codes=areas,
        since=begin,
        until=end,
        reason=reason,
        by=by or me(),
        identifiers=house.identifiers,
        now=now,
    )
    shown = local_in(end, house.settings.business_zone)
    print(say(AREAS, "suspended", tongue, until=shown, areas=", ".join(_named(code, tongue) for code in report.codes)))
    print(say(AREAS, "stops", tongue, calls=_stopped(house, report.codes, begin or now, end)))
    if report.replaced:
        print(say(AREAS, "replaced", tongue, number=report.replaced))
    print(say(AREAS, "sooner", tongue))


@app.command("list")
def areas_list(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that ended or were lifted too.")] = False,
    language: Language = None,
    json: Json = False,
) -> None:
    """Areas that are suspended or will be, until when, and how many planned contacts that touches.

    Example: outbound areas list --all
    """
    from outbound.adapters.sql.views.places import suspensions
    from outbound.bootstrap import open_house
    from outbound.cli.desk.words import AREA_STATES, AREAS, captions, say
    from outbound.cli.hours.words import language_of
    from outbound.cli.show import print_json, print_table

    tongue = language_of(language)
    house = open_house()
    with house.store.reading() as connection:
        found = suspensions(connection, house.clock.now(), every=all_)
        rows = [{**row, "planned_contacts": count} for row, count in _touched(house, connection, found)]
    if json:
        print_json(rows)
        return
    print_table(
        say(AREAS, "title", tongue),
        ("area", "state", "since", "until", "planned", "reason", "by"),
        [
            (_named(row["code"], tongue), say(AREA_STATES, row["state"], tongue), row["since"], row["until"],
             row["planned_contacts"], row["reason"], row["by"])
            for row in rows
        ],
        empty=say(AREAS, "empty", tongue),
        zone=house.settings.business_zone,
        captions=captions(tongue),
    )  # fmt: skip


@app.command("lift")
def areas_lift(
    area: Annotated[str, typer.Argument(metavar="AREA", help="Name or code of the suspended area.")],
    *,
    by: By = "",
    language: Language = None,
) -> None:
    """End the suspension of an area before its time; who was held for it is planned again.

    Example: outbound areas lift 花蓮縣
    """
    from outbound.adapters.sql.views.places import suspensions
    from outbound.bootstrap import open_house
    from outbound.cli.desk.words import AREAS, say
    from outbound.cli.hours.words import language_of
    from outbound.usecases.places.suspend_areas import lift_area
    from outbound.usecases.places.whereabouts import known_region
    from outbound.usecases.problems import InputProblemError

    tongue = language_of(language)
    house = open_house()
    code = known_region(house.rulebook, area)
    if not lift_area(house.store, code=code, by=by or me(), now=house.clock.now()):
        with house.store.reading() as connection:
            there = sorted({row["code"] for row in suspensions(connection, house.clock.now())})
        named = ", ".join(_named(each, tongue) for each in there) or say(AREAS, "none", tongue)
        raise InputProblemError(say(AREAS, "not_suspended", tongue, area=_named(code, tongue), there=named))
    print(say(AREAS, "lifted", tongue, area=_named(code, tongue)))


def _named(code: str, language: str) -> str:
    from outbound.domain.postal.counties import county_name

    name = county_name(code, chinese=language.startswith("zh"))
    return code if name is None else f"{code} {name}"


def _stopped(house: "House", codes: Iterable[str], since: "datetime", until: "datetime") -> int:
    """Count the planned calls in any of these areas whose windows meet the time."""
    from outbound.adapters.sql.views.places import planned_between

    rows = [{"code": code, "since": since, "until": until} for code in codes]
    with house.store.reading() as connection:
        spans = _spans(house, planned_between(connection, since, until))
    return sum(any(_is_hit(house.rulebook, row, *span) for row in rows) for span in spans)


def _touched(house: "House", connection: "Connection", found: list[Any]) -> Iterable[tuple[Any, int]]:
    """Count, for each suspension that is not over, the contacts with a planned call in its area and time."""
    from outbound.adapters.sql.views.places import planned_between

    open_ = [row for row in found if row["state"] in {"in_force", "announced"}]
    if not open_:
        return [(row, 0) for row in found]
    planned = planned_between(connection, min(row["since"] for row in open_), max(row["until"] for row in open_))
    spans = _spans(house, planned)
    return [(row, sum(_is_hit(house.rulebook, row, *span) for span in spans) if row in open_ else 0) for row in found]


def _spans(house: "House", planned: list[Any]) -> list[tuple[str, list[tuple[Any, Any]]]]:
    from outbound.usecases.places.whereabouts import whereabouts

    return [(whereabouts(contact, house.rulebook, windows[0][0]).region, windows) for contact, windows in planned]


def _is_hit(rulebook: "Rulebook", row: Any, region: str, windows: list[tuple[Any, Any]]) -> bool:
    from outbound.compliance.place import may_hold

    return may_hold(rulebook, row["code"], region) and any(
        start < row["until"] and end > row["since"] for start, end in windows
    )
