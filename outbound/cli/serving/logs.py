"""Logs of a server: one JSON line an event on standard error, without what belongs to people."""

import json
import logging
import traceback
from datetime import UTC, datetime

from outbound.usecases.log_fields import FIELDS, current_fields

_QUIET = ("httpx", "httpcore", "uvicorn", "alembic", "twilio", "urllib3", "asyncio")
"""Libraries that log addresses: those bear the tokens of calls."""


def set_up_logs(level: str) -> None:
    """Log our own rooms from `level` up and libraries from WARNING up."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("outbound", "flows"):
        logging.getLogger(name).setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object a line, with what it is about as fields of their own.

    Of an exception its type and place are kept, not its text: that may quote data.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without its end."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])[-3:]
            line["error"] = record.exc_info[0].__name__
            line["where"] = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
        return json.dumps(line, ensure_ascii=False)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """What the line says that it is about, else what surrounds it; what is not known is left out."""
    around = current_fields()
    found = {name: getattr(record, name, around.get(name)) for name in FIELDS}
    known = {name: value for name, value in found.items() if value not in (None, "")}
    return {name: value if isinstance(value, int) else str(value) for name, value in known.items()}
