"""Interviews that the law asks for before acceptance: what waits, and how a person closes it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from outbound.cli.desk.options import Json, Language, whole_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outbound.usecases.desk.close_interview import Closing

app = typer.Typer(no_args_is_help=True)

_SHOWN_DIGITS = 3


@app.command("list")
def interviews_list(
    *,
    waiting: Annotated[bool, typer.Option("--waiting", help="Leave out those that were closed.")] = False,
    with_numbers: Annotated[
        bool, typer.Option("--with-numbers", help="Whole numbers in the table; names and numbers in the JSON too.")
    ] = False,
    language: Language = None,
    json: Json = False,
) -> None:
    """Policies that need an interview before they are accepted, those that wait first, and why.

    The table shows names and the last digits of numbers; JSON has neither unless --with-numbers is given.

    Example: outbound interviews list --waiting
    """
    from outbound.adapters.sql.views.interviews import interview_rows
    from outbound.bootstrap import open_house
    from outbound.cli.hours.words import language_of
    from outbound.cli.show import print_json
    from outbound.compliance.interview import in_words

    tongue = language_of(language)
    house = open_house()
    with house.store.reading() as connection:
        found = interview_rows(connection, closed=not waiting)
    if not json:
        _print_rows(found, tongue, house.settings.business_zone, with_numbers=with_numbers)
        return
    languages = {"because_zh": True, "because_en": False}
    hidden = set() if with_numbers else {"name", "number"}
    print_json(
        [
            {key: value for key, value in row.items() if key not in hidden}
            | {key: in_words(row["because"], chinese=chinese) for key, chinese in languages.items()}
            for row in found
        ]
    )


def _print_rows(found: "Sequence[Mapping[str, Any]]", language: str, zone: str, *, with_numbers: bool) -> None:
    """Print the table, and below it why each interview is needed: a column of sentences would break every row."""
    from outbound.cli.desk.words import INTERVIEW_STATES, INTERVIEWS, captions, say
    from outbound.cli.show import SHORT_ID, print_table
    from outbound.compliance.interview import in_words

    print_table(
        say(INTERVIEWS, "title", language),
        ("id", "standing", "since", "policy", "who", "number", "not by"),
        [
            (
                row["id"], say(INTERVIEW_STATES, row["status"], language), row["opened_at"], row["policy_no"],
                row["name"], row["number"] if with_numbers else _masked(row["number"]), row["agent_code"],
            )
            for row in found
        ],
        empty=say(INTERVIEWS, "empty", language),
        zone=zone,
        captions=captions(language),
    )  # fmt: skip
    if found:
        print(say(INTERVIEWS, "because", language))
    for row in found:
        print(f"{row['id'][:SHORT_ID]}: {in_words(row['because'], chinese=language.startswith('zh'))}")


def _masked(number: str | None) -> str | None:
    return None if number is None else f"…{number[-_SHOWN_DIGITS:]}"


@app.command("script")
def interviews_script(*, language: Language = None, json: Json = False) -> None:
    """What the interviewer reads out, step by step, and what follows where the answer is not heard.

    Example: outbound interviews script --language zh-TW
    """
    from outbound.adapters.files.duties import load_interview_script
    from outbound.cli.desk.words import INTERVIEW_UNHEARD, INTERVIEWS, say
    from outbound.cli.hours.words import language_of
    from outbound.cli.show import print_json
    from outbound.settings import home

    tongue = language_of(language)
    script = load_interview_script(home() / "config" / "duties" / "interview-script.yaml")
    if json:
        print_json(script)
        return
    print(f"{say(INTERVIEWS, 'script', tongue)} {script.version}")
    for number, step in enumerate(script.steps, 1):
        print(f"{number}. {step.zh if tongue.startswith('zh') else step.en}")
        if step.otherwise is not None:
            print(f"   {say(INTERVIEW_UNHEARD, step.otherwise, tongue)}")


@app.command("close")
def interviews_close(
    interview: Annotated[str, typer.Argument(help="Identifier from the list.")],
    *,
    result: Annotated[str, typer.Option("--result", help="passed, failed, mismatch or not_needed.")],
    by: Annotated[str, typer.Option("--by", help="Who held the interview; never who sold the policy.")],
    agent_code: Annotated[
        str | None, typer.Option("--agent-code", help="The interviewer's own code, if they have one.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="What was found; stored encrypted.")] = None,
) -> None:
    """Close an interview and tell the company's systems; failed and mismatch block acceptance. Exit code 1: refused.

    Example: outbound interviews close 3f2a… --result passed --by lin --note "recording 4711"
    """
    from outbound.bootstrap import open_house
    from outbound.domain.outcome.interview import InterviewResult
    from outbound.usecases.desk.close_interview import close_interview
    from outbound.usecases.problems import InputProblemError

    if result not in set(InterviewResult):
        raise InputProblemError(f"--result: {result!r} is not known; write one of {', '.join(InterviewResult)}")
    house = open_house()
    closing = close_interview(
        house.store,
        interview_id=whole_id(house, "interviews", interview),
        result=InterviewResult(result),
        by=by,
        agent_code=agent_code,
        note=note,
        identifiers=house.identifiers,
        now=house.clock.now(),
    )
    typer.echo(_told(closing, house.settings.business_zone), err=closing.refusal is not None)
    raise typer.Exit(1 if closing.refusal else 0)


def _told(closing: "Closing", zone: str) -> str:
    from outbound.cli.show import local_in
    from outbound.domain.outcome.interview import BLOCKS_ACCEPTANCE

    found, event = closing.found, closing.event
    if closing.refusal == "by_the_seller":
        return (
            f"Refused: {found.agent_code} sold this policy, and who sells may not interview. Let somebody else do it.\n"
            "不受理：招攬本件的業務員不得辦理電話訪問，請改由其他人員辦理。"
        )
    if event is None:
        when = local_in(found.closed_at, zone) if found.closed_at else "a moment ago"
        return f"Refused: it was closed already ({found.interview.status}, {when}, by {found.closed_by or 'another'})."
    blocks = "; acceptance is blocked" if event.result in BLOCKS_ACCEPTANCE else ""
    lines = [f"Closed: {event.result}. The company's systems are told{blocks}."]
    if not event.seller_compared:
        lines.append("The policy names no selling agent, so nobody could be compared with them; the event says so.")
    return "\n".join(lines)
