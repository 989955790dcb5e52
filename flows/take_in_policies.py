"""Take in newly issued policies from every configured source."""

from typing import Any

from prefect import flow

from flows.workplace import plain, present, without_texts


@flow(name="take_in_policies", retries=0)
@without_texts
def take_in_policies() -> dict[str, Any]:
    """Take in what has come since the last run. Rows that were seen change nothing."""
    return plain(present().take_in())
