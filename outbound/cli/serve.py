"""`outbound serve`: the web application, the flows and, where configured, the exchange, in real time."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import socket

    from outbound.bootstrap import House
    from outbound.settings import Settings

DIALLING_ENDS = "is ending: nothing new is dialled, conversations may finish"
DIALLING_GOES_ON = "is ending: conversations may finish; the workers of the work pool go on dialling"


def serve(
    *,
    patience: Annotated[
        float, typer.Option(min=0, help="At the end, seconds that calls in conversation have to finish.")
    ] = 30,
) -> None:
    """Serve: webhooks of the carrier, the flows by their timetable, the exchange if configured; until interrupted.

    Starts only when settings, keys, scripts, campaigns and rules can be read. SIGTERM or Ctrl-C stops dialling at once
    and lets conversations finish; a second one does not wait for them. With `prefect: external` the workers of the
    work pool dial and go on: `outbound stop-dialling` holds them all.

    Example: outbound serve --patience 120
    """
    from outbound.cli.serving.logs import set_up_logs
    from outbound.settings import load

    # Until the web server listens to signals itself, both end this process in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = load()
    set_up_logs(settings.log_level)
    with ExitStack() as stack:
        settings = stack.enter_context(_carrier(settings))
        house, listener = stack.enter_context(_opened(settings))
        _introduce(house, listener)
        _run(house, listener, patience)
    say("Stopped.")


def say(line: str) -> None:
    """Tell whoever started the server."""
    print(line, flush=True)


@contextmanager
def _carrier(settings: "Settings") -> "Iterator[Settings]":
    if not settings.embedded_exchange:
        yield settings
        return
    from outbound.cli.serving.carrier import embedded_exchange

    with embedded_exchange(settings) as pointed:
        yield pointed


@contextmanager
def _opened(settings: "Settings") -> "Iterator[tuple[House, socket.socket]]":
    """Open the house, prove that it is whole, and hold its database and its port."""
    from outbound.bootstrap import open_house
    from outbound.cli.serving.checks import check_house
    from outbound.cli.serving.flows import check_external
    from outbound.cli.serving.lock import sole_server
    from outbound.cli.serving.web import listen

    house = open_house(settings)
    try:
        check_house(house)
        if settings.prefect == "external":
            check_external(house)
        with sole_server(house.store.engine), listen(settings.listen_host, settings.listen_port) as listener:
            yield house, listener
    finally:
        house.store.engine.dispose()


def _introduce(house: "House", listener: "socket.socket") -> None:
    from outbound.adapters.files.approvals import not_approved, told
    from outbound.cli.serving.checks import open_to_everybody, unsigned_packs
    from outbound.cli.show import SHORT_ID

    host, port = listener.getsockname()[:2]
    engine = house.store.engine
    say(f"Web: http://{host}:{port} (the carrier finds it at {house.settings.public_url}; /healthz, /readyz, /metrics)")
    say(f"Database: {engine.url.render_as_string()}")
    carrier = "the exchange in this process, which calls nobody real" if house.settings.embedded_exchange else "carrier"
    say(f"Carrier: {house.settings.carrier_url or 'Twilio'} ({carrier})")
    scripts = house.scripts
    spoken = ", ".join(f"{name} {scripts.current(name).version[:SHORT_ID]}" for name in scripts.names())
    say(f"Scripts: {spoken} (a change is spoken by new calls within a minute or two; `outbound script versions`)")
    if engine.dialect.name == "sqlite":
        say(
            "SQLite: this process holds the one writer. For several processes give a PostgreSQL address (database_url)."
        )
    if warning := open_to_everybody(house.settings):
        say(warning)
    at_home, abroad = unsigned_packs(house)
    for code in at_home:
        say(
            f"Rule pack {code} is not signed for production: nothing will be dialled there until two people have "
            f"signed it with `outbound rules sign {code} --by NAME`; this server sees it within a minute."
        )
    if abroad:
        say(f"{abroad} rule packs of other countries are not signed for production either: `outbound rules list`.")
    for line in told(not_approved(house.folder / "scripts_tts")):
        say(line)
    say("Ctrl-C stops dialling and lets conversations finish.")


def _run(house: "House", listener: "socket.socket", patience: float) -> None:
    from outbound.cli.serving.flows import EmbeddedFlows, intervals
    from outbound.cli.serving.readiness import Readiness, live_calls
    from outbound.cli.serving.web import serve_until_signal, web_server
    from outbound.settings import home
    from outbound.web.process import web_app, web_attendance

    readiness = Readiness(house, intervals, lambda: flows.problem() if flows else {})
    attendance = web_attendance(house)
    server = web_server(web_app(house, attendance, readiness))

    def give_up() -> None:
        server.should_exit = True

    def wind_down() -> None:
        readiness.ending(DIALLING_ENDS if flows else DIALLING_GOES_ON)
        if flows:
            flows.work.end()

    flows = None
    if house.settings.prefect == "embedded":
        flows = EmbeddedFlows(house, home() / "var" / "prefect", say, give_up)
    else:
        say("Flows: run by the workers of a work pool; this process answers webhooks only.")
    try:
        serve_until_signal(
            server,
            listener,
            stop_dialling=wind_down,
            live_calls=lambda: live_calls(house),
            patience_seconds=patience,
        )
    finally:
        attendance.leave()
        if flows:
            flows.close()
