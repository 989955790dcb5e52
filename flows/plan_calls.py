"""Plan calls for contacts that are due."""

from typing import Any

from prefect import flow

from flows.workplace import plain, present, without_texts


@flow(name="plan_calls", retries=0)
@without_texts
def plan_calls() -> dict[str, Any]:
    """Give each contact that may be called its slot. Two runs at once plan nobody twice."""
    return plain(present().plan())
