"""Who signed which content, and the history of signed texts."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from outbound.adapters.files.rules.packs import RuleFileError, load_rulebook, read_pack_text, read_signatures
from outbound.adapters.files.rules.signatures import add_signatures, archive, archived
from outbound.adapters.files.rules.validation import validate_rules
from outbound.compliance.rules.rulebook import Rulebook, Signature, SignatureKind, Trust, is_unseen
from tests.compliance.rule_file_faults import PACK, folder

TODAY = date(2026, 11, 22)


def test_a_demo_signature_is_no_production_signature(rulebook: Rulebook) -> None:
    """The packs as shipped dial in a demo and nowhere else."""
    for pack in rulebook.packs.values():
        assert rulebook.signed(pack, Trust.DEMO)
        assert not rulebook.signed(pack, Trust.PRODUCTION)


def test_every_shipped_signature_has_its_text(rules_directory: Path) -> None:
    """The history keeps what was signed, word for word and readable, under the hash of its content."""
    for signature in read_signatures(rules_directory):
        text = archived(rules_directory, signature.jurisdiction, signature.content_hash)
        assert text is not None
        assert read_pack_text(text, signature.jurisdiction).content_hash == signature.content_hash


def test_production_needs_two_people_and_the_same_content(rules_directory: Path, tmp_path: Path) -> None:
    """One signature is too few, the same person twice too; a change of content unsigns, a comment does not."""
    shutil.copytree(rules_directory, tmp_path, dirs_exist_ok=True)

    def sign(by: str) -> bool:
        digest = load_rulebook(tmp_path, only=["TW"]).packs["TW"].content_hash
        add_signatures(tmp_path, [Signature("TW", digest, by, TODAY, SignatureKind.PRODUCTION)])
        return standing(Trust.PRODUCTION)

    def standing(trust: Trust) -> bool:
        rules = load_rulebook(tmp_path, only=["TW"])
        return rules.signed(rules.packs["TW"], trust)

    assert [sign("陳大文"), sign(" 陳大文 "), sign('Lin "Amy"')] == [False, False, True]
    file = tmp_path / "packs" / "TW.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text("# a comment\n" + text, encoding="utf-8")
    assert standing(Trust.PRODUCTION)
    file.write_text(text.replace("09:00-21:00", "09:00-22:00"), encoding="utf-8")
    assert not standing(Trust.PRODUCTION)
    assert not standing(Trust.DEMO)


def test_signatures_are_written_behind_those_that_are_there(tmp_path: Path) -> None:
    """The first ones make the file; comments stay; names that YAML would misread are kept as they are."""
    first = [Signature(code, "0" * 64, "A", TODAY, SignatureKind.DEMO) for code in ("NO", "XK")]
    assert read_signatures(tmp_path) == ()
    add_signatures(tmp_path, first)
    assert read_signatures(tmp_path) == tuple(first)
    file = tmp_path / "signatures.yaml"
    file.write_text("# ours\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    second = Signature("XK", "1" * 64, "yes", TODAY, SignatureKind.PRODUCTION)
    add_signatures(tmp_path, [second])
    assert read_signatures(tmp_path) == (*first, second)
    assert file.read_text(encoding="utf-8").startswith("# ours\n")


def test_a_file_without_signatures_keeps_its_comments(tmp_path: Path) -> None:
    """An empty list gives way to the first signature, what people wrote above it does not."""
    (tmp_path / "signatures.yaml").write_text("# ours\nsignatures: []\n", encoding="utf-8")
    signature = Signature("XK", "0" * 64, "A", TODAY, SignatureKind.DEMO)
    add_signatures(tmp_path, [signature])
    assert read_signatures(tmp_path) == (signature,)
    assert (tmp_path / "signatures.yaml").read_text(encoding="utf-8").startswith("# ours\n")


def test_a_signature_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Where the file or the history cannot be made, the fault names it."""
    signature = Signature("XK", "0" * 64, "A", TODAY, SignatureKind.DEMO)
    with pytest.raises(RuleFileError, match="cannot be written"):
        add_signatures(tmp_path / "nowhere", [signature])
    with pytest.raises(RuleFileError, match="cannot be made"):
        archive(tmp_path / "nowhere", "XK", "0" * 64, PACK)


