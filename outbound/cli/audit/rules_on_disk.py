"""Packs in the rules directory, present and earlier ones, by the hash of their content."""

from functools import cached_property
from pathlib import Path

from outbound.adapters.files.rules.packs import load_packs
from outbound.adapters.files.rules.signatures import archived
from outbound.usecases.problems import InputProblemError


class RulesOnDisk:
    """Finds a pack's text by code and hash: in `history/` first, where signed texts are kept, then as it is now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, code: str, content_hash: str) -> str | None:
        """Return the text, or None when it is neither kept nor present."""
        if not code:
            return None
        try:
            kept = archived(self._folder, code, content_hash)
        except InputProblemError:
            # A history file that was changed is none: the receipt stays unprovable, and says which hash it needs.
            kept = None
        return kept or self._present.get(content_hash)

    @cached_property
    def _present(self) -> dict[str, str]:
        try:
            return dict(load_packs(self._folder).contents)
        except InputProblemError:
            return {}
