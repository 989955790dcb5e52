"""How many complete virtual calls of eight questions the exchange carries in a second of processor time."""

import time

from outbound.exchange.core import Exchange, ExchangeConfig
from outbound.exchange.log import as_line
from outbound.exchange.people.population import Callee, Does, Person, Population, Profile, Resident, Rule
from outbound.exchange.virtual import VirtualDriver
from outbound.exchange.wire import Request, Response
from tests.exchange.exchange_rig import ACCOUNT, AUTHORIZATION, BASE, BEGINNING, CALLER, TOKEN, twiml

QUESTIONS = 8
_ASK = (
    '<Gather input="dtmf speech" numDigits="1" language="cmn-Hant-TW" action="/turn">'
    '<Say language="cmn-TW" voice="Google.cmn-TW-Wavenet-A">您好，這是自動語音。方便請按一。</Say></Gather>'
)


def calls_per_second(calls: int = 1000) -> float:
    """Ring `calls` people who answer eight questions each, every status reported and every event written as JSON."""
    callee = Callee(Profile(otherwise=1.0), (Resident(Person((Rule(Does.PRESSES, "1"),))),))
    numbers = [f"+88691{each + 1000:07d}" for each in range(calls)]
    lines: list[str] = []
    asked: dict[str, int] = {}

    def send(request: Request) -> Response:
        if request.url.endswith("/status"):
            return Response(204)
        sid = dict(request.form)["CallSid"]
        asked[sid] = asked.get(sid, 0) + 1
        document = twiml(_ASK) if asked[sid] <= QUESTIONS else twiml("<Say>再見</Say>")
        return Response(200, {"Content-Type": "text/xml"}, document.encode())

    settings = ExchangeConfig(ACCOUNT, TOKEN, calls_per_second=5.0)
    population = Population(dict.fromkeys(numbers, callee))
    exchange = Exchange(settings, population, 1, lambda event: lines.append(as_line(event)))
    driver = VirtualDriver(exchange, send, lambda _now: None)
    events = [("StatusCallbackEvent", each) for each in ("initiated", "ringing", "answered", "completed")]
    began = time.process_time()
    for number in numbers:
        form = [
            ("To", number),
            ("From", CALLER),
            ("Url", f"{BASE}/voice"),
            ("StatusCallback", f"{BASE}/status"),
            *events,
        ]
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
        exchange.request(Request("POST", path, AUTHORIZATION, form), BEGINNING)
    while driver.step() is not None:
        pass
    return calls / (time.process_time() - began)


if __name__ == "__main__":
    print(f"{calls_per_second():.0f} complete calls of {QUESTIONS} questions a second")  # noqa: T201
