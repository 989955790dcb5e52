"""What is sound is not complained of."""

from tests.dialogue.prover.conftest import Proof


def test_the_small_script_has_nothing_to_mend(prove_with: Proof) -> None:
    """No kind of finding fires on a script that keeps every rule."""
    assert [str(each) for each in prove_with()] == []
