"""How Python looks after memory while many rows pass through, or many files are read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Do not look for cycles meanwhile: rows make none, and looking costs a sixth of an intake, a quarter of the rules.

    What other threads leave behind is collected afterwards; if nobody was looking before, nobody does then.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


_RARELY = (50_000, 20, 20)


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Look for cycles rarely meanwhile, and never among what is there already: for long work on many live objects.

    A simulation keeps its log and makes few cycles; looking through all of it again and again costs it a twentieth.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
