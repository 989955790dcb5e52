"""Whether the signatures that a receipt counts are there: the register of signatures is asked, not the receipt."""

from collections.abc import Iterable, Mapping
from typing import Any

from outbound.compliance.rules.rulebook import Signature, SignatureKind

_NOBODY = frozenset({SignatureKind.DEMO.value})


class SignatureRegister:
    """Who signed which content of a pack, earlier contents included."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self._anybody: dict[tuple[str, str], set[str]] = {}
        self._production: dict[tuple[str, str], set[str]] = {}
        for signature in signatures:
            key = (signature.jurisdiction, signature.content_hash)
            self._anybody.setdefault(key, set()).add(signature.signer)
            if signature.kind is SignatureKind.PRODUCTION:
                self._production.setdefault(key, set()).add(signature.signer)

    def overstated(self, entry: Mapping[str, Any]) -> str | None:
        """Say by how much a receipt's entry of a pack counts more signatures than there are; None if it does not.

        Who signed as a demo and for production since is one person then and now.
        """
        key = (entry["code"], entry["hash"])
        production = len(self._production.get(key, set()) - _NOBODY)
        anybody = len(self._anybody.get(key, ()))
        claimed = entry["signatures"]
        if not anybody and entry["signed"]:
            return f"{key[0]} {key[1]}: nobody signed this content here"
        if claimed["production"] > production:
            return f"{key[0]}: the receipt counts {claimed['production']} production signatures, there are {production}"
        if claimed["production"] + claimed["demo"] > anybody:
            return f"{key[0]}: the receipt counts {claimed['demo']} demo signatures, there are not as many"
        return None


def claims_signatures(body: Mapping[str, Any]) -> bool:
    """Whether a receipt rests on signatures at all."""
    return any(entry["signed"] or any(entry["signatures"].values()) for entry in body["packs"])
