"""The exchange inside `outbound serve`: a population that cannot be used is told with the setting that names it."""

from pathlib import Path

import pytest

from outbound.cli.serving.carrier import embedded_exchange
from outbound.settings import embedded
from outbound.usecases.problems import InputProblemError


def test_a_missing_population_names_its_setting(tmp_path: Path) -> None:
    """The error names the setting, the variable, the file, and one that is there."""
    settings = embedded(exchange_population=str(tmp_path / "none.yaml"))
    with (
        pytest.raises(
            InputProblemError,
            match=r"exchange_population .*OUTBOUND_EXCHANGE_POPULATION.*none\.yaml: cannot be read.*samples/population",
        ),
        embedded_exchange(settings),
    ):
        pass
