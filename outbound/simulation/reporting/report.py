"""The report of a run: one HTML page that needs nothing but itself."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from outbound.review.figures import (
    CallRow,
    answer_rate_by_hour,
    by_day,
    dispositions,
    funnel,
    nps,
    welcomed_share,
)
from outbound.simulation.reporting import charts
from outbound.simulation.reporting.labels import label
from outbound.simulation.result import RunResult


def write_report(result: RunResult, rows: Sequence[CallRow], path: Path) -> None:
    """Write the page; `rows` are the run's dials."""
    score = nps(row.nps for row in rows if row.nps is not None)
    environment = Environment(
        loader=PackageLoader("outbound.simulation.reporting", "."), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("report.html.j2").render(
        result=result,
        tiles=_tiles(result),
        charts={name: Markup(svg) for name, svg in _charts(result, rows).items()},  # noqa: S704 - our own SVG
        nps=score,
        parity=welcomed_share(rows),
        label=label,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _tiles(result: RunResult) -> list[tuple[int, str, str]]:
    return [
        (result.policies["taken_in"], "保單", "policies"),
        (result.contacts, "聯絡人", "contacts"),
        (result.attempts, "撥號", "attempts"),
        (result.answered, "接通", "answered"),
        (result.right_party, "本人", "right party"),
        (result.verified, "核對身分", "verified"),
        (result.welcomed, "完成迎新", "welcomed"),
        (result.callbacks["asked"], "約定回電", "callbacks"),
    ]


def _charts(result: RunResult, rows: Sequence[CallRow]) -> dict[str, str]:
    stages = [
        (label(stage.name), stage.contacts, "" if stage.share is None else f"{stage.share:.0%}")
        for stage in funnel(result.contacts, rows)
    ]
    outcomes = [(label(name), number, "") for name, number in dispositions(rows).items()]
    reasons = sorted(result.not_called.items(), key=lambda item: (-item[1], item[0]))
    score = nps(row.nps for row in rows if row.nps is not None)
    return {
        "funnel": charts.bars(stages, "funnel"),
        "days": charts.days(by_day(rows), "dials a day"),
        "week": charts.week(answer_rate_by_hour(rows), "answer rate"),
        "dispositions": charts.bars(outcomes, "dispositions") if outcomes else "",
        "not_called": charts.bars([(label(name), n, "") for name, n in reasons], "not called") if reasons else "",
        "nps": charts.nps_scale(score, "NPS"),
    }
