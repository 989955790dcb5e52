"""The only place where adapters are made and handed to the verbs."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from outbound.adapters.clock import RandomIdentifiers, SystemClock
from outbound.adapters.files.campaigns import load_campaigns, load_companies
from outbound.adapters.sql.keys import Keyring, read_key
from outbound.adapters.sql.migrate import upgrade
from outbound.adapters.sql.store import SqlStore, open_engine
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.domain.identifiers import Identifiers
from outbound.settings import Settings, home, load
from outbound.usecases.ports.clock import Clock
from outbound.usecases.problems import InputProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr


@dataclass(frozen=True)
class House:
    """An installation with its parts, each made when it is first asked for."""

    settings: Settings
    store: SqlStore
    clock: Clock
    identifiers: Identifiers
    folder: Path

    @cached_property
    def companies(self) -> "Mapping[str, Company]":
        """Companies of the group by id."""
        return load_companies(self.folder / "config" / "companies.yaml")

    @cached_property
    def campaigns(self) -> "Mapping[str, Campaign]":
        """Campaigns by id."""
        return load_campaigns(self.folder / "config" / "campaigns", self.companies, self.folder / "scripts_tts")


def keyring_of(settings: Settings) -> Keyring:
    """Read both keys from the settings, or raise `InputProblemError` that says how to make them."""
    return Keyring(
        data_key=_key("OUTBOUND_DATA_KEY", settings.data_key), index_key=_key("OUTBOUND_INDEX_KEY", settings.index_key)
    )


def _key(name: str, secret: "SecretStr | None") -> bytes:
    if secret is None:
        raise InputProblemError(
            f"environment: {name} is not set; personal data is never stored without it. Make one with\n"
            f"  export {name}=$(python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')\n"
            "and keep it: what was sealed with it cannot be read without it."
        )
    return read_key(name, secret.get_secret_value())


def open_house(
    settings: Settings | None = None,
    *,
    keyring: Keyring | None = None,
    clock: Clock | None = None,
    identifiers: Identifiers | None = None,
) -> House:
    """Open the installation that `settings` describe and bring its database to this version's schema.

    Raises `InputProblemError` for settings or keys that cannot be used, `ServiceAwayError` without a database.
    """
    settings = settings or load()
    keyring = keyring or keyring_of(settings)
    engine = open_engine(_absolute(settings.database_url), keyring)
    upgrade(engine)
    return House(
        settings=settings,
        store=SqlStore(engine, keyring),
        clock=clock or SystemClock(),
        identifiers=identifiers or RandomIdentifiers(),
        folder=home(),
    )


def _absolute(url: str) -> str:
    """Anchor a relative SQLite path at `home()`, so that every command finds the same file."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/") and url != prefix + ":memory:":
        return f"{prefix}{home() / url.removeprefix(prefix)}"
    return url
