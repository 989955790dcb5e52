"""A wire between product and exchange that can be cut: TCP, byte by byte, in a thread of its own."""

import asyncio
import socket
import struct
import threading
from contextlib import suppress

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends a reset, as a firewall or a router that forgot would."""
_CHUNK = 64 * 1024


class Wire:
    """Listens at `port` of the loopback and carries every connection to `target`; `cut` resets those that are open."""

    def __init__(self, port: int, target: int) -> None:
        self._port, self._target = port, target
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"wire {port}", daemon=True)
        self._thread.start()
        if not self._ready.wait(5):
            raise TimeoutError(f"no wire at port {port}")

    @property
    def url(self) -> str:
        """Address of the near end."""
        return f"http://127.0.0.1:{self._port}"

    def cut(self) -> int:
        """Reset every connection, in the middle of whatever it carries; return how many there were."""
        return asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(5)

    def close(self) -> None:
        """Cut for good."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", self._port, backlog=512))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _cut(self) -> int:
        ends = list(self._open)
        for end in ends:
            _reset(end)
        return len(ends) // 2

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(writer)
            return
        self._open |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, far_writer))
                both.create_task(_pump(far_reader, writer))
        except* (OSError, asyncio.CancelledError):
            pass
        finally:
            self._open -= {writer, far_writer}
            for end in (writer, far_writer):
                end.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
    with suppress(OSError):
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
