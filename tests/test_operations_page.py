"""The handbook's figures and alerts are those that a web process shows."""

import re

from outbound.adapters.sql.database.keys import Keyring
from outbound.bootstrap import open_house
from outbound.domain.line.carrier_code import _KINDS
from outbound.settings import embedded
from outbound.web.health.figures import DatabaseFigures
from outbound.web.health.metrics import Metrics
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
_FIGURE = re.compile(r"\boutbound_[a-z0-9_]+")
_SHOWN = re.compile(r"^# TYPE (outbound_\w+) ", re.MULTILINE)


def test_every_figure_is_explained_and_every_alert_can_be_set(keyring: Keyring) -> None:
    """What `/metrics` shows has a row, and the page names no figure that there is not."""
    house = open_house(embedded(database_url="sqlite://"), keyring=keyring)
    shown = set(_SHOWN.findall(Metrics(DatabaseFigures(house)).text().decode()))
    house.store.engine.dispose()
    named = {name.removesuffix("_bucket") for name in _FIGURE.findall(PAGE)}
    assert named == shown


def test_every_code_of_the_carrier_is_explained() -> None:
    """A person who reads a code in the inbox or the log finds it; what is counted as too fast is told by its status."""
    codes = {code for code in _KINDS if code != 20429}
    assert {code for code in codes if str(code) not in PAGE} == set()
