"""The timetable handed to a work pool."""

from collections.abc import Iterator

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.settings import PREFECT_API_URL

from flows.deployments import NAME, TIMETABLE, main

pytestmark = [pytest.mark.prefect, pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncPrefectClient]:
    """The server of this session, and its address in the environment."""
    monkeypatch.setenv("PREFECT_API_URL", str(PREFECT_API_URL.value()))
    with get_client(sync_client=True) as client:
        yield client


def test_a_work_pool_gets_every_flow_with_its_timetable(client: SyncPrefectClient) -> None:
    """Flows are named by module, with their interval, no concurrency limit, and may be registered again."""
    client.create_work_pool(WorkPoolCreate(name="pool", type="process"))
    assert main(["--work-pool", "pool"]) == 0
    assert main(["--work-pool", "pool"]) == 0
    for name, timing in TIMETABLE.items():
        found = client.read_deployment_by_name(f"{name}/{NAME}")
        assert (found.work_pool_name, found.entrypoint) == ("pool", f"flows.{name}.{name}")
        assert [each.schedule.interval for each in found.schedules] == [timing.every]
        assert found.parameters == dict(timing.parameters)
        assert found.global_concurrency_limit is None


def test_a_pool_that_is_not_there_is_told(client: SyncPrefectClient, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3 and one sentence."""
    assert main(["--work-pool", "nowhere"]) == 3
    assert "take_in_policies" in capsys.readouterr().err


def test_without_a_server_s_address_nothing_is_registered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2: otherwise Prefect would start a server of its own."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert main(["--work-pool", "pool"]) == 2
    assert "PREFECT_API_URL" in capsys.readouterr().err
