"""Which scripts the campaigns speak now, by version and share, and which on disk cannot be taken up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from outbound.cli.show import SHORT_ID, local

if TYPE_CHECKING:
    from outbound.adapters.files.scripts.standing import ScriptsOnDisk, Standing
    from outbound.bootstrap import House
    from outbound.domain.campaign import Campaign

_SHOWN = 3
"""Findings of a script that a page shows; `script check` tells all."""

_WHO = {"called": "", "senior": "65 and older: ", "rings_back": "who rings back: "}


class Fault(Struct, frozen=True):
    """What keeps a script from being taken up: where, and what to do."""

    code: str
    file: str
    line: int
    text: str
    step: str | None = None
    language: str | None = None


class SpokenScript(Struct, frozen=True):
    """A script of a campaign. `heard_by`: called, senior (65 and older) or rings_back; `share` in per cent of those.

    `version` is what stands on disk and new calls speak. None: it cannot be taken up because of `faults`; then a
    running server goes on with the version before, of which `last_version` was spoken last.
    """

    campaign: str
    script: str
    heard_by: str
    share: int
    version: str | None
    faults: tuple[Fault, ...] = ()
    last_version: str | None = None
    last_call: datetime | None = None


def spoken_scripts(house: "House", disk: "ScriptsOnDisk") -> tuple[SpokenScript, ...]:
    """Look at every script of every campaign whose file can be read; two campaigns may use the same."""
    used = [each for campaign in _campaigns(house) for each in _used_by(campaign)]
    standing = disk.standing([script for _, script, _, _ in used])
    spoken = _last_spoken(house, [name for name, each in standing.items() if each.version is None])
    return tuple(
        SpokenScript(
            campaign, script, heard_by, share, standing[script].version, _faults(house, standing[script]),
            *spoken.get(script, (None, None)),
        )
        for campaign, script, heard_by, share in used
    )  # fmt: skip


def not_taken_up(spoken: Sequence[SpokenScript], zone: str) -> Iterator[str]:
    """Yield, for each script that cannot be taken up, what, where, how to mend it, and what is spoken meanwhile."""
    campaigns: dict[str, list[str]] = {}
    for each in spoken:
        if each.version is None:
            campaigns.setdefault(each.script, []).append(each.campaign)
    for each in {one.script: one for one in spoken if one.version is None}.values():
        used_by = ", ".join(dict.fromkeys(campaigns[each.script]))
        yield f"SCRIPT NOT TAKEN UP: {each.script} ({used_by}). {_meanwhile(each, zone)}"
        for fault in each.faults[:_SHOWN]:
            language = f" ({fault.language})" if fault.language else ""
            yield f"  {fault.file}:{fault.line}{language}: {fault.text}"
        more = len(each.faults) - _SHOWN
        rest = f"{more} more; " if more > 0 else ""
        yield f"  {rest}`outbound script check scripts_tts/{each.script}` proves it once it is mended"


def in_force(spoken: Sequence[SpokenScript]) -> Iterator[str]:
    """Yield one line a campaign: what is spoken to whom."""
    by_campaign: dict[str, list[str]] = {}
    for each in spoken:
        version = "NOT TAKEN UP" if each.version is None else each.version[:SHORT_ID]
        share = f" ({each.share} %)" if each.share < 100 else ""  # noqa: PLR2004 - per cent
        by_campaign.setdefault(each.campaign, []).append(f"{_WHO[each.heard_by]}{each.script} {version}{share}")
    for campaign, scripts in by_campaign.items():
        yield f"Scripts of {campaign}: {'; '.join(scripts)}"


def _meanwhile(each: SpokenScript, zone: str) -> str:
    if each.last_version is None or each.last_call is None:
        return "It was never spoken; `outbound serve` does not start with it"
    return (
        f"A running server goes on with the version before (last spoken: {each.last_version[:SHORT_ID]}, "
        f"{local(each.last_call, zone)}); `outbound serve` does not start with it"
    )


def _last_spoken(house: "House", scripts: Sequence[str]) -> "Mapping[str, tuple[str, datetime | None]]":
    if not scripts:
        return {}
    from outbound.adapters.sql.views.script_versions import last_spoken

    with house.store.reading() as connection:
        return last_spoken(connection, scripts)


def _campaigns(house: "House") -> "Iterator[Campaign]":
    """Yield campaigns as their files say, whether or not their scripts can be read."""
    from outbound.adapters.files.campaigns import load_campaign
    from outbound.usecases.problems import InputProblemError

    for path in sorted((house.folder / "config" / "campaigns").glob("*.yaml")):
        try:
            yield load_campaign(path)
        except InputProblemError:
            # Told already, with the file, as what keeps the campaigns from being read.
            continue


def _used_by(campaign: "Campaign") -> Iterator[tuple[str, str, str, int]]:
    for share in campaign.shares:
        yield campaign.id, share.script, "called", share.share
    if not campaign.shares:
        yield campaign.id, campaign.script, "called", 100
    if campaign.senior_script:
        yield campaign.id, campaign.senior_script, "senior", 100
    if campaign.return_script:
        yield campaign.id, campaign.return_script, "rings_back", 100


def _faults(house: "House", standing: "Standing") -> tuple[Fault, ...]:
    below = f"{house.folder}/"
    return tuple(
        Fault(each.code, each.file.removeprefix(below), each.line, each.text, each.step, each.language)
        for each in standing.findings
    )
