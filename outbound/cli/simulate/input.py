"""What `simulate` is given, read and checked."""

import dataclasses
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from outbound.usecases.problems import InputProblemError

if TYPE_CHECKING:
    from outbound.bootstrap import House
    from outbound.exchange.faults import Faults
    from outbound.exchange.people.population import Population
    from outbound.simulation.clock import VirtualClock
    from outbound.simulation.result import RunResult
    from outbound.simulation.runs import Plan

DEFAULT_CAMPAIGN = "welcome-tw"


class SimulateOptions(Struct, frozen=True):
    """The options as typed."""

    policies: str
    start: str
    days: int
    seed: int
    campaign: str | None
    population: str | None
    faults: str | None
    exchange_log: str | None
    records: str | None
    database: str | None


def run_simulation(options: SimulateOptions, progress: Callable[[datetime, datetime], None]) -> "RunResult":
    """Run what the options ask for. Raises `InputProblemError` naming the option that is wrong."""
    from outbound.simulation.clock import VirtualClock
    from outbound.simulation.runs import Plan
    from outbound.simulation.simulate import Outputs, simulate

    start = _instant(options.start)
    clock = VirtualClock(start)
    house = _open(options, clock)
    try:
        plan = Plan(Path(options.policies), start, options.days, options.seed, _campaign(options, house))
        population, faults = _population(options.population), _faults(options, plan)
        # Last, since it makes the files.
        outputs = Outputs(_writable("--exchange-log", options.exchange_log), _writable("--records", options.records))
        result, _ = simulate(
            house,
            clock,
            plan,
            population=population,
            faults=faults,
            outputs=outputs,
            progress=lambda at: progress(at, plan.end),
        )
    finally:
        house.store.engine.dispose()
    return result if options.database else _without_database(result)


def _open(options: SimulateOptions, clock: "VirtualClock") -> "House":
    from outbound.adapters.clock import SeededIdentifiers
    from outbound.adapters.sql.database.keys import KEY_BYTES, Keyring
    from outbound.bootstrap import keyring_of, open_house
    from outbound.settings import embedded, load

    # A database that stays is sealed with the installation's keys; one that goes needs keys for as long as it lasts.
    keyring = (
        keyring_of(load())
        if options.database
        else Keyring(data_key=os.urandom(KEY_BYTES), index_key=os.urandom(KEY_BYTES))
    )
    return open_house(
        embedded(
            database_url=options.database or "sqlite:///:memory:",
            public_url="http://127.0.0.1:8080",
            drop_folder=None,
        ),
        keyring=keyring,
        clock=clock,
        identifiers=SeededIdentifiers(options.seed),
        honours_demo_signatures=True,
        keeps_rules=True,
        # A database that the user named stays, and others may look at it meanwhile.
        throwaway=options.database is None,
    )


def _campaign(options: SimulateOptions, house: "House") -> str:
    """Take a campaign file in place of the configured ones."""
    if options.campaign is None:
        return DEFAULT_CAMPAIGN
    from outbound.adapters.files.campaigns import check_campaign, load_campaign

    path = Path(options.campaign)
    campaign = check_campaign(load_campaign(path), path, house.companies, house.folder / "scripts_tts")
    house.campaigns = {campaign.id: campaign}
    return campaign.id


def _instant(text: str) -> datetime:
    import pendulum

    try:
        instant = pendulum.parse(text, exact=True)
        plain = datetime.fromisoformat(text) if isinstance(instant, pendulum.DateTime) else None
    except ValueError:
        plain = None
    # pendulum would take a missing offset for UTC; here it is a mistake.
    if plain is None or plain.tzinfo is None:
        raise InputProblemError(f"--start: {text!r} is no instant with an offset; write 2026-11-23T00:00:00+08:00")
    return plain


def _population(path: str | None) -> "Population | None":
    if path is None:
        return None
    from outbound.exchange.people.population import PopulationError
    from outbound.exchange.people.population_file import load

    try:
        return load(_existing("--population", path))
    except PopulationError as error:
        raise InputProblemError(str(error)) from None


def _faults(options: SimulateOptions, plan: "Plan") -> "Faults | None":
    """Read the faults file; after the last day of dialling nothing goes wrong any more."""
    if options.faults is None:
        return None
    from outbound.exchange.faults import FaultsError, load

    try:
        found = load(_existing("--faults", options.faults), options.seed)
    except FaultsError as error:
        raise InputProblemError(str(error)) from None
    for window in found.windows:
        if window.end <= plan.start or window.start >= plan.end:
            print(
                f"outbound: --faults: the window of {window.fault} from {window.start.isoformat()} to "
                f"{window.end.isoformat()} never strikes: the simulated days go from {plan.start.isoformat()} to "
                f"{plan.end.isoformat()}",
                file=sys.stderr,
            )
    return dataclasses.replace(found, until=plan.end)


def _existing(option: str, path: str) -> Path:
    if not Path(path).is_file():
        raise InputProblemError(f"{option}: there is no file {path}")
    return Path(path)


def _writable(option: str, text: str | None) -> Path | None:
    """Find out before the run, which may take minutes, that its file can be written; leave what is there alone."""
    if not text:
        return None
    path = Path(text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
    except OSError as error:
        raise InputProblemError(
            f"{option}: {path} cannot be written: {error.strerror or type(error).__name__}"
        ) from None
    return path


def _without_database(result: "RunResult") -> "RunResult":
    return replace(result, files={name: path for name, path in result.files.items() if name != "database"})
