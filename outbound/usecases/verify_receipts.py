"""Verify stored receipts: each row's digest, and each decision evaluated again by the rules of its day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from outbound.compliance.evidence.archive import Archive
from outbound.compliance.evidence.digest import receipt_digest
from outbound.compliance.evidence.replay import Difference, Standing, replay
from outbound.compliance.facts import Stage
from outbound.compliance.rules.rulebook import Trust
from outbound.usecases.ports.evidence import KeptReceipt

MOST_FINDINGS = 1000
"""Findings that are kept with their particulars; the others are counted, so that memory stays what it is."""

_WITHOUT_DIGEST = 1
"""Format of receipts from before there were digests."""

_STAGES = {"plan": Stage.PLAN, "reserve": Stage.RESERVATION, "carrier": Stage.CARRIER}


class FindingKind(StrEnum):
    """What is wrong with a receipt, or with an attempt that has none (missing)."""

    DIFFERING = "differing"
    UNPROVABLE = "unprovable"
    UNSIGNED = "unsigned"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One receipt that does not hold, or an attempt without one; `differences` name keys of the receipt's body."""

    kind: FindingKind
    receipt_id: str | None
    contact_id: str
    attempt_id: str | None
    why: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptWithoutReceipt:
    """An attempt that the receipts do not bear out, and how."""

    attempt_id: str
    contact_id: str
    why: str


@dataclass(slots=True)
class VerifyReport:
    """Counts of receipts, of attempts for `missing`; the first `MOST_FINDINGS` findings with their particulars."""

    verified: int = 0
    differing: int = 0
    unprovable: int = 0
    unsigned: int = 0
    missing: int = 0
    findings: list[Finding] = field(default_factory=list)
    findings_left_out: int = 0

    @property
    def proved(self) -> bool:
        """Whether nothing was found."""
        return not (self.differing or self.unprovable or self.unsigned or self.missing)

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        setattr(self, finding.kind.value, getattr(self, finding.kind.value) + 1)
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.findings_left_out += 1


def verify_receipts(
    receipts: Iterable[KeptReceipt], archive: Archive, without: Iterable[AttemptWithoutReceipt] = ()
) -> VerifyReport:
    """Look at each receipt once, in constant memory; `without` are attempts that lack one.

    A receipt counts under the first that applies: its digest does not fit (differing), the rules that it names are not
    there or its format is another (unprovable), a second evaluation or the row's own columns say otherwise
    (differing), it let a call through on packs that nobody had signed for that use (unsigned), verified.
    """
    report = VerifyReport()
    for receipt in receipts:
        finding = _finding(receipt, archive)
        if finding is None:
            report.verified += 1
        else:
            report.add(finding)
    for each in without:
        report.add(Finding(FindingKind.MISSING, None, each.contact_id, each.attempt_id, each.why))
    return report


def _finding(receipt: KeptReceipt, archive: Archive) -> Finding | None:
    def found(kind: FindingKind, why: str, differences: tuple[Difference, ...] = ()) -> Finding:
        return Finding(kind, receipt.id, receipt.contact_id, receipt.attempt_id, why, differences)

    if not _fits_its_digest(receipt):
        return found(FindingKind.DIFFERING, "the digest does not fit the row: it was changed after it was written")
    verdict = replay(receipt.body, archive.rulebook_of)
    if verdict.standing is Standing.UNPROVABLE:
        return found(FindingKind.UNPROVABLE, verdict.why)
    if verdict.standing is Standing.DIFFERING:
        keys = ", ".join(difference.key for difference in verdict.differences)
        return found(FindingKind.DIFFERING, f"a second evaluation gives another {keys}", verdict.differences)
    if not _columns_fit(receipt):
        return found(FindingKind.DIFFERING, "stage, instant, result or reasons of the row are not those of its body")
    if receipt.allowed and not _signed(receipt):
        return found(FindingKind.UNSIGNED, "a call was let through on packs that nobody had signed for that use")
    return None


def _fits_its_digest(receipt: KeptReceipt) -> bool:
    if not receipt.digest and receipt.body.get("format") == _WITHOUT_DIGEST:
        return True
    return receipt.digest == receipt_digest(
        receipt_id=receipt.id,
        contact_id=receipt.contact_id,
        attempt_id=receipt.attempt_id,
        stage=receipt.stage,
        at=receipt.at,
        allowed=receipt.allowed,
        reasons=receipt.reasons,
        body=receipt.body,
    )


def _columns_fit(receipt: KeptReceipt) -> bool:
    body = receipt.body
    told = (
        _STAGES.get(receipt.stage),
        receipt.at,
        "allowed" if receipt.allowed else "refused",
        list(receipt.reasons),
    )
    codes = [reason["code"] for reason in body["reasons"]]
    return told == (body["stage"], datetime.fromisoformat(body["instant"]), body["result"], codes)


def _signed(receipt: KeptReceipt) -> bool:
    signed = all(pack["signed"] for pack in receipt.body["packs"])
    return signed and receipt.body["trust"] != Trust.ASSUMED
