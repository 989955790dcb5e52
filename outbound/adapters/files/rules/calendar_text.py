"""The text of a calendar file: written anew, or with years added to what people wrote by hand."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from textwrap import fill

import yaml
from msgspec import Struct, field

from outbound.adapters.files.rules.library import FIRST_YEAR, LibraryYear, last_year
from outbound.usecases.problems import InputProblemError

_WIDTH = 120
_SCHEMA = "# yaml-language-server: $schema=../schema/calendar.schema.json"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _folded(text: str) -> list[str]:
    return fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False).splitlines()


def _listed(head: str, codes: Iterable[str], tail: str, indent: str) -> list[str]:
    """Write a list of codes behind its key, broken where the line ends."""
    text = f"{head}[{', '.join(codes)}]{tail}"
    return fill(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False).splitlines()


def parts_text(parts: Iterable[str]) -> list[str]:
    """Write the lines of `parts`."""
    return _listed("parts: ", sorted(parts), "", "  ")


def year_text(year: int, days: LibraryYear) -> list[str]:
    """Write the lines of one year."""
    lines = [f"  {year}:", *_dates("holidays", days.holidays)]
    if days.regional:
        lines.append("    regional:")
        for day, each in sorted(days.regional.items()):
            head = f"      {day}: {{name: {_quoted(each.name)}, in: "
            lines += _listed(head, sorted(each.parts), "}", " " * 10)
    return lines + (_dates("make_up_workdays", days.make_up_workdays) if days.make_up_workdays else [])


def _dates(key: str, days: Mapping[date, str]) -> list[str]:
    return [f"    {key}:", *(f"      {day}: {_quoted(name)}" for day, name in sorted(days.items()))]


class Head(Struct, frozen=True):
    """What stands above the years of a new calendar file."""

    country: str
    name: str
    version: str
    source: str
    parts: tuple[str, ...] = ()
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_covered: str = ""


def new_text(head: Head, years: Mapping[int, LibraryYear]) -> str:
    """Write a whole new calendar file."""
    last = last_year(head.country)
    lines = [_SCHEMA, f"# Public holidays of {head.name}. Corrections of single days go into corrections/."]
    # Quoted, because a bare NO would be Norway read as false.
    lines += [
        f"code: {_quoted(head.country)}",
        f"version: {_quoted(head.version)}",
        "source: >-",
        *_folded(head.source),
    ]
    if last is not None:
        lines.append("# Years that are not listed here come from the holidays library.")
        lines.append(f"library: {{country: {_quoted(head.country)}, from: {FIRST_YEAR}, to: {last}}}")
    if head.parts:
        lines.append("# Parts whose own days are known, those that have none too. Of any other part every day counts.")
        lines += parts_text(head.parts)
    if head.within:
        lines += [
            "# Parts in parts: what the outer one keeps the inner ones keep, and of the outer one any may be meant."
        ]
        lines.append("contains:")
        for part, members in sorted(head.within.items()):
            lines += _listed(f"  {part}: ", members, "", "    ")
    if head.not_covered:
        lines += ["not_covered: >-", *_folded(head.not_covered)]
    lines.append("years:")
    for year, days in sorted(years.items()):
        lines += year_text(year, days)
    return "\n".join(lines) + "\n"


def merged_text(
    before: str, version: str, parts: Iterable[str], years: Mapping[int, LibraryYear], *, replace: bool
) -> str:
    """Return the file's text with these years added; a listed year is changed only with `replace`.

    Everything else stays letter for letter, but for the version and for parts that the new years bring.
    """
    lines = before.splitlines()
    edits = _year_edits(before, years, replace=replace)
    if not edits:
        return before
    top = _top(before)
    key, value = top["version"]
    edits.append((key.start_mark.line, value.end_mark.line + 1, [f"version: {_quoted(version)}"]))
    new = frozenset(part for days in years.values() for each in days.regional.values() for part in each.parts)
    edits += _parts_edit(top, frozenset(parts) if new else frozenset())
    for start, end, text in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        lines[start:end] = text
    return "\n".join(lines) + "\n"


_Edit = tuple[int, int, list[str]]
_Nodes = dict[str, tuple[yaml.Node, yaml.Node]]


def _top(text: str) -> _Nodes:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return {key.value: (key, value) for key, value in node.value} if node is not None else {}


def _parts_edit(top: _Nodes, parts: frozenset[str]) -> list[_Edit]:
    """Add parts that are new, in front of the years where the file has none yet."""
    if "parts" not in top:
        start = top["years"][0].start_mark.line
        return [(start, start, parts_text(parts))] if parts else []
    key, value = top["parts"]
    known = {item.value for item in value.value}
    if parts <= known:
        return []
    return [(key.start_mark.line, _last_line(value) + 1, parts_text(parts | known))]


def _year_edits(before: str, years: Mapping[int, LibraryYear], *, replace: bool) -> list[_Edit]:
    head, listed = _top(before)["years"]
    if getattr(listed, "flow_style", True) or not listed.value:
        raise InputProblemError("years: stands in one line; write each year on a line of its own, then ask again")
    entries = [(int(key.value), key.start_mark.line, _last_line(value) + 1) for key, value in listed.value]
    edits: list[_Edit] = []
    for year, days in sorted(years.items()):
        there = next(((start, end) for number, start, end in entries if number == year), None)
        if there is not None:
            edits += [(*there, year_text(year, days))] if replace else []
            continue
        behind = [end for number, _, end in entries if number < year]
        at = max(behind) if behind else head.start_mark.line + 1
        edits = [(s, e, t + year_text(year, days)) if (s, e) == (at, at) else (s, e, t) for s, e, t in edits]
        if not any((start, end) == (at, at) for start, end, _ in edits):
            edits.append((at, at, year_text(year, days)))
    return edits


def _last_line(node: yaml.Node) -> int:
    """Return the last line with content of a node: the marks of block collections run on over comments that follow."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1])
    end: yaml.Mark = node.end_mark
    return int(end.line - 1 if end.column == 0 else end.line)
