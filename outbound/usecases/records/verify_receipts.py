"""Verify stored receipts: each row's digest, and each decision evaluated again by the rules of its day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from outbound.compliance.evidence.archive import Archive
from outbound.compliance.evidence.digest import receipt_digest
from outbound.compliance.evidence.replay import Difference, Standing, replay
from outbound.compliance.evidence.signers import SignatureRegister, claims_signatures
from outbound.compliance.facts import Stage
from outbound.compliance.rules.rulebook import Trust
from outbound.usecases.ports.stored.evidence import KeptReceipt

MOST_FINDINGS = 1000
"""Findings that are kept with their particulars; the others are counted, so that memory stays what it is."""

_WITHOUT_DIGEST = 1
"""Format of receipts from before there were digests."""

_STAGES = {"plan": Stage.PLAN, "reserve": Stage.RESERVATION, "carrier": Stage.CARRIER}


class FindingKind(StrEnum):
    """What is wrong with a receipt, with an attempt that has none (missing), or between the two.

    `moved`: the attempt's instants are not those of its receipt. `orphaned`: the receipt's attempt does not exist.
    """

    DIFFERING = "differing"
    UNPROVABLE = "unprovable"
    UNSIGNED = "unsigned"
    MISSING = "missing"
    MOVED = "moved"
    ORPHANED = "orphaned"


class Finding(Struct, frozen=True):
    """One receipt that does not hold, or an attempt without one; `differences` name keys of the receipt's body."""

    kind: FindingKind
    receipt_id: str | None
    contact_id: str
    attempt_id: str | None
    why: str
    differences: tuple[Difference, ...] = ()


@dataclass(slots=True)
class VerifyReport:
    """Counts of receipts, of attempts for `missing` and `moved`; the first `MOST_FINDINGS` findings in particular.

    `demo` counts those of the verified that rest on a demo's signatures: proved, and no authority for a real call.
    """

    verified: int = 0
    demo: int = 0
    differing: int = 0
    unprovable: int = 0
    unsigned: int = 0
    missing: int = 0
    moved: int = 0
    orphaned: int = 0
    findings: list[Finding] = field(default_factory=list)
    findings_left_out: int = 0

    @property
    def proved(self) -> bool:
        """Whether nothing was found."""
        return not any(getattr(self, kind.value) for kind in FindingKind)

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        setattr(self, finding.kind.value, getattr(self, finding.kind.value) + 1)
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.findings_left_out += 1


def verify_receipts(
    receipts: Iterable[KeptReceipt],
    archive: Archive,
    signatures: SignatureRegister | None,
    between: Iterable[Finding] = (),
) -> VerifyReport:
    """Look at each receipt once, in constant memory; `between` are findings between receipts and attempts.

    A receipt counts under the first that applies: its digest does not fit (differing), the rules that it names are not
    there or its format is another (unprovable), a second evaluation or the row's own columns say otherwise
    (differing), it let a call through on packs that nobody had signed for that use, or counts signatures that are not
    among `signatures` (unsigned; unprovable without them), verified.
    """
    report = VerifyReport()
    for receipt in receipts:
        finding = _finding(receipt, archive, signatures)
        if finding is None:
            report.verified += 1
            report.demo += receipt.body["trust"] == Trust.DEMO
        else:
            report.add(finding)
    for each in between:
        report.add(each)
    return report


def _finding(receipt: KeptReceipt, archive: Archive, signatures: SignatureRegister | None) -> Finding | None:
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
    unsigned = _unsigned(receipt, signatures)
    return None if unsigned is None else found(*unsigned)


def _unsigned(receipt: KeptReceipt, signatures: SignatureRegister | None) -> tuple[FindingKind, str] | None:
    """Why the signatures that a receipt tells of do not bear it out."""
    if receipt.allowed and not _signed(receipt):
        return FindingKind.UNSIGNED, "a call was let through on packs that nobody had signed for that use"
    if signatures is None:
        if not claims_signatures(receipt.body):
            return None
        return FindingKind.UNPROVABLE, "no signatures to compare with: there is no signatures.yaml in --rules"
    why = next(filter(None, map(signatures.overstated, receipt.body["packs"])), None)
    return None if why is None else (FindingKind.UNSIGNED, why)


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
