"""The batch verbs of one installation with their ports in hand: what flows and the command line run."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from outbound.bootstrap import House
from outbound.compliance.rules.rulebook import Rulebook
from outbound.planning.deadline_first import DeadlineFirst
from outbound.usecases.cancel_queued import LOOK_AGAIN, CancelReport, cancel_queued
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.file_records import FilingReport, file_records
from outbound.usecases.keep_rules import keep_rules
from outbound.usecases.may_call import Rules
from outbound.usecases.place_calls import PlaceReport, place_calls
from outbound.usecases.plan_calls import plan_calls
from outbound.usecases.send_messages import send_messages
from outbound.usecases.settle_calls import SettleReport, settle_calls
from outbound.usecases.take_in_deliveries import take_in_deliveries


class Work:
    """One worker's hands. Each method is one batch at the present instant and may run in several processes at once."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._end = threading.Event()
        self._kept_rulebook: Rulebook | None = None

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
        self._end.wait(max((instant - self.now()).total_seconds(), 0))

    def take_in(self) -> Mapping[str, int]:
        """Take in what every configured source holds."""
        from outbound.adapters.memory import without_collection
        from outbound.adapters.sources.normalise import normalise_rows

        house = self.house
        counts: Counter[str] = Counter()
        today = house.clock.now().astimezone(ZoneInfo(house.settings.business_zone)).date()
        with without_collection():
            for source, company, campaign in house.arrivals():
                report = take_in_deliveries(
                    house.store,
                    source=source,
                    normalise=partial(normalise_rows, today=today, company_region=company.region),
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

        While the rules cannot be read, that is every call in doubt.
        """
        house = self.house
        return cancel_queued(
            house.store,
            carrier=house.carrier,
            rules=self._kept(house.rules_or_no_pack),
            campaigns=house.campaigns,
            identifiers=house.identifiers,
            now=self.now(),
        )

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
        # What was placed just now may have to be taken back as soon as somebody says so.
        soon = self.now() + LOOK_AGAIN if report.placed else None
        again = [each for each in (report.next_due, queue.next_due, soon) if each is not None]
        return replace(report, next_due=min(again, default=None), taken_back=queue.cancelled)

    def settle(self) -> SettleReport:
        """Find out about calls of which nothing was heard; even where nothing is placed, nothing rings after hours."""
        house = self.house
        self.cancel_queued()
        return settle_calls(
            house.store,
            carrier=house.carrier,
            campaigns=house.campaigns,
            companies=house.companies,
            scripts=house.scripts,
            identifiers=house.identifiers,
            now=self.now(),
        )

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
