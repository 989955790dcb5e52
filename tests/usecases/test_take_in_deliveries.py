from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from outbound.adapters.clock import SeededIdentifiers
from outbound.adapters.sources.contract import RawRow, SourceUnreachableError
from outbound.adapters.sources.folder import FolderSource
from outbound.adapters.sources.normalise import normalise_rows
from outbound.adapters.sql.store import SqlStore
from outbound.domain.campaign import Campaign
from outbound.domain.company import Company
from outbound.simulation.invented.sample import write_sample
from outbound.usecases.intake.take_in_deliveries import DeliveriesReport, take_in_deliveries
from tests.conftest import ManualClock

TODAY = date(2026, 11, 23)


class Page:
    """A delivery in memory with a watermark."""

    def __init__(self, name: str, watermark: str, rows: list[dict[str, str]]) -> None:
        self.name, self.watermark, self._rows = name, watermark, rows
        self.accepted = 0

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows."""
        return (RawRow(self.name, line, values) for line, values in enumerate(self._rows, 1))

    def accept(self) -> None:
        """Count."""
        self.accepted += 1

    def refuse(self, reason: str) -> None:
        """Nothing here is refused."""
        raise AssertionError(reason)


class Pages:
    """A source of pages; `fails_after` of them it is away."""

    name = "feed"

    def __init__(self, pages: list[Page], fails_after: int = 99) -> None:
        self.pages, self.fails_after = pages, fails_after
        self.asked: list[str | None] = []

    def deliveries(self, watermark: str | None = None) -> Iterator[Page]:
        """Yield what is newer than the watermark."""
        self.asked.append(watermark)
        for number, page in enumerate(page for page in self.pages if watermark is None or page.watermark > watermark):
            if number == self.fails_after:
                raise SourceUnreachableError("the feed is away", "feed", "try later")
            yield page


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, str]]:
    """Rows of invented policies."""
    from outbound.adapters.sources.files import read_rows

    write_sample(tmp_path / "sample.csv", 6, 3, date(2026, 11, 16))
    return [dict(raw.values) for raw in read_rows(tmp_path / "sample.csv")]


@pytest.fixture
def take(
    sqlite_store: SqlStore,
    campaign: Campaign,
    companies: dict[str, Company],
    identifiers: SeededIdentifiers,
    clock: ManualClock,
) -> "Take":
    """The verb with everything but the source in hand."""
    return Take(sqlite_store, campaign, companies[campaign.company_id], identifiers, clock)


class Take:
    """Calls the verb for a source."""

    def __init__(
        self, store: SqlStore, campaign: Campaign, company: Company, identifiers: SeededIdentifiers, clock: ManualClock
    ) -> None:
        self.store, self.campaign, self.company = store, campaign, company
        self.identifiers, self.clock = identifiers, clock

    def __call__(self, source: Pages | FolderSource) -> DeliveriesReport:
        """Take everything in that the source has."""
        return take_in_deliveries(
            self.store,
            source=source,
            normalise=lambda raw: normalise_rows(raw, today=TODAY),
            company=self.company,
            campaign=self.campaign,
            identifiers=self.identifiers,
            now=self.clock.now(),
        )


def test_resumes_behind_the_last_page_that_was_taken_in(take: Take, rows: list[dict[str, str]]) -> None:
    """A feed that goes away after a page is resumed behind that page; nothing is taken in twice."""
    pages = [Page("p1", "1", rows[:3]), Page("p2", "2", rows[3:])]
    with pytest.raises(SourceUnreachableError):
        take(Pages(pages, fails_after=1))
    source = Pages(pages)
    report = take(source)
    assert source.asked == ["1"]
    assert report.rows.read == len(rows) - 3
    assert [page.accepted for page in pages] == [1, 1]
    assert take(source).deliveries == 0


def test_a_file_that_cannot_be_read_is_laid_aside_and_the_next_goes_on(
    take: Take, rows: list[dict[str, str]], tmp_path: Path, clock: ManualClock
) -> None:
    """A broken file in the drop folder lands in failed/ with its reason; a good one beside it is taken in."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a-broken.csv").write_bytes(b"\xff\xfe\x00nonsense\x81")
    write_sample(folder / "b-good.csv", 5, 4, date(2026, 11, 16))
    source = FolderSource("folder", folder, lambda: clock.now() + timedelta(days=365))
    report = take(source)
    assert report.deliveries == 1
    assert [name for name, _ in report.refused] == ["a-broken.csv"]
    assert (folder / "done" / "b-good.csv").is_file()
    assert (folder / "failed" / "a-broken.csv").is_file()
    assert (folder / "failed" / "a-broken.csv.reason.txt").read_text("utf-8").strip()
    assert take(source).deliveries == 0
