"""What dialling needs in a test: a carrier that obeys, the shipped rules, and one call to each verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from outbound.adapters.clock import RandomIdentifiers
from outbound.adapters.files.campaigns import load_campaign, load_companies
from outbound.adapters.files.rules.packs import load_rulebook
from outbound.adapters.files.scripts.catalogue import FixedScripts
from outbound.adapters.sql.store import SqlStore
from outbound.compliance.rules.rulebook import Rulebook, Trust
from outbound.domain.campaign import Campaign
from outbound.domain.line.carrier_code import Silence
from outbound.domain.line.trunk import Trunk
from outbound.usecases.dialling.clock_watch import ClockWatch
from outbound.usecases.dialling.place_calls import PlaceReport, place_calls
from outbound.usecases.outcomes.settle_calls import SettleReport, settle_calls
from outbound.usecases.ports.carrier import (
    Ambiguous,
    CallOrder,
    Cancelled,
    Carrier,
    CarrierAwayError,
    CarrierCall,
    Placed,
    Refused,
    UnansweredError,
)
from outbound.usecases.ports.clock import Clock
from outbound.usecases.ports.scripts import ScriptCatalogue
from outbound.usecases.scheduling.may_call import Rules
from tests.values import replace

ROOT = Path(__file__).resolve().parents[2]
Answer = Placed | Refused | Ambiguous


@cache
def rulebook() -> Rulebook:
    """The Taiwanese rules as shipped."""
    return load_rulebook(ROOT / "config" / "compliance", years=(2026,), only=("TW",))


@cache
def shipped_campaign() -> Campaign:
    """The welcome campaign as shipped, fast enough for a test to dial several numbers at one instant."""
    campaign = load_campaign(ROOT / "config" / "campaigns" / "welcome-tw.yaml")
    return replace(campaign, pacing=replace(campaign.pacing, calls_per_second=1e9))


class FakeCarrier(Carrier):
    """Takes every order unless told what to answer; keeps the calls that exist, whatever it answered."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.orders: list[CallOrder] = []
        self.calls: dict[str, CarrierCall] = {}
        self.ended: list[str] = []
        self.asked_to_cancel: list[str] = []
        self.deaf_to: set[str] = set()
        self.answer: Callable[[CallOrder, str], Answer] | None = None
        self.away = False
        self.wrong_by = timedelta(0)
        self.asked_time = 0
        self.asked_lists = 0
        self.asked_queues = 0
        self._lock = Lock()

    def create_call(self, order: CallOrder) -> Answer:
        """Answer as told; by default the call exists."""
        with self._lock:
            self.orders.append(order)
            sid = f"CA{len(self.orders):032x}"
        return self.answer(order, sid) if self.answer else self.take(order, sid)

    def take(self, order: CallOrder, sid: str) -> Placed:
        """Let the call exist."""
        now = self.clock.now()
        self.calls[sid] = CarrierCall(sid, order.to, order.from_, "queued", now, None, None, None, None)
        return Placed(sid, self._time())

    def now_is(self, sid: str, status: str, **parts: Any) -> None:
        """Move a call on."""
        self.calls[sid] = replace(self.calls[sid], status=status, **parts)

    def send_message(self, to: str, from_: str, body: str) -> Answer:
        """Not asked for by dialling."""
        raise NotImplementedError

    def cancel_or_hang_up(self, sid: str) -> bool:
        """Note what was hung up."""
        self.ended.append(sid)
        return True

    def cancel_queued(self, sid: str) -> bool:
        """Cancel what is still queued."""
        self._be_there()
        self.asked_to_cancel.append(sid)
        if sid in self.deaf_to:
            raise UnansweredError("no answer about this call")
        if self.calls[sid].status != "queued":
            return False
        self.now_is(sid, "canceled", ended_at=self.clock.now())
        return True

    def cancel_all_queued(self, sids: Sequence[str]) -> Cancelled:
        """Cancel one after the other."""
        told: dict[str, bool] = {}
        for sid in sids:
            try:
                told[sid] = self.cancel_queued(sid)
            except UnansweredError:
                continue
            except CarrierAwayError:
                return Cancelled(told, away=True)
        return Cancelled(told)

    def queued_calls(self, *, from_: str) -> list[CarrierCall]:
        """List what waits."""
        self._be_there()
        self.asked_queues += 1
        return [call for call in self.calls.values() if (call.from_, call.status) == (from_, "queued")]

    def redirect(self, sid: str, url: str) -> bool:
        """Not asked for by dialling."""
        raise NotImplementedError

    def fetch(self, sid: str) -> CarrierCall | None:
        """Return the call as it stands."""
        self._be_there()
        return self.calls.get(sid)

    def find_calls(self, *, to: str, from_: str, since: datetime) -> list[CarrierCall]:
        """List the calls to a number."""
        self._be_there()
        self.asked_lists += 1
        return [call for call in self.calls.values() if (call.to, call.from_) == (to, from_)]

    def received_calls(self, *, to: str, since: datetime) -> list[CarrierCall]:
        """List the calls that came in to a number of ours."""
        self._be_there()
        return [call for call in self.calls.values() if call.to == to and (call.started_at or since) >= since]

    def time(self) -> datetime | None:
        """Tell the time in whole seconds."""
        self._be_there()
        self.asked_time += 1
        return self._time()

    def _time(self) -> datetime:
        return (self.clock.now() + self.wrong_by).replace(microsecond=0)

    def _be_there(self) -> None:
        if self.away:
            raise CarrierAwayError("the carrier is away")


