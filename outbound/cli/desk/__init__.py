"""Commands of the desk: what happens, what waits for a person, who must not be called, and the stop order."""

from typing import Annotated

import typer

from outbound.cli.desk.options import By, Json, Language, me, whole_id
from outbound.cli.desk.suppressions import suppress
from outbound.domain.outcome.inbox import InboxKind

__all__ = ["By", "Json", "inbox", "me", "resume_dialling", "status", "stop_dialling", "suppress", "whole_id"]

inbox = typer.Typer(no_args_is_help=True)

MISSING = "there is no such item waiting; `outbound inbox list` shows what is"


def status(
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again every two seconds until Ctrl-C.")] = False,
    json: Json = False,
) -> None:
    """What happens now: in the air, due, planned, unknown, not called and why, promises, stop orders.

    Names the rule file that cannot be read, if there is one: then nothing is planned or dialled. Names the scripts of
    each campaign with version and share, and those on disk that cannot be taken up: file, line, and what to mend.

    Example: outbound status --json
    """
    from outbound.bootstrap import open_house
    from outbound.cli.desk.watching import look, scripts_on_disk, watch_status
    from outbound.cli.show import print_json
    from outbound.usecases.problems import InputProblemError

    if watch and json:
        raise InputProblemError("--watch shows a page again and again, --json prints one document: give one of them")
    house = open_house()
    if watch:
        watch_status(house)
    found = look(house, scripts_on_disk(house))
    if json:
        print_json(found.as_dict())
    else:
        found.print_page()


@inbox.command("list")
def inbox_list(
    *,
    kind: Annotated[InboxKind | None, typer.Option(help="Only this kind, such as complaint.")] = None,
    language: Language = None,
    json: Json = False,
) -> None:
    """What waits for a person, first due first.

    Example: outbound inbox list --kind complaint
    """
    from outbound.adapters.sql.views import read_models
    from outbound.bootstrap import open_house
    from outbound.cli.desk.words import INBOX, captions, say
    from outbound.cli.hours.words import language_of
    from outbound.cli.show import print_json, print_table
    from outbound.cli.why.words import REASONS, word

    tongue = language_of(language)
    house = open_house()
    with house.store.reading() as connection:
        items = read_models.inbox_items(connection, kind=kind)
    if json:
        print_json(items)
        return
    print_table(
        say(INBOX, "title", tongue),
        ("id", "what", "due", "who", "number", "claimed by", "turn", "note"),
        [
            (each["id"], word(REASONS, each["kind"], chinese=tongue == "zh-TW"), each["due_at"], each["name"],
             each["number"], each["claimed_by"], each["turn"], each["note"])
            for each in items
        ],
        empty=say(INBOX, "empty" if kind is None else "none_of_kind", tongue, kind=kind or ""),
        zone=house.settings.business_zone,
        captions=captions(tongue),
    )  # fmt: skip


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


def stop_dialling(
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept on record.")],
    campaign: Annotated[str | None, typer.Option(help="Only this campaign; else everything.")] = None,
    by: By = "",
) -> None:
    """Stop new calls at once, in every process; what the carrier holds is taken back, calls in conversation finish.

    The order is in force as soon as the first line is printed, and survives every restart until it is lifted.

    Example: outbound stop-dialling --reason "wrong prompt in the script"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.desk.stopping import check_campaign, take_back
    from outbound.usecases.dialling.stop_dialling import stop_dialling as verb
    from outbound.usecases.problems import InputProblemError

    if not reason.strip():
        raise InputProblemError("--reason: say why in a few words; it stays on record. Nothing was stopped")
    house = open_house()
    if campaign is not None:
        check_campaign(house, campaign)
    verb(
        house.store,
        campaign_id=campaign,
        reason=reason,
        by=by or me(),
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    # Without the campaign the command would lift every other order, too.
    only = f" --campaign {campaign}" if campaign else ""
    print(f"Stopped: {campaign or 'all campaigns'}. `outbound resume-dialling{only}` goes on.", flush=True)
    print(take_back(house))


def resume_dialling(
    *, campaign: Annotated[str | None, typer.Option(help="Only this campaign; else every order.")] = None, by: By = ""
) -> None:
    """Lift stop orders: those of one campaign, or, without `--campaign`, every one.

    Example: outbound resume-dialling --campaign welcome-tw
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.dialling.stop_dialling import resume_dialling as verb
    from outbound.usecases.problems import InputProblemError

    house = open_house()
    lifted = verb(house.store, campaign_id=campaign, by=by or me(), now=house.clock.now())
    # Of a campaign that was removed from the configuration an order may still be in force.
    if not lifted and campaign is not None and campaign not in house.campaigns:
        raise InputProblemError(f"no campaign {campaign}; known are {', '.join(house.campaigns)}")
    print(f"Stop orders lifted: {lifted}." if lifted else "No such stop order was in force.")
