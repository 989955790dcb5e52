"""A room for tests of calls that come in: a contact whom we rang and missed, and a caller at our number."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select

from outbound.adapters.files.scripts import FileScripts
from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.schema import inbound_calls, inbox, outbox
from outbound.adapters.sql.store import SqlStore
from outbound.dialogue.heard import Heard
from outbound.domain.attempt import Attempt, AttemptStatus, ConnectResult
from outbound.domain.contact import Contact
from outbound.domain.outcome.connect import CarrierStatus
from outbound.domain.outcome.disposition import Disposition
from outbound.usecases.conversation.context import VoiceContext
from outbound.usecases.conversation.take_turn import take_turn
from outbound.usecases.inbound.caller import InboundRequest, InboundTerms
from outbound.usecases.inbound.end_inbound_call import Ending, end_inbound_call
from outbound.usecases.inbound.take_inbound_call import take_inbound_call
from tests.conftest import MONDAY_TEN, ROOT
from tests.usecases.builders import attempts_of, make_attempt, make_contact, rows
from tests.usecases.voice_room import make_context

OURS, THEIRS = "+886255550100", "+886900000001"
SID = f"CA{'9' * 32}"
MISSED_AT = MONDAY_TEN - timedelta(hours=1)


@cache
def both_scripts() -> FixedScripts:
    """The scripts of the campaign as shipped, that for returned calls too."""
    files = FileScripts(ROOT / "scripts_tts")
    names = ("welcome_call", "missed_call_return")
    return FixedScripts({name: files.load(name) for name in names}, {name: files.contents(name) for name in names})


def inbound_context(**changes: Any) -> VoiceContext:
    """A context with the script for those who ring back."""
    return make_context(**{"scripts": both_scripts()} | changes)


def missed(store: SqlStore, contact: Contact, *, at: datetime = MISSED_AT, **columns: Any) -> Attempt:
    """A call of ours that rang and that nobody took."""
    values: dict[str, Any] = {
        "status": AttemptStatus.ENDED,
        "ringing_at": at,
        "ended_at": at,
        "connect_result": ConnectResult.NO_ANSWER,
        "disposition": Disposition.NO_ANSWER,
    }
    return make_attempt(store, contact, at=at, **values | columns)


def missed_contact(store: SqlStore, **columns: Any) -> Contact:
    """A contact whom we rang an hour ago in vain."""
    contact = make_contact(store, **{"reason": "waiting_for_retry"} | columns)
    missed(store, contact)
    return contact


@dataclass
class Caller:
    """Somebody who rings our number."""

    store: SqlStore
    context: VoiceContext = field(default_factory=inbound_context)
    from_: str = THEIRS
    to: str = OURS
    sid: str = SID
    now: datetime = MONDAY_TEN
    turn: int = 1

    @property
    def request(self) -> InboundRequest:
        """The call as the carrier describes it."""
        return InboundRequest(self.sid, self.from_, self.to)

    def ring(self) -> str:
        """Ring; return the first answer."""
        answer = take_inbound_call(self.store, request=self.request, context=self.context, now=self.now)
        return answer.decode()

    def says(self, *heard: Heard) -> str:
        """Answer questions, one turn each; return the last answer."""
        answers = [self._turn(each) for each in heard]
        return answers[-1]

    def _turn(self, heard: Heard) -> str:
        self.now += timedelta(seconds=10)
        answer = take_turn(
            self.store,
            token=self.attempt.token,
            sid=self.sid,
            turn=self.turn,
            heard=heard,
            context=self.context,
            now=self.now,
        )
        assert answer is not None
        self.turn += 1
        return answer.body.decode()

    def hangs_up(self, status: str = "completed") -> Ending:
        """Let the carrier tell that the call is over."""
        context = self.context
        terms = InboundTerms(context.rules.companies, context.campaigns, context.scripts, context.identifiers)
        over = CarrierStatus(self.sid, status, 0, at=self.now)
        return end_inbound_call(self.store, request=self.request, status=over, terms=terms, now=self.now)

    @property
    def attempt(self) -> Attempt:
        """The attempt of the conversation."""
        (row,) = self.kept()
        (found,) = [each for each in attempts_of(self.store, self._contact(row)) if each.id == row.attempt_id]
        return found

    def _contact(self, row: Any) -> Any:
        @dataclass
        class Known:
            id: str

        return Known(row.contact_id)

    def kept(self) -> list[Any]:
        """The row of this call."""
        return rows(self.store, select(inbound_calls).where(inbound_calls.c.sid == self.sid))

    def records(self) -> list[Any]:
        """Records of this call in the outbox."""
        found = rows(self.store, select(outbox).where(outbox.c.kind == "record"))
        return [row.body for row in found if row.body["call_sid"] == self.sid]

    def inbox(self) -> list[tuple[str, str]]:
        """Kind and status of what waits."""
        return [(row.kind, row.status) for row in rows(self.store, select(inbox).order_by(inbox.c.at, inbox.c.id))]
