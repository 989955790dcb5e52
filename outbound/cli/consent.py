"""`outbound consent`: what somebody agreed to, and how they take it back at the desk, days after the call."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.desk.options import By, Json, Language, contact_of, me

if TYPE_CHECKING:
    from outbound.bootstrap import House

app = typer.Typer(no_args_is_help=True)

Who = Annotated[str, typer.Argument(metavar="CONTACT", help="Identifier or its beginning, or a policy number.")]
CALLS_REASON = "consent_withdrawn"
NOTHING_DONE = "nothing was changed"


@app.command("show")
def consent_show(contact: Who, *, language: Language = None, json: Json = False) -> None:
    """What a contact agreed to, of which calls words are kept, and what was taken back. It shows none of the words.

    Example: outbound consent show LIFE-0001
    """
    from outbound.adapters.sql.rows import load_contact
    from outbound.adapters.sql.views.consents import spoken_calls, withdrawals
    from outbound.bootstrap import open_house
    from outbound.cli.hours.words import language_of
    from outbound.cli.show import print_json

    tongue = language_of(language)
    house = open_house()
    contact_id = contact_of(house, contact, undone="nothing to show")
    with house.store.reading() as connection:
        known = load_contact(connection, contact_id)
        found = {
            "contact": contact_id,
            "consents": dict(known.consents) if known else {},
            "do_not_call": known.do_not_call if known else False,
            "calls": spoken_calls(connection, contact_id),
            "withdrawals": withdrawals(connection, contact_id),
        }
    if json:
        print_json(found)
    else:
        _print(house, found, chinese=tongue == "zh-TW")


@app.command("withdraw")
def consent_withdraw(
    contact: Who,
    *,
    words: Annotated[
        bool, typer.Option("--words", help="Forget what was kept word for word, of all calls up to now.")
    ] = False,
    calls: Annotated[
        bool, typer.Option("--calls", help="Let no robot call or write to this contact any more.")
    ] = False,
    call: Annotated[
        str | None, typer.Option("--call", help="Words of this call only: its identifier, as `consent show` has it.")
    ] = None,
    evidence: Annotated[
        str, typer.Option(help="Where it is on record: a letter, a ticket, a recording; no name, nobody's number.")
    ],
    by: By = "",
    json: Json = False,
) -> None:
    """Take consent back for a contact who asks for it after the call: to keep their words, to be called, or both.

    What they asked for, complaints and their deadlines, scores and outcomes stay. Once more changes nothing.

    Example: outbound consent withdraw LIFE-0001 --words --evidence "letter of 2026-11-20"
    """
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json
    from outbound.usecases.problems import InputProblemError

    if not (words or calls or call):
        raise InputProblemError(
            f"say what is taken back: --words (what was kept of what they said), --calls, or both; {NOTHING_DONE}"
        )
    if words and call:
        raise InputProblemError(f"--words is of all calls, --call of one: give one of them; {NOTHING_DONE}")
    house = open_house()
    contact_id = contact_of(house, contact, undone=NOTHING_DONE)
    done: dict[str, Any] = {"contact": contact_id}
    if calls:
        done["calls"] = _stop(house, contact_id, evidence, by or me())
    if words or call:
        only = None if call is None else _call(house, contact_id, call)
        done["words"] = _forget(house, contact_id, only, evidence, by or me())
    if json:
        print_json(done)
        return
    for text in _told(done):
        print(text)


def _call(house: "House", contact_id: str, beginning: str) -> str:
    from outbound.adapters.sql.views.consents import call_of
    from outbound.usecases.problems import InputProblemError

    with house.store.reading() as connection:
        found = call_of(connection, contact_id, beginning.strip())
    if not beginning.strip() or len(found) != 1:
        what = "means more than one call" if len(found) > 1 else "is no call of this contact"
        raise InputProblemError(
            f"--call: {beginning!r} {what}; `outbound consent show` lists them; nothing was forgotten"
        )
    return found[0]


def _stop(house: "House", contact_id: str, evidence: str, by: str) -> dict[str, Any]:
    from outbound.usecases.desk.suppress import suppress

    report = suppress(
        house.store,
        contact_id=contact_id,
        reason=CALLS_REASON,
        evidence=evidence,
        by=by,
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    return {"added": report.added, "cancelled": report.cancelled}


def _forget(house: "House", contact_id: str, attempt_id: str | None, evidence: str, by: str) -> dict[str, Any]:
    from outbound.usecases.desk.withdraw_consent import withdraw_words

    report = withdraw_words(
        house.store,
        contact_id=contact_id,
        attempt_id=attempt_id,
        evidence=evidence,
        by=by,
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    found = report.withdrawal
    return {
        "added": report.added, "id": found.id, "at": found.at, "by": found.by, "log_is_clear": report.log_is_clear,
        "calls": found.calls if report.added else 0, "forgotten": found.words if report.added else 0,
        "records": report.records,
    }  # fmt: skip


def _told(done: dict[str, Any]) -> list[str]:
    told = []
    stopped, forgot = done.get("calls"), done.get("words")
    if stopped is not None:
        begun = (
            "No robot calls or writes to this contact any more." if stopped["added"] else "Calls were stopped before."
        )
        told.append(f"{begun} Planned calls cancelled: {stopped['cancelled']}.")
    if forgot is None:
        return told
    if not forgot["added"]:
        return [*told, f"Taken back before ({forgot['at']:%Y-%m-%d}, by {forgot['by']}); no word was left to forget."]
    told.append(
        f"Forgotten: {forgot['forgotten']} texts of {forgot['calls']} calls; service records without them now: "
        f"{forgot['records']}. On record as {forgot['id']}."
    )
    if forgot["calls"]:
        told.append("Receivers of service records are told (event words_forgotten), so that they delete them too.")
        told.append("Not reached from here: backups, and files that somebody exported (`script conversations`).")
    if not forgot["log_is_clear"]:
        told.append('The database keeps older pages for a while: see "Words that are forgotten" in docs/operations.md.')
    return told


def _print(house: "House", found: dict[str, Any], *, chinese: bool) -> None:
    from outbound.cli.show import print_table

    def say(zh: str, en: str) -> str:
        return zh if chinese else en

    agreed = ", ".join(
        f"{purpose}{'' if given_on is None else f' ({given_on})'}" for purpose, given_on in found["consents"].items()
    )
    print(say("保單資料中的同意：", "Agreed to with the policy: ") + (agreed or say("無", "nothing that is on record")))
    if found["do_not_call"]:
        print(say("保單資料註明拒絕來電。", "The policy says not to be called."))
    answers = {None: say("沒有問到", "not asked"), True: say("同意", "yes"), False: say("不同意", "no")}
    captions = {"id": say("通話", "call"), "when": say("時間", "at"), "evidence": say("依據", "evidence")}
    more = {"agreed": say("同意保留原話", "words may be kept"), "kept": say("保留的原話", "texts kept")}
    print_table(
        say("通話與原話", "Calls, and words that are kept of them"),
        ("id", "when", "agreed", "kept"),
        [(row["id"], row["at"], answers[row["recording"]], row["words"]) for row in found["calls"]],
        empty=say("還沒有人接過電話，沒有保留任何原話。", "Nobody has answered a call yet: no words are kept."),
        zone=house.settings.business_zone,
        captions=captions | more,
    )
    if found["withdrawals"]:
        everything = say("至今全部", "all so far")
        print_table(
            say("已撤回", "Taken back"),
            ("id", "when", "evidence", "by"),
            [(row["attempt_id"] or everything, row["at"], row["evidence"], row["by"]) for row in found["withdrawals"]],
            empty="",
            zone=house.settings.business_zone,
            captions=captions | {"by": say("經手人", "by")},
        )
