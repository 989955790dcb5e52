"""A call ends on the version of the script with which it began; every version that was spoken is kept for good."""

import logging
from datetime import datetime

from outbound.dialogue.script.model import Script
from outbound.dialogue.session import Session
from outbound.usecases.ports.scripts import Recording, ScriptCatalogue
from outbound.usecases.ports.store import Store, UnitOfWork

_log = logging.getLogger(__name__)


class KnownVersions:
    """Which versions are kept for certain: their rows were seen, committed, by this process."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def keep(self, work: UnitOfWork, scripts: ScriptCatalogue, script: Script, now: datetime) -> None:
        """Keep the script with which a call begins, in the transaction of its first words.

        A version counts as known once its row is found: that of a transaction which was undone never is.
        """
        if script.version in self._known:
            return
        if work.scripts.has(script.version):
            self._known.add(script.version)
            return
        kept = scripts.as_kept(script.version)
        if kept is not None:
            work.scripts.keep(kept, now)


def recording_of(store: Store, scripts: ScriptCatalogue, version: str, path: str) -> Recording | None:
    """Return a recording that a version of a script names; None if there is no such version, or it names no such file.

    A version that this process does not hold, for it was spoken before its start, is read once.
    """
    if scripts.version(version) is None:
        with store.begin() as work:
            if _restored(work, scripts, version) is None:
                return None
    return scripts.recording(version, path)


def script_of(work: UnitOfWork, scripts: ScriptCatalogue, session: Session) -> Script | None:
    """Return the version with which a conversation began; None if it cannot be had any more."""
    found = scripts.version(session.script_version) or _restored(work, scripts, session.script_version)
    if found is None:
        _log.error("version %.12s of %s cannot be had", session.script_version, session.script)
    return found


def spoken_by(work: UnitOfWork, scripts: ScriptCatalogue, session: Session) -> Script:
    """Return the version with which a conversation began; if it is lost, one that the engine can only apologise by.

    KeyError where even that is not spoken any more.
    """
    found = script_of(work, scripts, session)
    return found if found is not None else scripts.current(session.script)


def _restored(work: UnitOfWork, scripts: ScriptCatalogue, version: str) -> Script | None:
    kept = work.scripts.find(version)
    return scripts.restored(kept) if kept is not None else None
