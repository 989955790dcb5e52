"""`outbound why`: why this contact was, or was not, called; what is next."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outbound.adapters.sql.views.contact_story import ContactStory
    from outbound.bootstrap import House
    from outbound.compliance.rules.rulebook import Rulebook
    from outbound.usecases.scheduling.explain_contact import Asked

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
    from outbound.cli.why.answer import answer
    from outbound.cli.why.page import as_text
    from outbound.cli.why.rules import rulebook_for
    from outbound.cli.why.told import Told

    tongue = language_of(language)
    house = open_house()
    now = house.clock.now()
    instant = now if at is None else _instant(at)
    with house.store.reading() as connection:
        story = contact_story(connection, find_contact(connection, contact), now)
        rulebook = rulebook_for(house.folder, story, instant)
        asked = _ask(connection, house, story, rulebook, instant) if instant >= now else None
    told = Told(instant, now, house.settings.business_zone, tongue)
    found = answer(story, asked, told, rulebook)
    if json:
        print_json(found)
    else:
        typer.echo(as_text(found, told, tuple(rulebook.packs.values())))


def _instant(text: str) -> datetime:
    from outbound.usecases.problems import InputProblemError

    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputProblemError(f"--at: {text!r} is no instant; write 2026-11-23T10:00+08:00") from None
    if instant.tzinfo is None:
        raise InputProblemError(f"--at: {text!r} has no offset; write one, as in {text}+08:00")
    return instant


def _ask(
    connection: "Connection", house: "House", story: "ContactStory", rulebook: "Rulebook", instant: datetime
) -> "Asked | None":
    """Ask the gate; None where the contact's campaign is not configured any more."""
    from outbound.adapters.sql.store import SqlUnitOfWork
    from outbound.cli.why.rules import rules_for
    from outbound.usecases.scheduling.explain_contact import PlannedCall, explain_contact

    campaign = house.campaigns.get(story.contact.campaign_id)
    if campaign is None:
        return None
    row: dict[str, Any] | None = next((dict(row) for row in story.attempts if row["status"] == "planned"), None)
    start = None if row is None else max(row["window_start"], house.clock.now())
    return explain_contact(
        SqlUnitOfWork(connection),
        contact=story.contact,
        campaign=campaign,
        rules=rules_for(house, campaign, rulebook),
        instant=instant,
        planned=None if row is None or start is None else PlannedCall(row["id"], row["phone_id"], start),
    )
