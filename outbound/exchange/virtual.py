"""Drives the exchange in virtual time, in one thread: the clock jumps from one thing that is due to the next."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from outbound.exchange.core import Exchange
from outbound.exchange.wire import Request, Response, Webhook, WebhookFailure

WEBHOOK_TIMEOUT = timedelta(seconds=15)


class VirtualDriver:
    """`send` answers a webhook at once, or says how it failed; `set_clock` is told every instant before it is lived.

    A `send` that returns TIMEOUT costs the caller 15 virtual seconds. `send` may call `Exchange.request`.
    """

    def __init__(
        self,
        exchange: Exchange,
        send: Callable[[Request], Response | WebhookFailure],
        set_clock: Callable[[datetime], None],
    ) -> None:
        self._exchange = exchange
        self._send = send
        self._set_clock = set_clock
        self._timeouts: list[tuple[datetime, int, Webhook]] = []

    def due(self) -> datetime | None:
        """Return the next instant at which something happens, or None while nothing is in the air."""
        due = self._exchange.due()
        if self._timeouts and (due is None or self._timeouts[0][0] < due):
            return self._timeouts[0][0]
        return due

    def step(self) -> datetime | None:
        """Live the next instant that is due and return it; None if there is none."""
        instant = self.due()
        if instant is not None:
            self._live(instant)
        return instant

    def run_until(self, instant: datetime) -> bool:
        """Live every instant up to and at `instant`, where the clock stands then; return whether there was any."""
        happened = False
        while (due := self.due()) is not None and due <= instant:
            self._live(due)
            happened = True
        self._set_clock(instant)
        return happened

    def _live(self, instant: datetime) -> None:
        self._set_clock(instant)
        while self._timeouts and self._timeouts[0][0] <= instant:
            webhook = heapq.heappop(self._timeouts)[2]
            self._exchange.delivered(webhook, WebhookFailure.TIMEOUT, instant)
        for webhook in self._exchange.advance(instant):
            result = self._send(webhook.request)
            if result is WebhookFailure.TIMEOUT:
                heapq.heappush(self._timeouts, (instant + WEBHOOK_TIMEOUT, webhook.id, webhook))
            else:
                self._exchange.delivered(webhook, result, instant)
