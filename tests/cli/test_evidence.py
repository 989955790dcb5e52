"""`outbound audit`, as its users see it."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from outbound.adapters.sql.store import SqlStore
from outbound.bootstrap import House
from outbound.compliance.evidence.digest import receipt_digest
from outbound.domain.contact import Contact
from outbound.usecases.problems import InputProblemError
from tests.cli.proof_room import open_empty, room_at, run
from tests.usecases.builders import make_attempt, make_contact

RULES = Path(__file__).parents[2] / "config" / "compliance"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation of its own: keys and an empty database."""
    return open_empty(tmp_path, monkeypatch)


def dialled(house: House) -> Contact:
    """A contact that was dialled under production's rules as they would be with two signatures."""
    contact = make_contact(house.store)
    make_attempt(house.store, contact)
    room = room_at(house)
    signed = [s for code in ("TW",) for s in room.rules.rulebook.signatures if s.jurisdiction == code]
    assert signed
    room.place()
    return contact


def test_receipts_are_exported_and_verified_offline(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file proves itself without database and keys, and holds nothing personal."""
    contact = dialled(house)
    code, out = run("audit", "verify")
    assert (code, "Receipts proved: 2, of these under a demo signature: 2;" in out) == (0, True)
    file = tmp_path / "receipts.jsonl"
    code, out = run("audit", "export", "--out", str(file), "--since", "2026-11-16", "--contact", contact.id)
    assert (code, "2 receipts, 3 rules" in out) == (0, True)
    text = file.read_text(encoding="utf-8")
    assert contact.phones[0].e164 not in text
    assert contact.full_name not in text
    for name in ("OUTBOUND_DATA_KEY", "OUTBOUND_INDEX_KEY", "OUTBOUND_DATABASE_URL"):
        monkeypatch.delenv(name)
    code, out = run("audit", "verify", str(file), "--json")
    assert (code, json.loads(out)["verified"], json.loads(out)["demo"]) == (0, 2, 2)
    file.write_text(text.replace('"allowed":true', '"allowed":false'), encoding="utf-8")
    code, out = run("audit", "verify", str(file))
    assert (code, "differing: receipt" in out) == (1, True)
    lines = [line for line in text.splitlines() if '"kind":"manifest"' not in line]
    file.write_text("\n".join(lines), encoding="utf-8")
    code, out = run("audit", "verify", str(file))
    assert (code, "unprovable: 2" in out) == (1, True)


def test_an_export_that_lacks_or_doubles_a_receipt_says_so(house: House, tmp_path: Path) -> None:
    """Its last line counts the receipts and names them in their order; without that line it was cut short."""
    dialled(house)
    file = tmp_path / "receipts.jsonl"
    run("audit", "export", "--out", str(file))
    lines = file.read_text(encoding="utf-8").splitlines()
    first, second, end = lines[-3:]
    broken = {
        "its end is missing": [*lines[:-1]],
        "2 receipts were exported and 1 stand here": [*lines[:-3], first, end],
        "2 receipts were exported and 3 stand here": [*lines[:-1], second, end],
        "stand in another order": [*lines[:-3], second, first, end],
    }
    for told, left in broken.items():
        file.write_text("\n".join(left), encoding="utf-8")
        code, out = run("audit", "verify", str(file))
        assert (code, "missing: this file: " in out, told in out) == (1, True, True)


def test_a_receipt_that_cannot_be_read_is_told_and_the_others_are_proved(house: House) -> None:
    """Somebody spoilt one row: it differs, and nothing else is lost."""
    dialled(house)
    if house.store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps no JSON that cannot be read")
    with house.store.engine.begin() as connection:
        one = text("update receipts set body = '{oops' where id = (select min(id) from receipts)")
        connection.execute(one)
    code, out = run("audit", "verify", "--json")
    assert (code, json.loads(out)["verified"], json.loads(out)["differing"]) == (1, 1, 1)


def rules_with(tmp_path: Path, *, signed: bool) -> str:
    """A rules directory that holds the pack of Taiwan and, if asked, who signed what."""
    rules = tmp_path / "rules"
    (rules / "packs").mkdir(parents=True)
    shutil.copy(RULES / "packs" / "TW.yaml", rules / "packs")
    if signed:
        shutil.copy(RULES / "signatures.yaml", rules)
    return str(rules)


def test_an_export_is_compared_with_the_signatures_here(house: House, tmp_path: Path) -> None:
    """Signatures that the file only claims, and a pack that only the file holds, prove nothing."""
    dialled(house)
    file = tmp_path / "receipts.jsonl"
    run("audit", "export", "--out", str(file))
    code, out = run("audit", "verify", str(file), "--rules", rules_with(tmp_path / "bare", signed=False))
    assert (code, "no signatures to compare with" in out) == (1, True)
    assert run("audit", "verify", str(file), "--rules", rules_with(tmp_path / "kept", signed=True))[0] == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line["type"] == "receipt":
            line["body"]["trust"] = "production"
            line["body"]["packs"][0]["signatures"] = {"production": 2, "demo": 1}
            line["digest"] = receipt_digest(
                receipt_id=line["id"], at=datetime.fromisoformat(line["at"]),
                **{key: line[key] for key in ("contact_id", "attempt_id", "stage", "allowed", "reasons", "body")},
            )  # fmt: skip
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, out = run("audit", "verify", str(file), "--json")
    assert (code, json.loads(out)["unsigned"]) == (1, 2)


def test_a_pack_that_only_the_export_holds_is_signed_by_nobody(house: House, tmp_path: Path) -> None:
    """A content that the exporter made up replays well; nobody signed it where it is verified."""
    dialled(house)
    file, here = tmp_path / "receipts.jsonl", Path(rules_with(tmp_path, signed=True))
    run("audit", "export", "--out", str(file))
    register = here / "signatures.yaml"
    (digest,) = [each["hash"] for each in _packs_of(file)]
    register.write_text(register.read_text(encoding="utf-8").replace(digest, "0" * 64), encoding="utf-8")
    code, out = run("audit", "verify", str(file), "--rules", str(here))
    assert (code, "nobody signed this content here" in out) == (1, True)


def _packs_of(file: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    packs: list[dict[str, Any]] = next(line for line in lines if line["type"] == "receipt")["body"]["packs"]
    return packs


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1 is missing"),
        ("no JSON", "line 1 is not JSON"),
        ("[]", "line 1 is not a line of"),
        ('{"type":"rule"}', "line 1 is not what stands there"),
        ('{"type":"audit","format":9}', "format 9"),
        ('{"type":"audit","format":1}\n{"type":"rule"}', "line 2 is a rule without"),
        ('{"type":"audit","format":1}\n{"type":"receipt"}', "line 2 is a receipt that lacks"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, what: str) -> None:
    """What is no export is refused with its line and how to mend it."""
    file = tmp_path / "receipts.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblemError, match=what):
        run("audit", "verify", str(file))


def test_options_that_cannot_be_used(house: House, tmp_path: Path) -> None:
    """A date that is none, a file that is not there or cannot be written."""
    with pytest.raises(InputProblemError, match="--since"):
        run("audit", "export", "--out", str(tmp_path / "x"), "--since", "soon")
    with pytest.raises(InputProblemError, match="cannot be written"):
        run("audit", "export", "--out", str(tmp_path / "no" / "x"))
    with pytest.raises(InputProblemError, match="cannot be read"):
        run("audit", "verify", str(tmp_path / "none"))
    assert isinstance(house.store, SqlStore)
