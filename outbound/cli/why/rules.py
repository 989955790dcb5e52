"""The rules that one contact needs: to read those of every country takes longer than all the rest of the answer."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from outbound.adapters.files.rules.packs import load_rulebook
from outbound.adapters.sql.views.contact_story import ContactStory
from outbound.cli.hours.territories import countries_of
from outbound.compliance.facts import GateOptions
from outbound.compliance.rules.rulebook import Rulebook
from outbound.domain.campaign import Campaign
from outbound.usecases.scheduling.may_call import Rules

if TYPE_CHECKING:
    from outbound.bootstrap import House

_SLACK = timedelta(days=2)


def rulebook_for(folder: Path, story: ContactStory, instant: datetime) -> Rulebook:
    """Read the packs of every country that the contact is or was said to be in, with calendars around an instant."""
    contact = story.contact
    rules = folder / "config" / "compliance"
    said = (contact.region, contact.billing_region, *(row["region"] for row in story.places))
    codes = {region.strip().upper() for region in said if region and region.strip()}
    countries = {country for code in sorted(codes) for country in countries_of(rules, code)}
    last = instant + timedelta(days=GateOptions().horizon_days) + _SLACK
    return load_rulebook(rules, years=range((instant - _SLACK).year, last.year + 1), only=sorted(countries))


def rules_for(house: "House", campaign: Campaign, rulebook: Rulebook) -> Rules:
    """Return what the dialler's decisions for a campaign rest on, with these rules and its scripts."""
    from outbound.adapters.files.scripts import FileScripts
    from outbound.dialogue.prover.length import longest_seconds

    scripts = FileScripts(house.folder / "scripts_tts")
    speech = scripts.limits.speech
    seconds = {name: longest_seconds(scripts.load(name), speech) for name in campaign.called_with}
    return Rules(rulebook, house.companies, house.trust, seconds)
