"""All packs, calendars and signatures that a decision rests on, and how far their signatures are trusted."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from msgspec import Struct

from outbound.compliance.rules.calendar import Calendar
from outbound.compliance.rules.pack import Pack

PRODUCTION_SIGNERS = 2
"""Four eyes: two different people sign a pack before it dials for real."""

_CACHE_ENTRIES = 100_000


_UNSEEN = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def is_unseen(letter: str) -> bool:
    """Whether a character shows nothing (Unicode's category C, fillers, selectors of a variant) and is no space."""
    if letter in _UNSEEN or any(ord(letter) in selectors for selectors in _SELECTORS):
        return True
    return unicodedata.category(letter).startswith("C") and not letter.isspace()


class SignatureKind(StrEnum):
    """A demo signature dials nobody real: only demo and simulate honour it."""

    DEMO = "demo"
    PRODUCTION = "production"


class Trust(StrEnum):
    """Which signatures count. ASSUMED answers what-if questions about a pack that nobody signed; it never dials."""

    PRODUCTION = "production"
    DEMO = "demo"
    ASSUMED = "assumed"


class Signature(Struct, frozen=True):
    """Who signed which content (SHA-256) of a pack, and when."""

    jurisdiction: str
    content_hash: str
    by: str
    on: date
    kind: SignatureKind

    @property
    def signer(self) -> str:
        """Who signed: letters and digits alone, however capitals, spaces, dots and widths are set.

        Two spellings are one person.
        """
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", self.by).casefold())
        return "".join(letter for letter in folded if letter.isalnum() and not is_unseen(letter))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules as loaded. `cache` holds what follows from them (day tables, places) and is no part of the value.

    `contents` are the texts of the packs' files by content hash: the evidence of what a decision rested on.
    """

    packs: Mapping[str, Pack]
    calendars: Mapping[str, Calendar]
    signatures: tuple[Signature, ...] = ()
    contents: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def signed(self, pack: Pack, trust: Trust) -> bool:
        """Whether this very content of the pack bears the signatures that `trust` asks for."""
        if trust is Trust.ASSUMED:
            return True
        if trust is Trust.DEMO and self.signatures_of(pack):
            return True
        return self.missing_signers(pack) == 0

    def signatures_of(self, pack: Pack) -> list[Signature]:
        """Return the signatures on this very content of the pack."""
        return [s for s in self.signatures if s.jurisdiction == pack.code and s.content_hash == pack.content_hash]

    def missing_signers(self, pack: Pack) -> int:
        """How many more people have to sign this content before it dials for real; nobody is called "demo"."""
        kind = SignatureKind.PRODUCTION
        signers = {s.signer for s in self.signatures_of(pack) if s.kind is kind} - {SignatureKind.DEMO.value, ""}
        return max(PRODUCTION_SIGNERS - len(signers), 0)

    def remember(self, key: Any, value: Any) -> None:
        """Keep what was derived; start afresh when a long-running process has seen very many days and places."""
        if len(self.cache) >= _CACHE_ENTRIES:
            self.cache.clear()
        self.cache[key] = value
