"""Python looks after memory as before once the work is done."""

import gc

from outbound.adapters.memory import rarely_collecting, without_collection


def test_what_was_set_is_set_again() -> None:
    """Meanwhile cycles are looked for rarely or not at all; afterwards as before."""
    before = gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()
    with rarely_collecting():
        assert gc.get_threshold() > before[0]
        assert gc.get_freeze_count() > before[2]
    with without_collection():
        assert not gc.isenabled()
    assert (gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()) == before
