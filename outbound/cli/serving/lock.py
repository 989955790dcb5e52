"""On SQLite one process serves one database: it holds the one writer."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from outbound.usecases.problems import ServiceAwayError


@contextmanager
def sole_server(engine: Engine) -> Iterator[None]:
    """Hold `<database>.lock` while the block lasts; the system lets go of it however the process ends.

    Does nothing on PostgreSQL. Raises `ServiceAwayError` that names the process which holds it.
    """
    database = engine.url.database
    if engine.dialect.name != "sqlite" or database in (None, "", ":memory:"):
        yield
        return
    path = Path(f"{database}.lock")
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise ServiceAwayError(
                f"{database} is served already, by process {file.read().strip() or '?'}. On SQLite one process holds "
                "the one writer: end that one first, or use PostgreSQL (database_url), where several may serve"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
