"""The invented policies: deterministic, readable but for the bad rows, and nobody's number."""

import csv
import tracemalloc
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import carrier

from outbound.adapters.sources.contract import BadRow
from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise
from outbound.domain.policy import Policy
from outbound.simulation.invented.sample import COLUMNS, Sample, write_sample

MONDAY = date(2026, 11, 16)
SHIPPED = Path(__file__).resolve().parents[2] / "config" / "samples" / "policies.csv"


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sample, list[Policy], list[BadRow]]:
    """A sample of 1,000 people, read on the first day of issue."""
    path = tmp_path_factory.mktemp("sample") / "p.csv"
    sample = write_sample(path, 1_000, 7, MONDAY)
    rows = [normalise(row, today=MONDAY) for row in read_rows(path)]
    good = [row for row in rows if isinstance(row, Policy)]
    return sample, good, [row for row in rows if isinstance(row, BadRow)]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """And another seed gives others."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_sample(tmp_path / name, 120, seed, MONDAY)
    first, again, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == again
    assert first != other


def test_the_shipped_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    """config/samples/policies.csv is 270 people, seed 2026, issued from Monday 2026-11-16 on."""
    write_sample(tmp_path / "p.csv", 270, 2026, MONDAY)
    assert (tmp_path / "p.csv").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("contacts", [0, 1, 7, 99])
def test_any_number_of_people_can_be_asked_for(tmp_path: Path, contacts: int) -> None:
    """The file holds as many people as asked for, besides those of the bad rows."""
    write_sample(tmp_path / "p.csv", contacts, 3, MONDAY)
    rows = [normalise(row, today=MONDAY) for row in read_rows(tmp_path / "p.csv")]
    assert len({row.holder.customer_id for row in rows if isinstance(row, Policy)}) == contacts


def test_the_counts_are_those_of_the_file(taken: tuple[Sample, list[Policy], list[BadRow]]) -> None:
    """What the generator says it wrote is what is read."""
    sample, good, bad = taken
    versions = Counter(policy.content_hash for policy in good)
    assert sample.rows == len(good) + len(bad)
    assert (sample.policies, sample.bad, sample.doubled) == (len(versions), len(bad), len(good) - len(versions))
    assert sample.contacts == len({policy.holder.customer_id for policy in good})
    assert sample.bad > 10
    assert sample.doubled > 10


def test_the_people_are_mixed_as_the_field_is(taken: tuple[Sample, list[Policy], list[BadRow]]) -> None:
    """A quarter is 65 or older; some share a number, speak English, live abroad, are not to be called."""
    _, good, _ = taken
    holders = list({policy.holder.customer_id: policy.holder for policy in good}.values())
    senior = sum(one.birth_date is not None and one.birth_date <= MONDAY.replace(year=1961) for one in holders)
    assert 0.22 <= senior / len(holders) <= 0.26
    shares = {
        "english": sum((one.language or "").startswith("en") for one in holders),
        "american": sum(one.region.startswith("US-") and one.time_zone is not None for one in holders),
        "unmarked": sum(one.privacy_notice_on is None for one in holders),
        "do_not_call": sum(one.do_not_call for one in holders),
    }
    assert shares["american"] == 30
    elsewhere = Counter(one.region for one in holders if not one.region.startswith(("TW", "US-")))
    assert set(elsewhere) == {"US", "BG", "JP-13", "EG", "SG"}
    assert elsewhere.total() == 20
    assert shares["do_not_call"] == 20
    assert shares["unmarked"] == 20
    assert 70 <= shares["english"] <= 100
    assert max(Counter(one.phones[0].e164 for one in holders).values()) >= 2
    assert max(Counter(policy.holder.customer_id for policy in good).values()) >= 3
    assert sum(policy.delivered_on is None for policy in good) > 80


def test_days_of_issue_and_delivery_follow_each_other(taken: tuple[Sample, list[Policy], list[BadRow]]) -> None:
    """Issued on five working days from Monday on, delivered one to four days later."""
    _, good, _ = taken
    assert {policy.issued_on for policy in good} == {MONDAY + timedelta(days=ahead) for ahead in range(5)}
    waits = {(policy.delivered_on - policy.issued_on).days for policy in good if policy.delivered_on}
    assert waits == {1, 2, 3, 4}


def test_no_number_is_anybodys(taken: tuple[Sample, list[Policy], list[BadRow]]) -> None:
    """Taiwanese numbers belong to no carrier, American ones to fiction; none ends as a test number of the exchange."""
    _, good, _ = taken
    for number in {phone.e164 for policy in good for phone in policy.holder.phones}:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed)
        assert not number[-7:].startswith("00001")
        if number.startswith("+886"):
            assert number.startswith("+88694")
            assert carrier.name_for_number(parsed, "en") == ""
        else:
            assert number.startswith("+1")
            assert number[5:10] == "55501"


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    """Rows are streamed: memory does not grow with the file."""
    path = tmp_path / "p.csv"
    write_sample(path, 10_000, 7, MONDAY)
    tracemalloc.start()
    read = sum(1 for _ in read_rows(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read > 10_000
    assert peak < min(path.stat().st_size, 4_000_000)


def test_the_columns_are_those_of_the_contract() -> None:
    """The sample shows every column that is read."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
