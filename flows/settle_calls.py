"""Settle calls about which nothing was heard."""

from typing import Any

from prefect import flow

from flows.workplace import plain, present, without_texts


@flow(name="settle_calls", retries=0)
@without_texts
def settle_calls() -> dict[str, Any]:
    """Find out by evidence what became of silent calls. Nothing is dialled again."""
    return plain(present().settle())
