"""Signing packs: the checks that make a signature one, the kept text, and the entry in the register of signatures."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from outbound.adapters.files.rules.packs import load_packs
from outbound.adapters.files.rules.signatures import add_signatures, archive, archived, archived_versions
from outbound.cli.rules.standing import more_people
from outbound.compliance.rules.pack import Pack
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, is_unseen
from outbound.usecases.problems import InputProblemError


class Signed(Struct, frozen=True):
    """The packs that were asked for as they stand now, and those of them that bore this signature before."""

    rulebook: Rulebook
    packs: tuple[Pack, ...]
    already: tuple[Pack, ...]


def kind_of(text: str) -> SignatureKind:
    """Read the kind of a signature."""
    if text not in set(SignatureKind):
        raise InputProblemError(f"--kind: {text!r} is not known; write production or demo")
    return SignatureKind(text)


def packs_of(rulebook: Rulebook, folder: Path, codes: Sequence[str]) -> tuple[Pack, ...]:
    """Return the packs of these codes, each once; an unknown code is refused with those that there are."""
    found: dict[str, Pack] = {}
    for code in codes:
        pack = rulebook.packs.get(code.strip().upper())
        if pack is None:
            known = ", ".join(sorted(file.stem for file in (folder / "packs").glob("*.yaml")))
            raise InputProblemError(f"there is no rule pack {code!r}; there are {known}")
        found[pack.code] = pack
    return tuple(found.values())


def sign_packs(folder: Path, codes: Sequence[str] | None, by: str, kind: SignatureKind, today: date) -> Signed:
    """Sign the present content of packs, of all where `codes` is None, and keep the signed texts in the history.

    A person signs a content once, and a version means one content. What bears the signature, but is not kept, is kept
    now. Raises `InputProblemError` when nothing is left to do.
    """
    rulebook = load_packs(folder, only=codes, today=today)
    packs = tuple(rulebook.packs.values()) if codes is None else packs_of(rulebook, folder, codes)
    wanted = [Signature(pack.code, pack.content_hash, by.strip(), today, kind) for pack in packs]
    _check_name(wanted[0])
    already = [pack for pack, signature in zip(packs, wanted, strict=True) if _earlier(rulebook, pack, signature)]
    lost = [pack for pack in packs if archived(folder, pack.code, pack.content_hash) is None]
    if len(already) == len(packs) and not lost:
        raise _nothing_to_sign(rulebook, already, wanted[0])
    _check_versions(folder, lost)
    for pack in lost:
        archive(folder, pack.code, pack.content_hash, rulebook.contents[pack.content_hash])
    fresh = [signature for pack, signature in zip(packs, wanted, strict=True) if pack not in already]
    if fresh:
        add_signatures(folder, fresh)
    signed = Rulebook(rulebook.packs, {}, (*rulebook.signatures, *fresh), rulebook.contents)
    return Signed(signed, packs, tuple(already))


def _check_versions(folder: Path, packs: Sequence[Pack]) -> None:
    """Refuse contents under a version that means another content already: a version is what people speak of."""
    taken = [
        f"{pack.code} {pack.version}"
        for pack in packs
        if any(version == pack.version for version in archived_versions(folder, pack.code).values())
    ]
    if taken:
        raise InputProblemError(
            f"{', '.join(taken)}: another content was signed under this version; "
            "raise version in the file, as from 2026-11-22.1 to 2026-11-22.2, and sign again"
        )


def _check_name(signature: Signature) -> None:
    """Refuse what would look like a second pair of eyes and is none."""
    unseen = next(filter(is_unseen, signature.by), None)
    if unseen is not None:
        raise InputProblemError(
            f"--by: the name holds a character that cannot be seen (U+{ord(unseen):04X}); type it without"
        )
    if not signature.signer:
        raise InputProblemError("--by: a signature without a name is none; write who signs")
    if signature.kind is SignatureKind.PRODUCTION and signature.signer == SignatureKind.DEMO:
        raise InputProblemError(
            f"--by: {signature.by!r} is nobody's name, and production needs two people: "
            "sign with your own name, or say --kind demo"
        )


def _earlier(rulebook: Rulebook, pack: Pack, signature: Signature) -> Signature | None:
    same = (signature.signer, signature.kind)
    return next((s for s in rulebook.signatures_of(pack) if (s.signer, s.kind) == same), None)


def _nothing_to_sign(rulebook: Rulebook, packs: Sequence[Pack], signature: Signature) -> InputProblemError:
    earlier = _earlier(rulebook, packs[0], signature)
    by, on = (earlier.by, earlier.on) if earlier else (signature.by, signature.on)
    which = f"{packs[0].code} {packs[0].version}" if len(packs) == 1 else f"all {len(packs)} packs"
    missing = max(rulebook.missing_signers(pack) for pack in packs)
    needed = f"for production {more_people(missing)}" if missing else "nothing more is needed"
    return InputProblemError(f"--by: {by} has already signed {which} ({signature.kind}, {on}); {needed}")
