"""Whether one more return call can be promised: promises laid into half hours, the one that ends first going first."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

from outbound.planning.slots import SLOT_MINUTES

Window = tuple[datetime, datetime]
"""Half-open [start, end) of aware instants."""

_KEPT_FOR_PROMISES = 4
_SLOT = timedelta(minutes=SLOT_MINUTES)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def places_for_promises(slot_capacity: int) -> int:
    """Return how many calls of one half hour may be promised: a quarter, but one at least."""
    return max(1, slot_capacity // _KEPT_FOR_PROMISES)


def has_room(window: Window, promised: Mapping[Window, int], places: int) -> bool:
    """Whether a call in `window` can be promised besides those that are `promised`, `places` a whole half hour.

    Promises are calls of one place each with a first and a last half hour. Serving those that end first is the best
    that can be done, so that a "no" means that somebody would be left without.
    """
    start, end = window
    touching = sum(count for (begins, ends), count in promised.items() if begins < end and start < ends)
    # Whatever overlaps it, one of its half hours keeps a place.
    if touching < places:
        return _first_slot(start) + _SLOT <= end
    return _all_fit({**promised, window: promised.get(window, 0) + 1}, places)


def _all_fit(promised: Mapping[Window, int], places: int) -> bool:
    waiting = sorted((_first_slot(start), end, count) for (start, end), count in promised.items())
    begun: list[tuple[datetime, int]] = []
    slot = _EPOCH
    while waiting or begun:
        if not begun:
            slot = max(slot, waiting[0][0])
        while waiting and waiting[0][0] <= slot:
            _, end, count = waiting.pop(0)
            heappush(begun, (end, count))
        free = places
        while free and begun:
            end, count = heappop(begun)
            if slot + _SLOT > end:
                return False
            served = min(free, count)
            free -= served
            if count > served:
                heappush(begun, (end, count - served))
        slot += _SLOT
    return True


def _first_slot(instant: datetime) -> datetime:
    """Return the first half hour that begins at or after an instant."""
    return _EPOCH + -((_EPOCH - instant) // _SLOT) * _SLOT
