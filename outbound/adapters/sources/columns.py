"""The columns of a policies file: which are known, how a header or a mapping file names them, what a typo may mean."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from outbound.adapters.sources.contract import RawRow, SourceError
from outbound.adapters.sources.values.text import clean

REQUIRED = ("policy_no", "issued_on", "customer_id", "full_name", "phone", "region")
OPTIONAL = (
    "product_code", "product_name", "delivered_on", "birth_date", "alt_phone", "language", "postal_code", "time_zone",
    "preferred_window", "agent_code", "channel", "fund_source", "privacy_notice_on", "consents", "do_not_call",
    "status", "billing_region",
)  # fmt: skip
KNOWN = frozenset((*REQUIRED, *OPTIONAL))
_CHINESE = {
    "policy_no": ("保單號碼", "保單編號", "保單號", "契約號碼"),
    "issued_on": ("發單日", "發單日期", "核發日期", "承保日期", "核保日期", "保單生效日", "生效日", "生效日期"),
    "customer_id": ("客戶編號", "客戶代號", "客戶號碼", "要保人編號", "要保人id", "身分證字號", "要保人身分證字號"),
    "full_name": ("姓名", "要保人姓名", "客戶姓名", "要保人"),
    "phone": ("電話", "手機", "手機號碼", "行動電話", "聯絡電話", "電話號碼"),
    "region": ("地區", "國家", "國別", "地區代碼"),
    "delivered_on": ("簽收日", "簽收日期", "送達日", "送達日期", "保單簽收日"),
    "birth_date": ("生日", "出生日期", "出生年月日"),
    "alt_phone": ("其他電話", "備用電話", "市話", "住家電話", "第二電話"),
    "language": ("語言", "語系"),
    "postal_code": ("郵遞區號",),
    "time_zone": ("時區",),
    "preferred_window": ("方便時段", "聯絡時段", "希望聯絡時間"),
    "agent_code": ("業務員代號", "業務員代碼", "業務員編號"),
    "product_code": ("商品代號", "商品代碼", "險種代號", "險種代碼"),
    "product_name": ("商品名稱", "險種名稱"),
    "channel": ("通路", "通路別"),
    "fund_source": ("資金來源", "保費來源"),
    "privacy_notice_on": ("個資告知日", "個資告知日期"),
    "consents": ("同意事項",),
    "do_not_call": ("拒絕來電", "拒絕電話", "請勿致電", "勿打電話", "拒絕聯絡", "不接受電訪"),
    "billing_region": ("帳單地區", "帳單地區代碼", "帳寄地區", "帳單寄送地區", "收費地區"),
    "status": ("狀態", "保單狀態", "契約狀態"),
}
_BY_CHINESE = {word: column for column, words in _CHINESE.items() for word in words}
_BY_SQUASHED = {column.replace("_", ""): column for column in KNOWN}
_CLOSE_ENOUGH = 0.6
_MISSPELT = 0.85
_LIKE_DO_NOT_CALL = 0.8
_MEANS_DO_NOT_CALL = frozenset({"dnc", "donotcontact", "donotphone", "donotring", "donotdial", "optout", "optedout"})
Columns = tuple[str, ...]


def resolve_header(header: Sequence[str], mapping: Mapping[str, str] | None, where: str) -> Columns:
    """Return the column names of a header after the mapping; raises SourceError.

    Capitals, spaces and dashes in a known name do not matter. A Chinese name is suggested, not assumed: whether 生效日
    is the day of issue, only the company knows. A column that looks like do_not_call must not be passed over, nor a
    misspelt one be kept as an attribute: who said no in it would be rung.
    """
    names = [clean(name) for name in header]
    _check_mapping_is_met(names, mapping, where)
    columns = tuple(
        (mapping or {}).get(name) or known_as(name) or f"column {place}" for place, name in enumerate(names, 1)
    )
    _check_not_doubled(columns, where)
    _check_required(columns, where)
    _check_not_misspelt(columns, where)
    return columns


def known_as(name: str) -> str:
    """Return the known column that a header of this name is read as; the name itself, cleaned, where it is none."""
    plain = clean(name)
    return _BY_SQUASHED.get(_squash(plain), plain)


def note_attributes(rows: Iterable[RawRow], noted: dict[str, None]) -> Iterator[RawRow]:
    """Pass rows on and add to `noted`, in their order, the columns that are not known: they are kept as attributes."""
    seen = set(KNOWN)
    for row in rows:
        if row.fault is None and not row.values.keys() <= seen:
            fresh = [name for name in row.values if name not in seen]
            seen.update(fresh)
            noted.update(dict.fromkeys(fresh))
        yield row


def likeness(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> int:
    """Count the names of a header that are known, mapped or common in Chinese."""
    names = {clean(name) for name in header}
    return sum(name in (mapping or {}) or _squash(name) in _BY_SQUASHED or name in _BY_CHINESE for name in names)


def load_mapping(path: Path) -> dict[str, str]:
    """Read a mapping file, `columns: {their name: our name}`; raises SourceError naming the entry that is wrong."""
    mend = "Write columns: and below it lines such as 保單號碼: policy_no."
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SourceError("the mapping file does not exist", str(path), "Check the path.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(f"the mapping file cannot be read ({type(error).__name__})", str(path), mend) from error
    columns = content.get("columns") if isinstance(content, dict) else None
    if not isinstance(columns, dict) or not columns:
        raise SourceError("the mapping file has no columns", str(path), mend)
    found = {clean(str(theirs)): str(ours) for theirs, ours in columns.items()}
    for theirs, ours in found.items():
        if ours not in KNOWN:
            near = difflib.get_close_matches(ours, KNOWN, 1, _CLOSE_ENOUGH)
            hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(sorted(KNOWN))}."
            raise SourceError(f"columns: {theirs} points to {ours}, which is no known column", str(path), hint)
    return found


def _squash(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def _check_mapping_is_met(names: Sequence[str], mapping: Mapping[str, str] | None, where: str) -> None:
    """Refuse a mapping that names an absent column: the slip might hide a do_not_call."""
    absent = [theirs for theirs in mapping or {} if theirs not in names]
    if absent:
        raise SourceError(
            f"the mapping names columns that the header does not have: {', '.join(absent)}",
            where,
            "Correct the mapping file, or use the one that belongs to this kind of file.",
        )


def _check_not_doubled(columns: Columns, where: str) -> None:
    doubled = [name for name, count in Counter(columns).items() if count > 1]
    if doubled:
        raise SourceError(
            f"the header has a column more than once: {', '.join(doubled)}",
            where,
            "Remove or rename one of them; which one counts cannot be guessed.",
        )


def _check_required(columns: Columns, where: str) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    if not missing:
        return
    hints = [f"{near}: {name}" for name in missing if (near := _near_match(name, columns))]
    mend = (
        f"Rename them, or give a mapping file with columns: {{{', '.join(hints)}}}."
        if hints
        else f"The first line must name the columns; required are {', '.join(REQUIRED)}."
    )
    raise SourceError(f"the header lacks the required columns {', '.join(missing)}", where, mend)


def _check_not_misspelt(columns: Columns, where: str) -> None:
    """Refuse an unknown name that is close to a known one which the header lacks."""
    absent = {column.replace("_", ""): column for column in OPTIONAL if column not in columns}
    for name in columns:
        meant = None if name in KNOWN else _meant(name, absent)
        if meant is None:
            continue
        why = ", which decides who must not be called" if meant == "do_not_call" else ""
        raise SourceError(
            f"the column {name} looks like {meant}{why}",
            where,
            f"Map it ({name}: {meant}) or rename it to {meant}; if it means something else, rename it otherwise.",
        )


def _meant(name: str, absent: Mapping[str, str]) -> str | None:
    if "donotcall" in absent and (
        _BY_CHINESE.get(name.lower()) == "do_not_call"
        or _squash(name) in _MEANS_DO_NOT_CALL
        or difflib.get_close_matches(_squash(name), ["donotcall"], 1, _LIKE_DO_NOT_CALL)
    ):
        return "do_not_call"
    near = difflib.get_close_matches(_squash(name), absent, 1, _MISSPELT)
    return absent[near[0]] if near else None


def _near_match(missing: str, columns: Columns) -> str | None:
    free = {column.lower(): column for column in columns if column and column not in KNOWN}
    for lowered, column in free.items():
        if _BY_CHINESE.get(lowered) == missing:
            return column
    near = difflib.get_close_matches(missing, free, 1, _CLOSE_ENOUGH)
    return free[near[0]] if near else None
