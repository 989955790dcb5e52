"""`outbound script compare`: what came of the versions that share a campaign, and what chance may explain."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from outbound.cli.show import SHORT_ID, local, print_json, print_table

if TYPE_CHECKING:
    from outbound.bootstrap import House
    from outbound.domain.campaign import Campaign
    from outbound.review.compare import Difference, Share, Version

_GROUPS = {"called": "Called", "senior": "Called, 65 and older", "rings_back": "Rang us back"}
_SPOKEN = {
    "verified": "verified", "completed": "completed", "opted_out": "opt-outs", "complained": "complaints",
    "asked_for_a_person": "asked for a person",
}  # fmt: skip


def compare(
    *,
    campaign: Annotated[
        str | None, typer.Option("--campaign", help="Its id; may be left out where there is only one.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare the versions of scripts that a campaign spoke: what came of the calls, and what chance may explain.

    Shares are of people who answered, each counted once however often they were called. Those of 65 and older, and who
    rings back, hear scripts of their own and are compared among themselves. Intervals are 95 %.

    Example: outbound script compare --campaign welcome-tw
    """
    from outbound.adapters.sql.views.spoken_calls import spoken_calls
    from outbound.bootstrap import open_house
    from outbound.review.compare import differences, versions

    house = open_house()
    chosen = _campaign(house, campaign)
    with house.store.reading() as connection:
        found = versions(spoken_calls(connection, chosen.id, chosen.senior_script))
    apart = differences(found)
    if json:
        print_json({"campaign": chosen.id, "versions": found, "differences": apart})
    else:
        _print(chosen, found, apart, house.settings.business_zone)


def _campaign(house: "House", given: str | None) -> "Campaign":
    from outbound.usecases.problems import InputProblemError

    known = house.campaigns
    if given is None and len(known) == 1:
        return next(iter(known.values()))
    if given is None or given not in known:
        what = "say which campaign" if given is None else f"there is no campaign {given!r}"
        raise InputProblemError(f"--campaign: {what}; known are {', '.join(sorted(known))}")
    return known[given]


def _print(campaign: "Campaign", found: "Sequence[Version]", apart: "Sequence[Difference]", zone: str) -> None:
    if not found:
        print(
            f"No call of {campaign.id} has spoken and ended yet, so there is nothing to compare. "
            "What it will speak: `outbound status`."
        )
        return
    for heard_by, title in _GROUPS.items():
        group = [each for each in found if each.heard_by == heard_by]
        if group:
            columns = ("version", *(each.version[:SHORT_ID] for each in group))
            print_table(f"{title} ({campaign.id})", columns, _rows(group, zone), empty="")
            for line in _told(group, [each for each in apart if each.heard_by == heard_by]):
                print(line)
            print()
    print(
        f"Times are those of {zone}. Answered: by a person. Shares are of people, each counted once.\n"
        "NPS from -100 to 100. Median: half of the answered calls end within."
    )


def _rows(group: "Sequence[Version]", zone: str) -> Iterator[tuple[str, ...]]:
    """Yield a row a figure: versions stand side by side, so that any terminal is wide enough for two."""
    yield "script", *(each.script for each in group)
    yield "spoken from", *(local(each.first, zone) for each in group)
    yield "to", *(local(each.last, zone) for each in group)
    yield "calls", *(str(each.calls) for each in group)
    yield "answered", *(str(each.answered) for each in group)
    yield "people", *(str(each.contacts) for each in group)
    for name, spoken in _SPOKEN.items():
        yield spoken, *(_share(each.shares[name]) for each in group)
    yield "NPS (95 %)", *(_nps(each) for each in group)
    yield "median", *("-" if each.median_seconds is None else f"{each.median_seconds:.0f} s" for each in group)


def _nps(each: "Version") -> str:
    given = each.nps
    if given.score is None:
        return "nobody said"
    return f"{given.score:+.0f} ({given.low:+.0f} to {given.high:+.0f}), {given.answers} said"


def _share(share: "Share") -> str:
    return "-" if share.estimate is None else f"{share.count} ({share.estimate.value:.0%})"


def _told(group: "Sequence[Version]", apart: "Sequence[Difference]") -> Iterator[str]:
    """Yield what may be said of the differences, and what may not."""
    from outbound.review.compare import at_other_times

    if len(group) == 1:
        yield "Only one version was spoken to them: nothing to compare. `scripts:` with shares lets several share it."
        return
    against = group[0]
    for each in group[1:]:
        names = f"{each.version[:SHORT_ID]} against {against.version[:SHORT_ID]}"
        these = [one for one in apart if one.version == each.version]
        real = [one for one in these if not one.by_chance]
        if not these:
            yield f"{names}: too few people answered to say anything."
        elif not real:
            yield f"{names}: every difference is within chance (95 %)."
        for one in real:
            yield f"{names}: {_difference(one)}, more than chance explains (95 %)."
        if at_other_times(each, against):
            yield f"{names}: one was spoken after the other; days, hours and people differ too, not the words alone."
    if len(apart) > 1:
        yield f"{len(apart)} figures are compared: about one in twenty differs so by chance alone."


def _difference(one: "Difference") -> str:
    found = one.difference
    if one.figure not in _SPOKEN:
        return f"NPS {found.value:+.0f} points ({found.low:+.0f} to {found.high:+.0f})"
    low, high = 100 * found.low, 100 * found.high
    return f"{_SPOKEN[one.figure]} {100 * found.value:+.0f} points ({low:+.0f} to {high:+.0f})"
