"""`outbound why`: why this contact was, or was not, called; what is next."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outbound.adapters.sql.views.contact_story import ContactStory
    from outbound.bootstrap import House
    from outbound.usecases.explain_contact import Asked

Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="Identifier or its beginning, or a policy number.")]
At = Annotated[str | None, typer.Option("--at", help="Instant with its offset; now if omitted.")]
Language = Annotated[
    str | None, typer.Option("--language", help="zh-TW or en; omitted: by LC_ALL, LC_MESSAGES or LANG.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def why(contact: Contact, *, at: At = None, language: Language = None, json: Json = False) -> None:
    """Why was this contact called, or not; what stands against a call; what comes next. Exit code 2: not known.

    Example: outbound why LIFE-0001 --at 2026-11-23T10:00+08:00
    """
    from outbound.adapters.sql.views.contact_story import contact_story, find_contact
    from outbound.bootstrap import open_house
    from outbound.cli.hours.answer import language_of
    from outbound.cli.show import print_json
    from outbound.cli.why.answer import Told, answer
    from outbound.cli.why.page import as_text

    tongue = language_of(language)
    house = open_house()
    now = house.clock.now()
    instant = now if at is None else _instant(at)
    with house.store.reading() as connection:
        story = contact_story(connection, find_contact(connection, contact), now)
        asked = _ask(connection, house, story, instant) if instant >= now else None
    told = Told(instant, now, house.settings.business_zone, tongue)
    found = answer(story, asked, told, house.rulebook)
    if json:
        print_json(found)
    else:
        typer.echo(as_text(found, told))


def _instant(text: str) -> datetime:
    from outbound.usecases.problems import InputProblemError

    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputProblemError(f"--at: {text!r} is no instant; write 2026-11-23T10:00+08:00") from None
    if instant.tzinfo is None:
        raise InputProblemError(f"--at: {text!r} has no offset; write one, as in {text}+08:00")
    return instant


def _ask(connection: "Connection", house: "House", story: "ContactStory", instant: datetime) -> "Asked | None":
    """Ask the gate; None where the contact's campaign is not configured any more."""
    from outbound.adapters.sql.store import SqlUnitOfWork
    from outbound.usecases.explain_contact import explain_contact

    campaign = house.campaigns.get(story.contact.campaign_id)
    if campaign is None:
        return None
    planned: dict[str, Any] = next((dict(row) for row in story.attempts if row["status"] == "planned"), {})
    return explain_contact(
        SqlUnitOfWork(connection),
        contact=story.contact,
        campaign=campaign,
        rules=house.rules,
        instant=instant,
        planned_phone=planned.get("phone_id"),
        planned_attempt=planned.get("id"),
    )
