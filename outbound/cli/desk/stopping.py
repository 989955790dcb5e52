"""After an order to stop: what the carrier holds in its queue is taken back at once, whoever put it there."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from outbound.usecases.problems import InputProblemError, ServiceAwayError

if TYPE_CHECKING:
    from outbound.bootstrap import House

_WITHIN = timedelta(seconds=10)
"""The workers look at the queue as often; an order that one of them sent at the same moment is found by then."""


def check_campaign(house: "House", campaign: str) -> None:
    """Raise `InputProblemError` for a campaign that there is not.

    Whoever has to stop one does not wait for its script to be read: whom it has called tells that there is one.
    """
    from sqlalchemy import select

    from outbound.adapters.sql.schema import contacts

    with house.store.reading() as connection:
        if connection.execute(select(contacts.c.id).where(contacts.c.campaign_id == campaign).limit(1)).first():
            return
    try:
        known = house.campaigns
    except InputProblemError as problem:
        hint = "nothing was stopped; without --campaign everything is, whatever the files say"
        raise InputProblemError(f"{problem}\n{hint}") from None
    if campaign not in known:
        raise InputProblemError(f"no campaign {campaign}; known are {', '.join(known)}")


def take_back(house: "House") -> str:
    """Cancel what is queued and must not ring, for ten seconds at most; return what came of it, as sentences."""
    from outbound.work import Work

    work = Work(house)
    end = work.now() + _WITHIN
    cancelled, begun = Counter[str](), 0
    while True:
        try:
            report = work.cancel_queued()
        except (InputProblemError, ServiceAwayError) as problem:
            return f"The carrier's queue was not looked at from here ({problem}); the workers do so within ten seconds."
        cancelled.update(report.cancelled)
        begun += report.begun
        if report.carrier_away:
            return "The carrier does not answer: what waits in its queue is cancelled as soon as it does."
        if report.next_due is None or report.next_due > end or work.now() >= end:
            break
        work.wait_until(report.next_due)
    rang = f"; {begun} had begun to ring already" if begun else ""
    return f"Taken back from the carrier's queue: {sum(cancelled.values())}{rang}.{_in_doubt(report.nameless)}"


def _in_doubt(calls: int) -> str:
    if not calls:
        return ""
    return (
        f"\nOrders of unknown fate that the carrier does not show: {calls}. Most of them were never taken. "
        "The workers look for them every few seconds for ten minutes, then ever more seldom for a day, and take them "
        "back when they appear; `outbound status` names them."
    )
