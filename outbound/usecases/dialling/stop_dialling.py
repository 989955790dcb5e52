"""Stop new calls, everywhere or for one campaign, until someone resumes."""

from datetime import datetime

from outbound.domain.identifiers import Identifiers
from outbound.usecases.ports.store import Store


def stop_dialling(
    store: Store, *, campaign_id: str | None, reason: str, by: str, identifiers: Identifiers, now: datetime
) -> str:
    """Put a stop order in force and return its identifier. Calls in conversation finish; nothing new is reserved."""
    order_id = identifiers.new()
    with store.begin() as work:
        work.desk.stop(order_id, campaign_id, reason, by, now)
        work.commit()
    return order_id


def resume_dialling(store: Store, *, campaign_id: str | None, by: str, now: datetime) -> int:
    """Lift the stop orders of one campaign, or (None) all of them; return how many were in force."""
    with store.begin() as work:
        lifted = work.desk.resume(campaign_id, by, now)
        work.commit()
    return lifted
