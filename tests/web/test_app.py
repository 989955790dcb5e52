"""The web application over HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from twilio.request_validator import RequestValidator

from outbound.adapters.sql.store import SqlStore
from outbound.web.app import create_app
from outbound.web.voice.webhook import BODY_LIMIT
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
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(caller.desk, readiness=lambda: PROBLEMS), access_log=False, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


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
