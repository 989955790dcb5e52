"""Findings and lengths as a writer reads them in a terminal."""

from itertools import groupby
from typing import TYPE_CHECKING

from outbound.cli.show import print_table
from outbound.dialogue.prover.codes import CODES

if TYPE_CHECKING:
    from outbound.dialogue.prover.length import Lengths
    from outbound.dialogue.script.document import Finding

_COLUMNS = ("language", "straight", "median", "longest", "slow")
_CAPTIONS = {
    "straight": "robot's speech on the straight path",
    "median": "half of all calls end within",
    "longest": "longest call",
    "slow": "longest call, slow voice",
}


def show(name: str, findings: "tuple[Finding, ...]", lasting: "tuple[Lengths, ...]") -> None:
    """Print findings by kind, errors first, and how long the script lasts."""
    for code, group in groupby(sorted(findings, key=_order), key=lambda each: each.code):
        kind = tuple(group)
        severity = "warning" if kind[0].warning else "ERROR"
        print(f"{severity} {code}: {CODES.get(code, 'what stands in the files can be read')}")
        for each in kind:
            _show_finding(each)
        print()
    errors = sum(not each.warning for each in findings)
    print(f"{name}: {_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}{_verdict(errors)}")
    if lasting:
        rows = [[each.language, *(f"{getattr(each, key)} s" for key in _COLUMNS[1:])] for each in lasting]
        print_table("How long it lasts", _COLUMNS, rows, empty="", captions=_CAPTIONS)


def _show_finding(finding: "Finding") -> None:
    where = f"{finding.file}:{finding.line}"
    language = f" ({finding.language})" if finding.language else ""
    print(f"  {where}{language}\n    {finding.text}")
    if finding.path:
        print(f"    way there: {' → '.join(finding.path)}")


def _order(finding: "Finding") -> tuple[bool, str, str, int]:
    return finding.warning, finding.code, finding.file, finding.line


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _verdict(errors: int) -> str:
    return "; it must not be spoken before they are mended" if errors else "; it may be spoken"
