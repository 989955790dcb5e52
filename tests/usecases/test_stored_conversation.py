"""A conversation between two turns, as it is stored."""

import json
from datetime import date

import pytest

from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.session import Session
from outbound.domain.outcome.disposition import Disposition
from tests.usecases.builders import attempt_now
from tests.usecases.voice_room import open_to_service, ring
from tests.values import replace


def test_what_is_stored_is_the_engine_s_json(sqlite_store: SqlStore) -> None:
    """A stored conversation survives JSON, and reads back equal."""
    line = ring(sqlite_store, delivered_on=date(2026, 11, 10))
    open_to_service(line)
    line.key("1")
    stored = attempt_now(sqlite_store, line.attempt.id).session
    assert stored is not None
    session = replace(
        Session.from_data(stored), score=9, callback=1, outcome=Disposition.REFUSED, return_to=("service",)
    )
    data = session.to_data()
    assert json.loads(json.dumps(data)) == data
    assert Session.from_data(data) == session


@pytest.mark.parametrize("data", [{}, {"outcome": None}, {"facts": {}, "done": [], "outcome": None}])
def test_what_is_no_conversation_is_refused(data: dict[str, object]) -> None:
    """An object that lacks what a conversation has is refused without showing what it holds."""
    with pytest.raises(ValueError, match="not a stored conversation: ValidationError"):
        Session.from_data(data)
