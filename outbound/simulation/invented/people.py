"""The people at the desk, simulated: they take up what waits for a person, in office hours, first due first.

Without them every promise that a person would call is broken in a simulation, and its figures say nothing.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from outbound.adapters.sql.schema import callbacks, inbox
from outbound.bootstrap import House

PACE = timedelta(minutes=30)
ITEMS_A_TURN = 20
_OPENS, _CLOSES = time(9), time(21)
_SUNDAY = 7
_ZONE = ZoneInfo("Asia/Taipei")
NAME = "simulated desk"


def work_the_inbox(house: House, now: datetime) -> int:
    """Finish up to `ITEMS_A_TURN` items that can be taken up at `now`; return how many."""
    local = now.astimezone(_ZONE)
    if local.isoweekday() == _SUNDAY or not _OPENS <= local.time() < _CLOSES:
        return 0
    ids = _takeable(house, now)
    if not ids:
        return 0
    with house.store.begin() as work:
        done = sum(work.desk.finish_item(item, NAME, None, now) for item in ids)
        if done:
            work.commit()
    return done


def _takeable(house: House, now: datetime) -> list[str]:
    """Items whose promised window has opened, or that came without one and have waited for a turn."""
    promise = and_(callbacks.c.attempt_id == inbox.c.attempt_id, callbacks.c.status == "open")
    query = (
        select(inbox.c.id, callbacks.c.window_start)
        .outerjoin(callbacks, promise)
        .where(inbox.c.status == "waiting", inbox.c.at <= now - PACE)
        .order_by(inbox.c.due_at, inbox.c.id)
    )
    with house.store.reading() as connection:
        rows = connection.execute(query).all()
    ready = [row.id for row in rows if row.window_start is None or row.window_start <= now]
    return list(dict.fromkeys(ready))[:ITEMS_A_TURN]
