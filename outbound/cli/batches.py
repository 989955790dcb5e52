"""One batch of a verb, now: what the flow of the same name runs."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

if TYPE_CHECKING:
    from outbound.usecases.dialling.place_calls import PlaceReport
    from outbound.usecases.ports.stored.planning import Waiting
    from outbound.work import Work

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def plan(*, json: Json = False) -> None:
    """Plan a call for every contact that may be called; say how many were held back, and why.

    Example: outbound plan --json
    """
    from outbound.cli.show import local_in, print_json

    with _ready() as work:
        report = work.plan()
        waiting = _waiting(work)
    if json:
        print_json({**report, "waiting": waiting})
        return
    print(f"Planned: {report['planned']}.")
    _print_counts("Held back now", report["held"])
    _print_counts("Closed without a call", report["closed"])
    for each in waiting:
        at = local_in(each.look_at, work.house.settings.business_zone)
        print(f"Waiting in {each.campaign_id}: {each.reason} {each.contacts}, looked at again from {at} on.")
    if any(not each.reason.startswith("waiting_for_") for each in waiting):
        print("Held back contacts are looked at at once when rules, signatures, campaign or company change.")


def dial(
    *,
    seconds: Annotated[int, typer.Option(min=0, help="Go on while calls become due so soon; 0: one look.")] = 60,
    json: Json = False,
) -> None:
    """Place the calls that are due, at the pace of the trunk; return when nothing more is due.

    Exit code 3 when the carrier cannot be reached or refuses our orders: the plan stands, nothing is lost.

    Example: outbound dial --seconds 120
    """
    from outbound.cli.serving.checks import check_addresses
    from outbound.cli.show import local_in, print_json

    with _ready() as work:
        check_addresses(work.house.settings)
        report = _dial(work, seconds)
    if json:
        print_json(report)
    else:
        print(f"Placed: {report.placed}; refused: {report.refused}; without a clear answer: {report.ambiguous}.")
        _print_counts("Given back to the planner", report.cancelled)
        _print_counts("Taken back from the carrier's queue", report.taken_back)
        _print_counts("Due and not dialled now, still planned", report.held)
        if report.next_due:
            print(f"Look again at {local_in(report.next_due, work.house.settings.business_zone)}.")
    _check_carrier(work, report)


def settle(*, json: Json = False) -> None:
    """Find out by evidence what became of calls of which nothing was heard; nothing is dialled again.

    Exit code 3 when the carrier cannot be reached: what is unknown stays so.

    Example: outbound settle
    """
    from outbound.cli.show import print_json
    from outbound.usecases.problems import ServiceAwayError

    with _working() as work:
        report = work.settle()
    if json:
        print_json(report)
    else:
        print(f"Reservations that lapsed: {report.lapsed}. Found at the carrier: {report.adopted}.")
        print(f"Ended: {report.concluded}. Given up and left to a person: {report.given_up}.")
        print(f"May still ring or talk: {report.live}.")
    if report.carrier_away:
        raise ServiceAwayError(AWAY)


def file_records(*, json: Json = False) -> None:
    """Deliver the records that wait to the company's service record.

    Exit code 3 when the receiver took none of them: they wait and are tried again.

    Example: outbound file-records
    """
    from outbound.cli.show import print_json
    from outbound.usecases.problems import ServiceAwayError

    with _working() as work:
        report = work.file()
    if json:
        print_json(report)
    else:
        print(f"Filed: {report.filed}; to be tried again: {report.failed}; for a person: {report.dead}.")
        print(f"Waiting in all: {report.pending}.")
    if report.failed and not report.filed:
        raise ServiceAwayError("the receiver of the records (sink_url) took none; they wait and are tried again")


AWAY = (
    "the carrier did not answer (carrier_url, or Twilio itself): nothing was dialled and the plan stands; "
    "look at the network and at the carrier's status page"
)
REFUSES = (
    "the carrier refuses our orders: nothing was dialled and the plan stands; "
    "`outbound inbox list --kind carrier` says what has to be mended"
)


@contextmanager
def _working() -> "Iterator[Work]":
    """Yield the verbs, and stand on the list of those that work meanwhile."""
    from outbound.bootstrap import open_house
    from outbound.usecases.ports.stored.heartbeats import Role
    from outbound.work import Work

    work = Work(open_house(), Role.BATCH)
    try:
        yield work
    finally:
        work.leave()


def _waiting(work: "Work") -> "list[Waiting]":
    """Read who waits for a later look in any campaign, so that a plan of nothing has its reason."""
    with work.house.store.begin() as unit:
        return [each for name in work.house.campaigns for each in unit.planning.waiting(name, work.now())]


@contextmanager
def _ready() -> "Iterator[Work]":
    """Yield the verbs of a house whose scripts can be spoken (or `ScriptError`): nobody is rung to hear nothing."""
    with _working() as work:
        _ = work.house.scripts
        yield work


def _dial(work: "Work", seconds: int) -> "PlaceReport":
    """Ask again and again as the report wishes, until nothing becomes due before the end or something is in the way."""
    from outbound.domain.line.trunk import Hold

    passing = {Hold.PACE, Hold.CAMPAIGN_FULL, Hold.TRUNK_FULL, Hold.NUMBER_LIVE, Hold.DIALLED_TOO_LATE}
    end = work.now() + timedelta(seconds=seconds)
    done, cancelled, taken_back = Counter[str](), Counter[str](), Counter[str]()
    while True:
        report = work.place()
        done.update(placed=report.placed, refused=report.refused, ambiguous=report.ambiguous)
        cancelled.update(report.cancelled)
        taken_back.update(report.taken_back)
        soon = report.next_due is not None and report.next_due < end
        if report.next_due is None or not soon or not passing.issuperset(report.held):
            return replace(
                report,
                placed=done["placed"],
                refused=done["refused"],
                ambiguous=done["ambiguous"],
                cancelled=dict(cancelled),
                taken_back=dict(taken_back),
            )
        work.wait_until(report.next_due)


def _check_carrier(work: "Work", report: "PlaceReport") -> None:
    """Raise `ServiceAwayError` when the carrier is away, or refuses us and a person was told."""
    from outbound.domain.line.trunk import Hold
    from outbound.usecases.problems import ServiceAwayError

    if Hold.CARRIER_AWAY in report.held:
        raise ServiceAwayError(AWAY)
    if {Hold.CLOCK_JUMPED, Hold.CLOCK_WRONG} & set(report.held):
        print("This machine's clock and the carrier's disagree: set the clock, then dial again.", file=sys.stderr)
    if not (report.refused or Hold.PAUSED in report.held):
        return
    with work.house.store.begin() as unit:
        if any(unit.dialling.carrier_item_waits(company) for company in work.house.companies):
            raise ServiceAwayError(REFUSES)


def _print_counts(title: str, counts: Mapping[str, int]) -> None:
    if counts:
        print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) + ".")
