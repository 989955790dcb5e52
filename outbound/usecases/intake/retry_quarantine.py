"""Read the rows in quarantine again, after a reader, a mapping or a setting was mended."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby, islice

from msgspec import Struct, field

from outbound.compliance.interview import InterviewRules
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.domain.policy import Policy
from outbound.usecases.intake.batch import Run, take_batch
from outbound.usecases.intake.report import IntakeReport
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.intake import QuarantinedRow, RejectedRow

Reader = Callable[[str, int, Mapping[str, str]], Policy | RejectedRow]


class RetryReport(Struct, frozen=True):
    """How many rows waited, how many are mended, and how many of those a newer version had overtaken already."""

    waiting: int = 0
    mended: int = 0
    overtaken: int = 0
    rows: IntakeReport = field(default_factory=IntakeReport)


def retry_quarantine(
    store: Store,
    *,
    read: Reader,
    company: Company,
    campaign: Campaign,
    identifiers: Identifiers,
    now: datetime,
    interviews: InterviewRules | None = None,
    batch_size: int = 1000,
) -> RetryReport:
    """Take in what can be read now; `read` makes a policy of source, line and original row, or rejects it again.

    A row whose policy has come in a version of its own since is closed without being taken in: it is the older one.
    """
    with store.begin() as work:
        waiting = work.intake.waiting(company.id)
    readable = [
        (row, policy) for row in waiting if isinstance(policy := read(row.source, row.line, row.original), Policy)
    ]
    report = RetryReport(waiting=len(waiting), mended=len(readable))
    for source, group in groupby(readable, key=lambda pair: pair[0].source):
        while portion := list(islice(group, batch_size)):
            current = _current(store, company.id, portion)
            run = Run(source, campaign, identifiers, now, interviews=interviews)
            rows = take_batch(store, [policy for _, policy in current], run, mended=[row.id for row, _ in portion])
            overtaken = report.overtaken + len(portion) - len(current)
            report = RetryReport(report.waiting, report.mended, overtaken, report.rows + rows)
    return report


def _current(
    store: Store, company_id: str, portion: Sequence[tuple[QuarantinedRow, Policy]]
) -> list[tuple[QuarantinedRow, Policy]]:
    with store.begin() as work:
        owners = work.intake.owners(company_id, {policy.policy_no for _, policy in portion})
    return [
        (row, policy)
        for row, policy in portion
        if policy.policy_no not in owners or owners[policy.policy_no].updated_at <= row.at
    ]
