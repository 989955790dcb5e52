"""A folder of dropped files: complete files only, each once, none lost."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outbound.adapters.sources.contract import SourceError
from outbound.adapters.sources.folder import FolderSource

TEXT = "policy_no,issued_on,customer_id,full_name,phone,region\nP1,115/11/16,C1,王小明,0940-123-456,TW\n"
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def drop(folder: Path, name: str, text: str = TEXT, age: float = 60) -> Path:
    """Drop a file that was last written `age` seconds ago."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (NOW.timestamp() - age,) * 2)
    return path


def source(folder: Path) -> FolderSource:
    """Make the source under test."""
    return FolderSource("inbox", folder, lambda: NOW)


def left(folder: Path) -> list[str]:
    """Return every file under the folder, relative to it; the runs' own folders are not named."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted("/".join((path.parts[0], path.name)) if len(path.parts) > 1 else path.name for path in files)


def test_a_file_is_read_and_put_away(tmp_path: Path) -> None:
    """While it is read it lies in taking/, and after acceptance in done/; rows bear its name, not its place."""
    drop(tmp_path, "a.csv")
    for delivery in source(tmp_path).deliveries():
        assert left(tmp_path) == ["taking/a.csv"]
        assert [row.source for row in delivery.rows()] == ["a.csv"]
        delivery.accept()
    assert left(tmp_path) == ["done/a.csv"]
    assert list((tmp_path / "taking").iterdir()) == []


def test_a_refused_file_is_kept_with_its_reason(tmp_path: Path) -> None:
    """failed/ holds the file and a text that says why."""
    drop(tmp_path, "a.pdf")
    for delivery in source(tmp_path).deliveries():
        with pytest.raises(SourceError, match=r"^a\.pdf: files of the kind \.pdf are not read") as caught:
            list(delivery.rows())
        delivery.refuse(str(caught.value))
    assert left(tmp_path) == ["failed/a.pdf", "failed/a.pdf.reason.txt"]
    assert "not read" in (tmp_path / "failed" / "a.pdf.reason.txt").read_text(encoding="utf-8")


def test_files_that_are_not_complete_are_left(tmp_path: Path) -> None:
    """Parts, hidden files, links, folders and files written a moment ago stay where they are."""
    for name in ("a.csv.part", ".a.csv", "~$a.xlsx", "b.TMP"):
        drop(tmp_path, name)
    drop(tmp_path, "fresh.csv", age=3)
    (tmp_path / "link.csv").symlink_to(tmp_path / ".a.csv")
    (tmp_path / "folder.csv").mkdir()
    assert list(source(tmp_path).deliveries()) == []
    assert len(left(tmp_path)) == 6


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A second file of the same name is put away beside the first."""
    for text in (TEXT, TEXT.replace("P1", "P2"), TEXT.replace("P1", "P3")):
        drop(tmp_path, "a.csv", text)
        for delivery in source(tmp_path).deliveries():
            delivery.accept()
    assert left(tmp_path) == ["done/a.2.csv", "done/a.3.csv", "done/a.csv"]
    assert "P3" in (tmp_path / "done" / "a.3.csv").read_text(encoding="utf-8")


def test_a_file_that_a_run_left_comes_again(tmp_path: Path) -> None:
    """Neither accepted nor refused, as after a crash: the next run takes it, before newer ones."""
    drop(tmp_path, "b.csv")
    for _ in source(tmp_path).deliveries():
        pass
    drop(tmp_path, "a.csv")
    drop(tmp_path, "b.csv", TEXT.replace("P1", "P2"))
    names = []
    for delivery in source(tmp_path).deliveries():
        names.append((delivery.name, next(delivery.rows()).values["policy_no"]))
        delivery.accept()
    assert names == [("b.csv", "P1"), ("a.csv", "P1"), ("b.csv", "P2")]


def test_a_file_that_another_run_holds_is_not_taken(tmp_path: Path) -> None:
    """While one run reads a file, a second run finds nothing."""
    drop(tmp_path, "a.csv")
    for delivery in source(tmp_path).deliveries():
        assert list(source(tmp_path).deliveries()) == []
        delivery.accept()


def test_runs_that_start_at_once_share_the_files(tmp_path: Path) -> None:
    """Every file is taken by exactly one of several runs."""
    for number in range(60):
        drop(tmp_path, f"{number:02}.csv")

    def run(_: int) -> list[str]:
        taken = []
        for delivery in source(tmp_path).deliveries():
            taken.append(delivery.name)
            list(delivery.rows())
            delivery.accept()
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [name for names in pool.map(run, range(4)) for name in names]
    assert sorted(taken) == [f"{number:02}.csv" for number in range(60)]
    assert len(left(tmp_path)) == 60


def test_a_file_that_grew_while_it_was_read_is_read_again(tmp_path: Path) -> None:
    """Its writer was slower than the wait: it goes back into the folder instead of done/."""
    drop(tmp_path, "a.csv")
    for delivery in source(tmp_path).deliveries():
        list(delivery.rows())
        (path,) = tmp_path.glob("taking/*/a.csv")
        path.write_text(TEXT + "P2,115/11/16,C2,陳怡文,0940-123-457,TW\n", encoding="utf-8")
        delivery.accept()
    assert left(tmp_path) == ["a.csv"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The message names the folder."""
    with pytest.raises(SourceError, match="the folder does not exist"):
        list(source(tmp_path / "none").deliveries())
