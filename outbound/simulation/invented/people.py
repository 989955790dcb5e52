"""The people at the desk, simulated: they take up what waits for a person, in their hours, first due first.

Without them every promise that a person would call is broken in a simulation, and its figures say nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select

from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import callbacks, inbox
from outbound.bootstrap import House

PACE = timedelta(minutes=30)
ITEMS_A_TURN = 20
NAME = "simulated desk"

_WAITING = Prepared(
    select(inbox.c.id, callbacks.c.window_start)
    .outerjoin(callbacks, and_(callbacks.c.attempt_id == inbox.c.attempt_id, callbacks.c.status == "open"))
    .where(
        inbox.c.company_id.in_(bindparam("companies", expanding=True)),
        inbox.c.status == "waiting",
        or_(inbox.c.at <= bindparam("waited"), inbox.c.due_at <= bindparam("due")),
    )
    .order_by(inbox.c.due_at, inbox.c.id)
)


def work_the_inbox(house: House, now: datetime) -> int:
    """Finish up to `ITEMS_A_TURN` items of companies whose desk is open at `now`; return how many.

    Where nobody knows a desk's hours, nobody is there.
    """
    desks = ((name, each.service_desk) for name, each in house.companies.items())
    staffed = [name for name, desk in desks if desk is not None and desk.is_open(now)]
    ids = _takeable(house, staffed, now) if staffed else []
    if not ids:
        return 0
    with house.store.begin() as work:
        done = sum(work.desk.finish_item(item, NAME, None, now) for item in ids)
        if done:
            work.commit()
    return done


def _takeable(house: House, companies: Collection[str], now: datetime) -> list[str]:
    """Items whose promised window has opened, or that came without one and have waited for a turn or are due in one."""
    with house.store.reading() as connection:
        rows = _WAITING.all(connection, {"companies": companies, "waited": now - PACE, "due": now + PACE})
    ready = [row.id for row in rows if row.window_start is None or row.window_start <= now]
    return list(dict.fromkeys(ready))[:ITEMS_A_TURN]
