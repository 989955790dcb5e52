"""A rules directory, looked at again while a process runs: what is signed or withdrawn counts within a minute."""

import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from datetime import date
from pathlib import Path

from outbound.adapters.files.rules.document import RuleFileError
from outbound.adapters.files.rules.packs import load_rulebook
from outbound.compliance.rules.rulebook import Rulebook

LOOK_AGAIN_SECONDS = 60.0
"""A look is some two hundred questions to the file system; the files themselves are read when one of them changed."""

_log = logging.getLogger(__name__)


class WatchedRules:
    """The rulebook of a directory as its files are now, at most `LOOK_AGAIN_SECONDS` old. Safe for many threads.

    Rules that cannot be read are no rules: the old ones are not used on. `monotonic` tells seconds, `year` the present
    year, for whose neighbours calendars are read; `today` the date after which no signature counts, None for any.
    """

    def __init__(
        self,
        directory: Path,
        *,
        monotonic: Callable[[], float],
        year: Callable[[], int],
        today: Callable[[], date | None] = lambda: None,
    ) -> None:
        self._directory, self._monotonic, self._year, self._today = directory, monotonic, year, today
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._seen: Hashable = None
        self._found: Rulebook | RuleFileError | None = None

    def current(self) -> Rulebook:
        """Return the rulebook, the same one while nothing changes; raises `RuleFileError` while it cannot be read."""
        with self._lock:
            found = self._look()
        if isinstance(found, RuleFileError):
            # A fresh one each time: several threads may raise it.
            raise RuleFileError(found.file, found.line, found.key, found.problem, found.mend)
        return found

    def _look(self) -> Rulebook | RuleFileError:
        now = self._monotonic()
        if self._found is not None and self._looked_at is not None and now - self._looked_at < LOOK_AGAIN_SECONDS:
            return self._found
        self._looked_at = now
        # Taken before the files are read: whatever changes meanwhile is seen at the next look.
        seen = (self._year(), *self._files())
        if isinstance(self._found, Rulebook) and seen == self._seen:
            return self._found
        before, self._found = self._found, None
        self._found, self._seen = self._read(), seen
        self._tell(before, self._found)
        return self._found

    def _read(self) -> Rulebook | RuleFileError:
        year = self._year()
        try:
            return load_rulebook(self._directory, years=range(year - 1, year + 2), today=self._today())
        except RuleFileError as fault:
            return fault
        except OSError as fault:
            mend = "see that this process may read it"
            return RuleFileError(self._directory, 0, "", f"cannot be read ({type(fault).__name__})", mend)

    @staticmethod
    def _tell(before: Rulebook | RuleFileError | None, found: Rulebook | RuleFileError) -> None:
        if isinstance(found, RuleFileError):
            if str(found) != str(before):
                _log.error("the rules cannot be read, nothing is dialled: %s", found)
        elif before is not None:
            _log.warning("the rules were read again, because files changed: %d packs", len(found.packs))

    def _files(self) -> Iterator[tuple[str, int, int]]:
        """Every file that may bear a rule, with what changes when it is written."""
        folders = (self._directory / "packs", self._directory / "calendars")
        files = (self._directory / "signatures.yaml", *(file for each in folders for file in each.rglob("*.yaml")))
        for file in sorted(files):
            try:
                found = file.stat()
            except OSError:
                continue
            yield str(file), found.st_mtime_ns, found.st_size
