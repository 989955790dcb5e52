"""Files of every kind, and what is said of those that cannot be read."""

import csv
import io
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from outbound.adapters.sources.columns import load_mapping, note_attributes
from outbound.adapters.sources.contract import BadRow, SourceError
from outbound.adapters.sources.files import read_rows
from outbound.adapters.sources.normalise import normalise
from outbound.domain.policy import Policy

HEADER = "policy_no,issued_on,customer_id,full_name,phone,region"
ROWS = [
    "P1,115/11/16,C1,王小明,0940-123-456,TW",
    "P2,115/11/17,C2,陳怡文,0940-123-457,TW",
    "P3,115/11/18,C3,林美玲,0940-123-458,TW-TPE",
]
TEXT = "\n".join([HEADER, *ROWS, ""])


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write text as it is, without a change of line ends."""
    path.write_bytes(text.encode(encoding))
    return path


def names(path: Path) -> list[str]:
    """Return the names in a file."""
    return [row.values["full_name"] for row in read_rows(path)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_files_are_read_in_each_encoding_and_separator(
    tmp_path: Path, encoding: str, separator: str, line_end: str
) -> None:
    """UTF-8 with and without BOM and CP950; comma, tab, semicolon; any line end."""
    text = TEXT.replace(",", separator).replace("\n", line_end)
    rows = list(read_rows(write(tmp_path / "p.csv", text, encoding)))
    assert [(row.line, row.values["full_name"], row.fault) for row in rows] == [
        (2, "王小明", None),
        (3, "陳怡文", None),
        (4, "林美玲", None),
    ]


def test_the_hash_is_the_same_in_every_kind_of_file(tmp_path: Path) -> None:
    """UTF-8, CP950, a workbook with native dates and a parquet file give the same policies."""
    table = [line.split(",") for line in ROWS]
    days = [date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)]
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    for cells, day in zip(table, days, strict=True):
        native = datetime.combine(day, time.min)
        book.active.append([cells[0], native, *cells[2:4], int(cells[4].replace("-", "")), cells[5]])
    book.save(tmp_path / "p.xlsx")
    columns = dict(zip(HEADER.split(","), map(list, zip(*table, strict=True)), strict=True)) | {"issued_on": days}
    parquet.write_table(pa.table(columns), tmp_path / "p.parquet")
    write(tmp_path / "u.csv", TEXT)
    write(tmp_path / "b.csv", TEXT.replace("115/", "2026/"), "cp950")
    read = [
        [normalise(row, today=date(2026, 11, 22)) for row in read_rows(tmp_path / name)]
        for name in ("u.csv", "b.csv", "p.xlsx", "p.parquet")
    ]
    assert all(isinstance(policy, Policy) for policies in read for policy in policies)
    assert read[0] == read[1] == read[2] == read[3]


def assert_fails(path: Path, what: str, mapping: dict[str, str] | None = None) -> SourceError:
    """Read a file that must fail with this in its message."""
    with pytest.raises(SourceError) as caught:
        list(read_rows(path, mapping))
    assert what in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.mend
    assert caught.value.exit_code == 2
    return caught.value


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """The message names the path."""
    assert_fails(tmp_path / "none.csv", "the file does not exist")
    assert_fails(tmp_path, "is a folder")


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, text: str) -> None:
    """No byte, no line, or nothing but a byte order mark."""
    assert_fails(write(tmp_path / "p.csv", text), "the file is empty")


def test_a_wrong_encoding_is_told_with_the_offset(tmp_path: Path) -> None:
    """The first bytes that fit neither encoding are named, however far into the file they stand."""
    path = tmp_path / "p.csv"
    good = (TEXT + "".join(f"P{n},115/11/16,C{n},王小明,0940-123-456,TW\n" for n in range(60_000))).encode()
    path.write_bytes(good + b"\xff\xfe\n")
    error = assert_fails(path, f"byte {len(good)} does not fit")
    assert "UTF-8" in error.mend
    path.write_bytes(good + "王".encode()[:2])
    assert_fails(path, f"UTF-8 (byte {len(good)} does not fit)")


def test_utf_16_is_named(tmp_path: Path) -> None:
    """The encoding of a spreadsheet's Unicode text is recognised and the way out told."""
    assert_fails(write(tmp_path / "p.csv", TEXT, "utf-16"), "UTF-16")


