"""The status of an installation: read once, or watched, also while its database is away."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct
from msgspec.structs import asdict

from outbound.cli.desk.spoken import SpokenScript, in_force, not_taken_up, spoken_scripts
from outbound.cli.show import local_in
from outbound.cli.status import print_status

if TYPE_CHECKING:
    from outbound.adapters.files.approvals import NotApproved
    from outbound.adapters.files.scripts.standing import ScriptsOnDisk
    from outbound.adapters.sql.views.read_models import Status
    from outbound.bootstrap import House
    from outbound.domain.campaign import Campaign
    from outbound.domain.line.holds import HoldInForce

_EVERY_SECONDS = 2
_CLEAR = "\033[2J\033[H"


class Look(Struct, frozen=True):
    """The status at an instant, what keeps due calls from being dialled, which rules cannot be read.

    `not_approved` is what customers hear, or scripts are measured by, though nobody put their name to it.
    """

    status: "Status"
    held: "tuple[HoldInForce, ...]"
    rules_problem: str | None
    zone: str
    campaigns_problem: str | None = None
    scripts: tuple[SpokenScript, ...] = ()
    not_approved: "tuple[NotApproved, ...]" = ()

    def as_dict(self) -> Mapping[str, Any]:
        """Return everything, for one JSON document."""
        problems = {"rules_problem": self.rules_problem, "campaigns_problem": self.campaigns_problem}
        found = {"scripts": self.scripts, "not_approved": self.not_approved}
        return {**asdict(self.status), "held": self.held, **problems, **found}

    def print_page(self) -> None:
        """Print it for people."""
        from outbound.adapters.files.approvals import told

        if self.campaigns_problem:
            print(f"The campaigns cannot be read, so which of them are full is not known: {self.campaigns_problem}")
        for line in not_taken_up(self.scripts, self.zone):
            print(line)
        print_status(self.status, self.zone, self.rules_problem, self.held)
        for line in in_force(self.scripts):
            print(line)
        for line in told(self.not_approved):
            print(line)


def look(house: "House", disk: "ScriptsOnDisk") -> Look:
    """Read the status; `disk` are the scripts of the house. Raises what says that the database is away."""
    from outbound.adapters.files.approvals import not_approved
    from outbound.adapters.sql.calls.lines import read_lines
    from outbound.adapters.sql.views.read_models import status
    from outbound.domain.line.holds import holds_in_force

    now = house.clock.now()
    with house.store.reading() as connection:
        found, lines = status(connection, now), read_lines(connection)
    campaigns, problem = _campaigns(house)
    spoken = spoken_scripts(house, disk)
    held = holds_in_force(lines, campaigns, house.trunk, now)
    names = not_approved(house.folder / "scripts_tts")
    return Look(found, held, house.rules_problem(), house.settings.business_zone, problem, spoken, names)


def scripts_on_disk(house: "House") -> "ScriptsOnDisk":
    """Return the scripts of a house, to be looked at as often as it takes."""
    from outbound.adapters.files.scripts.standing import ScriptsOnDisk

    return ScriptsOnDisk(house.folder / "scripts_tts")


def _campaigns(house: "House") -> "tuple[Mapping[str, Campaign], str | None]":
    from outbound.dialogue.script.document import ScriptError
    from outbound.usecases.problems import InputProblemError

    try:
        return house.campaigns, None
    except (InputProblemError, ScriptError) as problem:
        return {}, str(problem).replace(f"{house.folder}/", "")


def watch_status(house: "House") -> NoReturn:
    """Show the status every two seconds until Ctrl-C; while the database is away, say so and since when."""
    from sqlalchemy.exc import DBAPIError

    from outbound.usecases.problems import ServiceAwayError

    away_since, disk = None, scripts_on_disk(house)
    while True:
        try:
            found = look(house, disk)
        except (ServiceAwayError, DBAPIError) as problem:
            away_since = away_since or house.clock.now()
            since = local_in(away_since, house.settings.business_zone)
            # A library's own text may quote data.
            kind = str(problem) if isinstance(problem, ServiceAwayError) else type(problem.orig).__name__
            print(f"{_CLEAR}THE DATABASE IS AWAY since {since}, looked for every two seconds: {kind}", flush=True)
        else:
            away_since = None
            print(_CLEAR, end="")
            found.print_page()
            print(end="", flush=True)
        time.sleep(_EVERY_SECONDS)
