"""Seeds that once found something."""

from pathlib import Path

FILE = Path(__file__).parent / "corpus.txt"


def corpus() -> list[int]:
    """Return the seeds of the file, in its order; a line is a seed, a date, and what it found."""
    lines = (line.strip() for line in FILE.read_text("utf-8").splitlines())
    return [int(line.split(maxsplit=1)[0]) for line in lines if line and not line.startswith("#")]
