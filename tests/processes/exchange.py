"""The local exchange as a process, as `outbound exchange serve` runs it, but by the rig's clock and for its people."""

import json
import os
from pathlib import Path

from outbound.exchange.core import ExchangeConfig
from outbound.exchange.log import write_lines
from outbound.exchange.server import ServerOptions, serve
from tests.processes.clock import Origin, RigClock
from tests.processes.people import population


def main() -> None:
    """Serve until interrupted; every line of the log is written at once."""
    asked = json.loads(os.environ["RIG_EXCHANGE"])
    origin = Origin.read(os.environ["RIG_CLOCK"])
    account = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
    config = ExchangeConfig(*account, calls_per_second=asked["calls_per_second"])
    with Path(asked["log"]).open("w", encoding="utf-8", buffering=1) as stream:
        serve(
            ServerOptions(
                config,
                population(asked["contacts"], asked["callees"], asked["seed"]),
                asked["seed"],
                write_lines(stream),
                port=asked["port"],
                speed=origin.speed,
                clock=RigClock(origin).now,
            )
        )


if __name__ == "__main__":
    main()
