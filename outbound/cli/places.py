"""Commands about where contacts are: who cannot be placed, and what customers say."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.desk.options import By, Json, Language, contact_of, me

if TYPE_CHECKING:
    from datetime import datetime

    from outbound.compliance.rules.rulebook import Rulebook
    from outbound.domain.contact import Contact

app = typer.Typer(no_args_is_help=True)

MOST = 200
Who = Annotated[str, typer.Argument(metavar="CONTACT", help="Identifier or its beginning, or a policy number.")]
Evidence = Annotated[
    str, typer.Option(help="Where it is on record: a letter, a ticket, a recording; no name, nobody's number.")
]


@app.command("list")
def places_list(*, language: Language = None, json: Json = False) -> None:
    """Contacts that are not called because it is not known where they are, nearest deadline first.

    Example: outbound places list --json
    """
    from outbound.adapters.sql.views.places import held_for
    from outbound.bootstrap import open_house
    from outbound.cli.desk.words import PLACES, captions, say
    from outbound.cli.hours.words import language_of
    from outbound.cli.show import SHORT_ID, print_json, print_table
    from outbound.usecases.places.whereabouts import PLACE_REASONS

    tongue = language_of(language)
    house = open_house()
    with house.store.reading() as connection:
        number, held = held_for(connection, PLACE_REASONS, MOST)
    shown = [_entry(each, house.rulebook, house.clock.now(), tongue) for each in held]
    if json:
        print_json({"contacts": number, "shown": shown})
        return
    print_table(
        say(PLACES, "title", tongue, number=number),
        ("id", "name", "region", "zone", "deadline", "reason"),
        [
            (each["id"], person.full_name, each["region"], each["time_zone"], each["deadline"],
             _in_short(each["reasons"], tongue))
            for each, person in zip(shown, held, strict=True)
        ],
        empty=say(PLACES, "empty", tongue),
        zone=house.settings.business_zone,
        captions=captions(tongue),
    )  # fmt: skip
    if number > len(shown):
        print(say(PLACES, "more", tongue, shown=len(shown)))
    for each in shown:
        print(f"{each['id'][:SHORT_ID]}: {each['mend']}")


@app.command("set")
def places_set(
    contact: Who,
    *,
    region: Annotated[str, typer.Option(help="ISO 3166 code, such as US-NY, or a county's name, such as 花蓮縣.")],
    zone: Annotated[str | None, typer.Option(help="IANA zone, where the region has several.")] = None,
    until: Annotated[str | None, typer.Option(help="End of a stay, with offset; else until further notice.")] = None,
    evidence: Evidence,
    by: By = "",
    language: Language = None,
) -> None:
    """Record where the customer says to be; it counts before the policy's address, at once.

    Example: outbound places set 3f2a… --region US-NY --until 2026-12-20T00:00-05:00 --evidence "call of 2026-11-22"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.desk.words import PLACES, say
    from outbound.cli.hours.words import language_of
    from outbound.cli.numbers import instant_of, region_of
    from outbound.domain.postal.counties import counties_named
    from outbound.usecases.places.state_place import state_place

    tongue = language_of(language)
    house = open_house()
    reasons = state_place(
        house.store,
        rulebook=house.rulebook,
        contact_id=contact_of(house, contact, undone="nothing was recorded"),
        region=region if counties_named(region) else region_of("--region", region),
        time_zone=zone,
        until=instant_of("--until", until) if until else None,
        evidence=evidence,
        by=by or me(),
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    if not reasons:
        print(say(PLACES, "recorded", tongue))
    for reason in reasons:
        print(say(PLACES, "closed_there", tongue, text=reason.text_in(tongue)))


@app.command("clear")
def places_clear(contact: Who, *, evidence: Evidence, by: By = "", language: Language = None) -> None:
    """Take back where the customer said to be; the policy's address counts again. Who and why stay on record.

    Example: outbound places clear 3f2a… --evidence "call of 2026-11-22"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.desk.words import PLACES, say
    from outbound.cli.hours.words import language_of
    from outbound.usecases.places.state_place import take_back_place
    from outbound.usecases.problems import InputProblemError

    tongue = language_of(language)
    house = open_house()
    cleared = take_back_place(
        house.store,
        contact_id=contact_of(house, contact, undone="nothing was cleared"),
        evidence=evidence,
        by=by or me(),
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    if not cleared:
        raise InputProblemError("no stated place of this contact is on record; `outbound places set` records one")
    print(say(PLACES, "cleared", tongue))


def _entry(contact: "Contact", rulebook: "Rulebook", now: "datetime", language: str) -> dict[str, Any]:
    """What is known of one contact, without the name: JSON goes to other programs."""
    from outbound.cli.desk.words import MENDS, PLACES, say
    from outbound.cli.show import SHORT_ID
    from outbound.usecases.places.whereabouts import whereabouts, why_unplaced

    where, reasons = whereabouts(contact, rulebook, now), why_unplaced(contact, rulebook, now)
    mends = [say(MENDS, reason.code, language, id=contact.id[:SHORT_ID]) for reason in reasons if reason.code in MENDS]
    return {
        "id": contact.id,
        "company_id": contact.company_id,
        "region": where.region,
        "time_zone": where.time_zone,
        "source": where.source,
        "postal_code": contact.postal_code is not None,
        "billing_region": contact.billing_region,
        "deadline": contact.deadline,
        "reasons": [reason.code for reason in reasons],
        "text": " ".join(reason.text_in(language) for reason in reasons),
        "mend": "; ".join(mends) or say(PLACES, "placed", language),
    }


def _in_short(codes: list[str], language: str) -> str:
    from outbound.cli.why.words import REASONS, word

    return "; ".join(word(REASONS, code, chinese=language.startswith("zh")) for code in codes)
