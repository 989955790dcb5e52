"""Who signed which content of a pack, and the signed texts beside it, by the hash of their content."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from outbound.adapters.files.rules.document import RuleFileError, compose, content_hash, text_of
from outbound.adapters.files.rules.sections import Section, read
from outbound.compliance.rules.rulebook import Signature, SignatureKind

_HASH = re.compile(r"[0-9a-f]{64}")
_NAME_DIGITS = 12
_FIRST_TO_BEGIN_A_DAY = timedelta(hours=14)


def latest_date(now: datetime) -> date:
    """Return the latest date that it is anywhere: whoever signed today signed no later."""
    return (now.astimezone(UTC) + _FIRST_TO_BEGIN_A_DAY).date()


def read_signatures(directory: Path, *, today: date | None = None) -> tuple[Signature, ...]:
    """Read `signatures.yaml`; without the file nothing is signed. Raises `RuleFileError`.

    With `today`, signatures of a later date do not count.
    """
    found = (signature for signature, _ in signature_entries(directory))
    return tuple(signature for signature in found if today is None or signature.on <= today)


def signature_entries(
    directory: Path, faults: list[RuleFileError] | None = None, *, today: date | None = None
) -> list[tuple[Signature, RuleFileError]]:
    """Read signatures, each with the complaint that it fits no content, to be made by who finds that out.

    With `today`, a later date is a fault. Raises `RuleFileError`; with `faults`, they are kept there.
    """
    file = directory / "signatures.yaml"
    if not file.exists():
        return []
    top, _ = read(file, faults)
    entries = [(_signature(section, today), _stale(section)) for section in top.sections("signatures")]
    top.done()
    return entries


def _signature(section: Section, today: date | None) -> Signature:
    digest = section.text("sha256")
    if not _HASH.fullmatch(digest) and section.sound("sha256"):
        section.refuse("sha256", "is no SHA-256", "copy the hash from `outbound rules show`")
    signature = Signature(
        section.text("jurisdiction"),
        digest,
        section.text("by"),
        section.day("on"),
        section.choice("kind", SignatureKind),
    )
    if today is not None and signature.on > today and section.sound("on"):
        section.refuse("on", f"{signature.on} has not come yet", "sign again: until then it counts for nothing")
    section.done()
    return signature


def _stale(section: Section) -> RuleFileError:
    return section.fail("sha256", "signs a content that is no longer there", "sign the pack again, if it is right")


def add_signatures(directory: Path, signatures: Sequence[Signature]) -> None:
    """Write signatures behind those that are there; comments and earlier signatures stay as they are.

    Raises `RuleFileError` when the file cannot be read or written; it is then as it was.
    """
    file = directory / "signatures.yaml"
    present = read_signatures(directory)
    before = file.read_text(encoding="utf-8").rstrip("\n") + "\n" if present else _head(file)
    # A file that was cut short would unsign every pack: it is replaced whole or not at all.
    _write_whole(file, before + "".join(_entry(signature) for signature in signatures), "sign where you may write")


def _head(file: Path) -> str:
    """Comments above the first signature, which a file without signatures may have."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return "\n".join([*(line for line in lines if line.startswith("#")), "signatures:\n"])


def _entry(signature: Signature) -> str:
    entry = {
        "jurisdiction": signature.jurisdiction,
        "sha256": signature.content_hash,
        "by": signature.by,
        "on": signature.on.isoformat(),
        "kind": signature.kind.value,
    }
    # Quoted throughout: bare, NO is false, a hash of digits a number, and an early date another day.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return "  - " + "\n    ".join(lines) + "\n"


def _write_whole(file: Path, text: str, mend: str) -> None:
    fresh = file.with_suffix(".new")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise RuleFileError(file, 0, "", f"cannot be written ({type(error).__name__})", mend) from None


def archive(directory: Path, code: str, digest: str, text: str) -> Path:
    """Keep the text of a pack as `history/CODE-<12 digits of the hash>.yaml`; what is there already is left alone.

    Raises `RuleFileError` when it cannot be written, or another content stands there under this name.
    """
    file = _history_file(directory, code, digest)
    if archived(directory, code, digest) is not None:
        return file
    mend = "sign where you may write"
    try:
        file.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise RuleFileError(file.parent, 0, "", f"cannot be made ({type(error).__name__})", mend) from None
    _write_whole(file, text, mend)
    return file


def archived(directory: Path, code: str, digest: str) -> str | None:
    """Return the text of a pack with this content hash from the history, None when it is not kept there.

    Raises `RuleFileError` when the file under its name holds another content: history is never rewritten.
    """
    file = _history_file(directory, code, digest)
    if not file.exists():
        return None
    text = text_of(file)
    if content_hash(compose(text, file), file) != digest:
        mend = "restore the signed text from the version control"
        raise RuleFileError(file, 0, "", "is not the content that its name and its signature speak of", mend)
    return text


def is_kept(directory: Path, code: str, digest: str) -> bool:
    """Whether the history has a file for this content, sound or not."""
    return _history_file(directory, code, digest).exists()


def archived_versions(directory: Path, code: str) -> dict[str, str]:
    """Return the versions of the contents that are kept of a pack, by hash. Raises `RuleFileError`."""
    name = re.compile(rf"{re.escape(code)}-[0-9a-f]{{{_NAME_DIGITS}}}")
    found = {}
    for file in sorted((directory / "history").glob(f"{code}-*.yaml")):
        if name.fullmatch(file.stem):
            kept, digest = read(file)
            found[digest] = kept.text("version")
    return found


def _history_file(directory: Path, code: str, digest: str) -> Path:
    return directory / "history" / f"{code}-{digest[:_NAME_DIGITS]}.yaml"