def test_a_header_that_is_not_known_is_explained(tmp_path: Path) -> None:
    """Missing required columns are named and Chinese headers and slips are suggested as a mapping."""
    text = "保單號碼,issued-on,要保人ID,full_nme,手機,region\n1,2,3,4,5,6\n"
    error = assert_fails(
        write(tmp_path / "p.csv", text), "lacks the required columns policy_no, customer_id, full_name, phone"
    )
    for hint in ("保單號碼: policy_no", "要保人ID: customer_id", "full_nme: full_name", "手機: phone"):
        assert hint in error.mend
    assert_fails(write(tmp_path / "q.csv", "a,b\n1,2\n"), "lacks the required columns policy_no, issued_on")


def test_a_file_without_a_header_is_not_taken_for_one(tmp_path: Path) -> None:
    """The first row of people is not repeated in the message's list of required columns."""
    error = assert_fails(write(tmp_path / "p.csv", "\n".join(ROWS)), "lacks the required columns")
    assert "王小明" not in str(error)


def test_a_doubled_column_is_refused(tmp_path: Path) -> None:
    """Which of two columns counts is not guessed."""
    text = TEXT.replace("region", "region,Phone").replace("TW\n", "TW,0940-000-999\n")
    assert_fails(write(tmp_path / "p.csv", text), "a column more than once: phone")


def test_a_likely_do_not_call_column_is_not_passed_over(tmp_path: Path) -> None:
    """A Chinese do-not-call column must be mapped or renamed before the file is taken."""
    path = write(tmp_path / "p.csv", TEXT.replace("region", "region,拒絕來電").replace("TW\n", "TW,Y\n"))
    assert_fails(path, "looks like do_not_call")
    assert next(read_rows(path, {"拒絕來電": "do_not_call"})).values["do_not_call"] == "Y"


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("do_not_cal", "do_not_call"),
        ("Do Not Cal", "do_not_call"),
        ("dont_call", "do_not_call"),
        ("no_call", "do_not_call"),
        ("DNC", "do_not_call"),
        ("opt-out", "do_not_call"),
        ("deliverd_on", "delivered_on"),
        ("prefered_window", "preferred_window"),
        ("consent", "consents"),
        ("PrivacyNotice", "privacy_notice_on"),
    ],
)
def test_a_misspelt_optional_column_is_not_kept_as_an_attribute(tmp_path: Path, column: str, meant: str) -> None:
    """The file is refused with both names and how to mend it; mapped, it is read as what it means."""
    path = write(tmp_path / "p.csv", TEXT.replace("region", f"region,{column}").replace("TW\n", "TW,Y\n"))
    problem = assert_fails(path, f"the column {column} looks like {meant}")
    assert f"Map it ({column}: {meant})" in problem.mend
    assert next(read_rows(path, {column: meant})).values[meant] == "Y"


@pytest.mark.parametrize("column", ["branch", "agent_name", "issued_by", "policy_number", "phone_2", "do_not_mail"])
def test_a_column_of_another_meaning_is_kept(tmp_path: Path, column: str) -> None:
    """Names that merely share a word with a known one are attributes, in the order of the header."""
    text = TEXT.replace("region", f"region,{column},營業處").replace("TW\n", "TW,x,y\n")
    noted: dict[str, None] = {}
    assert list(note_attributes(read_rows(write(tmp_path / "p.csv", text)), noted))
    assert list(noted) == [column, "營業處"]


@pytest.mark.parametrize(("beginning", "kind"), [("PK\x03\x04", ".xlsx"), ("PAR1", ".parquet"), ("%PDF-1.7", "PDF")])
def test_a_file_with_a_wrong_ending_is_recognised(tmp_path: Path, beginning: str, kind: str) -> None:
    """A workbook called .csv is not reported as text in a wrong encoding."""
    assert kind in assert_fails(write(tmp_path / "p.csv", beginning), "the file is no text but").what


