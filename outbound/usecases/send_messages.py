"""Send the text messages that wait in the outbox: each at most once, within hours, never to who refused."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outbound.domain.call_class import CallClass
from outbound.domain.carrier_code import RefusalKind
from outbound.domain.company import Company
from outbound.usecases.file_records import LEASE, wait_after
from outbound.usecases.ports.carrier import Ambiguous, Carrier, Placed, Refused
from outbound.usecases.ports.messages import MessageTexts
from outbound.usecases.ports.records import OutboxItem
from outbound.usecases.ports.store import Store, UnitOfWork

_TRY_AGAIN = frozenset({RefusalKind.RATE, RefusalKind.NOT_NOW, RefusalKind.UNREACHABLE})
_TOO_OLD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MessagesReport:
    """`unknown` may or may not have gone out and are not sent again; `dead` certainly did not."""

    sent: int
    again: int
    unknown: int
    dead: int


def send_messages(
    store: Store,
    *,
    carrier: Callable[[], Carrier],
    texts: MessageTexts,
    companies: Mapping[str, Company],
    now: datetime,
    limit: int = 100,
) -> MessagesReport:
    """Send up to `limit` messages that are due; the hour at which each is due was chosen when it was written.

    `carrier` is asked for only when there is something to send.
    """
    counts: Counter[str] = Counter()
    with store.begin() as work:
        items = work.records.claim("message", now, now + LEASE, limit)
        refused = _refused(store, work, items)
        for item in items:
            # Before it is sent: a crash in between leaves a message that may have gone out, and that one stays.
            status, problem = ("dead", "suppressed") if item.id in refused else ("unknown", "being_sent")
            work.records.undelivered(item.id, status, problem, now)
        work.commit()
    counts["dead"] += len(refused)
    for item in items:
        if item.id not in refused:
            counts[_send(store, carrier(), texts, companies, item, now)] += 1
    return MessagesReport(counts["delivered"], counts["pending"], counts["unknown"], counts["dead"])


def _refused(store: Store, work: UnitOfWork, items: Sequence[OutboxItem]) -> frozenset[str]:
    """Which messages are for somebody who has refused service by robot since they were written."""
    numbers = {item.id: store.number_index(item.body["to"]) for item in items}
    contacts = [item.contact_id for item in items if item.contact_id]
    found = work.dialling.suppressions(contacts, list(numbers.values())) if items else ()
    binding = [each for each in found if each.call_class in {None, CallClass.SERVICE}]
    people, lines = {each.contact_id for each in binding}, {each.number_index for each in binding}
    return frozenset(item.id for item in items if (item.contact_id or "") in people or numbers[item.id] in lines)


def _send(
    store: Store,
    carrier: Carrier,
    texts: MessageTexts,
    companies: Mapping[str, Company],
    item: OutboxItem,
    now: datetime,
) -> str:
    company = companies[item.company_id]
    text = texts.render(item.body["template"], item.body["language"], company)
    status, problem = _outcome(carrier.send_message(item.body["to"], company.caller_number, text), item, now)
    with store.begin() as work:
        if status == "delivered":
            work.records.delivered(item.id, now)
        else:
            work.records.undelivered(item.id, status, problem, now + wait_after(item.tries))
        work.commit()
    return status


def _outcome(result: Placed | Refused | Ambiguous, item: OutboxItem, now: datetime) -> tuple[str, str]:
    if isinstance(result, Placed):
        return "delivered", ""
    if isinstance(result, Ambiguous):
        return "unknown", str(result.kind)
    again = result.kind in _TRY_AGAIN and now - item.created_at < _TOO_OLD
    return ("pending" if again else "dead"), str(result.kind)
