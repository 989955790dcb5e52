"""The register of signatures against what a receipt counts."""

from datetime import date
from typing import Any

import pytest

from outbound.compliance.evidence.signers import SignatureRegister, claims_signatures
from outbound.compliance.rules.rulebook import Signature, SignatureKind

DIGEST = "a" * 64
REGISTER = SignatureRegister(
    Signature("XK", DIGEST, by, date(2026, 1, 1), SignatureKind(kind))
    for by, kind in (
        ("Arta", "demo"),
        ("Arta", "production"),
        ("arta\u200b", "production"),
        ("Besa", "production"),
        ("Demo", "production"),
    )
)


def entry(production: int, demo: int, *, signed: bool = True, digest: str = DIGEST) -> dict[str, Any]:
    """A pack as a receipt names it."""
    return {
        "code": "XK", "hash": digest, "signed": signed, "signatures": {"production": production, "demo": demo},
    }  # fmt: skip


@pytest.mark.parametrize("counts", [(2, 1), (2, 0), (1, 1), (0, 1), (0, 3), (0, 0)])
def test_what_is_there_may_be_counted(counts: tuple[int, int]) -> None:
    """Arta and Besa for production, and somebody called demo; who signed as a demo first was counted as one then."""
    assert REGISTER.overstated(entry(*counts)) is None


@pytest.mark.parametrize(
    ("counts", "told"),
    [((3, 0), "counts 3 production signatures, there are 2"), ((2, 2), "counts 2 demo signatures")],
)
def test_what_is_not_there_is_overstated(counts: tuple[int, int], told: str) -> None:
    """More people than signed."""
    assert told in (REGISTER.overstated(entry(*counts)) or "")


def test_a_content_that_nobody_signed() -> None:
    """It is said so where the receipt calls it signed; a receipt that calls it unsigned tells the truth."""
    assert "nobody signed this content here" in (REGISTER.overstated(entry(0, 0, digest="b" * 64)) or "")
    assert REGISTER.overstated(entry(0, 0, signed=False, digest="b" * 64)) is None


@pytest.mark.parametrize(
    ("packs", "claims"),
    [([], False), ([entry(0, 0, signed=False)], False), ([entry(0, 0)], True), ([entry(0, 1, signed=False)], True)],
)
def test_whether_a_receipt_rests_on_signatures(packs: list[dict[str, Any]], claims: bool) -> None:
    """Without a register only those receipts can be proved that claim nothing."""
    assert claims_signatures({"packs": packs}) is claims
