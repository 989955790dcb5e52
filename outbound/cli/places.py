"""Commands about where contacts are: who cannot be placed, and what customers say."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.desk import By, Json, me, whole_id

if TYPE_CHECKING:
    from datetime import datetime

    from outbound.compliance.rules.rulebook import Rulebook
    from outbound.domain.contact import Contact

app = typer.Typer(no_args_is_help=True)

MOST = 200
_MEND = {
    "place_unknown": (
        "問明客戶在哪個州或縣市，再執行 outbound places set {id} --region 代碼",
        "ask which state or county, then: outbound places set {id} --region CODE",
    ),
    "place_too_wide": (
        "問明所在地區或時區，再執行 outbound places set {id} --region 代碼 --zone 時區",
        "ask for the part or the zone, then: outbound places set {id} --region CODE --zone IANA",
    ),
    "jurisdiction_unknown": (
        "更正地區代碼：outbound places set {id} --region 代碼，並請公司更正保單資料",
        "correct the code: outbound places set {id} --region CODE, and have the company mend the policy",
    ),
    "zone_unknown": (
        "更正時區：outbound places set {id} --region 代碼 --zone 時區",
        "correct the zone: outbound places set {id} --region CODE --zone IANA",
    ),
    "zone_outside": (
        "地址與時區互相矛盾，問明客戶目前在哪裡：outbound places set {id} --region 代碼",
        "address and zone contradict each other; ask where the customer is: outbound places set {id} --region CODE",
    ),
    "pack_missing": (
        "請法遵備妥並簽署該地的規則（outbound rules sign），或由專員處理",
        "have compliance write and sign the rules of the place (outbound rules sign), or let a person see to it",
    ),
}
"""Reason code -> how to mend it (zh-TW, en)."""
_PLACED = ("現在可以判定，下次規劃時處理", "the place is known now; the next planning takes it up")


@app.command("list")
def places_list(
    *,
    language: Annotated[str | None, typer.Option(help="zh-TW or en; your locale by default.")] = None,
    json: Json = False,
) -> None:
    """Contacts that are not called because it is not known where they are, nearest deadline first.

    Example: outbound places list --json
    """
    from outbound.adapters.sql.views.places import held_for
    from outbound.bootstrap import open_house
    from outbound.cli.hours.words import language_of
    from outbound.cli.show import print_json, print_table
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
        f"Not called, because the place is not clear: {number}",
        ("id", "name", "region", "zone", "postal code", "billing", "reason", "how to mend it"),
        [
            (each["id"], person.full_name, each["region"], each["time_zone"], "yes" if each["postal_code"] else "no",
             each["billing_region"], each["text"], each["mend"])
            for each, person in zip(shown, held, strict=True)
        ],
        empty="Nobody is held back for the place. Contacts come here when planning (`outbound plan`) finds that their "
        "region, zone or rules do not tell when they may be called.",
        zone=house.settings.business_zone,
    )  # fmt: skip


@app.command("set")
def places_set(
    contact: Annotated[str, typer.Argument(help="Identifier of the contact, or its beginning.")],
    *,
    region: Annotated[str, typer.Option(help="ISO 3166 code, such as US-NY or TW.")],
    zone: Annotated[str | None, typer.Option(help="IANA zone, where the region has several.")] = None,
    until: Annotated[str | None, typer.Option(help="End of a stay, with offset; else until further notice.")] = None,
    evidence: Annotated[str, typer.Option(help="Where it is on record: a call, a letter, a ticket.")],
    by: By = "",
) -> None:
    """Record where the customer says to be; it counts before the policy's address, at once.

    Example: outbound places set 3f2a… --region US-NY --until 2026-12-20T00:00-05:00 --evidence "call of 2026-11-22"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.numbers import instant_of, region_of
    from outbound.usecases.places.state_place import state_place

    house = open_house()
    reasons = state_place(
        house.store,
        rulebook=house.rulebook,
        contact_id=whole_id(house, "contacts", contact),
        region=region_of("--region", region),
        time_zone=zone,
        until=instant_of("--until", until) if until else None,
        evidence=evidence,
        by=by or me(),
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    if not reasons:
        print("Recorded. The next planning goes by it.")
    for reason in reasons:
        print(f"Recorded. Nobody is called there as it stands: {reason.text}")


@app.command("clear")
def places_clear(
    contact: Annotated[str, typer.Argument(help="Identifier of the contact, or its beginning.")],
) -> None:
    """Take back where the customer said to be; the policy's address counts again.

    Example: outbound places clear 3f2a…
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.places.state_place import take_back_place
    from outbound.usecases.problems import InputProblemError

    house = open_house()
    if not take_back_place(house.store, contact_id=whole_id(house, "contacts", contact), now=house.clock.now()):
        raise InputProblemError("no stated place of such a contact is on record; `outbound places set` records one")
    print("Cleared. The policy's address counts again.")


def _entry(contact: "Contact", rulebook: "Rulebook", now: "datetime", language: str) -> dict[str, Any]:
    """What is known of one contact, without the name: JSON goes to other programs."""
    from outbound.usecases.places.whereabouts import whereabouts, why_unplaced

    where, reasons = whereabouts(contact, rulebook, now), why_unplaced(contact, rulebook, now)
    tongue = 0 if language.startswith("zh") else 1
    mends = [_MEND[reason.code][tongue].format(id=contact.id[:8]) for reason in reasons if reason.code in _MEND]
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
        "mend": "; ".join(mends) or _PLACED[tongue],
    }
