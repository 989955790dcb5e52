"""Figures: what webhooks were and how long they took, without anything that belongs to a call."""

from prometheus_client.core import GaugeMetricFamily

from outbound.web.health.metrics import Metrics, kind_of

TOKEN = "f3a9c1d2e4b5a6978877665544332211"


def test_a_path_is_counted_by_its_kind_and_never_by_its_token() -> None:
    """Every webhook has a kind; what nobody asked for is `other`."""
    kinds = {
        f"/voice/{TOKEN}/turn/3?x=1": "turn",
        f"/voice/{TOKEN}/status": "status",
        f"/below/voice/{TOKEN}/amd": "amd",
        "/voice/inbound": "inbound",
        "/voice/inbound/status": "inbound_status",
        f"/voice/{TOKEN}": "other",
        "/voice/+886900000601/drop": "other",
    }
    assert {path: kind_of(path) for path in kinds} == kinds
    metrics = Metrics()
    for path in kinds:
        metrics.webhook(path, 200, 1.0, 1.01)
    shown = metrics.text().decode()
    assert TOKEN not in shown
    assert "900000601" not in shown
    assert 'outbound_webhooks_total{kind="other",status="200"} 2.0' in shown
    assert 'outbound_webhook_seconds_bucket{kind="turn",le="0.02"} 1.0' in shown


def test_the_answer_time_is_that_of_the_last_half_minute() -> None:
    """The slowest twentieth is told in milliseconds; what is older than thirty seconds does not count."""
    metrics = Metrics()
    assert metrics.lately(0.0) == (None, 0)
    for second in range(100):
        metrics.webhook(f"/voice/{TOKEN}/status", 204, 50.0, 50.0 + second / 1000)
    slow, count = metrics.lately(60.0)
    assert (round(slow or 0), count) == (94, 100)
    metrics.webhook(f"/voice/{TOKEN}/status", 204, 89.0, 89.5)
    assert metrics.lately(90.0) == (500.0, 1)


def test_what_is_read_at_the_moment_of_asking_stands_beside_it() -> None:
    """A collector is asked each time, and not before."""
    asked: list[int] = []

    def read() -> list[GaugeMetricFamily]:
        asked.append(1)
        return [GaugeMetricFamily("outbound_asked", "How often.", value=len(asked))]

    metrics = Metrics(read)
    assert asked == []
    assert b"outbound_asked 1.0" in metrics.text()
    assert b"outbound_asked 2.0" in metrics.text()
