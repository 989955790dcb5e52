"""What has to be right before anything is served: every mistake is found at once and said clearly."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from outbound.usecases.problems import InputProblemError

if TYPE_CHECKING:
    from outbound.bootstrap import House
    from outbound.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_house(house: "House") -> None:
    """Load everything that a call needs. Raises one `InputProblemError` that names every mistake."""
    from outbound.adapters.files.scripts import prepare_understanding
    from outbound.dialogue.script.document import ScriptError

    loads: Sequence[Callable[[], object]] = (
        lambda: house.companies,
        lambda: house.campaigns,
        lambda: house.scripts,
        lambda: prepare_understanding(house.folder / "scripts_tts"),
        lambda: house.rulebook,
        lambda: house.carrier,
        lambda: house.is_genuine,
        lambda: house.sink,
        house.arrivals,
        lambda: check_addresses(house.settings),
    )
    found: list[str] = []
    for load in loads:
        try:
            load()
        except (InputProblemError, ScriptError) as mistake:
            found.append(str(mistake))
    if found:
        raise InputProblemError("\n".join(dict.fromkeys(found)))


def check_addresses(settings: "Settings") -> None:
    """Raise `InputProblemError` when the carrier could not reach us: people would be rung and hear nothing."""
    if is_loopback(settings.public_url) and not is_loopback(settings.carrier_url):
        raise InputProblemError(
            f"config/outbound.yaml: public_url: {settings.public_url} cannot be reached by the carrier, so whoever "
            "picks up would hear nothing; give the https address under which the carrier finds this machine, or set "
            "carrier_url to a local exchange"
        )


def open_to_everybody(settings: "Settings") -> str | None:
    """Say that strangers can read the figures, where the address is on the network and no token is asked for."""
    if settings.metrics_token is not None or not settings.public_url.startswith("https://"):
        return None
    return (
        f"WARNING: {settings.public_url}/metrics tells everybody who asks how many calls are made and what fails: set "
        "OUTBOUND_METRICS_TOKEN in the environment, or close that path in the proxy."
    )


def is_loopback(url: str | None) -> bool:
    """Whether an address can only be this machine."""
    return urlsplit(url or "").hostname in _LOOPBACK


def unsigned_packs(house: "House") -> tuple[list[str], int]:
    """Rule packs under which nothing is dialled, because two people have not signed them.

    Returns the codes of those where the companies are at home, and how many others there are.
    """
    unsigned = [pack.code for pack in house.rulebook.packs.values() if not house.rulebook.signed(pack, house.trust)]
    homes = {company.region.partition("-")[0] for company in house.companies.values()}
    at_home = [code for code in unsigned if code.partition("-")[0] in homes]
    return at_home, len(unsigned) - len(at_home)
