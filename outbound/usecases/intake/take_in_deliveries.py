"""Take in all that a source holds: each delivery whole, its watermark with it, bad ones laid aside."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from outbound.compliance.interview import InterviewRules
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.domain.policy import Policy
from outbound.usecases.intake.report import IntakeReport
from outbound.usecases.intake.take_in_policies import take_in_policies
from outbound.usecases.ports.sources import Source
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.intake import RejectedRow
from outbound.usecases.problems import InputProblemError, ServiceAwayError

_log = logging.getLogger(__name__)


class DeliveriesReport(Struct, frozen=True):
    """Rows of all deliveries together; `refused` names deliveries that could not be read at all, with the reason."""

    deliveries: int = 0
    rows: IntakeReport = field(default_factory=IntakeReport)
    refused: tuple[tuple[str, str], ...] = ()


def take_in_deliveries(
    store: Store,
    *,
    source: Source,
    normalise: Callable[[Iterable[Any]], Iterator[Policy | RejectedRow]],
    company: Company,
    campaign: Campaign,
    identifiers: Identifiers,
    now: datetime,
    interviews: InterviewRules | None = None,
) -> DeliveriesReport:
    """Take in what has come since the stored watermark of `source`.

    The watermark is stored after the rows are, so that a crash in between brings them again, as duplicates. Raises
    what the source raises before any delivery is there, `ServiceAwayError` where a later call may succeed.
    """
    with store.begin() as work:
        watermark = work.intake.watermark(source.name)
    report = DeliveriesReport()
    for delivery in source.deliveries(watermark):
        try:
            taken = take_in_policies(
                store,
                rows=normalise(delivery.rows()),
                source=delivery.name,
                company=company,
                campaign=campaign,
                identifiers=identifiers,
                now=now,
                interviews=interviews,
            )
        except ServiceAwayError:
            raise
        except InputProblemError as problem:
            delivery.refuse(str(problem))
            _log.error("%s: a delivery was refused; the reason lies beside it", source.name)
            report = DeliveriesReport(report.deliveries, report.rows, (*report.refused, (delivery.name, str(problem))))
            continue
        _keep_place(store, source.name, delivery.watermark, now)
        delivery.accept()
        report = DeliveriesReport(report.deliveries + 1, report.rows + taken, report.refused)
    return report


def _keep_place(store: Store, source: str, watermark: str | None, now: datetime) -> None:
    if watermark is None:
        return
    with store.begin() as work:
        work.intake.set_watermark(source, watermark, now)
        work.commit()
