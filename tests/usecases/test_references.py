"""What may stand in texts that are kept in the clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.usecases.problems import InputProblemError
from outbound.usecases.records.references import looks_personal, reference, signed


@pytest.mark.parametrize(
    "text",
    [
        "電話 0900000678 王試試",
        "call +886 900-000-678",
        "(02) 2000-0000",
        "02-20111231",
        "20261120 12345",
        "1990-12-25 0900 000 678",
        "A123456789",
        "a 123456789",
        "０９００００００００",
        "零九零零零零零六七八",
    ],
)
def test_numbers_of_people_are_seen(text: str) -> None:
    """Eight digits or more are somebody's number, whatever stands between them and in whatever signs."""
    assert looks_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "letter 2026-11-20",
        "call of 2026-11-22 10:30, recording 4711",
        "letters 2026-11-20, 2026-11-21",
        "2026/1/5 4711",
        "mail of 20261120",
        "115年11月20日來函",
        "2026-11-22T10:30:00+08:00",
        f"attempt {'1' * 32} turn 3",
        f"recording CA{'0' * 32}",
    ],
)
def test_dates_tickets_and_our_identifiers_pass(text: str) -> None:
    """What points to a record may be written as people write it."""
    assert not looks_personal(text)
    assert reference("--evidence", f" {text} ") == text


@given(st.text("0123456789", min_size=9, max_size=15), st.sampled_from(["-", " ", "", ".", "/"]))
def test_no_separator_hides_a_number(digits: str, sign: str) -> None:
    """Nine digits and more that begin like no date are seen with any sign between them, and not repeated."""
    text = "09" + sign.join(digits)
    with pytest.raises(InputProblemError) as refused:
        reference("--evidence", text)
    assert "recording or ticket" in str(refused.value)
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", ["", "  ", "x" * 201])
def test_something_must_be_said_in_few_words(text: str) -> None:
    """Nothing, and more than there is room for, are refused."""
    with pytest.raises(InputProblemError, match="1 to 200 characters"):
        reference("--reason", text)


@pytest.mark.parametrize("name", [" ", "x" * 61])
def test_who_does_it_is_named(name: str) -> None:
    """Nobody, and a name longer than there is room for, are refused."""
    assert signed(" lin ") == "lin"
    with pytest.raises(InputProblemError, match="--by"):
        signed(name)
