"""A world in which the product's processes die, its database stumbles, and strangers write to it."""

import copy
from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from outbound.bootstrap import House
from outbound.exchange.faults import Faults
from outbound.exchange.log import LogEvent
from outbound.exchange.people.population import Population
from outbound.exchange.wire import Request, Response, WebhookFailure
from outbound.simulation.clock import VirtualClock
from outbound.simulation.faults.accidents import FAULTS_OF_PRODUCT, SINK_DOWN, Accidents
from outbound.simulation.faults.carrier import watched
from outbound.simulation.faults.clock import SteppingClock
from outbound.simulation.faults.forger import Forger
from outbound.simulation.faults.journal import WatchedJournal
from outbound.simulation.faults.processes import Process, ProcessDiedError, ProcessDownError
from outbound.simulation.faults.receiver import Receiver, ReceiverSink
from outbound.simulation.faults.store import FaultyStore
from outbound.simulation.world import Account, World, answer_webhook, carrier_of
from outbound.usecases.dialling.cancel_queued import CancelReport
from outbound.usecases.dialling.place_calls import PlaceReport
from outbound.usecases.outcomes.settle_calls import SettleReport
from outbound.usecases.records.file_records import FilingReport
from outbound.usecases.records.keep_rules import keep_rules
from outbound.usecases.scheduling.may_call import Rules
from outbound.web.front import voice_desk
from outbound.web.voice.desk import VoiceDesk
from outbound.work import Work

_REFUSALS = frozenset({400, 403, 404})


class FaultyWorld(World):
    """The verbs run in a process `worker`, webhooks arrive at a process `web`; both can die and come back.

    `house` itself stays as it is: it belongs to those who look on (the judge, the people at the desk).
    """

    def __init__(
        self,
        house: House,
        clock: VirtualClock,
        account: Account,
        *,
        population: Population,
        seed: int,
        log: LogEvent,
        faults: Faults,
    ) -> None:
        super().__init__(house, clock, account, population=population, seed=seed, log=log, faults=faults)
        self._mishaps = accidents = Accidents(faults, clock)
        self._wall = SteppingClock(clock, accidents)
        self._receiver = Receiver(accidents) if accidents.concerns(SINK_DOWN) else None
        self._forger = Forger(accidents)
        self._forgeries_taken = 0
        _read_once(house)
        keep_rules(house.store, house.rulebook, clock.now())
        web, worker = (self._house_of(name, account) for name in ("web", "worker"))
        journal = WatchedJournal(accidents, "web")
        self._web: Process[VoiceDesk] = Process("web", partial(voice_desk, web, journal), accidents, clock)
        self._worker: Process[Work] = Process("worker", partial(_Worker, worker), accidents, clock)

    def deliver(self, request: Request) -> Response | WebhookFailure:
        """Hand a webhook over, and sometimes what a stranger makes of it."""
        forged = self._forger.forge(request)
        self._forger.hear(request)
        if forged is not None:
            self._deliver_forged(*forged)
        return self._deliver_true(request)

    def plan(self) -> Mapping[str, Any]:
        """Plan, unless the worker is down or dies of it. This and the following raise `ProcessDownError`."""
        return self._worker.run(Work.plan)

    def place(self) -> PlaceReport:
        """Place."""
        report = self._worker.run(Work.place)
        return replace(report, next_due=self._wall.truly(report.next_due))

    def cancel_queued(self) -> CancelReport:
        """Clear the carrier's queue."""
        report = self._worker.run(Work.cancel_queued)
        return replace(report, next_due=self._wall.truly(report.next_due))

    def settle(self) -> SettleReport:
        """Settle."""
        return self._worker.run(Work.settle)

    def file(self) -> FilingReport:
        """File."""
        return self._worker.run(Work.file)

    def keep_promises(self) -> int:
        """Write what is owed."""
        return self._web.run(VoiceDesk.settle_owed)

    def filed(self) -> list[Mapping[str, Any]]:
        """Export the receiver's table, wherever it is."""
        return super().filed() if self._receiver is None else self._receiver.records

    def accidents(self) -> Mapping[str, Any]:
        """What went wrong, and where."""
        return {
            **self._mishaps.report(),
            "restarts": {"web": max(self._web.starts - 1, 0), "worker": max(self._worker.starts - 1, 0)},
            "deliveries_repeated": 0 if self._receiver is None else self._receiver.repeated,
            "forgeries_taken": self._forgeries_taken,
        }

    def _deliver_true(self, request: Request) -> Response | WebhookFailure:
        try:
            return self._web.run(lambda desk: answer_webhook(desk, request))
        except ProcessDiedError:
            return WebhookFailure.RESET
        except ProcessDownError:
            return WebhookFailure.CONNECT

    def _deliver_forged(self, request: Request, is_replay: bool) -> None:
        answer = self._deliver_true(request)
        if isinstance(answer, Response) and not is_replay and answer.status not in _REFUSALS:
            self._forgeries_taken += 1

    def _house_of(self, process: str, account: Account) -> House:
        """The same installation as one process has it: what is only read is shared, the rest is its own."""
        house = copy.copy(self.house)
        house.store = FaultyStore(self.house.store, self._mishaps, process)
        house.clock = self._wall
        house.worker = process
        house.carrier = carrier_of(
            watched(self.handler, self._mishaps, process), account, self.house.settings.public_url
        )
        if self._receiver is not None:
            house.sink = ReceiverSink(self._receiver, self._mishaps, process)  # type: ignore[assignment]
        return house


class _Worker(Work):
    """A worker that finds the rules kept already: to prove that again at each of many restarts costs too much."""

    def _kept(self, rules: Rules) -> Rules:
        return rules


def concerns_product(faults: Faults) -> bool:
    """Whether anything in `faults` strikes outside of the exchange."""
    return faults.crash_at is not None or any(faults.may_strike(fault) for fault in FAULTS_OF_PRODUCT)


def _read_once(house: House) -> None:
    """Read configuration, scripts and rules before there are copies of the house, so that a restart is cheap."""
    for part in (house.campaigns, house.scripts, house.messages, house.script_seconds, house.rulebook, house.trunk):
        del part
