"""The exchange itself, without I/O: requests and instants in; answers, webhooks and log events out."""

from datetime import datetime

from outbound.exchange.api.rest import RestApi
from outbound.exchange.board import ExchangeConfig, Switchboard
from outbound.exchange.faults import Faults
from outbound.exchange.inbound import Inbound
from outbound.exchange.log import LogEvent
from outbound.exchange.people.population import Population
from outbound.exchange.trunk import Trunk
from outbound.exchange.webhooks import Webhooks
from outbound.exchange.wire import Request, Response, Webhook, WebhookFailure

__all__ = ["Exchange", "ExchangeConfig"]


class Exchange:
    """One account of a telephone exchange. Equal inputs and seed give equal answers, webhooks and log.

    All instants are aware and never go back: an earlier one counts as the latest seen. Not safe for use by several
    threads at once.
    """

    def __init__(
        self, config: ExchangeConfig, population: Population, seed: int, log: LogEvent, faults: Faults | None = None
    ) -> None:
        self._board = Switchboard(config, population, seed, log)
        self._webhooks = Webhooks(self._board, faults)
        trunk = Trunk(self._board, self._webhooks)
        self._inbound = Inbound(self._board, trunk)
        self._rest = RestApi(self._board, trunk, self._webhooks, faults)

    def request(self, request: Request, now: datetime) -> Response:
        """Answer a request to the REST API; raise `ExchangeNoAnswer` where a fault keeps the answer back."""
        self._board.run(now)
        return self._rest.answer(request)

    def due(self) -> datetime | None:
        """Return the next instant at which `advance` has something to do, or None while nothing is in the air."""
        return self._board.due() if self._webhooks.is_empty() else self._board.now

    def advance(self, now: datetime) -> list[Webhook]:
        """Do all that is due up to `now`; return the webhooks to be sent, in order."""
        self._board.run(now)
        return self._webhooks.take()

    def delivered(self, webhook: Webhook, result: Response | WebhookFailure, now: datetime) -> None:
        """Take the result of a webhook that `advance` handed out. A result that comes twice is ignored."""
        self._board.run(now)
        self._webhooks.delivered(webhook, result)
