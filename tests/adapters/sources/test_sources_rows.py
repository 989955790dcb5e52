"""A row becomes a policy or a bad row, never anything else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.adapters.sources.columns import KNOWN
from outbound.adapters.sources.contract import BadRow, RawRow
from outbound.adapters.sources.normalise import FAULT, normalise, normalise_rows
from outbound.domain.policy import Consent, PhoneNumber, Policy, PolicyStatus
from tests.values import replace

TODAY = date(2026, 11, 22)
GOOD = {
    "policy_no": "L1150000001", "product_code": "WL20", "product_name": "安心終身壽險", "issued_on": "2026-11-16",
    "delivered_on": "2026-11-18", "customer_id": "C0000001", "full_name": "王小明", "birth_date": "1955-12-30",
    "phone": "0940-123-456", "alt_phone": "0941-123-456", "language": "zh-TW", "region": "TW-TPE",
    "postal_code": "106", "time_zone": "Asia/Taipei", "preferred_window": "09:00-12:00", "agent_code": "A0001",
    "channel": "agent", "fund_source": "salary", "privacy_notice_on": "2026-11-10",
    "consents": "service_call;recording=2026-11-16", "do_not_call": "N", "status": "in force", "branch": "台北一處",
}  # fmt: skip
RESPELLED = GOOD | {
    "issued_on": "115/11/16", "delivered_on": "民國115年11月18日", "birth_date": "0441230", "phone": "＋886 940 123456",
    "alt_phone": "０９４１１２３４５６", "language": "zh_tw", "region": "tw-tpe", "time_zone": "asia/taipei",
    "preferred_window": "上午", "privacy_notice_on": "20261110", "consents": "recording=1151116; SERVICE_CALL",
    "do_not_call": "否", "status": "有效", "full_name": " 王小明 ", "product_code": "ＷＬ２０",
}  # fmt: skip


def read(**changes: str) -> Policy | BadRow:
    """Read the good row with some fields changed."""
    return normalise(RawRow("f.csv", 2, GOOD | changes), today=TODAY)


def bad(**changes: str) -> BadRow:
    """Read a row that must be bad."""
    row = read(**changes)
    assert isinstance(row, BadRow)
    return row


def policy(**changes: str) -> Policy:
    """Read a row that must be good."""
    row = read(**changes)
    assert isinstance(row, Policy)
    return row


def test_a_whole_row_is_read_into_a_policy() -> None:
    """Every column finds its place; a column that is not known is kept as an attribute."""
    read_policy = policy()
    holder = read_policy.holder
    assert (read_policy.policy_no, read_policy.status, read_policy.issued_on, read_policy.delivered_on) == (
        "L1150000001", PolicyStatus.IN_FORCE, date(2026, 11, 16), date(2026, 11, 18),
    )  # fmt: skip
    assert holder.phones == (
        PhoneNumber("+886940123456", None, "mobile"),
        PhoneNumber("+886941123456", None, "mobile"),
    )
    assert holder.consents == (Consent("recording", date(2026, 11, 16)), Consent("service_call"))
    assert (holder.birth_date, holder.region, holder.do_not_call) == (date(1955, 12, 30), "TW-TPE", False)
    assert read_policy.attributes == {"branch": "台北一處"}
    assert len(read_policy.content_hash) == 64


def test_only_the_required_columns_are_needed() -> None:
    """What is optional and empty is None, in force, and not marked."""
    row = {name: GOOD[name] for name in ("policy_no", "issued_on", "customer_id", "full_name", "phone", "region")}
    read_policy = normalise(RawRow("f.csv", 2, row), today=TODAY)
    assert isinstance(read_policy, Policy)
    assert read_policy.delivered_on is None
    assert read_policy.status is PolicyStatus.IN_FORCE
    assert (read_policy.holder.language, read_policy.holder.consents, read_policy.holder.do_not_call) == (
        None,
        (),
        False,
    )


def test_the_hash_does_not_depend_on_spelling_or_order() -> None:
    """The same content in other spellings and another order of columns is the same version."""
    respelled = normalise(RawRow("g.csv", 9, dict(reversed(RESPELLED.items()))), today=TODAY)
    assert respelled == policy()


def test_the_hash_is_the_same_in_every_release() -> None:
    """Another way to compute it would make every stored policy a new version: that must be meant."""
    assert policy().content_hash == "29324831df7255fb97d41d4e91b2d2bc1e89a6620a04927ef72ce23ff2fd3e61"


@pytest.mark.parametrize(
    ("branch", "content_hash"),
    [
        ('台北\ud800一處\x1b\u2028"\\\x7f', "10ab1afeca04ae334e35a9ed00221eccc6008891fcd24c9fe93300257720d5e7"),
        ('台北一處"\\/é😀\x7f', "254397ad512f0babef813bd7b13dfcb603238468fcf796f43c8ca07653856aaa"),
    ],
)
def test_odd_signs_do_not_change_how_the_hash_is_made(branch: str, content_hash: str) -> None:
    """Half a surrogate pair, which needs the slower encoder, and every escaped sign are hashed as ever."""
    assert policy(branch=branch).content_hash == content_hash


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "0940-123-457"}, {"delivered_on": ""}, {"status": "cancelled"}, {"do_not_call": "Y"},
        {"branch": "台北二處"}, {"consents": "service_call"}, {"full_name": "王大明"}, {"phone": "0940123456#1"},
        {"agent_code": ""}, {"privacy_notice_on": "2026-11-11"},
    ],
)  # fmt: skip
def test_the_hash_changes_with_the_content(changes: dict[str, str]) -> None:
    """Any change of content is another version."""
    assert policy(**changes).content_hash != policy().content_hash


@pytest.mark.parametrize("column", ["policy_no", "issued_on", "customer_id", "full_name", "phone", "region"])
def test_a_required_value_that_is_empty_is_a_bad_row(column: str) -> None:
    """Spaces alone, full-width ones too, are nothing."""
    row = bad(**{column: "　 "})
    assert (row.field, row.code, row.line, row.source) == (column, "required_missing", 2, "f.csv")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("issued_on", "115/02/30", "date_impossible"), ("issued_on", "2029-01-01", "date_in_future"),
        ("delivered_on", "下週一", "date_unreadable"), ("birth_date", "2026-11-23", "date_in_future"),
        ("birth_date", "1890-01-01", "date_implausible"), ("phone", "0940-12", "phone_invalid"),
        ("alt_phone", "none", "phone_unreadable"), ("region", "TW-XYZ", "region_unknown"),
        ("language", "klingonese", "language_unknown"), ("time_zone", "Taipei time", "time_zone_unknown"),
        ("preferred_window", "after lunch", "window_unreadable"), ("status", "perhaps", "status_unknown"),
        ("privacy_notice_on", "x", "date_unreadable"), ("consents", "everything", "consent_unknown"),
        ("full_name", "王\ufffd明", "character_lost"), ("policy_no", "1.15E+10", "shortened_by_spreadsheet"),
        ("consents", "recording=2031-01-01", "date_in_future"), ("issued_on", "1899-01-01", "date_implausible"),
        ("full_name", "王" * 121, "too_long"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_quarantines_its_row(column: str, value: str, code: str) -> None:
    """Optional columns too; the bad row names the field, hides the value and says how to mend it."""
    row = bad(**{column: value})
    assert (row.field, row.code) == (column, code)
    assert row.masked_value not in {"", value}
    assert row.reason
    assert row.mend
    assert row.original[column] == value
    for shown in (row.reason, row.mend, row.masked_value, repr(row)):
        assert value not in shown.replace("TW-TPE", "")


def test_a_do_not_call_mark_that_cannot_be_read_keeps_the_row() -> None:
    """The person is kept, counted and not called."""
    assert policy(do_not_call="??").holder.do_not_call is True


def test_the_same_number_twice_is_one_number() -> None:
    """alt_phone adds nothing when it repeats phone."""
    assert len(policy(alt_phone="+886940123456").holder.phones) == 1


@pytest.mark.parametrize("fault", ["too_many_fields", "too_few_fields", "unclosed_quote"])
def test_a_row_of_broken_shape_is_bad(fault: str) -> None:
    """Columns may have shifted: nothing in such a row is believed, all is kept, and it stays bad when read again."""
    row = normalise(replace(RawRow("f.csv", 3, GOOD), fault=fault), today=TODAY)
    assert isinstance(row, BadRow)
    assert (row.code, row.original) == (fault, GOOD | {FAULT: fault})
    again = normalise(RawRow("f.csv", 3, row.original), today=TODAY)
    assert isinstance(again, BadRow)
    assert again.code == fault


def test_rows_come_out_in_order_one_for_one() -> None:
    """Every raw row yields exactly one policy or one bad row."""
    rows = [RawRow("f.csv", 2, GOOD), RawRow("f.csv", 3, GOOD | {"phone": "1"}), RawRow("f.csv", 4, GOOD)]
    assert [type(row) for row in normalise_rows(rows, today=TODAY)] == [Policy, BadRow, Policy]


VALUES = st.text(max_size=20) | st.sampled_from([*GOOD.values(), *RESPELLED.values()])


@given(st.dictionaries(st.sampled_from(sorted(KNOWN)) | st.text(max_size=5), VALUES, max_size=25))
def test_every_row_is_a_policy_or_a_bad_row(values: dict[str, str]) -> None:
    """Whatever stands in a row, reading it never raises."""
    row = normalise(RawRow("f.csv", 2, GOOD | values), today=TODAY)
    assert isinstance(row, (Policy, BadRow))
    assert isinstance(normalise(RawRow("f.csv", 2, values), today=TODAY), (Policy, BadRow))


def test_where_bills_go() -> None:
    """A billing region is read like a region; absent, it leaves the version of earlier files as it was."""
    assert policy().holder.billing_region is None
    assert policy(billing_region="").content_hash == policy().content_hash
    with_bills = policy(billing_region="us_ny")
    assert with_bills.holder.billing_region == "US-NY"
    assert with_bills.content_hash not in {policy().content_hash, policy(billing_region="US-NJ").content_hash}
    assert "billing_region" not in with_bills.attributes


def test_an_unreadable_billing_region_quarantines() -> None:
    """What is present and cannot be read is never passed over, in this optional column either."""
    row = bad(billing_region="Neverland")
    assert (row.field, row.code) == ("billing_region", "region_unknown")
