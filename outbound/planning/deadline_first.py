"""The first planner: callbacks in their chosen time, then the earliest free-look deadline, then the longest wait."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, datetime

from outbound.domain.campaign import OpenHours
from outbound.planning.allocation import Allocation, AskGate, Candidate, Opening, Plan, Slot, Unallocated
from outbound.planning.slots import is_open, shares_day

_FAR = datetime.max.replace(tzinfo=UTC)


class DeadlineFirst:
    """Earliest deadline first, each in the first lawful slot with room. Deterministic: ties go by identifier."""

    def allocate(
        self, candidates: Sequence[Candidate], slots: Sequence[Slot], hours: Sequence[OpenHours], ask: AskGate
    ) -> Plan:
        """Give each candidate at most one slot; see `Planner`."""
        alike = Counter(candidate.gate_key for candidate in candidates)
        board = _Board(slots, hours, ask, frozenset(key for key, count in alike.items() if count > 1))
        begin = slots[0].start if slots else _FAR
        placed: list[Allocation] = []
        left: list[Unallocated] = []
        seen: set[str] = set()
        for candidate in sorted(candidates, key=lambda c: _urgency(c, begin)):
            found = ("already_planned",) if candidate.id in seen else board.place(candidate)
            seen.add(candidate.id)
            if isinstance(found, Allocation):
                placed.append(found)
            else:
                left.append(Unallocated(candidate.id, found))
        return Plan(tuple(placed), tuple(left))


def allocate(candidates: Sequence[Candidate], slots: Sequence[Slot], hours: Sequence[OpenHours], ask: AskGate) -> Plan:
    """Plan with the first planner."""
    return DeadlineFirst().allocate(candidates, slots, hours, ask)


def _urgency(candidate: Candidate, begin: datetime) -> tuple[int, datetime, datetime, str]:
    if candidate.chosen is not None:
        return 0, candidate.chosen[0], candidate.waiting_since, candidate.id
    until = candidate.free_look_until
    if until is not None and until > begin:
        return 1, until, candidate.waiting_since, candidate.id
    # A right that has run out hurries nobody: such calls follow, the longest wait first.
    return 2, candidate.waiting_since, candidate.waiting_since, candidate.id


class _Track:
    """Lawful instants by slot for candidates that the gate treats alike, with a shortcut over slots that are full."""

    def __init__(self, ats: list[datetime | None], reasons: tuple[str, ...]) -> None:
        self.ats = ats
        self.reasons = reasons
        self._next = list(range(len(ats) + 1))

    def first(self, index: int, room: list[int]) -> int:
        """Return the first lawful slot with room from `index` on; the number of slots when there is none."""
        found = index
        while found < len(self.ats):
            if self._next[found] != found:
                found = self._next[found]
            elif self.ats[found] is None or room[found] <= 0:
                self._next[found] = found + 1
            else:
                break
        while index < found:
            self._next[index], index = found, self._next[index]
        return found


class _Board:
    """Slots with what is left of their capacity."""

    def __init__(
        self, slots: Sequence[Slot], hours: Sequence[OpenHours], ask: AskGate, shared_keys: frozenset[Hashable]
    ) -> None:
        self._slots, self._hours, self._ask, self._shared_keys = slots, hours, ask, shared_keys
        self._room = [slot.capacity for slot in slots]
        self._promises = [slot.capacity if slot.promises is None else slot.promises for slot in slots]
        self._starts = [slot.start for slot in slots]
        self._tracks: dict[Hashable, _Track] = {}
        self._numbers: dict[str, list[datetime]] = {}

    def place(self, candidate: Candidate) -> Allocation | tuple[str, ...]:
        """Put the candidate into its best slot with room, or say why there is none."""
        if candidate.chosen is not None:
            kept = self._place_chosen(candidate, candidate.chosen)
            if kept is not None:
                return kept
        kinds = (candidate.preferred, None) if candidate.preferred is not None else (None,)
        for preferred in kinds:
            found = self._search(candidate, preferred)
            if found is not None:
                return self._take(candidate, *found)
        return self._why_not(candidate)

    def _search(self, candidate: Candidate, preferred: OpenHours | None) -> tuple[int, datetime] | None:
        """First slot for the candidate with room, before its bar and apart from others on its number."""
        ways = self._ride if self._has_track(candidate) else self._walk
        found = next(ways(candidate, preferred), None)
        if found is None or (candidate.give_up_at is not None and found[1] >= candidate.give_up_at):
            return None
        return found

    def _has_track(self, candidate: Candidate) -> bool:
        """Whether it pays to ask the gate about every slot at once: for others who will ride along."""
        return candidate.gate_key is not None and candidate.chosen is None and candidate.gate_key in self._shared_keys

    def _ride(self, candidate: Candidate, preferred: OpenHours | None) -> Iterator[tuple[int, datetime]]:
        """Go along the track that all candidates with the same key share."""
        track = self._track(candidate, preferred)
        index = track.first(self._begin(candidate), self._room)
        while index < len(self._slots):
            at = track.ats[index]
            if at is not None and not self._shared(candidate, index):
                yield index, at
            index = track.first(index + 1, self._room)

    def _track(self, candidate: Candidate, preferred: OpenHours | None) -> _Track:
        key = (candidate.gate_key, candidate.zones, preferred)
        track = self._tracks.get(key)
        if track is None:
            track = self._tracks[key] = self._build(candidate, preferred)
        return track

    def _walk(
        self, candidate: Candidate, preferred: OpenHours | None, *, anyhow: bool = False
    ) -> Iterator[tuple[int, datetime]]:
        """Ask the gate slot by slot, for one whose key is its own; `anyhow` looks at full slots as well."""
        index = self._begin(candidate)
        while index < len(self._slots):
            slot = self._slots[index]
            index += 1
            if not anyhow and not self._free(candidate, index - 1):
                continue
            at = self._ask(candidate, slot.start).at
            if at is None:
                return
            if at >= slot.end:
                index = max(index, bisect_right(self._starts, at) - 1)
            elif self._suits(candidate, preferred, at):
                yield index - 1, at

    def _begin(self, candidate: Candidate) -> int:
        earliest = max(candidate.not_before, candidate.chosen[0]) if candidate.chosen else candidate.not_before
        return bisect_left(self._starts, earliest)

    def _shared(self, candidate: Candidate, index: int) -> bool:
        """Whether the number is taken: on that day, or for who chose the time in that slot."""
        planned = self._numbers.get(candidate.number_key or "")
        if not planned:
            return False
        start = self._starts[index]
        return start in planned if candidate.chosen is not None else shares_day(candidate.zones, start, planned)

    def _take(self, candidate: Candidate, index: int, at: datetime) -> Allocation:
        self._room[index] -= 1
        if candidate.chosen is not None:
            self._promises[index] -= 1
        if candidate.number_key is not None:
            self._numbers.setdefault(candidate.number_key, []).append(self._starts[index])
        return Allocation(candidate.id, self._slots[index], at)

    def _place_chosen(self, candidate: Candidate, chosen: tuple[datetime, datetime]) -> Allocation | None:
        """Keep the promise in its window; afterwards it is late, and the next lawful slot is the best that is left."""
        start = max(chosen[0], candidate.not_before)
        index = max(bisect_right(self._starts, start) - 1, 0)
        while index < len(self._slots) and self._starts[index] < chosen[1]:
            slot = self._slots[index]
            asked = max(slot.start, start)
            at = self._ask(candidate, asked).at if asked < slot.end else None
            free = self._promises[index] > 0 and not self._shared(candidate, index)
            if free and at is not None and at < min(slot.end, chosen[1]):
                return self._take(candidate, index, at)
            index += 1
        return None

    def _free(self, candidate: Candidate, index: int) -> bool:
        return self._room[index] > 0 and not self._shared(candidate, index)

    def _build(self, candidate: Candidate, preferred: OpenHours | None) -> _Track:
        ats: list[datetime | None] = [None] * len(self._slots)
        answer = Opening(None)
        for index, slot in enumerate(self._slots):
            at = slot.start if answer.until is not None and slot.start < answer.until else answer.at
            if at is None or at < slot.start:
                answer = self._ask(candidate, slot.start)
                at = answer.at
                if at is None:
                    break
            if at < slot.end and self._suits(candidate, preferred, at):
                ats[index] = at
        return _Track(ats, answer.reasons)

    def _suits(self, candidate: Candidate, preferred: OpenHours | None, at: datetime) -> bool:
        campaign = () if candidate.chosen is not None else self._hours
        return all(
            (not campaign or is_open(campaign, zone, at)) and (preferred is None or is_open((preferred,), zone, at))
            for zone in candidate.zones
        )

    def _why_not(self, candidate: Candidate) -> tuple[str, ...]:
        begin, bar = self._begin(candidate), candidate.give_up_at
        lawful, reasons = self._lawful(candidate, begin)
        if lawful is not None and (bar is None or lawful < bar):
            return ("attempt_limit",) if self._barred_by_number(candidate, begin) else ("no_capacity",)
        if lawful is None and reasons:
            return reasons
        return ("deadline_passed",) if bar is not None and bar < self._end() else ("no_slot",)

    def _lawful(self, candidate: Candidate, begin: int) -> tuple[datetime | None, tuple[str, ...]]:
        """Earliest instant of a slot that the candidate could have, were there room; or the gate's reasons."""
        if self._has_track(candidate):
            track = self._track(candidate, None)
            return next((at for at in track.ats[begin:] if at is not None), None), track.reasons
        found = next(self._walk(candidate, None, anyhow=True), None)
        if found is not None or begin == len(self._slots):
            return (None if found is None else found[1]), ()
        answer = self._ask(candidate, self._starts[begin])
        return None, answer.reasons if answer.at is None else ()

    def _barred_by_number(self, candidate: Candidate, begin: int) -> bool:
        if candidate.number_key not in self._numbers:
            return False
        return any(self._room[index] > 0 and self._shared(candidate, index) for index in range(begin, len(self._slots)))

    def _end(self) -> datetime:
        return self._slots[-1].end if self._slots else _FAR
