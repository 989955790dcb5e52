"""A script that promotes, from its file to the telephone that does not ring."""

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import update

from outbound.adapters.files.campaigns import check_campaign, load_campaign
from outbound.adapters.sql.schema import contacts, receipts
from outbound.adapters.sql.store import SqlStore
from outbound.compliance.rules.rulebook import Trust
from outbound.usecases.scheduling.may_call import Rules
from tests.conftest import ROOT, ManualClock
from tests.usecases.builders import make_attempt, make_contact, rows
from tests.usecases.dial_room import DialRoom


def promoting_room(store: SqlStore, clock: ManualClock, folder: Path) -> DialRoom:
    """Take the shipped service campaign with a script that says of itself that it promotes something."""
    scripts = folder / "scripts_tts"
    shutil.copytree(ROOT / "scripts_tts", scripts)
    script = scripts / "welcome_call" / "script.yaml"
    shipped = script.read_text(encoding="utf-8")
    script.write_text(shipped.replace("promotional: false", "promotional: true", 1), encoding="utf-8")
    room = DialRoom(store, clock)
    path = ROOT / "config" / "campaigns" / "welcome-tw.yaml"
    room.rules = Rules(room.rules.rulebook, room.companies, Trust.ASSUMED)
    room.campaign = check_campaign(load_campaign(path), path, room.companies, scripts)
    return room


def test_a_service_campaign_whose_script_promotes_rings_nobody_without_consent_to_marketing(
    store: SqlStore, clock: ManualClock, tmp_path: Path
) -> None:
    """The call is refused at its reservation; the receipt shows the class asked for, the one that binds, and why."""
    room = promoting_room(store, clock, tmp_path)
    contact = make_contact(store)
    make_attempt(store, contact)
    assert room.place().placed == 0
    assert room.carrier.orders == []
    (receipt,) = rows(store, receipts.select())
    body: dict[str, Any] = receipt.body
    assert body["call_class"] == {"asked": "service", "bound": "telemarketing"}
    assert "marketing_consent_missing" in str(receipt.reasons)
    assert "promotion" in str(body["reasons"])


def test_with_consent_to_marketing_the_same_call_is_made(
    sqlite_store: SqlStore, clock: ManualClock, tmp_path: Path
) -> None:
    """Consent on record is what the class asks for; nothing else stands in the way in the morning of a working day."""
    room = promoting_room(sqlite_store, clock, tmp_path)
    contact = make_contact(sqlite_store)
    with sqlite_store.engine.begin() as connection:
        consents = {"marketing": "2026-11-01"}
        connection.execute(update(contacts).where(contacts.c.id == contact.id).values(consents=consents))
    make_attempt(sqlite_store, contact)
    assert room.place().placed == 1
