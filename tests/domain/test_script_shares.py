"""Several scripts in one campaign: each contact hears one of them, always the same."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.domain.campaign import Campaign, ScriptShare
from tests.values import replace

CONTACTS = [f"{number:032x}" for number in range(100_000)]


def sharing(campaign: Campaign, **shares: int) -> Campaign:
    """The campaign with scripts and their per cents."""
    return replace(campaign, shares=tuple(ScriptShare(name, share) for name, share in shares.items()))


def test_without_shares_everybody_hears_the_one_script(campaign: Campaign) -> None:
    """Nothing is drawn, and without a script for older people they hear it too."""
    campaign = replace(campaign, senior_script=None)
    assert campaign.script_for(CONTACTS[0], senior=True) == campaign.script
    assert campaign.script_for(CONTACTS[0]) == campaign.script
    assert campaign.called_with == (campaign.script,)
    assert campaign.scripts_used == ("welcome_call", "missed_call_return")


def test_people_of_65_and_older_hear_their_own_script(campaign: Campaign) -> None:
    """Where a campaign has one; the others go on sharing theirs."""
    campaign = replace(sharing(campaign, a=50, b=50), senior_script="care_call_65_plus")
    assert campaign.script_for(CONTACTS[0], senior=True) == "care_call_65_plus"
    assert campaign.script_for(CONTACTS[0]) in {"a", "b"}
    assert campaign.called_with == ("a", "b", "care_call_65_plus")


@pytest.mark.parametrize("shares", [{"a": 70, "b": 30}, {"a": 1, "b": 99}, {"a": 34, "b": 33, "c": 33}])
def test_shares_are_kept_within_a_point(campaign: Campaign, shares: dict[str, int]) -> None:
    """Over a hundred thousand contacts each script has its per cent, give or take one."""
    heard = Counter(map(sharing(campaign, **shares).script_for, CONTACTS))
    for name, share in shares.items():
        assert abs(heard[name] / len(CONTACTS) * 100 - share) < 1


@given(contact=st.text(min_size=1, max_size=40), first=st.integers(min_value=1, max_value=99))
def test_a_contact_hears_the_same_script_always(campaign: Campaign, contact: str, first: int) -> None:
    """Neither the order in the file nor asking again changes it."""
    one, other = sharing(campaign, a=first, b=100 - first), sharing(campaign, b=100 - first, a=first)
    assert one.script_for(contact) == one.script_for(contact) == other.script_for(contact)


def test_a_third_script_moves_only_those_who_go_over_to_it(campaign: Campaign) -> None:
    """The others keep their proportions, and nobody changes between them."""
    before, after = sharing(campaign, a=60, b=40), sharing(campaign, a=54, b=36, c=10)
    moved = [each for each in CONTACTS if before.script_for(each) != after.script_for(each)]
    assert {after.script_for(each) for each in moved} == {"c"}
    assert abs(len(moved) / len(CONTACTS) * 100 - 10) < 1


def test_campaigns_draw_apart(campaign: Campaign) -> None:
    """Who hears one script in a campaign does not hear it in every other one."""
    one, other = sharing(campaign, a=50, b=50), sharing(replace(campaign, id="another"), a=50, b=50)
    same = sum(one.script_for(each) == other.script_for(each) for each in CONTACTS[:10_000])
    assert 4_700 < same < 5_300
