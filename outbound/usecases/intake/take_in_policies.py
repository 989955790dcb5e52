"""Take newly issued, changed and ended policies in, and change whom we will call accordingly."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from outbound.compliance.interview import InterviewRules
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.domain.policy import Policy
from outbound.usecases.intake.batch import Rehearsal, Run, take_batch
from outbound.usecases.intake.quarantine import source_name
from outbound.usecases.intake.report import IntakeReport
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.intake import RejectedRow
from outbound.usecases.problems import InputProblemError

__all__ = ["IntakeReport", "take_in_policies"]

Row = TypeVar("Row")


def take_in_policies(  # noqa: PLR0913 - each is a fact of the run
    store: Store,
    *,
    rows: Iterable[Policy | RejectedRow],
    source: str,
    company: Company,
    campaign: Campaign,
    identifiers: Identifiers,
    now: datetime,
    interviews: InterviewRules | None = None,
    batch_size: int = 1000,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> IntakeReport:
    """Take `rows` in, each batch in a transaction of its own, and say what came of them.

    A version of a policy that was ever seen is a duplicate: running again after a crash completes the work, and an old
    file that is dropped once more brings nothing back. Rows bear no time of their version, so that a newer one which
    restores an earlier content to the letter is taken for the old one, the policy stays as it stood, and the report
    counts it as `older`. After a cancellation or a mark not to be called that is the safe mistake: nobody is rung on
    the word of a row that may be stale. The other way round it is not: to forbid calls once more, or cancel once more,
    a row must differ in something (a column that is not known counts, such as the system's own revision), or the number
    be suppressed.

    `interviews` are the rules of the company's country for interviews before acceptance, None where it has none.

    `source` names the file or feed; `progress` is told the number of rows after every batch. With `dry_run` nothing
    is written. Raises `InputProblemError` when the campaign is another company's, and what `rows` raises; batches
    before that stay taken in.
    """
    if campaign.company_id != company.id:
        raise InputProblemError(
            f"the campaign {campaign.id} belongs to {campaign.company_id}, not to {company.id}: name another campaign"
        )
    run = Run(source_name(source), campaign, identifiers, now, Rehearsal() if dry_run else None, interviews)
    report = IntakeReport()
    for batch in _batched(rows, batch_size):
        report += take_batch(store, batch, run)
        if progress is not None:
            progress(report.read)
    return report


def _batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield lists of up to `size` rows; `itertools.batched` needs Python 3.12."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch
