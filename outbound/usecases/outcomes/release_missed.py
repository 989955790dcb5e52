"""Let go of what was planned and not dialled in time, and say which promises to call back were not kept."""

import logging
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.callback import CallbackStatus
from outbound.domain.outcome.inbox import InboxKind, due_at
from outbound.domain.service_desk import PeoplesHours
from outbound.usecases.ports.store import Store, UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem
from outbound.usecases.ports.stored.planning import OverduePromise

BATCH = 500
_CAUSE = "callback_broken"

_log = logging.getLogger(__name__)


class MissedReport(Struct, frozen=True):
    """`released` attempts whose window passed without a dial; promises settled because theirs is over."""

    released: int
    kept: int
    late: int
    broken: int


def release_missed(
    store: Store, *, companies: Mapping[str, Company], identifiers: Identifiers, now: datetime
) -> MissedReport:
    """Cancel planned attempts whose window is over (that was no attempt) and settle promises whose window is.

    A callback that a person was to make counts by when they finished its inbox item. A broken one goes to a person,
    unless one was asked already, and the robot does not ring that contact again: what it planned after the window is
    taken back.
    """
    released = _release(store, now)
    verdicts: list[CallbackStatus] = []
    while True:
        with store.begin() as work:
            promises = work.planning.overdue_promises(now, BATCH)
            found = [_settle(work, promise, companies, identifiers, now) for promise in promises]
            settled = [each for each in found if each is not CallbackStatus.OPEN]
            if settled:
                work.commit()
        verdicts += settled
        if not settled or len(promises) < BATCH:
            break
    count = verdicts.count
    return MissedReport(released, count(CallbackStatus.KEPT), count(CallbackStatus.LATE), count(CallbackStatus.BROKEN))


def _release(store: Store, now: datetime) -> int:
    released = 0
    while True:
        with store.begin() as work:
            some = work.dialling.expire(now, BATCH)
            if some:
                work.commit()
        released += some
        if some < BATCH:
            return released


def _settle(
    work: UnitOfWork,
    promise: OverduePromise,
    companies: Mapping[str, Company],
    identifiers: Identifiers,
    now: datetime,
) -> CallbackStatus:
    callback, taken_up_at = promise.callback, promise.taken_up_at
    if taken_up_at is not None:
        verdict = CallbackStatus.KEPT if taken_up_at < callback.window_end else CallbackStatus.LATE
        work.planning.settle_promise(callback.id, verdict, now)
        return verdict
    work.desk.cancel_planned(number_index=None, contact_id=callback.contact_id, cause=_CAUSE, now=now)
    # A worker may have reserved it in the same moment; it had the attempt's row first.
    if work.planning.is_live(callback.contact_id):
        return CallbackStatus.OPEN
    if work.planning.settle_promise(callback.id, CallbackStatus.BROKEN, now):
        _log.warning("callback %.8s was not kept", callback.id)
        work.planning.hand_over(callback.contact_id, _CAUSE, now)
        if promise.with_a_person:  # the item that a person should have taken up waits still, and is overdue
            return CallbackStatus.BROKEN
        work.desk.add_item(
            NewItem(
                id=identifiers.new(),
                kind=InboxKind.CALLBACK_BROKEN,
                company_id=promise.company_id,
                contact_id=callback.contact_id,
                attempt_id=callback.attempt_id,
                at=now,
                due_at=due_at(InboxKind.CALLBACK_BROKEN, now, _people(companies.get(promise.company_id))),
            )
        )
    return CallbackStatus.BROKEN


def _people(company: Company | None) -> PeoplesHours:
    return PeoplesHours(company.service_desk if company is not None else None, (), ())
