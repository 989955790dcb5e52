"""`make bench` and `make kill`: what their command lines say of themselves."""

import pytest

from tests.bench.__main__ import MEASURES
from tests.bench.__main__ import main as bench
from tests.processes.__main__ import main as kill


def test_bench_tells_what_it_measures(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` lists every measure and runs none."""
    assert bench(["--help"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.splitlines()[1:]] == list(MEASURES)


@pytest.mark.parametrize("words", [["--contacts", "0"], ["--kills", "-1"], ["--seconds", "0"], ["--contacts", "many"]])
def test_kill_refuses_numbers_that_make_no_sense(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one sentence that names the option and what is allowed."""
    with pytest.raises(SystemExit) as end:
        kill(words)
    assert end.value.code == 2
    assert f"argument {words[0]}: '{words[1]}' is no whole number" in capsys.readouterr().err


def test_kill_explains_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option has a text, with what holds without it."""
    with pytest.raises(SystemExit):
        kill(["--help"])
    told = capsys.readouterr().out
    assert all(f"({default})" in told for default in ("2000", "50", "1", "290", "build/kill"))
