"""People of 65 and older hear the script that the campaign has for them."""

from datetime import date

import pytest

from outbound.adapters.sql.schema import attempts
from outbound.adapters.sql.store import SqlStore
from tests.usecases.builders import rows
from tests.usecases.voice_room import ring


@pytest.mark.parametrize(
    ("birth_date", "script"),
    [
        (date(1961, 11, 16), "care_call_65_plus"),
        (date(1961, 11, 17), "welcome_call"),
        (date(1950, 5, 28), "care_call_65_plus"),
        (None, "welcome_call"),
    ],
)
def test_who_is_65_on_the_day_of_the_call_hears_the_care_call(
    store: SqlStore, birth_date: date | None, script: str
) -> None:
    """Their own date counts; of whom no birth date is known hears what everybody hears."""
    ring(store, birth_date=birth_date).hear()
    assert [row.script for row in rows(store, attempts.select())] == [script]