@dataclass
class DialRoom:
    """One worker at one store."""

    store: SqlStore
    clock: Any
    campaign: Campaign = field(default_factory=shipped_campaign)
    trunk: Trunk = Trunk(calls_per_second=1e9)  # noqa: RUF009 - it is frozen

    def __post_init__(self) -> None:
        """Begin with a carrier that is there."""
        self.carrier = FakeCarrier(self.clock)
        self.watch = ClockWatch(self.clock)
        self.companies = load_companies(ROOT / "config" / "companies.yaml")
        self.rules = Rules(rulebook(), self.companies, Trust.DEMO)
        self.identifiers = RandomIdentifiers()
        self.scripts: ScriptCatalogue = FixedScripts({})

    @property
    def campaigns(self) -> dict[str, Campaign]:
        """The campaign by its identifier."""
        return {self.campaign.id: self.campaign}

    def paced(self, **pacing: Any) -> None:
        """Change the campaign's pacing."""
        self.campaign = replace(self.campaign, pacing=replace(self.campaign.pacing, **pacing))

    def place_unanswered(self, *, made: bool) -> PlaceReport:
        """Dial while the carrier gives no answer; `made` says whether the call stands in its queue all the same."""

        def silent(order: CallOrder, sid: str) -> Ambiguous:
            if made:
                self.carrier.take(order, sid)
            return Ambiguous(Silence.TIMEOUT)

        self.carrier.answer = silent
        report = self.place()
        self.carrier.answer = None
        return report

    def place(self, limit: int = 100, **changes: Any) -> PlaceReport:
        """Dial what is due."""
        values = {
            "carrier": self.carrier,
            "rules": self.rules,
            "campaigns": self.campaigns,
            "clock": self.clock,
            "identifiers": self.identifiers,
            "trunk": self.trunk,
            "worker": "tester",
            "watch": self.watch,
            "limit": limit,
        }
        return place_calls(self.store, **(values | changes))

    def settle(self, limit: int = 200) -> SettleReport:
        """Find out what became of silent calls."""
        return settle_calls(
            self.store,
            carrier=self.carrier,
            campaigns=self.campaigns,
            companies=self.companies,
            scripts=self.scripts,
            identifiers=self.identifiers,
            now=self.clock.now(),
            limit=limit,
        )
