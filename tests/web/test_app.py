"""The web application over HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from twilio.request_validator import RequestValidator

from outbound.adapters.sql.store import SqlStore
from outbound.web.app import create_app
from outbound.web.health.metrics import Metrics
from outbound.web.voice.webhook import BODY_LIMIT, WebRequest, WebResponse
from tests.usecases.voice_room import SID
from tests.web.test_voice_desk import TOKEN, Caller, make_caller

PROBLEMS: dict[str, str] = {}


@pytest.fixture
def caller(sqlite_store: SqlStore) -> Caller:
    """A ringing call."""
    return make_caller(sqlite_store)


@pytest.fixture
def address(caller: Caller) -> Iterator[str]:
    """Address of the application on a real socket."""
    with serving(create_app(caller.desk, readiness=lambda: PROBLEMS)) as url:
        yield url


def post(address: str, caller: Caller, path: str, form: dict[str, Any]) -> httpx.Response:
    """Post a signed form over the socket."""
    target = f"/voice/{caller.line.attempt.token}/{path}"
    form = {"CallSid": SID, "ToCity": "", **form}
    signature = RequestValidator(TOKEN).compute_signature(caller.base + target, form)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return httpx.post(address + target, content=urlencode(form), headers=headers)


def test_a_call_over_a_socket(address: str, caller: Caller) -> None:
    """Signed turns are answered as XML that nobody stores; forged ones are refused; many at once get one answer."""
    first = post(address, caller, "turn/0", {})
    assert (first.status_code, first.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert first.headers["cache-control"] == "no-store"
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: answers.append(post(address, caller, "turn/1", {"Digits": "1"}).content))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert post(address, caller, "turn/2?a=1", {"Digits": "1"}).status_code == 200
    target = f"{address}/voice/{caller.line.attempt.token}/turn/3"
    assert httpx.post(target, content="Digits=1").status_code == 403
    assert httpx.get(target).status_code == 405
    assert httpx.post(target, content=b"x" * (BODY_LIMIT + 1)).status_code == 413
    assert httpx.get(f"{address}/docs").status_code == 404


def test_health_is_life_and_readiness_is_progress(address: str) -> None:
    """`/healthz` answers while the process lives; `/readyz` answers 503 with what is missing."""
    assert httpx.get(f"{address}/healthz").json() == {"status": "alive"}
    assert httpx.get(f"{address}/readyz").status_code == 200
    PROBLEMS["database"] = "does not answer"
    try:
        found = httpx.get(f"{address}/readyz")
    finally:
        PROBLEMS.clear()
    assert found.status_code == 503
    assert found.json() == {"status": "waiting", "problems": {"database": "does not answer"}}


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on a real socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


def test_figures_are_for_who_bears_the_token(caller: Caller) -> None:
    """Webhooks are counted by kind and status; with a token set, who does not bear it sees nothing."""
    with serving(create_app(caller.desk, metrics_token="an invented token")) as address:
        assert post(address, caller, "turn/0", {}).status_code == 200
        assert httpx.get(f"{address}/metrics").status_code == 401
        shown = httpx.get(f"{address}/metrics", headers={"Authorization": "Bearer an invented token"})
    assert shown.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'outbound_webhooks_total{kind="turn",status="200"} 1.0' in shown.text
    assert caller.line.attempt.token not in shown.text


def test_without_a_token_whoever_reaches_the_port_reads_the_figures(address: str) -> None:
    """The port is not published; `/voice` alone is."""
    assert "outbound_webhook_seconds" in httpx.get(f"{address}/metrics").text


def test_threads_that_hang_are_named(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readiness is asked apart from the threads that answer webhooks, and says that none of them comes free."""
    monkeypatch.setattr("outbound.web.app.FREE_WITHIN_SECONDS", 0.2)
    held, free = threading.Event(), threading.Event()

    def hang(_request: WebRequest) -> WebResponse:
        held.set()
        free.wait(20)
        return WebResponse(204)

    monkeypatch.setattr(caller.desk, "handle", hang)
    with serving(create_app(caller.desk, threads=1)) as address:
        waiting = threading.Thread(target=lambda: httpx.post(f"{address}/voice/x/status", timeout=30))
        waiting.start()
        held.wait(20)
        found = httpx.get(f"{address}/readyz")
        free.set()
        waiting.join()
        assert httpx.get(f"{address}/readyz").status_code == 200
    assert found.status_code == 503
    assert "none that answers webhooks came free" in found.json()["problems"]["threads"]


def test_a_web_process_beats_with_its_answer_time(caller: Caller) -> None:
    """At its start and from then on: the 95th percentile of what webhooks took lately, and how many there were."""
    beats: list[tuple[float | None, int]] = []
    metrics = Metrics()
    metrics.webhook("/voice/x/status", 204, time.monotonic() - 0.25, time.monotonic())
    app = create_app(caller.desk, metrics=metrics, beat=lambda slow, count: beats.append((slow, count)))
    with serving(app) as address:
        assert httpx.get(f"{address}/healthz").status_code == 200
        while not beats:
            time.sleep(0.01)
    slow, count = beats[0]
    assert slow is not None
    assert (round(slow), count) == (250, 1)
