"""The column of the identity number is looked at when it comes in, so that no call finds out."""

from datetime import date
from pathlib import Path

import pytest

from outbound.adapters.files.campaigns import load_campaigns, load_companies
from outbound.adapters.sources.contract import BadRow, RawRow, SourceError
from outbound.adapters.sources.identity import (
    IdentityColumn,
    identity_column,
    with_identity_column,
    with_identity_columns,
)
from outbound.adapters.sources.normalise import normalise
from outbound.adapters.sources.sheets import as_text
from outbound.domain.company import Company
from outbound.domain.policy import Policy
from tests.conftest import ROOT
from tests.values import replace

SECOND = IdentityColumn("id_last4", "formosa-life")
ALONE = IdentityColumn("id_last4", "formosa-life", alone=True)
ROW = {
    "policy_no": "P1", "issued_on": "115/11/13", "customer_id": "C1", "full_name": "王試試", "phone": "0900-000-101",
    "region": "TW", "birth_date": "41/12/30",
}  # fmt: skip


@pytest.fixture
def companies() -> dict[str, Company]:
    """The shipped companies."""
    return dict(load_companies(ROOT / "config" / "companies.yaml"))


def read(identity: IdentityColumn | None, **changes: str) -> Policy | BadRow:
    """Read the row with some fields changed."""
    return normalise(RawRow("f.csv", 2, ROW | changes), today=date(2026, 11, 23), identity=identity)


@pytest.mark.parametrize("value", ["6789", "0789", "A123456789", "Ａ１２３４５６７８９", "A12345678(9)"])
def test_whole_numbers_and_last_digits_are_taken(value: str) -> None:
    """Whatever ends in four digits can be compared with what somebody says."""
    assert isinstance(read(SECOND, id_last4=value), Policy)
    assert isinstance(read(ALONE, id_last4=value), Policy)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (as_text(789), "identity_unreadable"),
        (as_text(6789.5), "identity_unreadable"),
        ("6789.0", "identity_unreadable"),
        ("六七八九", "identity_unreadable"),
        ("外國人", "identity_unreadable"),
        ("1.2E+11", "shortened_by_spreadsheet"),
        ("1" * 61, "too_long"),
    ],
)
def test_a_value_that_proves_nothing_quarantines_its_row(value: str, code: str) -> None:
    """A number that lost its leading zero, or words, are said with field, reason and mend, and never quoted."""
    row = read(SECOND, id_last4=value)
    assert isinstance(row, BadRow)
    assert (row.field, row.code) == ("id_last4", code)
    assert value not in row.reason + row.mend + row.masked_value


def test_an_empty_value_is_let_in_where_something_else_is_asked_for_too() -> None:
    """Without any other fact nobody could be recognised: then it is required."""
    assert isinstance(read(SECOND), Policy)
    assert isinstance(read(SECOND, id_last4="  "), Policy)
    row = read(ALONE)
    assert isinstance(row, BadRow)
    assert (row.field, row.code) == ("id_last4", "required_missing")


def test_a_customer_s_own_identifier_need_not_hold_digits_unless_nothing_else_is_asked() -> None:
    """It is required for other reasons, and some companies mix kinds of it."""
    named = replace(SECOND, name="customer_id")
    assert isinstance(read(named), Policy)
    row = read(replace(named, alone=True))
    assert isinstance(row, BadRow)
    assert row.field == "customer_id"


def test_a_birth_date_that_is_none_is_found_before_any_call() -> None:
    """The other fact by which people are recognised is read as strictly."""
    row = read(SECOND, birth_date="41/13/45")
    assert isinstance(row, BadRow)
    assert row.field == "birth_date"


def test_a_file_without_the_column_is_refused_as_a_whole() -> None:
    """The text names file, column, company, and both ways to mend it; nothing is taken in."""
    rows = [RawRow("f.csv", 2, ROW, "too_few_fields"), RawRow("f.csv", 3, ROW)]
    with pytest.raises(SourceError, match=r"f\.csv: there is no column id_last4, .*formosa-life.* companies\.yaml"):
        list(with_identity_column(rows, SECOND))
    assert list(with_identity_column(rows, None)) == rows


@pytest.mark.parametrize("column", ["policy_no", "Full Name", "birth_date", "phone"])
def test_a_column_that_is_something_else_stops_the_start(companies: dict[str, Company], column: str) -> None:
    """A known column is not kept under its name: calls would ask for digits that nobody has."""
    wrong = {"formosa-life": replace(companies["formosa-life"], identity_column=column)}
    with pytest.raises(SourceError, match=r"companies\.yaml: formosa-life\.identity_column: \w+ is read as something"):
        with_identity_columns(wrong, "companies.yaml")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("Customer ID", "customer_id"), ("身分證末四碼", "身分證末四碼"), ("ID　Ｌａｓｔ４", "ID Last4"), (None, None)],
)
def test_a_column_is_named_as_headers_are_read(
    companies: dict[str, Company], written: str | None, read_as: str | None
) -> None:
    """Capitals, width and spaces are taken off as in the files, so that what is named is found."""
    named = {"formosa-life": replace(companies["formosa-life"], identity_column=written)}
    assert with_identity_columns(named, "companies.yaml")["formosa-life"].identity_column == read_as


def test_only_who_asks_for_digits_needs_the_column(companies: dict[str, Company]) -> None:
    """A campaign's own order counts; `alone` says that nothing else is asked for."""
    campaign = load_campaigns(Path(ROOT / "config" / "campaigns"), companies, ROOT / "scripts_tts")["welcome-tw"]
    company = replace(companies[campaign.company_id], identity_column="id_last4")
    assert identity_column(company, campaign) is None
    asked = identity_column(company, replace(campaign, verification=("birth_date", "id_digits")))
    assert asked == IdentityColumn("id_last4", company.id)
    assert identity_column(company, replace(campaign, verification=("id_digits",))) == replace(asked, alone=True)
