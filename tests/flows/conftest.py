"""A real Prefect server for the tests of the flows."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A server of the locked version with its services, in a folder of its own."""
    from flows.server import running_server

    with running_server(tmp_path_factory.mktemp("prefect")):
        yield
