"""The web application: the voice desk behind HTTP, and what a load balancer and a monitoring system ask."""

import asyncio
import contextlib
import hmac
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Route

from outbound.usecases.heartbeat import BEAT_EVERY
from outbound.web.health.metrics import CONTENT_TYPE, Metrics
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.endpoint import VoiceEndpoint

Readiness = Callable[[], Mapping[str, str]]
"""Names what is not ready, each with its reason; empty when everything is."""

Beat = Callable[[float | None, int], None]
"""Is told how long answers took lately (milliseconds, 95th percentile; None without any) and how many there were."""

VOICE_THREADS = 8
"""A turn is a millisecond of work and a commit: a few threads keep two cores and one writer busy."""

PROMISES_SECONDS = 60.0
"""How often promises are looked at that could not be written when they were made."""

FREE_WITHIN_SECONDS = 2.0
"""A carrier waits for fifteen seconds in all; a request that finds no thread for so long is in danger."""


def create_app(
    desk: VoiceDesk,
    *,
    readiness: Readiness = dict,
    notices: Readiness = dict,
    threads: int = VOICE_THREADS,
    metrics: Metrics | None = None,
    metrics_token: str | None = None,
    beat: Beat | None = None,
) -> FastAPI:
    """Build the application around `desk`; its verbs run in a pool of `threads` of their own.

    `beat` is called each ten seconds from a thread of that pool, so that a process whose threads hang falls silent.
    `notices` names what does not keep the process from working and wants mending all the same.
    With a `metrics_token` the figures are shown to who bears it only.
    Serve it with `access_log=False`: addresses bear the whole token of a call, the desk logs its first characters.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="voice")
    kept = metrics or Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        beating = [asyncio.create_task(_beat(pool, kept, beat))] if beat else []
        beating.append(asyncio.create_task(_keep_promises(pool, desk)))
        yield
        for each in beating:
            each.cancel()
        pool.shutdown(wait=True)
        desk.settle_owed()

    app = FastAPI(title="outbound", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.router.routes.append(Route("/voice/{path:path}", VoiceEndpoint(desk.handle, pool, kept.webhook)))
    _add_health(app, pool, readiness, notices)
    _add_metrics(app, kept, metrics_token)
    return app


def _add_health(app: FastAPI, pool: ThreadPoolExecutor, readiness: Readiness, notices: Readiness) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        # In a thread of its own: that every voice thread is busy is one of the answers.
        problems = {**await asyncio.to_thread(readiness), **await _busy(pool)}
        status = "waiting" if problems else "ready"
        wanting = dict(await asyncio.to_thread(notices))
        told = {"status": status, "problems": problems} | ({"notices": wanting} if wanting else {})
        return JSONResponse(told, 503 if problems else 200)


def _add_metrics(app: FastAPI, metrics: Metrics, token: str | None) -> None:
    @app.get("/metrics")
    async def figures(request: Request) -> Response:
        shown = request.headers.get("authorization", "")
        if token is not None and not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(await asyncio.to_thread(metrics.text), media_type=CONTENT_TYPE)


async def _busy(pool: ThreadPoolExecutor) -> Mapping[str, str]:
    """Say so when no thread that answers webhooks comes free in time."""
    probe = asyncio.get_running_loop().run_in_executor(pool, time.monotonic)
    try:
        await asyncio.wait_for(probe, FREE_WITHIN_SECONDS)
    except TimeoutError:
        return {"threads": f"none that answers webhooks came free within {FREE_WITHIN_SECONDS:.0f} s"}
    return {}


async def _beat(pool: ThreadPoolExecutor, metrics: Metrics, beat: Beat) -> None:
    while True:
        await asyncio.get_running_loop().run_in_executor(pool, beat, *metrics.lately(time.monotonic()))
        await asyncio.sleep(BEAT_EVERY.total_seconds())


async def _keep_promises(pool: ThreadPoolExecutor, desk: VoiceDesk) -> None:
    """Write what callees were promised while the database was away, also what a process that died still owed."""
    while True:
        await asyncio.get_running_loop().run_in_executor(pool, desk.settle_owed)
        await asyncio.sleep(PROMISES_SECONDS)
