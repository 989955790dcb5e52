"""`outbound suppress` as whole command lines: a refusal is never lost without a word."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from outbound.adapters.sql.schema import suppressions
from outbound.bootstrap import House
from tests.cli.conftest import Run
from tests.usecases.builders import attempt_now, make_attempt, make_contact

WHY = ("--reason", "customer_request", "--evidence", "letter 2026-11-20")


def in_force(run: Run) -> list[dict[str, object]]:
    """Read the list."""
    found: list[dict[str, object]] = json.loads(run("suppress", "list", "--json")[1])
    return found


@pytest.mark.parametrize("spelling", ["identifier", "beginning", "policy"])
def test_a_contact_is_found_however_it_is_named(house: House, run: Run, spelling: str) -> None:
    """By identifier, its beginning or a policy number the person is suppressed, and the planned call is cancelled."""
    contact = make_contact(house.store, policy_nos=("L1150000267",))
    attempt = make_attempt(house.store, contact)
    given = {"identifier": contact.id, "beginning": contact.id[:31].upper(), "policy": "L1150000267"}[spelling]
    code, out, _ = run("suppress", "add", "--contact", given, *WHY)
    assert (code, out) == (0, "Suppressed. Planned calls cancelled: 1.\n")
    (row,) = in_force(run)
    assert (row["contact_id"], row["scope"], row["points_at_nobody"]) == (contact.id, "contact", False)
    assert attempt_now(house.store, attempt.id).status == "cancelled"


@pytest.mark.parametrize("given", ["nope", "b54", "L1150000267", ""])
def test_an_unknown_contact_is_refused_and_nothing_suppressed(house: House, run: Run, given: str) -> None:
    """Who means nobody is told so, and that nothing was suppressed."""
    make_contact(house.store)
    code, out, err = run("suppress", "add", "--contact", given, *WHY)
    assert (code, out) == (2, "")
    assert f"no contact {given!r}: give an identifier, at least 4 characters of it, or a policy number" in err
    assert "nothing was suppressed" in err
    assert in_force(run) == []


def test_a_beginning_of_two_identifiers_is_refused(house: House, run: Run) -> None:
    """A beginning that two contacts share suppresses neither."""
    make_contact(house.store)
    make_contact(house.store, numbers=("+886900000002",))
    code, _, err = run("suppress", "add", "--contact", "0000", *WHY)
    assert (code, "more than one contact" in err, in_force(run)) == (2, True, [])


@pytest.mark.parametrize("number", ["0912345", "17", "+99912345678", "nobody", "02 2345 678"])
def test_a_number_that_cannot_be_one_is_refused(house: House, run: Run, number: str) -> None:
    """A number with digits missing suppresses nobody, so it is refused with how to write it, and not repeated."""
    assert house.folder.is_dir()
    code, _, err = run("suppress", "add", "--number", number, *WHY)
    assert (code, "not a telephone number" in err, number in err) == (2, True, False)
    assert "+886912345678" in err
    assert in_force(run) == []


def test_a_number_of_nobody_is_kept_and_said(house: House, run: Run) -> None:
    """A number that no contact has yet is suppressed for whoever comes with it."""
    make_contact(house.store, numbers=("+886900000001",))
    assert "No contact has this number now" in run("suppress", "add", "--number", "0900-000-002", *WHY)[1]
    assert "No contact" not in run("suppress", "add", "--number", "0900-000-001", *WHY)[1]
    assert [row["points_at_nobody"] for row in in_force(run)] == [False, False]


@pytest.mark.parametrize(
    ("option", "text"), [("--evidence", "電話 0900000678 王試試"), ("--reason", "0900-000-678"), ("--evidence", " ")]
)
def test_texts_in_the_clear_hold_nobodys_number(house: House, run: Run, option: str, text: str) -> None:
    """A number in reason or evidence is refused without being repeated, and nothing is stored."""
    contact = make_contact(house.store)
    code, _, err = run("suppress", "add", "--contact", contact.id, *WHY, option, text)
    assert (code, option in err, "0900" in err, in_force(run)) == (2, True, False, [])


def test_rows_that_point_at_nobody_are_named(house: House, run: Run) -> None:
    """A suppression of a contact that does not exist is shown as such, with what to do about it."""
    contact = make_contact(house.store)
    run("suppress", "add", "--contact", contact.id, *WHY)
    with house.store.engine.begin() as connection:
        connection.execute(update(suppressions).values(contact_id="L1150000267"))
    (row,) = in_force(run)
    assert row["points_at_nobody"] is True
    out = run("suppress", "list")[1]
    assert f"{str(row['id'])[:12]} points at nobody: no contact is 'L1150000267'" in out


def test_a_file_of_contacts_tells_every_line_that_was_not_taken(house: House, run: Run, tmp_path: Path) -> None:
    """Good lines are in force, bad ones are told by line without their text, and a second import changes nothing."""
    make_contact(house.store, policy_nos=("P1",))
    make_contact(house.store, policy_nos=("P2",), numbers=("+886900000002",))
    file = tmp_path / "refused.csv"
    file.write_text("P1,letter 2026-11-20\nnope\n,letter\n\nP2,電話 0900000678\nP2\n", encoding="utf-8")
    command = ("suppress", "import", str(file), "--contacts", "--reason", "customer_request")
    code, out, _ = run(*command)
    assert (code, "Suppressed: 2; already before: 0; not taken: 3." in out) == (1, True)
    assert [f"line {line}:" in out for line in range(1, 7)] == [False, True, True, False, True, False]
    assert "0900" not in out
    assert "nope" not in out
    assert "Suppressed: 0; already before: 2; not taken: 3." in run(*command)[1]
    assert sorted(str(row["evidence"]) for row in in_force(run)) == ["letter 2026-11-20", "refused, line 6"]


def test_a_file_in_another_encoding_is_refused_whole(house: House, run: Run, tmp_path: Path) -> None:
    """What cannot be read suppresses nobody by halves."""
    assert house.folder.is_dir()
    file = tmp_path / "refused.csv"
    file.write_bytes("0900000001,來函\n".encode("cp950"))
    code, _, err = run("suppress", "import", str(file), "--reason", "r")
    assert (code, "is not UTF-8" in err, in_force(run)) == (2, True, [])
