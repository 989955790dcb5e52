"""The carrier's verdict on who answered."""

import pytest

from outbound.adapters.sql.schema import carrier_events
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Keyed, Silence
from outbound.usecases.conversation.take_turn import TurnOutcome
from outbound.usecases.outcomes.note_machine import MachineOutcome, MachineReport, note_machine
from tests.conftest import MONDAY_TEN
from tests.usecases.builders import attempt_now, rows
from tests.usecases.voice_room import BASE, OTHER_SID, SID, FakeCarrier, Line, ring
from tests.values import replace


def verdict(line: Line, answered_by: str, carrier: FakeCarrier, sid: str = SID) -> MachineReport:
    """Deliver the carrier's verdict."""
    return note_machine(
        line.store,
        token=line.attempt.token,
        sid=sid,
        answered_by=answered_by,
        carrier=carrier,  # type: ignore[arg-type]
        context=line.context,
        now=MONDAY_TEN,
    )


class TestVerdicts:
    """Tests that take `store` hold for SQLite and PostgreSQL alike; in the others SQL is not in question."""

    def test_a_machine_hears_the_message(self, store: SqlStore) -> None:
        """After the beep the call goes on at the next turn, whose answer is the message; the verdict again is noted."""
        line, carrier = ring(store), FakeCarrier()
        line.hear()
        assert verdict(line, "machine_end_beep", carrier) == MachineReport(MachineOutcome.REDIRECTED, 1)
        assert carrier.redirected == [(SID, f"{BASE}/voice/{line.attempt.token}/turn/1")]
        answer = line.deliver(1, Silence())
        assert answer is not None
        assert answer.outcome is TurnOutcome.REPEATED
        assert "<Hangup" in answer.body.decode()
        attempt = attempt_now(store, line.attempt.id)
        assert attempt.answered_by == "machine_end_beep"
        assert attempt.session is not None
        assert attempt.session["outcome"] == "voicemail_left"
        assert verdict(line, "machine_end_beep", carrier).outcome is MachineOutcome.REPEATED
        assert len(carrier.redirected) == 1
        assert [(row.kind, row.status) for row in rows(store, carrier_events.select())] == [("amd", "machine_end_beep")]

    def test_the_message_is_heard_though_the_carrier_is_away(self, sqlite_store: SqlStore) -> None:
        """If the call cannot be redirected, the question that runs into silence is answered with the message."""
        line = ring(sqlite_store)
        line.hear()
        report = verdict(line, "machine_end_silence", FakeCarrier(away=True))
        assert report == MachineReport(MachineOutcome.WAITING, 1)
        answer = line.deliver(1, Silence())
        assert answer is not None
        assert answer.outcome is TurnOutcome.REPEATED

    @pytest.mark.parametrize("answered_by", ["human", "unknown", "fax", "machine_start"])
    def test_other_verdicts_are_noted_only(self, sqlite_store: SqlStore, answered_by: str) -> None:
        """A human, or nobody knows what, goes on with the conversation."""
        line, carrier = ring(sqlite_store), FakeCarrier()
        line.hear()
        assert verdict(line, answered_by, carrier).outcome is MachineOutcome.NOTED
        attempt = attempt_now(sqlite_store, line.attempt.id)
        assert (attempt.answered_by, attempt.turn) == (answered_by, 1)
        assert carrier.redirected == []

    def test_who_has_spoken_is_no_machine(self, sqlite_store: SqlStore) -> None:
        """A verdict after a person pressed a key does not end the conversation."""
        line, carrier = ring(sqlite_store), FakeCarrier()
        line.hear()
        line.hear(Keyed("1"))
        assert verdict(line, "machine_end_beep", carrier).outcome is MachineOutcome.PERSON_SPOKE
        assert carrier.redirected == []
        assert "<Gather" in line.hear(Keyed("1"))

    def test_a_verdict_before_the_opening_is_kept_for_it(self, sqlite_store: SqlStore) -> None:
        """Where the first request comes later than the verdict, it opens with the message."""
        line, carrier = ring(sqlite_store), FakeCarrier()
        assert verdict(line, "machine_end_beep", carrier).outcome is MachineOutcome.NOTED
        assert "<Gather" not in line.hear()

    def test_verdicts_of_strangers_change_nothing(self, sqlite_store: SqlStore) -> None:
        """A verdict for another call, or for a token that is not ours, is not noted."""
        line, carrier = ring(sqlite_store), FakeCarrier()
        line.hear()
        assert verdict(line, "machine_end_beep", carrier, OTHER_SID).outcome is MachineOutcome.SECOND_CALL
        line.attempt = replace(line.attempt, token="f" * 32)
        assert verdict(line, "machine_end_beep", carrier).outcome is MachineOutcome.UNKNOWN_TOKEN
        assert rows(sqlite_store, carrier_events.select()) == []
