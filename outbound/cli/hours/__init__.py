"""`outbound hours`: may a call start at an instant, when next, and what does a week look like?"""

from typing import Annotated

import typer

from outbound.cli.quick import QuickCommand, QuickGroup

app = typer.Typer(cls=QuickGroup, no_args_is_help=True)

Jurisdiction = Annotated[str, typer.Option("--jurisdiction", help="ISO 3166-1 or -2 code, such as TW or US-CA.")]
At = Annotated[str, typer.Option("--at", help="Instant with its offset, such as 2026-11-23T10:00+08:00.")]
CallClassName = Annotated[
    str, typer.Option("--call-class", help="service, telemarketing, collection or mandatory_interview.")
]
Zone = Annotated[str | None, typer.Option("--zone", help="IANA zone; every zone of the jurisdiction if omitted.")]
LineName = Annotated[str | None, typer.Option("--line", help="mobile or landline; omitted: not evaluated.")]
Caller = Annotated[str | None, typer.Option("--caller", help="Number shown, E.164, or hidden; omitted: not evaluated.")]
PriorConsent = Annotated[bool, typer.Option("--prior-consent", help="Consent to the robot's call is on record.")]
Promotional = Annotated[
    bool, typer.Option("--promotional", help="The script promotes something: it counts as telemarketing.")
]
Age = Annotated[str | None, typer.Option("--age", help="Age in years; omitted: under 65.")]
Attempts = Annotated[list[str] | None, typer.Option("--attempt-at", help="Instant of an earlier attempt; repeatable.")]
Blocked = Annotated[list[str] | None, typer.Option("--blocked-area", help="Area that is suspended; repeatable.")]
Layers = Annotated[str, typer.Option("--layers", help="Layers to evaluate, separated by commas.")]
NoGuard = Annotated[bool, typer.Option("--no-guard", help="Leave no room before closing time.")]
AssumeSigned = Annotated[bool, typer.Option("--assume-signed", help="Ask what the packs would say if signed.")]
Rules = Annotated[str | None, typer.Option("--rules", help="Rules directory; config/compliance if omitted.")]
Language = Annotated[
    str | None, typer.Option("--language", help="zh-TW or en; omitted: by LC_ALL, LC_MESSAGES or LANG.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

_CHECK = """May a call start at that instant? Exit code 0 yes, 1 no, 2 wrong input.

Example: outbound hours check --jurisdiction TW --at 2026-11-23T10:00+08:00 --assume-signed
"""
_NEXT = """The next instant at which a call may start, from the one given on. Exit code 0 found, 1 none.

Example: outbound hours next --jurisdiction TW --at 2026-11-22T10:00+08:00 --age 70 --assume-signed
"""
_TABLE = """Draw a week of calling hours as a picture. Exit code 0 drawn, 1 there are no rules, 2 wrong input.

Example: outbound hours table US-TX --week 2026-12-24 --svg texas.svg
"""
Where = Annotated[str, typer.Argument(metavar="JURISDICTION", help="ISO 3166-1 or -2 code, such as TW or US-CA.")]
Week = Annotated[str | None, typer.Option("--week", help="A date in the week, such as 2026-11-23; omitted: today.")]
Picture = Annotated[str | None, typer.Option("--svg", help="File that the picture is written to as SVG, too.")]


@app.command("check", cls=QuickCommand, help=_CHECK)
@app.command("next", cls=QuickCommand, help=_NEXT)
def ask(  # noqa: PLR0913  the options are a contract
    ctx: typer.Context,
    *,
    jurisdiction: Jurisdiction,
    at: At,
    call_class: CallClassName = "service",
    zone: Zone = None,
    line: LineName = None,
    caller: Caller = None,
    prior_consent: PriorConsent = False,
    promotional: Promotional = False,
    age: Age = None,
    attempt_at: Attempts = None,
    blocked_area: Blocked = None,
    layers: Layers = "legal,industry_code,courtesy",
    no_guard: NoGuard = False,
    assume_signed: AssumeSigned = False,
    rules: Rules = None,
    language: Language = None,
    json: Json = False,
) -> None:
    """Answer `hours check` and `hours next`: the same question, two ways to show the answer."""
    from outbound.cli.hours.answer import as_json, as_text
    from outbound.cli.hours.question import Asked, answer
    from outbound.cli.hours.words import language_of

    asked = Asked(
        jurisdiction=jurisdiction,
        at=at,
        call_class=call_class,
        zone=zone,
        line=line,
        caller=caller,
        prior_consent=prior_consent,
        promotional=promotional,
        age=age,
        attempts=tuple(attempt_at or ()),
        blocked=tuple(blocked_area or ()),
        layers=layers,
        guard=not no_guard,
        assume_signed=assume_signed,
        rules=rules,
    )
    tongue = language_of(language)
    found = answer(asked)
    following = ctx.info_name == "next"
    typer.echo(as_json(found, tongue) if json else as_text(found, tongue, following=following))
    good = found.decision.next_allowed is not None if following else found.decision.allowed
    raise typer.Exit(0 if good else 1)


@app.command("table", cls=QuickCommand, help=_TABLE)
def table(
    jurisdiction: Where,
    *,
    week: Week = None,
    svg: Picture = None,
    call_class: CallClassName = "service",
    age: Age = None,
    zone: Zone = None,
    layers: Layers = "legal,industry_code,courtesy",
    rules: Rules = None,
    language: Language = None,
    json: Json = False,
) -> None:
    """Draw a week."""
    from outbound.adapters.clock import SystemClock
    from outbound.cli.hours.drawn import Wanted, drawn
    from outbound.cli.hours.shown import show, tell_missing
    from outbound.cli.hours.words import language_of

    tongue = language_of(language)
    wanted = Wanted(jurisdiction, week, call_class, age, zone, layers, rules)
    found = drawn(wanted, SystemClock().now())
    if isinstance(found, tuple):
        tell_missing(found, tongue, json=json)
        raise typer.Exit(1)
    show(found, tongue, svg=svg, json=json)
