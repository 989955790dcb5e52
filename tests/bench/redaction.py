"""How much of what must not be stored is taken out, and how much besides, on the held-back sets."""

from tests.bench.figures import Figures
from tests.dialogue.redaction.measure import HELD_BACK, HERE, measure, measure_redaction


def measure_held_back() -> Figures:
    """Redact utterances, and numbers that are said over several turns of a call."""
    found: dict[str, dict[str, float]] = {}
    for name, path in (("utterances", HELD_BACK), ("turns of calls", HERE / "held_back_turns.csv")):
        figures = measure(path)
        by_kind = {f"recall of {kind} %": 100 * recall for kind, recall in figures.by_kind.items()}
        found[name] = {
            "rows": figures.rows,
            "secrets": figures.secrets,
            "recall %": 100 * figures.recall,
            "precision %": 100 * figures.precision,
            **by_kind,
        }
    return {"microseconds without digits": measure_redaction()["microseconds without digits"], **found}
