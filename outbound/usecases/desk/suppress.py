"""Make sure that a number or a person is not called any more."""

from datetime import datetime

from msgspec import Struct

from outbound.domain.call_class import CallClass
from outbound.domain.identifiers import Identifiers
from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.desk import NewSuppression
from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.references import reference, signed

LONGEST_REASON = 60


class SuppressReport(Struct, frozen=True):
    """`added` is False when the same suppression was in force already; `cancelled` counts planned calls."""

    suppression_id: str | None
    added: bool
    cancelled: int


def suppress(
    store: Store,
    *,
    number: str | None = None,
    contact_id: str | None = None,
    call_class: CallClass | None = None,
    reason: str,
    evidence: str,
    by: str,
    identifiers: Identifiers,
    now: datetime,
) -> SuppressReport:
    """Suppress a number (E.164) or a contact, for one call class or for all, and cancel what is planned there.

    What is planned for other classes of the same number is planned again by the next batch. Raises
    `InputProblemError`, and suppresses nothing, for a contact that does not exist and for a reason or evidence that is
    missing, too long, or holds what looks like somebody's number.
    """
    if (number is None) == (contact_id is None):
        raise ValueError("a suppression is for a number or for a contact")
    why, where = reference("--reason", reason, longest=LONGEST_REASON), reference("--evidence", evidence)
    who = signed(by)
    index = store.number_index(number) if number else None
    suppression_id = identifiers.new()
    with store.begin() as work:
        if contact_id is not None and not work.desk.has_contact(contact_id):
            raise InputProblemError("there is no such contact; nothing was suppressed")
        added = work.desk.suppress(NewSuppression(suppression_id, index, contact_id, call_class, why, where, who, now))
        cancelled = work.desk.cancel_planned(number_index=index, contact_id=contact_id, cause="suppressed", now=now)
        work.commit()
    return SuppressReport(suppression_id if added else None, added, cancelled)
