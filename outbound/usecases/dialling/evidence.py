"""A call that exists although its attempt waits in the plan: the carrier had said that it does not."""

import logging
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from outbound.domain.attempt import Attempt, AttemptStatus
from outbound.domain.identifiers import Identifiers
from outbound.domain.outcome.inbox import DUE_WITHIN, InboxKind
from outbound.usecases.log_fields import about
from outbound.usecases.ports.store import UnitOfWork
from outbound.usecases.ports.stored.desk import NewItem

_KEPT_QUIET = timedelta(days=1)
_CAUSE = "evidence_of_token"

_log = logging.getLogger(__name__)


def believe(
    work: UnitOfWork, attempt: Attempt, sid: str, *, at: datetime, identifiers: Identifiers, now: datetime
) -> Attempt | None:
    """Make a planned attempt the live one that a webhook with its token proves it to be, counted as a dial.

    None where another call holds the number: then the plan is given up, the contact is left in peace for a day, and a
    person finds out what happened. The caller hangs that call up, and commits.
    """
    _log.error("it was planned, and yet a call bears its token", extra=about(attempt.token, cause=_CAUSE))
    past = work.dialling.past_attempts([attempt.contact_id], [attempt.number_index])
    if any(each.live for each in past):
        work.dialling.cancel(attempt, "number_live", now + _KEPT_QUIET, now)
        _tell_a_person(work, attempt, identifiers, now)
        return None
    of_contact = [each for each in past if each.contact_id == attempt.contact_id and each.round == attempt.round]
    dialled: dict[str, Any] = {"sid": sid, "reserved_at": at, "placed_at": at}
    dialled["attempt_number"] = 1 + max((each.attempt_number for each in of_contact), default=0)
    work.outcomes.move(attempt, AttemptStatus.PLACED, dialled, _CAUSE, now)
    return replace(attempt, status=AttemptStatus.PLACED, **dialled)


def _tell_a_person(work: UnitOfWork, attempt: Attempt, identifiers: Identifiers, now: datetime) -> None:
    kind = InboxKind.UNKNOWN_CALL
    due, item_id = now + DUE_WITHIN[kind], identifiers.new()
    work.desk.add_item(NewItem(item_id, kind, attempt.company_id, attempt.contact_id, attempt.id, now, due, _CAUSE))
