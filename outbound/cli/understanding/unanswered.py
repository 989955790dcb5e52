"""`outbound faq unanswered`: what callees asked and no approved answer was near enough to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from outbound.cli.desk.options import By, Json, me, whole_id
from outbound.domain.outcome.inbox import QuestionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from outbound.adapters.sql.views.unanswered import QuestionGroup
    from outbound.bootstrap import House
    from outbound.usecases.desk.close_question import QuestionReport

app = typer.Typer(no_args_is_help=True)

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("最接近的答案：{nearest}（{asked} 題）", "Nearest answer: {nearest} (asked {asked} times)"),
    "once": ("最接近的答案：{nearest}（1 題）", "Nearest answer: {nearest} (asked once)"),
    "near_none": ("沒有相近的答案", "near no answer"),
    "not_kept": ("（客戶未同意留存）", "(not kept: the callee did not agree)"),
    "newest": ("以上為最新的 {shown} 題；--nearest {nearest} --limit {asked} 列出全部。",
               "These are the {shown} newest; --nearest {nearest} --limit {asked} shows all."),
    "total": ("共 {total} 題。處理後請執行 outbound faq unanswered done 編號。",
              "Questions: {total}. `outbound faq unanswered done ID` closes one that was seen to."),
    "empty": ("目前沒有待處理的問題。通話中若沒有夠接近的核准答案，客戶的問題會列在這裡。",
              "No question waits. What callees ask and no approved answer is near enough to comes here."),
    "none_of_these": ("沒有符合這些條件的問題（{chosen}）；outbound faq unanswered list 列出所有待處理的問題。",
                      "No such question ({chosen}); `outbound faq unanswered list` shows all that wait."),
}  # fmt: skip


@app.callback()
def _group() -> None:
    """See what was asked and could not be answered, and close what was seen to.

    Example: outbound faq unanswered list --language zh-TW
    """


@app.command("list")
def unanswered_list(
    *,
    language: Annotated[str | None, typer.Option(help="Only questions asked in this language, such as zh-TW.")] = None,
    nearest: Annotated[
        str | None, typer.Option(help="Only those nearest to this answer: its id, or none for those near no answer.")
    ] = None,
    status: Annotated[QuestionStatus, typer.Option(help="How they stand.")] = QuestionStatus.WAITING,
    limit: Annotated[int, typer.Option(min=1, help="How many questions of each answer, newest first.")] = 10,
    json: Json = False,
) -> None:
    """Questions that no approved answer was near enough to, by the nearest answer, what is asked most first.

    The words are redacted, and there only if the callee agreed to a record. Near is how near that answer was, 0 to 1.

    Example: outbound faq unanswered list --nearest grace_period --limit 50
    """
    from outbound.adapters.sql.views.unanswered import unanswered_groups
    from outbound.bootstrap import open_house
    from outbound.cli.show import print_json

    house = open_house()
    with house.store.reading() as connection:
        tag = None if language is None else _known_language(house, connection, language)
        groups = unanswered_groups(connection, status=status, language=tag, nearest=nearest, limit=limit)
    if json:
        print_json(groups)
        return
    chosen = {"--language": tag, "--nearest": nearest, "--status": status if status != QuestionStatus.WAITING else None}
    _print_groups(
        groups, " ".join(f"{name} {each}" for name, each in chosen.items() if each), house.settings.business_zone
    )


@app.command("done")
def unanswered_done(
    question: Annotated[str, typer.Argument(help="Identifier from the list.")],
    *,
    dismiss: Annotated[
        bool, typer.Option("--dismiss", help="There shall be no answer: it was no question, or is left to people.")
    ] = False,
    by: By = "",
) -> None:
    """Close a question: there is an approved answer now or, with --dismiss, there shall be none.

    Whoever was promised a call waits in the inbox as before. Exit code 1: somebody else closed it already.

    Example: outbound faq unanswered done 3f2a… --by lin
    """
    from outbound.bootstrap import open_house
    from outbound.usecases.desk.close_question import close_question

    house = open_house()
    report = close_question(
        house.store,
        question_id=whole_id(house, "unanswered_questions", question),
        dismissed=dismiss,
        by=by or me(),
        now=house.clock.now(),
    )
    typer.echo(_told(report, house.settings.business_zone), err=report.closed_before)
    raise typer.Exit(1 if report.closed_before else 0)


def _known_language(house: "House", connection: "Connection", given: str) -> str:
    """Return the tag as it is written elsewhere; a mistyped one must not look like nothing to do."""
    from outbound.adapters.sql.views.unanswered import question_languages
    from outbound.usecases.problems import InputProblemError

    answered = {path.stem for path in (house.folder / "scripts_tts" / "faq").glob("*.yaml")}
    known = {tag.casefold(): tag for tag in answered | question_languages(connection)}
    if given.casefold() not in known:
        raise InputProblemError(
            f"--language: nothing is asked or answered in {given!r}; write one of {', '.join(sorted(known.values()))}"
        )
    return known[given.casefold()]


def _print_groups(groups: "Sequence[QuestionGroup]", chosen: str, zone: str) -> None:
    from outbound.adapters.sql.views.unanswered import NO_NEAREST
    from outbound.cli.desk.words import say
    from outbound.cli.hours.words import language_of

    tongue = language_of(None)
    if not groups:
        print(say(_WORDS, "none_of_these" if chosen else "empty", tongue, chosen=chosen))
        return
    for group in groups:
        _print_group(group, tongue, zone)
        shown = len(group.questions)
        if shown < group.asked:
            print(say(_WORDS, "newest", tongue, shown=shown, nearest=group.nearest or NO_NEAREST, asked=group.asked))
        print()
    print(say(_WORDS, "total", tongue, total=sum(group.asked for group in groups)))


def _print_group(group: "QuestionGroup", tongue: str, zone: str) -> None:
    from outbound.cli.desk.words import captions, say
    from outbound.cli.show import print_table

    nearest = group.nearest or say(_WORDS, "near_none", tongue)
    closed = any(each.done_by for each in group.questions)
    print_table(
        say(_WORDS, "title" if group.asked > 1 else "once", tongue, nearest=nearest, asked=group.asked),
        ("id", "when", "language", "campaign", "near", *(("done by",) if closed else ()), "words"),
        [
            (
                each.id, each.at, each.language, each.campaign_id, f"{each.score:.2f}",
                *((each.done_by,) if closed else ()), each.words or say(_WORDS, "not_kept", tongue),
            )
            for each in group.questions
        ],
        empty="",
        zone=zone,
        captions=captions(tongue),
    )  # fmt: skip


def _told(report: "QuestionReport", zone: str) -> str:
    from outbound.cli.show import local_in

    question = report.question
    if not report.closed_before:
        return "Dismissed." if question.status is QuestionStatus.DISMISSED else "Done: it is answered from now on."
    when = local_in(question.done_at, zone) if question.done_at else "a moment ago"
    return f"It was closed already ({question.status}, {when}, by {question.done_by or 'somebody'})."
