"""`outbound exchange serve`: the local telephone exchange alone, for any client of Twilio's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from outbound.exchange.log import LogEvent

app = typer.Typer(no_args_is_help=True)

DEFAULT_PORT = 8500


@app.callback()
def exchange() -> None:
    """A telephone exchange on this machine that speaks Twilio's API and calls invented people."""


@app.command()
def serve(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = DEFAULT_PORT,
    population: Annotated[Path | None, typer.Option(help="Who can be called: YAML or JSON.")] = None,
    faults: Annotated[Path | None, typer.Option(help="What goes wrong, and how often: YAML.")] = None,
    log: Annotated[Path | None, typer.Option(help="Write every event there, as JSON lines.")] = None,
    calls_per_second: Annotated[float, typer.Option(help="Calls taken out of the queue in a second.")] = 1.0,
    speed: Annotated[float, typer.Option(help="Time runs N times as fast.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Equal seeds, equal people and equal accidents.")] = 0,
    inbound_url: Annotated[str, typer.Option(help="Answers calls that come in: address of their first document.")] = "",
    inbound_status_url: Annotated[str, typer.Option(help="Is told when a call that came in ends.")] = "",
) -> None:
    """Serve Twilio's API on 127.0.0.1 until interrupted; `GET /health` says that it is up.

    The account is TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN; invented ones are printed where they are not set.

    People ring back, as the population says, where --inbound-url names who answers.

    Example: outbound exchange serve --port 8500 --speed 20
    """
    from outbound.exchange.board import ANY_NUMBER, IncomingNumber
    from outbound.exchange.core import ExchangeConfig
    from outbound.exchange.faults import load as load_faults
    from outbound.exchange.people.population import Population
    from outbound.exchange.people.population_file import load as load_population
    from outbound.exchange.server import ServerOptions
    from outbound.exchange.server import serve as serve_exchange
    from outbound.usecases.problems import ServiceAwayError

    _check_positive("--calls-per-second", calls_per_second)
    _check_positive("--speed", speed)
    people = load_population(population) if population else Population()
    accidents = load_faults(faults, seed) if faults else None
    sid, token, invented = account()
    _check_url("--inbound-url", inbound_url)
    _check_url("--inbound-status-url", inbound_status_url)
    incoming = {ANY_NUMBER: IncomingNumber(inbound_url, status_url=inbound_status_url)} if inbound_url else {}
    config = ExchangeConfig(sid, token, calls_per_second=calls_per_second, incoming=incoming)
    with _events(log) as events:
        options = ServerOptions(config, people, seed, events, accidents, port=port, speed=speed)
        for name, value in invented.items():
            print(f"export {name}={value}", flush=True)
        try:
            serve_exchange(options, lambda url: print(f"The exchange listens on {url}. Ctrl-C ends it.", flush=True))
        except OSError as error:
            raise ServiceAwayError(
                f"port {port} on 127.0.0.1 cannot be had ({error.strerror}): end what listens there, or choose another "
                "with --port"
            ) from None


def account() -> tuple[str, str, dict[str, str]]:
    """Return the account's SID and token, and those of the two that had to be invented, by variable."""
    given = {name: os.environ.get(name, "") for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")}
    fresh = {"TWILIO_ACCOUNT_SID": f"AC{os.urandom(16).hex()}", "TWILIO_AUTH_TOKEN": os.urandom(16).hex()}
    invented = {name: fresh[name] for name, value in given.items() if not value}
    both = {**given, **invented}
    return both["TWILIO_ACCOUNT_SID"], both["TWILIO_AUTH_TOKEN"], invented


@contextmanager
def _events(path: Path | None) -> "Iterator[LogEvent]":
    """Open the log; each line is written at once, so that nothing is lost however the exchange ends."""
    from outbound.exchange.log import ignore, write_lines
    from outbound.usecases.problems import InputProblemError

    if path is None:
        yield ignore
        return
    try:
        stream = path.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise InputProblemError(f"--log: {path} cannot be written ({error.strerror}); name another file") from None
    with stream:
        yield write_lines(stream)


def _check_positive(option: str, value: float) -> None:
    from outbound.usecases.problems import InputProblemError

    if not 0 < value < float("inf"):
        raise InputProblemError(f"{option}: {value} makes no sense; give a number above 0")


def _check_url(option: str, value: str) -> None:
    from urllib.parse import urlsplit

    from outbound.usecases.problems import InputProblemError

    if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise InputProblemError(
            f"{option}: {value} is no address; give one such as http://127.0.0.1:8000/voice/inbound"
        )
