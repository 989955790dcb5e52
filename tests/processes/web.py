"""The product's web process, as `outbound serve` runs it, without Prefect beside it."""

import logging
import os

from outbound.bootstrap import open_house
from outbound.cli.serving.web import listen, web_server
from outbound.web.app import create_app
from outbound.web.front import voice_desk
from tests.processes.clock import Origin, RigClock


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    house = open_house(clock=RigClock(Origin.read(os.environ["RIG_CLOCK"])))
    listener = listen("127.0.0.1", house.settings.listen_port)
    web_server(create_app(voice_desk(house))).run(sockets=[listener])


if __name__ == "__main__":
    main()
