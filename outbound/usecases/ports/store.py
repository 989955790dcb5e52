"""One transaction over everything that a verb may read and write."""

from contextlib import AbstractContextManager
from typing import Protocol

from outbound.usecases.ports.scripts import ScriptVersionStore
from outbound.usecases.ports.stored.consents import ConsentStore
from outbound.usecases.ports.stored.desk import DeskStore
from outbound.usecases.ports.stored.dialling import DiallingStore
from outbound.usecases.ports.stored.evidence import EvidenceStore
from outbound.usecases.ports.stored.heartbeats import HeartbeatStore
from outbound.usecases.ports.stored.inbound import InboundStore
from outbound.usecases.ports.stored.intake import IntakeStore
from outbound.usecases.ports.stored.interviews import InterviewStore
from outbound.usecases.ports.stored.outcomes import OutcomeStore
from outbound.usecases.ports.stored.places import PlaceStore
from outbound.usecases.ports.stored.planning import PlanningStore
from outbound.usecases.ports.stored.queue import QueueStore
from outbound.usecases.ports.stored.records import RecordStore
from outbound.usecases.ports.stored.voice import VoiceStore


class UnitOfWork(Protocol):
    """What belongs to one transaction. Only verbs commit; leaving without commit rolls back."""

    @property
    def intake(self) -> IntakeStore: ...  # noqa: D102

    @property
    def interviews(self) -> InterviewStore: ...  # noqa: D102

    @property
    def planning(self) -> PlanningStore: ...  # noqa: D102

    @property
    def dialling(self) -> DiallingStore: ...  # noqa: D102

    @property
    def queue(self) -> QueueStore: ...  # noqa: D102

    @property
    def voice(self) -> VoiceStore: ...  # noqa: D102

    @property
    def scripts(self) -> ScriptVersionStore: ...  # noqa: D102

    @property
    def inbound(self) -> InboundStore: ...  # noqa: D102

    @property
    def outcomes(self) -> OutcomeStore: ...  # noqa: D102

    @property
    def records(self) -> RecordStore: ...  # noqa: D102

    @property
    def desk(self) -> DeskStore: ...  # noqa: D102

    @property
    def consents(self) -> ConsentStore: ...  # noqa: D102

    @property
    def places(self) -> PlaceStore: ...  # noqa: D102

    @property
    def evidence(self) -> EvidenceStore: ...  # noqa: D102

    @property
    def heartbeats(self) -> HeartbeatStore: ...  # noqa: D102

    def commit(self) -> None:
        """Make the transaction durable. At most once."""
        ...


class Store(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction that may write (on SQLite it takes the one writer's lock at once)."""
        ...

    def overwrite_log(self) -> bool:
        """After something was forgotten: leave nothing of it in the database's log; False where that is still to be."""
        ...

    def number_index(self, e164: str) -> str:
        """Blind index of a number: what suppressions and the one-live-call lock are keyed by."""
        ...

    def customer_index(self, company_id: str, customer_id: str) -> str:
        """Blind index of a customer within a company."""
        ...

    def row_index(self, company_id: str, row: str) -> str:
        """Blind index of a quarantined row."""
        ...
