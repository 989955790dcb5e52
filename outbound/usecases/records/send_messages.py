"""Send the text messages that wait in the outbox: each at most once, within hours, never to who refused."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.contact import ContactState
from outbound.domain.line.carrier_code import RefusalKind
from outbound.usecases.intake.message import message_at
from outbound.usecases.ports.carrier import Ambiguous, Carrier, Placed, Refused
from outbound.usecases.ports.messages import MessageTexts
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.records import OutboxItem
from outbound.usecases.records.file_records import LEASE, wait_after

_TRY_AGAIN = frozenset({RefusalKind.RATE, RefusalKind.NOT_NOW, RefusalKind.UNREACHABLE})
_TOO_OLD = timedelta(days=7)


class MessagesReport(Struct, frozen=True):
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
    campaigns: Mapping[str, Campaign],
    now: datetime,
    limit: int = 100,
) -> MessagesReport:
    """Send up to `limit` messages that are due, within the campaign's hours where the recipient is.

    `carrier` is asked for only when there is something to send.
    """
    counts: Counter[str] = Counter()
    ready: list[OutboxItem] = []
    with store.begin() as work:
        for item in work.records.claim("message", now, now + LEASE, limit):
            status, problem, next_try = _verdict(store, work, item, campaigns, now)
            if status == "unknown":
                ready.append(item)
            counts[status] += status != "unknown"
            # Before it is sent: a crash in between leaves a message that may have gone out, and that one stays.
            work.records.undelivered(item.id, status, problem, next_try)
        work.commit()
    for item in ready:
        counts[_send(store, carrier(), texts, companies, item, now)] += 1
    return MessagesReport(counts["delivered"], counts["pending"], counts["unknown"], counts["dead"])


def _verdict(
    store: Store, work: UnitOfWork, item: OutboxItem, campaigns: Mapping[str, Campaign], now: datetime
) -> tuple[str, str, datetime]:
    """Status, reason and next try of a message about to be sent: hours and refusals are asked anew."""
    contact = work.dialling.callee(item.contact_id or "", item.body["phone_id"])
    if contact is None or contact.do_not_call or contact.state is ContactState.WITHDRAWN:
        return "dead", "not_to_be_written_to", now
    # Who asks for a message and for no more calls in one breath, gets the message.
    index, asked_in = store.number_index(item.body["to"]), item.attempt_id or ""
    if work.desk.refused_elsewhere(number_index=index, contact_id=contact.id, attempt_id=asked_in):
        return "dead", "suppressed", now
    opens = message_at(contact, campaigns[contact.campaign_id], now)
    return ("pending", "outside_hours", opens) if opens > now else ("unknown", "being_sent", now)


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
    result = carrier.send_message(item.body["to"], company.caller_number, text)
    status, problem = _outcome(result, item, now)
    with store.begin() as work:
        if isinstance(result, Placed):
            work.records.delivered(item.id, now, result.sid)
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
