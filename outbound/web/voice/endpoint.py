"""The voice desk as a plain ASGI application: a framework's own way to a request costs as much as the desk's work."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor

from starlette.types import Message, Receive, Scope, Send

from outbound.web.voice.webhook import BODY_LIMIT, WebRequest, WebResponse

Handle = Callable[[WebRequest], WebResponse]
Note = Callable[[str, int, float, float], None]
"""Is told of each answer: path and query, status, monotonic seconds when it was begun and ended."""

_TOO_LARGE, _NO_CONTENT = WebResponse(413), 204


class VoiceEndpoint:
    """Gives every request to `handle` in a thread of `pool`, and its answer to whoever asked."""

    def __init__(self, handle: Handle, pool: Executor, note: Note) -> None:
        self._handle, self._pool, self._note = handle, pool, note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; one that breaks off before its end is not carried out."""
        began = time.monotonic()
        target, size, chunks, more = _target(scope), 0, list[bytes](), True
        while more and size <= BODY_LIMIT:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunks.append(message.get("body", b""))
            size, more = size + len(chunks[-1]), message.get("more_body", False)
        answer = _TOO_LARGE
        if size <= BODY_LIMIT:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            request = WebRequest(scope["method"], target, headers, b"".join(chunks))
            answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._handle, request)
        self._note(target, answer.status, began, time.monotonic())
        await send(_start(answer))
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})


def _start(answer: WebResponse) -> Message:
    headers = [(b"cache-control", answer.cache.encode())]
    if answer.status != _NO_CONTENT:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    if answer.content_type is not None:
        headers.append((b"content-type", answer.content_type.encode()))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


def _target(scope: Scope) -> str:
    """Return path and query as they were sent, since that is what is signed."""
    raw: bytes = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    query: bytes = scope["query_string"]
    return (raw + b"?" + query if query else raw).decode("latin-1")
