"""The whole product and the exchange in one thread of virtual time, joined as they are joined over sockets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from outbound.adapters.sql.views.run_figures import filed_records
from outbound.adapters.twilio.carrier import TwilioCarrier
from outbound.adapters.twilio.in_process import Handler, InProcessHttpClient, NoAnswerError
from outbound.adapters.twilio.signature import TwilioSignature
from outbound.bootstrap import House
from outbound.domain.line.carrier_code import Silence
from outbound.exchange.board import ANY_NUMBER, IncomingNumber
from outbound.exchange.core import Exchange, ExchangeConfig
from outbound.exchange.faults import Faults
from outbound.exchange.log import LogEvent
from outbound.exchange.people.population import Population
from outbound.exchange.virtual import VirtualDriver
from outbound.exchange.wire import ExchangeNoAnswer, NoAnswer, Request, Response, WebhookFailure
from outbound.simulation.clock import VirtualClock
from outbound.usecases.conversation.addresses import VoiceAddresses
from outbound.web.front import voice_desk
from outbound.web.voice.desk import VoiceDesk
from outbound.web.voice.webhook import WebRequest
from outbound.work import Work

EXCHANGE_URL = "http://127.0.0.1:1"
"""An address at which nothing listens: requests to it are function calls, and none could leave this machine."""


@dataclass(frozen=True, slots=True)
class Account:
    """An invented carrier's account, and how fast its trunk is."""

    sid: str
    token: str = field(repr=False)
    calls_per_second: float = 1.0


class World(Work):
    """An installation whose carrier is an exchange in the same thread. `wait_until` lets virtual time pass."""

    def __init__(
        self,
        house: House,
        clock: VirtualClock,
        account: Account,
        *,
        population: Population,
        seed: int,
        log: LogEvent,
        faults: Faults | None = None,
    ) -> None:
        super().__init__(house)
        rate, incoming = account.calls_per_second, calls_that_come_in(house.settings.public_url)
        config = ExchangeConfig(account.sid, account.token, calls_per_second=rate, incoming=incoming)
        self.exchange = Exchange(config, population, seed, log, faults)
        # Only now may the house be asked for its carrier: it must never be a real one here.
        self._faults = faults
        self.handler = exchange_handler(self.exchange, clock)
        house.carrier = carrier_of(self.handler, account, house.settings.public_url)
        house.is_genuine = TwilioSignature(account.token)
        self._desk = voice_desk(house)
        self._driver = VirtualDriver(self.exchange, self.deliver, clock.set)

    def wait_until(self, instant: datetime) -> None:
        """Live every instant up to `instant`: calls ring, people talk, webhooks come in."""
        self.live_until(instant)

    def live_until(self, instant: datetime) -> bool:
        """Let time pass as `wait_until` does, and say whether anything happened."""
        return self._driver.run_until(instant)

    def busy_until(self) -> datetime | None:
        """When the exchange has something to do next; None while nothing is in the air."""
        return self._driver.due()

    def deliver(self, request: Request) -> Response | WebhookFailure:
        """Hand a webhook over, or say how that failed."""
        return answer_webhook(self._desk, request)

    def keep_promises(self) -> int:
        """Write what callees were promised while the database was away; return how much is still owed."""
        return self._desk.settle_owed()

    def filed(self) -> list[Mapping[str, Any]]:
        """Export the receiver's table."""
        with self.house.store.reading() as connection:
            return list(filed_records(connection))

    def accidents(self) -> Mapping[str, Any]:
        """What went wrong by intent; empty in a world without faults."""
        return {} if self._faults is None else {"struck": dict(sorted(self._faults.struck.items()))}


def calls_that_come_in(public_url: str) -> Mapping[str, IncomingNumber]:
    """Return how the numbers of the account are answered: by the product's front door."""
    addresses = VoiceAddresses(public_url)
    return {ANY_NUMBER: IncomingNumber(addresses.inbound, status_url=addresses.inbound_status)}


def answer_webhook(desk: VoiceDesk, request: Request) -> Response:
    """Hand a webhook of the exchange to the product's front door, as the wire would."""
    path = "/" + request.url.partition("://")[2].partition("/")[2]
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = "&".join([_field(*each) for each in request.form]).encode()
    answer = desk.handle(WebRequest(request.method, path, headers, body))
    return Response(answer.status, {"Content-Type": answer.content_type or ""}, answer.body)


@lru_cache(maxsize=8192)
def _field(name: str, value: str) -> str:
    """Most parameters of webhooks are the same from call to call, and all people here are invented."""
    return f"{_quoted(name)}={quote_plus(value)}"


_quoted = lru_cache(maxsize=256)(quote_plus)
"""Names are few."""


def exchange_handler(exchange: Exchange, clock: VirtualClock) -> Handler:
    """Return the exchange as the other end of the product's wire."""

    def request(
        method: str, url: str, headers: Mapping[str, str], form: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, str], bytes]:
        try:
            answer = exchange.request(Request(method, url, headers, form), clock.now())
        except ExchangeNoAnswer as silence:
            kind = Silence.TIMEOUT if silence.kind is NoAnswer.TIMEOUT else Silence.RESET
            raise NoAnswerError(kind) from None
        return answer.status, answer.headers, answer.body

    return request


def carrier_of(handler: Handler, account: Account, public_url: str) -> TwilioCarrier:
    """Return the product's carrier with `handler` in place of the wire."""
    return TwilioCarrier(
        account_sid=account.sid,
        auth_token=account.token,
        public_url=public_url,
        api_url=EXCHANGE_URL,
        http_client=InProcessHttpClient(handler),
    )
