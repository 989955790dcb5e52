"""A drawn week handed over: as JSON, in the terminal, as an SVG file."""

import json as json_
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from outbound.cli.hours.captions import MARKS, Captions
from outbound.cli.hours.drawn import Drawn
from outbound.cli.hours.week import ClockChange, Row
from outbound.cli.hours.words import reason_text
from outbound.compliance.reason import Reason
from outbound.usecases.problems import InputProblemError


def show(week: Drawn, language: str, *, svg: str | None, json: bool) -> None:
    """Print the week, and write its picture first if a file is named."""
    said = Captions(week, language)
    if svg is not None:
        _write(Path(svg), said)
    if json:
        typer.echo(json_.dumps(_document(said, svg), ensure_ascii=False, indent=2))
        return
    from outbound.cli.hours.terminal import print_week

    print_week(said)
    if svg is not None:
        typer.echo(said.say(f"圖檔：{svg}", f"Picture: {svg}"))


def tell_missing(reasons: tuple[Reason, ...], language: str, *, json: bool) -> None:
    """Say why there is nothing to draw."""
    if json:
        told = [{"code": each.code, "layer": each.layer.value, "text": reason_text(each, language)} for each in reasons]
        typer.echo(json_.dumps({"reasons": told, "days": []}, ensure_ascii=False, indent=2))
        return
    for reason in reasons:
        typer.echo(reason_text(reason, language))


def _write(file: Path, said: Captions) -> None:
    from outbound.cli.hours.picture import as_svg

    try:
        file.write_text(as_svg(said), encoding="utf-8")
    except OSError as error:
        problem = f"--svg: {file} cannot be written ({error.strerror}); name a file in a folder that exists"
        raise InputProblemError(problem) from None


def _document(said: Captions, svg: str | None) -> dict[str, Any]:
    week = said.week
    return {
        "jurisdiction": week.region,
        "week": {"from": week.monday.isoformat(), "to": week.sunday.isoformat()},
        "call_class": week.call_class.value,
        "segment": week.segment.value,
        "zones": list(week.zones),
        "drawn_in": week.zones[0],
        "layers": [{"layer": layer.value, "jurisdiction": pack.code} for layer, pack in week.speaking],
        "marks": {mark: shade.value for shade, mark in MARKS.items()},
        "days": [_day(said, row) for row in week.rows],
        "guard_seconds": week.guard,
        "too_wide": week.too_wide,
        "rules": [{"code": s.pack.code, "version": s.pack.version, "signed": s.signed} for s in week.standings],
        "signed": week.signed,
        "calendars": [{"code": code, "version": version} for code, version in week.calendars],
        "svg": svg,
    }


def _day(said: Captions, row: Row) -> dict[str, Any]:
    week = said.week
    return {
        "date": row.day.isoformat(),
        "cells": "".join(MARKS[shade] for shade in row.cells),
        "open": [{"from": _iso(week.local(start)), "to": _iso(week.local(end))} for start, end in row.open],
        "holiday": {"name": week.names.get(row.day, ""), "kept": row.holiday}
        if row.holiday or row.day in week.names
        else None,
        "eve": row.eve,
        "missing_years": list(row.missing_years),
        "clock_changes": [_change(change) for change in row.changes],
        "notes": said.notes(row),
    }


def _change(change: ClockChange) -> dict[str, Any]:
    return {
        "zone": change.zone,
        "at": _iso(change.after),
        "from": f"{change.before:%H:%M}",
        "to": f"{change.after:%H:%M}",
    }


def _iso(instant: datetime) -> str:
    return instant.isoformat()