@pytest.mark.parametrize("kind", [".xls", ".pdf", ".zip"])
def test_another_kind_of_file_is_refused(tmp_path: Path, kind: str) -> None:
    """The kinds that are read are named."""
    assert ".parquet" in assert_fails(write(tmp_path / f"p{kind}", TEXT), "are not read").mend


def test_a_mapping_renames_columns(tmp_path: Path) -> None:
    """A mapping file gives their names for ours."""
    mapping = write(tmp_path / "m.yaml", "columns:\n  保單號碼: policy_no\n  手機: phone\n")
    path = write(tmp_path / "p.csv", TEXT.replace("policy_no", "保單號碼").replace("phone", "手機"), "cp950")
    assert next(read_rows(path, load_mapping(mapping))).values["policy_no"] == "P1"


def test_the_shipped_mapping_is_a_mapping() -> None:
    """config/samples/mapping.yaml names a column for everything that is required."""
    shipped = Path(__file__).resolve().parents[3] / "config" / "samples" / "mapping.yaml"
    assert set(load_mapping(shipped).values()) >= set(HEADER.split(","))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "has no columns"), ("- a\n", "has no columns"), ("columns: {a: polcy_no}", "Did you mean policy_no?"),
        ("columns: [", "cannot be read"), ("columns: {a: zzz}", "no known column"),
    ],
)  # fmt: skip
def test_a_mapping_file_that_is_wrong_is_explained(tmp_path: Path, text: str, what: str) -> None:
    """The entry that is wrong is named, with what was probably meant."""
    with pytest.raises(SourceError, match="mapping") as caught:
        load_mapping(write(tmp_path / "mapping.yaml", text))
    assert what in str(caught.value)


def test_a_missing_mapping_file_and_an_absent_column_are_told(tmp_path: Path) -> None:
    """A mapping that does not fit the file might hide a column: it is refused."""
    with pytest.raises(SourceError, match="the mapping file does not exist"):
        load_mapping(tmp_path / "none.yaml")
    assert_fails(
        write(tmp_path / "p.csv", TEXT), "columns that the header does not have: 拒接", {"拒接": "do_not_call"}
    )


def faults(tmp_path: Path, text: str) -> list[tuple[int, str | None]]:
    """Return line and fault of each row."""
    return [(row.line, row.fault) for row in read_rows(write(tmp_path / "p.csv", text))]


def test_a_row_with_too_many_or_too_few_fields_bears_its_fault(tmp_path: Path) -> None:
    """A cut-off row might lack its do_not_call: it is not filled up; the surplus of a long one is kept."""
    path = write(tmp_path / "p.csv", f"{HEADER}\n{ROWS[0]},x,y\nP2,115/11/17\n\n{ROWS[2]}\n")
    rows = list(read_rows(path))
    assert [(row.line, row.fault) for row in rows] == [(2, "too_many_fields"), (3, "too_few_fields"), (5, None)]
    assert "x\ty" in rows[0].values.values()


def test_a_stray_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    """The rows behind an unclosed quote are read, even when two such quotes would pair up."""
    broken = ROWS[0].replace("王", '"王')
    again = ROWS[1].replace("陳", '"陳')
    assert faults(tmp_path, f"{HEADER}\n{broken}\n{again}\n{ROWS[2]}\n") == [
        (2, "unclosed_quote"), (3, "unclosed_quote"), (4, None),
    ]  # fmt: skip
    closing = ROWS[1].replace("陳怡文", '陳怡文"')
    assert faults(tmp_path, f"{HEADER}\n{broken}\n{closing}\n{ROWS[2]}\n")[0] == (2, "unclosed_quote")
    many = "\n".join([HEADER, broken, *[ROWS[1]] * 5_000])
    assert faults(tmp_path, many).count((2, "unclosed_quote")) == 1
    assert len(faults(tmp_path, many)) == 5_001


