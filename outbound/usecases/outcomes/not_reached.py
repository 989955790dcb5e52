"""The inbox item for somebody who asked to be called back and whom the robot did not reach."""

from datetime import datetime

from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.inbox import InboxKind, due_at
from outbound.domain.service_desk import PeoplesHours
from outbound.usecases.ports.stored.desk import NewItem

_NOTE = (
    "客戶請我們回電，系統回電後未能聯絡上，不再自動撥打，請專人聯繫。 / "
    "Asked to be called back; the robot rang and did not reach them, and rings no more: a person follows up."
)


def not_reached_item(
    *,
    company_id: str,
    contact_id: str,
    attempt_id: str | None,
    people: PeoplesHours,
    identifiers: Identifiers,
    now: datetime,
) -> NewItem:
    """Make the item, due in `people`'s hours.

    The promise itself was kept, it rang: what is open is the person's wish to speak with us.
    """
    kind = InboxKind.PERSON_REQUESTED
    due = due_at(kind, now, people)
    return NewItem(identifiers.new(), kind, company_id, contact_id, attempt_id, now, due, _NOTE)
