"""Whose turn it is on a line that several campaigns share."""

import heapq
from collections.abc import Mapping, Sequence
from itertools import count

from msgspec import Struct


class Due(Struct, frozen=True):
    """An attempt that is due; `promised` when the customer chose the time."""

    attempt_id: str
    campaign_id: str
    promised: bool = False


class Turns(Struct, frozen=True):
    """Who had how much of the line: calls by campaign, each divided by the campaign's weight, and the line's own count.

    A campaign that had nothing to dial for a while is not owed it: its turn begins at the line's count. (Start-time
    fair queueing, as routers share a wire among flows.)
    """

    line: float
    served: Mapping[str, float]

    def begins(self, campaign_id: str) -> float:
        """Where the campaign's next turn begins: the least is next."""
        return max(self.line, self.served.get(campaign_id, 0.0))

    def after(self, due: Due, weight: float) -> "Turns":
        """Return the turns after a call. A promise counts for its campaign and leaves the line's count alone."""
        begun = self.begins(due.campaign_id)
        line = self.line if due.promised else max(self.line, begun)
        return Turns(line, {**self.served, due.campaign_id: begun + 1 / weight})


def in_turn(due: Sequence[Due], turns: Turns, weights: Mapping[str, float]) -> list[Due]:
    """Put what is due into the order in which it is dialled; within a campaign the order given stays.

    Promises come first, of whichever campaign. Then each campaign gets turns in proportion to its weight, so that none
    waits for another's whole list. Equals are taken by name.
    """
    promises = [each for each in due if each.promised]
    for each in promises:
        turns = turns.after(each, weights[each.campaign_id])
    waiting: dict[str, list[Due]] = {}
    for each in reversed(due):
        if not each.promised:
            waiting.setdefault(each.campaign_id, []).append(each)
    tie, order = count(), list(promises)
    heap = [(turns.begins(name), name, next(tie)) for name in sorted(waiting)]
    heapq.heapify(heap)
    while heap:
        begun, name, _ = heapq.heappop(heap)
        order.append(waiting[name].pop())
        if waiting[name]:
            heapq.heappush(heap, (begun + 1 / weights[name], name, next(tie)))
    return order
