"""Logs of a server: one JSON line an event on standard error, without what belongs to people."""

import json
import logging
import traceback
from datetime import UTC, datetime

from outbound.usecases.log_fields import FIELDS, current_fields

_QUIET = ("httpx", "httpcore", "uvicorn", "alembic", "twilio", "urllib3", "asyncio")
"""Libraries that log addresses: those bear the tokens of calls."""

_OURS = ("outbound", "flows")


def set_up_logs(level: str) -> None:
    """Log our own rooms from `level` up and libraries from WARNING up."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object a line, with what it is about as fields of their own.

    Of an exception its type and place are kept, not its text: that may quote data, as PostgreSQL quotes the values of a
    key. Prefect writes such texts into its messages, and other libraries do where they report an exception.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without its end."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **_fields(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])[-3:]
            line["error"] = record.exc_info[0].__name__
            line["where"] = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """Return what is said, without any exception's text; what a library composed around one is left out whole."""
    room = record.name.partition(".")[0]
    error = record.exc_info[1] if record.exc_info else None
    if room == "prefect" or (error is not None and room not in _OURS):
        return f"left out, for it may quote data: {record.filename}:{record.lineno}"
    if error is None:
        return record.getMessage()
    args = record.args
    if isinstance(args, tuple):
        args = tuple(type(each).__name__ if isinstance(each, BaseException) else each for each in args)
    said = str(record.msg) % args if args else str(record.msg)
    return type(error).__name__ if str(error) and str(error) in said else said


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """What the line says that it is about, else what surrounds it; what is not known is left out."""
    around = current_fields()
    found = {name: getattr(record, name, around.get(name)) for name in FIELDS}
    known = {name: value for name, value in found.items() if value not in (None, "")}
    return {name: value if isinstance(value, int) else str(value) for name, value in known.items()}
