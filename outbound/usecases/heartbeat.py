"""What a process leaves about itself: that it lives, how fast it answers, and how its verbs get on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock

from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.heartbeats import Heartbeat, Role, VerbRun
from outbound.usecases.problems import ServiceAwayError

BEAT_EVERY = timedelta(seconds=10)
LOST_AFTER = timedelta(seconds=30)
"""A process that is on the list and was not heard of for so long has probably died."""

_MISSED_FOR = timedelta(hours=1)
_FORGOTTEN_AFTER = timedelta(days=1)
_INTERVALS_ALLOWED = 3
_SLACK = timedelta(minutes=1)


class Attendance:
    """One process on the list of those that work. Safe for many threads.

    Everything is written at most each ten seconds, or when it changes, and nothing that goes wrong with it may cost
    a batch: what could not be written is told the next time.
    """

    def __init__(self, store: Store, worker: str, role: Role, started_at: datetime) -> None:
        self._store, self.worker, self.role, self._started_at = store, worker, role, started_at
        self._lock = Lock()
        self._beat_at: datetime | None = None
        self._began_at: dict[str, datetime] = {}
        self._ended_at: dict[str, tuple[datetime, str | None]] = {}

    def beat(self, now: datetime, answer_ms: float | None = None, answers: int | None = None) -> None:
        """Say that this process lives, and how long its webhooks took lately where it answers any."""
        with self._lock:
            first, due = self._beat_at is None, _is_due(self._beat_at, now)
            if due:
                self._beat_at = now
        if due:
            self._tell(now, first=first, answer_ms=answer_ms, answers=answers)

    def began(self, verb: str, now: datetime) -> None:
        """Note that a batch of `verb` begins."""
        self.beat(now)
        with self._lock:
            due = _is_due(self._began_at.get(verb), now)
            if due:
                self._began_at[verb] = now
        if due:
            self._note(verb, now)

    def ended(self, verb: str, now: datetime, problem: str | None = None) -> None:
        """Note that a batch came to its end: a good one, or with a `problem`, the kind of error that ended it."""
        with self._lock:
            at, before = self._ended_at.get(verb, (None, None))
            due = before != problem or _is_due(at, now)
            if due:
                self._ended_at[verb] = now, problem
        if due:
            self._note(verb, now, done=True, problem=problem)
        self.beat(now)

    def leave(self) -> None:
        """Take this process off the list: it ends in order."""
        try:
            with self._store.begin() as work:
                work.heartbeats.leave(self.worker)
                work.commit()
        except ServiceAwayError:
            return

    def _tell(self, now: datetime, *, first: bool, answer_ms: float | None, answers: int | None) -> None:
        beat = Heartbeat(self.worker, self.role, self._started_at, now, answer_ms, answers)
        try:
            with self._store.begin() as work:
                work.heartbeats.beat(beat)
                if first:
                    work.heartbeats.forget(now - _FORGOTTEN_AFTER)
                work.commit()
        except ServiceAwayError:
            return

    def _note(self, verb: str, now: datetime, *, done: bool = False, problem: str | None = None) -> None:
        try:
            with self._store.begin() as work:
                if done:
                    work.heartbeats.verb_done(verb, self.worker, now, problem)
                else:
                    work.heartbeats.verb_began(verb, self.worker, now)
                work.commit()
        except ServiceAwayError:
            return


def expected(beats: Sequence[Heartbeat], now: datetime) -> tuple[Heartbeat, ...]:
    """Leave out who fell silent an hour ago, or has been replaced: by one of its role that began on its host since."""
    alive = [each for each in beats if now - each.seen_at <= LOST_AFTER]
    return tuple(
        each
        for each in beats
        if each in alive or (now - each.seen_at <= _MISSED_FOR and not any(_replaces(other, each) for other in alive))
    )


def _replaces(alive: Heartbeat, silent: Heartbeat) -> bool:
    one_host = alive.worker.partition(":")[0] == silent.worker.partition(":")[0]
    return one_host and alive.role is silent.role and alive.started_at >= silent.seen_at


def standing_still(
    runs: Sequence[VerbRun], intervals: Mapping[str, timedelta], *, since: datetime, now: datetime
) -> dict[str, str]:
    """Name the verbs of which no batch came to a good end for three of their intervals, each with what is known.

    `since` is when somebody began to look: what was not running before that is not held against it.
    """
    known = {run.verb: run for run in runs}
    found = {}
    for verb, every in intervals.items():
        run = known.get(verb)
        done_at = run.done_at if run is not None else None
        quiet_for = now - max(done_at or since, since)
        if quiet_for > every * _INTERVALS_ALLOWED + _SLACK:
            found[verb] = _told(run, quiet_for)
    return found


def _told(run: VerbRun | None, quiet_for: timedelta) -> str:
    told = f"no run has come to its end for {quiet_for.total_seconds() / 60:.0f} minutes"
    if run is None:
        return f"{told}; none is on record: is a worker running?"
    if run.problem:
        return f"{told}; the last one, by {run.worker}, ended with {run.problem}"
    return f"{told}; the last one was begun by {run.worker} at {run.began_at:%Y-%m-%d %H:%M} UTC"


def _is_due(last: datetime | None, now: datetime) -> bool:
    # A clock that was set back must not silence a process.
    return last is None or not last <= now < last + BEAT_EVERY
