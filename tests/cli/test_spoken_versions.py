"""`outbound script versions` and `show`: what was said to somebody years ago can be read as it stood then."""

import json
from datetime import UTC, datetime

import pytest

from outbound.bootstrap import House
from tests.cli.conftest import Run

THEN = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@pytest.fixture
def version(house: House) -> str:
    """A version that a call once began with."""
    script = house.scripts.current("welcome_call")
    kept = house.scripts.as_kept(script.version)
    assert kept is not None
    with house.store.begin() as work:
        work.scripts.keep(kept, THEN)
        work.commit()
    house.store.engine.dispose()
    return script.version


def test_without_calls_it_says_when_there_will_be_one(house: House, run: Run) -> None:
    """An empty list explains itself."""
    house.store.engine.dispose()
    code, out, _ = run("script", "versions")
    assert (code, "with the first call" in out) == (0, True)


def test_versions_are_listed_with_their_calls(version: str, run: Run) -> None:
    """Each with its script and the number of calls that were held with it."""
    _, out, _ = run("script", "versions")
    assert version[:12] in out
    assert "welcome_call" in out
    (found,) = json.loads(run("script", "versions", "--json")[1])
    assert (found["version"], found["script"], found["calls"]) == (version, "welcome_call", 0)
    assert found["kept_at"].startswith("2026-11-16T02:00")


def test_a_version_is_printed_as_it_stood(version: str, run: Run) -> None:
    """The beginning of a version is enough; steps and wording are shown, the rest on request."""
    code, out, _ = run("script", "show", version[:12])
    assert code == 0
    assert "welcome_call/script.yaml" in out
    assert "福爾摩沙" in out or "公司" in out or "{{ company" in out
    assert "understanding/zh-TW" not in out
    assert "understanding/zh-TW" in run("script", "show", version, "--files")[1]
    shown = json.loads(run("script", "show", version, "--json")[1])
    assert shown["version"] == version
    assert "steps:" in shown["files"]["welcome_call/script.yaml"]


@pytest.mark.parametrize("asked", ["ffffffffffff", "%"])
def test_an_unknown_version_is_told(version: str, run: Run, asked: str) -> None:
    """With what would list those that there are."""
    code, _, err = run("script", "show", asked)
    assert code != 0
    assert "no such version was spoken" in err
    assert version
