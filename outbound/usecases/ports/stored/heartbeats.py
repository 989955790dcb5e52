"""Which processes work, and how the verbs get on: what pace, readiness and operations read."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Role(StrEnum):
    """What a process does: answers webhooks, runs verbs by the timetable, or one verb for somebody at a terminal."""

    WEB = "web"
    FLOWS = "flows"
    BATCH = "batch"


class Heartbeat(Struct, frozen=True):
    """A process as it was last heard of; one that ended in order has none.

    `answer_ms` is the 95th percentile of what its webhooks took lately, over `answers` of them; None without any.
    """

    worker: str
    role: Role
    started_at: datetime
    seen_at: datetime
    answer_ms: float | None = None
    answers: int | None = None


class VerbRun(Struct, frozen=True):
    """A verb over all processes: when a run last began, and when one last came to a good end.

    `problem` is the kind of error of the last run, None after a good one; `worker` ran it.
    """

    verb: str
    worker: str
    began_at: datetime
    done_at: datetime | None = None
    problem: str | None = None


class HeartbeatStore(Protocol):
    """What processes leave about themselves. All of it is a hint: no law rests on it."""

    def beat(self, beat: Heartbeat) -> None:
        """Say that a process lives; what was known of it is replaced."""
        ...

    def leave(self, worker: str) -> None:
        """Take a process that ends in order off the list."""
        ...

    def forget(self, before: datetime) -> int:
        """Drop processes that were last seen before an instant; return how many."""
        ...

    def heartbeats(self) -> list[Heartbeat]:
        """Return every process on the list, the last seen first."""
        ...

    def last_seen(self, worker: str) -> datetime | None:
        """When a process was last heard of; None where it ended in order, or never was."""
        ...

    def verb_began(self, verb: str, worker: str, now: datetime) -> None:
        """Note that a run begins."""
        ...

    def verb_done(self, verb: str, worker: str, now: datetime, problem: str | None = None) -> None:
        """Note that a run came to its end: a good one, or with a kind of error, which leaves `done_at` as it was."""
        ...

    def verb_runs(self) -> list[VerbRun]:
        """Return the last run of each verb, by name."""
        ...
