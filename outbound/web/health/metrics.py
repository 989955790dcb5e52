"""Figures for Prometheus: webhooks as this process answered them, and how work stands by the database."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_KINDS = frozenset({"turn", "status", "amd"})
_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_LATELY_SECONDS = 30.0
_MOST_KEPT = 20_000
_SHARE = 0.95


class Metrics:
    """Counts what one process answers. Labels are kinds and codes only: no number, name, token or sid. Thread-safe."""

    def __init__(self, collector: Callable[[], Iterable[Metric]] = tuple) -> None:
        """`collector` adds what is read at the moment of asking."""
        self._registry = CollectorRegistry()
        self._webhooks = Counter(
            "outbound_webhooks",
            "Webhooks answered, by kind and HTTP status.",
            ("kind", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "outbound_webhook_seconds",
            "Seconds from a webhook's arrival to its answer, waiting for a thread included.",
            ("kind",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._lately: deque[tuple[float, float]] = deque(maxlen=_MOST_KEPT)
        self._lock = Lock()
        self._registry.register(_Asked(collector))

    def webhook(self, path: str, status: int, began: float, ended: float) -> None:
        """Note an answer; the instants are monotonic seconds."""
        kind = kind_of(path)
        self._webhooks.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(ended - began)
        with self._lock:
            self._lately.append((ended, ended - began))

    def lately(self, now: float) -> tuple[float | None, int]:
        """Return the 95th percentile (milliseconds) of the last thirty seconds and over how many; `now` monotonic."""
        with self._lock:
            while self._lately and self._lately[0][0] < now - _LATELY_SECONDS:
                self._lately.popleft()
            took = sorted(seconds for _, seconds in self._lately)
        if not took:
            return None, 0
        return took[math.ceil(len(took) * _SHARE) - 1] * 1000, len(took)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Asked(Collector):
    """What is read when somebody asks; nothing at the registration."""

    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        return self._read()


def kind_of(path: str) -> str:
    """Say what kind of webhook a path is for: turn, status, amd, inbound, inbound_status or other."""
    parts = path.partition("?")[0].rsplit("/voice/", 1)[-1].split("/")
    if parts[0] == "inbound":
        return "inbound_status" if parts[-1] == "status" else "inbound"
    kind = parts[1] if len(parts) > 1 else ""
    return kind if kind in _KINDS else "other"
