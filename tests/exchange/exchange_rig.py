"""An exchange in virtual time with a product of few words: canned answers by path, everything that was sent kept."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from outbound.exchange.core import Exchange, ExchangeConfig
from outbound.exchange.faults import Faults
from outbound.exchange.people.population import Callee, Person, Population, Profile, Resident, Rule
from outbound.exchange.virtual import VirtualDriver
from outbound.exchange.wire import Request, Response, WebhookFailure

ACCOUNT, TOKEN = "AC" + "0" * 32, "invented-token"
CALLER, CALLEE = "+886255550000", "+886900000001"
BEGINNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BASE = "https://product.example"
Page = str | Response | WebhookFailure
AUTHORIZATION = {"Authorization": "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()}


def twiml(*verbs: str) -> str:
    """Wrap verbs into a document."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'


def person(*replies: Rule, **behaviour: Any) -> Population:
    """A population of one person, who picks up after three seconds at any hour."""
    return number(Person(replies, **behaviour))


def number(someone: Person | None = None, facts: Mapping[str, str] | None = None, **profile: Any) -> Population:
    """A population of one number."""
    chances = {"otherwise": 1.0, "rings": (3.0, 3.0)} | profile
    residents = () if someone is None else (Resident(someone, facts or {}),)
    return Population({CALLEE: Callee(Profile(**chances), residents)})


class Rig:
    """The exchange, its clock and its driver; `pages` answers webhooks by path (a list: one after the other)."""

    def __init__(
        self, population: Population | None = None, seed: int = 1, faults: Faults | None = None, **config: Any
    ) -> None:
        self.log: list[Mapping[str, Any]] = []
        self.sent: list[Request] = []
        self.pages: dict[str, Page | list[Page] | Callable[[Request], Page]] = dict.fromkeys(
            ("/voice", "/silence"), twiml("<Hangup/>")
        )
        self.now = BEGINNING
        settings = ExchangeConfig(ACCOUNT, TOKEN, **config)
        self.exchange = Exchange(settings, population or Population(), seed, self.log.append, faults)
        self.driver = VirtualDriver(self.exchange, self._send, self._set_clock)

    def request(
        self, method: str, path: str, *form: tuple[str, str], headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send a request to the REST API."""
        url = f"/2010-04-01/Accounts/{ACCOUNT}/{path}"
        return self.exchange.request(
            Request(method, url, AUTHORIZATION if headers is None else headers, form), self.now
        )

    def create(self, *more: tuple[str, str], to: str = CALLEE, **params: str) -> dict[str, Any]:
        """Create a call and return its resource, or the error."""
        form = {"To": to, "From": CALLER, "Url": f"{BASE}/voice", **params}
        return self.document("POST", "Calls.json", *form.items(), *more)

    def create_watched(self, **params: str) -> dict[str, Any]:
        """Create a call that reports every status."""
        events = [("StatusCallbackEvent", each) for each in ("initiated", "ringing", "answered", "completed")]
        return self.create(*events, StatusCallback=f"{BASE}/status", **params)

    def document(self, method: str, path: str, *form: tuple[str, str]) -> dict[str, Any]:
        """Send a request and read the JSON of its answer."""
        return dict(json.loads(self.request(method, path, *form).body))

    def call(self, sid: str) -> dict[str, Any]:
        """Fetch a call."""
        return self.document("GET", f"Calls/{sid}.json")

    def run(self, seconds: float | None = None) -> None:
        """Live so many seconds, or until nothing is in the air."""
        if seconds is not None:
            self.driver.run_until(self.now + timedelta(seconds=seconds))
            return
        while self.driver.step() is not None:
            pass

    def events(self, *names: str) -> list[Mapping[str, Any]]:
        """Return the log's events, of these names if given."""
        return [event for event in self.log if not names or event["event"] in names]

    def names(self) -> list[str]:
        """Return what happened, in order, webhooks left out."""
        return [event["event"] for event in self.log if not event["event"].startswith("webhook")]

    def seconds(self, event: Mapping[str, Any]) -> float:
        """Return how long after the beginning an event was."""
        return (datetime.fromisoformat(event["at"]) - BEGINNING).total_seconds()

    def forms(self, path: str) -> list[dict[str, str]]:
        """Return the parameters of the webhooks that a path received."""
        return [dict(request.form) for request in self.sent if urlsplit(request.url).path == path]

    def _send(self, request: Request) -> Response | WebhookFailure:
        self.sent.append(request)
        page = self.pages.get(urlsplit(request.url).path, Response(204))
        if isinstance(page, list):
            page = page.pop(0) if len(page) > 1 else page[0]
        if callable(page):
            page = page(request)
        if isinstance(page, str) and not isinstance(page, WebhookFailure):
            return Response(200, {"Content-Type": "text/xml; charset=utf-8"}, page.encode())
        return page

    def _set_clock(self, now: datetime) -> None:
        self.now = now
