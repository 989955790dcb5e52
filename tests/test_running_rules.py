"""A process that runs on while people change the rules: what they sign, withdraw or spoil counts within a minute."""

import logging
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from outbound.adapters.files.rules import watched
from outbound.adapters.sql.database.keys import Keyring
from outbound.adapters.sql.schema import attempts, rule_contents
from outbound.bootstrap import House, open_house
from outbound.cli.rules.signing import sign_packs
from outbound.cli.serving.readiness import rules_problem
from outbound.compliance.rules.rulebook import SignatureKind
from outbound.settings import embedded
from outbound.usecases.problems import InputProblemError
from outbound.work import Work
from tests.conftest import ROOT
from tests.usecases.builders import contact_now, make_contact, rows
from tests.usecases.dial_room import FakeCarrier

MINUTE = int(watched.LOOK_AGAIN_SECONDS)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keyring: Keyring, clock: Any) -> Iterator[House]:
    """An installation as shipped, whose pack of Taiwan nobody signed for production, and a carrier that obeys."""
    for name in ("config", "scripts_tts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for pack in (tmp_path / "config" / "compliance" / "packs").glob("*.yaml"):
        if pack.stem != "TW":
            pack.unlink()
    monkeypatch.setenv("OUTBOUND_HOME", str(tmp_path))
    house = open_house(embedded(database_url=f"sqlite:///{tmp_path}/outbound.db"), keyring=keyring, clock=clock)
    house.carrier = FakeCarrier(clock)
    yield house
    house.store.engine.dispose()


def rules_of(house: House) -> Path:
    """The rules directory."""
    return house.folder / "config" / "compliance"


def sign(house: House, *names: str) -> None:
    """Let people sign Taiwan's pack."""
    for name in names:
        sign_packs(rules_of(house), ["TW"], name, SignatureKind.PRODUCTION, date(2026, 11, 16))


def planned(house: House, clock: Any, number: int = 1) -> str:
    """Plan one more person and wait for the hour; return the contact."""
    contact = make_contact(house.store, numbers=(f"+88690000000{number}",))
    assert Work(house).plan()["planned"] == 1
    clock.instant = max(clock.instant, window_of(house, contact.id))
    return contact.id


def window_of(house: House, contact_id: str) -> Any:
    """When the contact is to be rung from."""
    query = select(attempts.c.window_start).where(attempts.c.contact_id == contact_id)
    with house.store.reading() as connection:
        return connection.execute(query).scalar_one()


def dialled(house: House) -> int:
    """How many orders the carrier got."""
    return len(house.carrier.orders)  # type: ignore[attr-defined]


def test_a_signature_lets_the_same_process_dial_within_a_minute(house: House, clock: Any) -> None:
    """Held for want of signatures, the contact is planned and rung once two people have signed; no restart."""
    work = Work(house)
    contact = make_contact(house.store)
    assert work.plan()["held"] == {"pack_unsigned": 1}
    sign(house, "lin", "chen")
    clock.advance(seconds=MINUTE - 1)
    work.plan()
    assert contact_now(house.store, contact.id).reason == "pack_unsigned"
    clock.advance(seconds=1)
    assert work.plan()["planned"] == 1
    clock.instant = window_of(house, contact.id)
    assert (work.place().placed, dialled(house)) == (1, 1)


def test_a_withdrawn_signature_stops_what_is_planned(house: House, clock: Any) -> None:
    """What was planned under a signature that is taken back does not ring."""
    sign(house, "lin", "chen")
    work = Work(house)
    planned(house, clock)
    (rules_of(house) / "signatures.yaml").write_text("signatures: []\n", encoding="utf-8")
    clock.advance(seconds=MINUTE)
    assert work.place().cancelled == {"pack_unsigned": 1}
    assert dialled(house) == 0


def test_rules_that_cannot_be_read_dial_nobody_and_say_why(
    house: House, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The last good rules are not used on: nothing is planned or dialled until the file is mended, and it is named."""
    sign(house, "lin", "chen")
    work = Work(house)
    planned(house, clock)
    pack = rules_of(house) / "packs" / "TW.yaml"
    good = pack.read_text("utf-8")
    pack.write_text(good.replace("windows:", "windws:", 1), encoding="utf-8")
    clock.advance(seconds=MINUTE)
    for verb in (work.place, work.plan):
        with caplog.at_level(logging.ERROR), pytest.raises(InputProblemError, match=r"TW\.yaml"):
            verb()
    work.settle()
    assert dialled(house) == 0
    assert len([each for each in caplog.records if "nothing is dialled" in each.message]) == 1
    told = rules_problem(house)["rules"]
    assert "config/compliance/packs/TW.yaml" in told
    assert str(house.folder) not in told
    pack.write_text(good, encoding="utf-8")
    clock.advance(seconds=MINUTE)
    assert (work.place().placed, rules_problem(house)) == (1, {})


def test_a_call_in_the_air_is_answered_while_the_rules_cannot_be_read(house: House, clock: Any) -> None:
    """The voice goes on under rules without a pack: it promises no time, for no hour is known to be lawful."""
    assert "TW" in house.rules_or_no_pack.rulebook.packs
    (rules_of(house) / "signatures.yaml").write_text("signatures: 7\n", encoding="utf-8")
    clock.advance(seconds=MINUTE)
    assert dict(house.rules_or_no_pack.rulebook.packs) == {}
    assert house.rules_or_no_pack.script_seconds == house.script_seconds


def test_changed_rules_are_kept_as_evidence_before_they_decide(house: House, clock: Any) -> None:
    """A pack's new content is in the database as soon as somebody is planned by it."""
    work = Work(house)
    work.plan()
    before = {row.content_hash for row in rows(house.store, select(rule_contents.c.content_hash))}
    pack = rules_of(house) / "packs" / "TW.yaml"
    pack.write_text(pack.read_text("utf-8").replace("version: ", "version: next-", 1), encoding="utf-8")
    clock.advance(seconds=MINUTE)
    work.plan()
    after = {row.content_hash for row in rows(house.store, select(rule_contents.c.content_hash))}
    assert house.rulebook.packs["TW"].content_hash in after - before


def test_a_new_year_reads_the_calendars_of_the_next_one(house: House, clock: Any) -> None:
    """A process that runs over the turn of the year knows the holidays of the year after."""
    book = house.rulebook
    clock.instant = clock.instant.replace(year=2027)
    assert house.rulebook is not book


def test_nothing_changed_is_the_same_rulebook(house: House, clock: Any) -> None:
    """Day tables that were computed are kept as long as nothing changed."""
    book = house.rulebook
    clock.advance(seconds=MINUTE * 3)
    assert house.rulebook is book


def test_a_run_in_virtual_time_keeps_its_rules(house: House, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A simulation asks the file system once, whatever happens to the files."""
    house.keeps_rules = True
    book = house.rulebook
    (rules_of(house) / "packs" / "TW.yaml").write_text("spoilt", encoding="utf-8")
    monkeypatch.setattr(watched.WatchedRules, "_files", lambda _self: pytest.fail("it looked again"))
    clock.advance(days=3)
    assert house.rulebook is book