def test_a_note_may_hold_line_breaks_and_separators(tmp_path: Path) -> None:
    """A quoted value of an unknown column may run over lines; the next line number is right."""
    text = f'{HEADER},note\n{ROWS[0]},"a, b\nc ""d"""\n{ROWS[1]},\n'
    rows = list(read_rows(write(tmp_path / "p.csv", text)))
    assert [(row.line, row.fault) for row in rows] == [(2, None), (4, None)]
    assert rows[0].values["note"] == 'a, b\nc "d"'


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    """A text without line breaks is not read into memory."""
    assert_fails(write(tmp_path / "p.csv", f"{HEADER}\n{'x' * 2_000_000}"), "longer than")


def test_a_workbook_with_two_sheets_of_policies_is_refused(tmp_path: Path) -> None:
    """Neither sheet is dropped in silence; a sheet of notes does no harm."""
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(ROWS[0].split(","))
    book.create_sheet("notes").append(["hello"])
    book.save(tmp_path / "one.xlsx")
    assert names(tmp_path / "one.xlsx") == ["王小明"]
    book.create_sheet("more").append(HEADER.split(","))
    book.save(tmp_path / "two.xlsx")
    assert_fails(tmp_path / "two.xlsx", "several sheets hold policies")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    assert_fails(tmp_path / "empty.xlsx", "the workbook is empty")


@pytest.mark.parametrize("kind", [".xlsx", ".parquet"])
def test_a_broken_workbook_or_parquet_file_is_told(tmp_path: Path, kind: str) -> None:
    """A file that is not what its name says gives a message, not a traceback."""
    assert_fails(write(tmp_path / f"p{kind}", TEXT), "cannot be read")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | st.binary(max_size=80).map(lambda junk: TEXT.encode() + junk),
    st.sampled_from([".csv", ".xlsx", ".parquet", ""]),
)
def test_random_bytes_raise_nothing_but_source_error(tmp_path: Path, content: bytes, kind: str) -> None:
    """Whatever the file holds, its rows are read or a SourceError says why not."""
    path = tmp_path / f"random{kind}"
    path.write_bytes(content)
    try:
        rows = list(read_rows(path))
    except SourceError:
        return
    assert all(isinstance(normalise(row, today=date(2026, 11, 22)), (Policy, BadRow)) for row in rows)


@pytest.fixture(scope="module")
def sheets() -> dict[str, bytes]:
    """A sound workbook and a sound parquet file."""
    table = [line.split(",") for line in ROWS]
    book, workbook, columns = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for cells in (HEADER.split(","), *table):
        book.active.append(cells)
    book.save(workbook)
    parquet.write_table(pa.table(dict(zip(HEADER.split(","), zip(*table, strict=True), strict=True))), columns)
    return {".xlsx": workbook.getvalue(), ".parquet": columns.getvalue()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.sampled_from([".xlsx", ".parquet"]), st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4))
def test_damaged_sheets_raise_nothing_but_source_error(
    tmp_path: Path, sheets: dict[str, bytes], kind: str, place: float, damage: bytes
) -> None:
    """A few bytes overwritten anywhere, or the file cut off there, never end in another error."""
    content, at = sheets[kind], int(place * len(sheets[kind]))
    for broken in (content[:at], content[:at] + damage + content[at + len(damage) :]):
        path = tmp_path / f"broken{kind}"
        path.write_bytes(broken)
        try:
            rows = list(read_rows(path))
        except SourceError:
            continue
        assert all(row.values.keys() >= set(HEADER.split(",")) for row in rows)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=8), st.sampled_from([",", "\t", ";"]))
def test_what_is_written_properly_is_read_back(tmp_path: Path, table: list[list[str]], separator: str) -> None:
    """Quotes, separators and any sign in a value survive the way through a file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([HEADER.split(","), *table])
    path = write(tmp_path / "p.csv", text.getvalue())
    kept = [row for row in table if any(cell.strip() for cell in row)]
    assert [list(row.values.values()) for row in read_rows(path)] == kept
