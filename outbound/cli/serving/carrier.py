"""Where the settings say so: the exchange in this process, in real time, in the place of a carrier."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from outbound.settings import home
from outbound.usecases.problems import InputProblemError, ServiceAwayError

if TYPE_CHECKING:
    from outbound.exchange.people.population import Population
    from outbound.settings import Settings

_HEADROOM = 1.25
"""The exchange takes calls a little faster than we place them, so that its queue stays empty."""


@contextmanager
def embedded_exchange(settings: "Settings") -> "Iterator[Settings]":
    """Run the exchange while the block lasts, and yield the settings that point to it.

    Its account is that of the settings, or an invented one. Raises `ServiceAwayError` when its port is taken.
    """
    from outbound.cli.exchange import DEFAULT_PORT
    from outbound.cli.serving.checks import is_loopback
    from outbound.exchange.board import ANY_NUMBER, IncomingNumber
    from outbound.exchange.core import ExchangeConfig
    from outbound.exchange.server import ServerOptions, running
    from outbound.usecases.conversation.addresses import VoiceAddresses

    if settings.carrier_url and not is_loopback(settings.carrier_url):
        raise InputProblemError(
            f"config/outbound.yaml: carrier_url: {settings.carrier_url} is not this machine; with embedded_exchange "
            "leave it out, or write http://127.0.0.1:8500"
        )
    port = urlsplit(settings.carrier_url or "").port or DEFAULT_PORT
    sid, token = _account(settings)
    addresses = VoiceAddresses(settings.public_url)
    incoming = {ANY_NUMBER: IncomingNumber(addresses.inbound, status_url=addresses.inbound_status)}
    rate = settings.trunk_calls_per_second * _HEADROOM
    config = ExchangeConfig(sid, token, calls_per_second=rate, incoming=incoming)
    options = ServerOptions(config, _population(settings), port=port)
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running(options))
        except OSError as error:
            raise ServiceAwayError(
                f"port {port} on 127.0.0.1 (carrier_url) cannot be had for the exchange: {error.strerror}"
            ) from None
        known = {"carrier_url": url, "account_sid": SecretStr(sid), "auth_token": SecretStr(token)}
        yield settings.model_copy(update=known)


def _account(settings: "Settings") -> tuple[str, str]:
    """Return SID and token of the settings, or invented ones, which open nothing anywhere else."""
    sid, token = settings.account_sid, settings.auth_token
    return (
        sid.get_secret_value() if sid else f"AC{os.urandom(16).hex()}",
        token.get_secret_value() if token else os.urandom(16).hex(),
    )


def _population(settings: "Settings") -> "Population":
    from outbound.exchange.people.population import Population, PopulationError
    from outbound.exchange.people.population_file import load

    if not settings.exchange_population:
        return Population()
    try:
        return load(home() / settings.exchange_population)
    except PopulationError as error:
        raise InputProblemError(
            f"exchange_population (config/outbound.yaml, or OUTBOUND_EXCHANGE_POPULATION): {error}; name a population "
            "file such as config/samples/population.yaml"
        ) from None
