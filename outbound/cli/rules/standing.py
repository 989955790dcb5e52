"""How a pack stands: who signed its present content, and what that is good for."""

from collections.abc import Mapping, Sequence
from typing import Any

from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook, SignatureKind, Trust

_USED = {"production": "calls may be placed", "demo": "demo and simulate only", "unsigned": "nobody is called"}


def summary(rulebook: Rulebook, pack: Pack) -> dict[str, Any]:
    """Return the head of a pack and its standing: production, demo or unsigned."""
    standing = next(
        (trust.value for trust in (Trust.PRODUCTION, Trust.DEMO) if rulebook.signed(pack, trust)), "unsigned"
    )
    return {
        "code": pack.code,
        "name": pack.name,
        "version": pack.version,
        "sha256": pack.content_hash,
        "standing": standing,
        "signed_by": [f"{s.by} ({s.kind}, {s.on})" for s in rulebook.signatures_of(pack)],
        "signatures": [
            {"by": s.by, "on": s.on.isoformat(), "kind": s.kind.value} for s in rulebook.signatures_of(pack)
        ],
        "missing_signatures": rulebook.missing_signers(pack),
        "confidence": pack.confidence,
        "to_confirm": len(pack.unconfirmed),
    }


def standing_shown(found: Mapping[str, Any]) -> str:
    """Return the standing as a table shows it: a demo stands out."""
    standing: str = found["standing"]
    return standing if standing == "production" else standing.upper()


def known(found: Mapping[str, Any]) -> str:
    """Say in one word how well a pack is known: verified, mixed, recalled or proposal."""
    confidence: str = found["confidence"]
    return confidence.partition(",")[0].removeprefix("policy-")


def signers(found: Mapping[str, Any]) -> str:
    """Name who signed for production, or, of a demo, who signed that."""
    kind = SignatureKind.PRODUCTION.value
    real = [s["by"] for s in found["signatures"] if s["kind"] == kind]
    return ", ".join(real or [s["by"] for s in found["signatures"]])


def counted(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say in one line how many packs may be used for what."""
    tally = {name: sum(row["standing"] == name for row in rows) for name in ("production", "demo", "unsigned")}
    return (
        f"{len(rows)} packs: {tally['production']} signed for production, {tally['demo']} as DEMO only "
        f"(no real call), {tally['unsigned']} unsigned (nobody is called)."
    )


def standing_told(found: Mapping[str, Any]) -> str:
    """Say what the standing is good for and what production still needs."""
    told = f"Standing: {found['standing']} ({_USED[found['standing']]})."
    missing = found["missing_signatures"]
    return told if found["standing"] == "production" else f"{told} For production {more_people(missing)}."


def more_people(missing: int) -> str:
    """Say how many people production still needs."""
    return "one more person has to sign" if missing == 1 else f"{missing} different people have to sign"
