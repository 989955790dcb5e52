"""How Python looks after memory while many rows pass through."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Do not look for cycles meanwhile: rows make none, and looking costs a sixth of an intake.

    What other threads leave behind is collected afterwards; if nobody was looking before, nobody does then.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
