"""The batch verbs of one installation with their ports in hand: what flows and the command line run."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property, partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict, replace

from outbound.bootstrap import House
from outbound.compliance.rules.rulebook import Rulebook
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases.dialling.cancel_queued import LOOK_AGAIN, CancelReport, cancel_queued
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.place_calls import PlaceReport, place_calls
from outbound.usecases.heartbeat import BEAT_EVERY, Attendance
from outbound.usecases.inbound.caller import InboundTerms
from outbound.usecases.inbound.settle_inbound import settle_inbound
from outbound.usecases.intake.take_in_deliveries import take_in_deliveries
from outbound.usecases.log_fields import logging_about
from outbound.usecases.outcomes.settle_calls import SettleReport, settle_calls
from outbound.usecases.ports.stored.heartbeats import Role
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.file_records import FilingReport, file_records
from outbound.usecases.records.keep_rules import keep_rules
from outbound.usecases.records.send_messages import send_messages
from outbound.usecases.scheduling.may_call import Rules
from outbound.usecases.scheduling.plan_calls import plan_calls

if TYPE_CHECKING:
    from outbound.domain.campaign import Campaign
    from outbound.domain.company import Company
    from outbound.usecases.ports.sources import Source

_log = logging.getLogger(__name__)
_Report = TypeVar("_Report")


def _attended(verb: str) -> "Callable[[Callable[[Work], _Report]], Callable[[Work], _Report]]":
    """Put the runs of a batch on record under the name of its verb, where the process has a role."""

    def mark(batch: "Callable[[Work], _Report]") -> "Callable[[Work], _Report]":
        @wraps(batch)
        def run(self: "Work") -> _Report:
            return self._attend(verb, partial(batch, self))

        return run

    return mark


class Work:
    """One worker's hands. Each method is one batch at the present instant and may run in several processes at once.

    With a `role` the process stands on the list of those that work, and the runs of its verbs are on record; `leave`
    then belongs at its end. In virtual time nobody asks.
    """

    def __init__(self, house: House, role: Role | None = None) -> None:
        self.house = house
        self._end = threading.Event()
        self._kept_rulebook: Rulebook | None = None
        self._told_last: dict[str, str] = {}
        self._attendance = Attendance(house.store, house.worker, role, house.clock.now()) if role else None

    @property
    def ending(self) -> bool:
        """Whether this worker is to stop: nothing new is begun."""
        return self._end.is_set()

    def end(self) -> None:
        """Stop: a wait ends at once, a batch that is under way finishes."""
        self._end.set()

    @cached_property
    def _watch(self) -> ClockWatch:
        return ClockWatch(self.house.clock, tolerance_seconds=self.house.settings.max_clock_skew_seconds)

    @property
    def rules(self) -> Rules:
        """What the gate decides by now, kept as evidence before the first decision under it.

        Raises `InputProblemError` while the rules cannot be read: then nobody is planned or dialled.
        """
        return self._kept(self.house.rules)

    def _kept(self, rules: Rules) -> Rules:
        if rules.rulebook is not self._kept_rulebook:
            keep_rules(self.house.store, rules.rulebook, self.now())
            self._kept_rulebook = rules.rulebook
        return rules

    def now(self) -> datetime:
        """Return the present instant."""
        return self.house.clock.now()

    def wait_until(self, instant: datetime) -> None:
        """Sleep until `instant`, or until the end."""
        left = max((instant - self.now()).total_seconds(), 0)
        step = BEAT_EVERY.total_seconds() if self._attendance else left
        while left > 0 and not self._end.wait(min(left, step)):
            left -= step
            self.beat()

    def beat(self) -> None:
        """Say that this process lives, whatever its verbs do; asked more often than is due, it costs nothing."""
        if self._attendance:
            self._attendance.beat(self.now())

    def keep_beating(self) -> None:
        """Say so until the end, in a thread of its own: also while no verb runs."""
        self.beat()
        while not self._end.wait(BEAT_EVERY.total_seconds()):
            self.beat()

    def leave(self) -> None:
        """Take this process off the list of those that work: it ends in order."""
        if self._attendance:
            self._attendance.leave()

    def _attend(self, verb: str, batch: Callable[[], _Report]) -> _Report:
        """Run one batch; where the process has a role, put it on record and log what it did."""
        if self._attendance is None:
            return batch()
        report = self._on_record(self._attendance, verb, batch)
        if done := _told(report):
            again = self._told_last.get(verb) == done
            self._told_last[verb] = done
            _log.log(logging.DEBUG if again else logging.INFO, "%s", done, extra={"verb": verb})
        return report

    def _on_record(self, attendance: Attendance, verb: str, batch: Callable[[], _Report]) -> _Report:
        """Note begin and end. Wrong input of somebody at a terminal says nothing about the verb: that is no run."""
        begun, by_hand = self.now(), attendance.role is Role.BATCH

        def ended(problem: str | None = None) -> None:
            if by_hand:
                attendance.began(verb, begun)
            attendance.ended(verb, self.now(), problem)

        if by_hand:
            attendance.beat(begun)
        else:
            attendance.began(verb, begun)
        try:
            with logging_about(verb=verb):
                report = batch()
        except BaseException as error:
            if not (by_hand and isinstance(error, InputProblemError)):
                ended(type(error).__name__)
            raise
        ended()
        return report

    @_attended("take_in_policies")
    def take_in(self) -> Mapping[str, int]:
        """Take in what every configured source holds."""
        from outbound.adapters.memory import without_collection

        house = self.house
        counts: Counter[str] = Counter()
        today = house.clock.now().astimezone(ZoneInfo(house.settings.business_zone)).date()
        with without_collection():
            for source, company, campaign in house.arrivals():
                report = take_in_deliveries(
                    house.store,
                    source=source,
                    normalise=_reader(source, company, campaign, today),
                    company=company,
                    campaign=campaign,
                    identifiers=house.identifiers,
                    now=house.clock.now(),
                    interviews=house.interview_rules(company),
                )
                counts["deliveries"] += report.deliveries
                counts["refused"] += len(report.refused)
                for name in ("read", "taken_in", "updated", "duplicates", "older", "quarantined"):
                    counts[name] += getattr(report.rows, name)
        return dict(counts)

    @_attended("plan_calls")
    def plan(self) -> Mapping[str, Any]:
        """Plan calls of every campaign."""
        planned, held, closed = 0, Counter[str](), Counter[str]()
        for campaign in self.house.campaigns.values():
            report = plan_calls(
                self.house.store,
                campaign=campaign,
                rules=self.rules,
                planner=DeadlineFirst(),
                identifiers=self.house.identifiers,
                now=self.now(),
            )
            planned += report.planned
            held.update(report.held)
            closed.update(report.closed)
        return {"planned": planned, "held": dict(held), "closed": dict(closed)}

    def cancel_queued(self) -> CancelReport:
        """Take back from the carrier's queue what may no longer begin to ring.

        While the rules cannot be read, that is every call in doubt. A clock that was set back lets nothing ring after
        hours: see `ClockWatch.now`.
        """
        house = self.house
        now = self._watch.now(house.carrier)
        report = cancel_queued(
            house.store,
            carrier=house.carrier,
            rules=lambda: self._kept(house.rules_or_no_pack),
            campaigns=house.campaigns,
            companies=house.companies,
            identifiers=house.identifiers,
            now=now,
        )
        return replace(report, next_due=self._by_wall(report.next_due, now))

    @_attended("place_calls")
    def place(self) -> PlaceReport:
        """Take back what must not ring any more, then place what is due and what the pace allows at this instant."""
        house = self.house
        queue = self.cancel_queued()
        report = place_calls(
            house.store,
            carrier=house.carrier,
            rules=self.rules,
            campaigns=house.campaigns,
            clock=house.clock,
            identifiers=house.identifiers,
            trunk=house.trunk,
            worker=house.worker,
            watch=self._watch,
        )
        # What was placed just now, here or by a worker that died since, may have to be taken back at somebody's word.
        looks = report.placed or report.ambiguous or (self._attendance and self._attendance.role is Role.FLOWS)
        soon = self.now() + LOOK_AGAIN if looks else None
        again = [each for each in (report.next_due, queue.next_due, soon) if each is not None]
        return replace(report, next_due=min(again, default=None), taken_back=queue.cancelled)

    @_attended("settle_calls")
    def settle(self) -> SettleReport:
        """Find out about calls of which nothing was heard; even where nothing is placed, nothing rings after hours.

        What is over is decided by a clock that stepped least of all: see `ClockWatch.now`.
        """
        house = self.house
        self.cancel_queued()
        now = self._watch.now(house.carrier)
        report = settle_calls(
            house.store,
            carrier=house.carrier,
            campaigns=house.campaigns,
            companies=house.companies,
            scripts=house.scripts,
            identifiers=house.identifiers,
            now=now,
        )
        terms = InboundTerms(house.companies, house.campaigns, house.scripts, house.identifiers)
        inbound = settle_inbound(house.store, carrier=house.carrier, terms=terms, now=now)
        return replace(
            report,
            live=max(report.live, inbound.live),
            carrier_away=report.carrier_away or inbound.carrier_away,
            next_due=self._by_wall(report.next_due, now),
        )

    def _by_wall(self, due: datetime | None, now: datetime) -> datetime | None:
        """Say when to come back by the wall clock, which whoever waits goes by, where `now` was taken for right."""
        return None if due is None else due + (self.now() - now)

    @_attended("file_records")
    def file(self) -> FilingReport:
        """Deliver what waits in the outbox: text messages, then records."""
        house = self.house
        send_messages(
            house.store,
            carrier=lambda: house.carrier,
            texts=house.messages,
            companies=house.companies,
            campaigns=house.campaigns,
            now=self.now(),
        )
        return file_records(self.house.store, sink=self.house.sink, now=self.now())


def _reader(
    source: "Source", company: "Company", campaign: "Campaign", today: date
) -> "Callable[[Iterable[Any]], Any]":
    """Return what reads the rows of a source; a feed's items may leave out what is empty, all others have a header."""
    from outbound.adapters.sources.feed import FeedSource
    from outbound.adapters.sources.identity import identity_column, with_identity_column
    from outbound.adapters.sources.normalise import normalise_rows

    identity = identity_column(company, campaign)
    read = partial(normalise_rows, today=today, company_region=company.region, identity=identity)
    return read if isinstance(source, FeedSource) else lambda rows: read(with_identity_column(rows, identity))


def _told(report: object) -> str:
    """Say what a batch did, in counts; nothing where it did nothing."""
    values = asdict(report) if isinstance(report, Struct) else report
    found = values.items() if isinstance(values, Mapping) else ()
    told: dict[str, int] = {}
    for key, value in found:
        counts = {f"{key}.{name}": count for name, count in value.items()} if isinstance(value, dict) else {key: value}
        told.update({name: count for name, count in counts.items() if count and isinstance(count, int)})
    return ", ".join(f"{name} {count}" for name, count in told.items())