@pytest.mark.parametrize("digest", ["abc", "g" * 64, "A" * 64])
def test_what_is_no_hash_is_refused(tmp_path: Path, digest: str) -> None:
    """A signature over something that is no SHA-256 in lower case is a fault of the file."""
    text = f"signatures:\n  - {{jurisdiction: XK, sha256: {digest}, by: A, on: 2026-01-01, kind: demo}}\n"
    (folder(tmp_path) / "signatures.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError, match="SHA-256") as caught:
        read_signatures(tmp_path)
    assert caught.value.key == "signatures[1].sha256"


def test_history_is_written_once(tmp_path: Path) -> None:
    """A kept text stays as it was signed, and a file that was changed under its name is refused."""
    digest = load_rulebook(folder(tmp_path)).packs["XK"].content_hash
    assert archived(tmp_path, "XK", digest) is None
    file = archive(tmp_path, "XK", digest, PACK)
    assert file == tmp_path / "history" / f"XK-{digest[:12]}.yaml"
    archive(tmp_path, "XK", digest, "# the same content\n" + PACK)
    assert archived(tmp_path, "XK", digest) == PACK
    file.write_text(PACK.replace("09:00", "08:00"), encoding="utf-8")
    with pytest.raises(RuleFileError, match="is not the content"):
        archived(tmp_path, "XK", digest)
    with pytest.raises(RuleFileError, match="is not the content"):
        archive(tmp_path, "XK", digest, PACK)


def test_a_kept_text_needs_no_warning(tmp_path: Path) -> None:
    """A signature under a former content is history while its text is kept."""
    digest = load_rulebook(folder(tmp_path)).packs["XK"].content_hash
    add_signatures(tmp_path, [Signature("XK", digest, "A", TODAY, SignatureKind.DEMO)])
    changed = PACK.replace("name: Kosovo", "name: Kosova")
    present = load_rulebook(folder(tmp_path, changed)).packs["XK"].content_hash
    add_signatures(tmp_path, [Signature("XK", present, "A", TODAY, SignatureKind.DEMO)])
    archive(tmp_path, "XK", present, changed)
    assert len(validate_rules(tmp_path).warnings) == 1
    archive(tmp_path, "XK", digest, PACK)
    assert validate_rules(tmp_path).warnings == ()


@pytest.mark.parametrize(
    "spelled",
    [
        "Arta Krasniqi",
        " ARTA  krasniqi ",
        "Ａｒｔａ\u3000Krasniqi",
        "Arta\u200b Krasniqi",
        "Arta \u200b Krasniqi",
        "Ar\u00adta Krasniqi\u202e",
        "Arta\tKrasniqi",
        "Arta Krasniqi\u3164",
        "Arta\ufe0f Krasniqi\ue000",
        "ArtaKrasniqi",
        "Arta Krasniqi.",
        "Arta-Krasniqi",
    ],
)
def test_two_spellings_of_a_name_are_one_person(spelled: str) -> None:
    """Capitals, spaces, dots, and letters that are wide or unseen make nobody else of a signer."""
    assert Signature("XK", "0" * 64, spelled, TODAY, SignatureKind.PRODUCTION).signer == "artakrasniqi"


@pytest.mark.parametrize(
    ("letter", "unseen"),
    [
        ("\u200b", True),
        ("\u202e", True),
        ("\x07", True),
        ("\u3164", True),
        ("\ufe0f", True),
        ("\n", False),
        ("a", False),
    ],
)
def test_a_letter_that_shows_nothing_is_told_from_a_space(letter: str, unseen: bool) -> None:
    """Format and control characters, fillers and selectors show nothing; a line's end is a space."""
    assert is_unseen(letter) is unseen


def test_who_has_no_letter_in_the_name_is_nobody(rulebook: Rulebook) -> None:
    """Dots and unseen letters sign for nobody: both people are still missing."""
    pack = rulebook.packs["TW"]
    names = ("...", "\u200b", "\u3164")
    signed = tuple(Signature("TW", pack.content_hash, by, TODAY, SignatureKind.PRODUCTION) for by in names)
    assert Rulebook(rulebook.packs, rulebook.calendars, signed).missing_signers(pack) == 2
