"""The web application: the voice desk behind HTTP, and two questions that a load balancer asks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.webhook import BODY_LIMIT, WebRequest

Readiness = Callable[[], Mapping[str, str]]
"""Names what is not ready, each with its reason; empty when everything is."""

VOICE_THREADS = 8
"""A turn is a millisecond of work and a commit: a few threads keep two cores and one writer busy."""


def create_app(desk: VoiceDesk, *, readiness: Readiness = dict, threads: int = VOICE_THREADS) -> FastAPI:
    """Build the application around `desk`; its verbs run in a pool of `threads` of their own.

    Serve it with `access_log=False`: addresses bear the whole token of a call, the desk logs its first characters.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="voice")

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        pool.shutdown(wait=True)
        desk.settle_owed()

    app = FastAPI(title="outbound", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.api_route("/voice/{path:path}", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    async def voice(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        plain = WebRequest(request.method, _target(request), dict(request.headers), body)
        answer = await asyncio.get_running_loop().run_in_executor(pool, desk.handle, plain)
        headers = {"Cache-Control": "no-store"}
        return Response(answer.body, answer.status, headers, media_type=answer.content_type)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        problems = await asyncio.get_running_loop().run_in_executor(pool, readiness)
        status = "waiting" if problems else "ready"
        return JSONResponse({"status": status, "problems": dict(problems)}, 503 if problems else 200)

    return app


async def _body(request: Request) -> bytes | None:
    """Read the body; None as soon as it is larger than any webhook."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_LIMIT:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _target(request: Request) -> str:
    """Return path and query as they were sent, since that is what is signed."""
    raw: bytes = (request.scope.get("raw_path") or request.url.path.encode()).partition(b"?")[0]
    query: bytes = request.scope["query_string"]
    return (raw + b"?" + query if query else raw).decode("latin-1")
