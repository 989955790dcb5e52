"""File what came of the calls."""

from typing import Any

from prefect import flow

from flows.workplace import plain, present, without_texts


@flow(name="file_records", retries=0)
@without_texts
def file_records() -> dict[str, Any]:
    """Deliver records and messages that wait in the outbox."""
    return plain(present().file())
