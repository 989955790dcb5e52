"""A run's result as a page of text, and the report behind a small server."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from outbound.cli.why.words import REASONS, word

if TYPE_CHECKING:
    from outbound.simulation.result import RunResult


def print_run(result: "RunResult") -> None:
    """Print the table of a run."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="迎新電話 · Welcome calls", show_header=False, title_justify="left")
    table.add_column(justify="left", no_wrap=True)
    table.add_column(justify="right")
    table.add_column(style="dim")
    for row in _rows(result):
        table.add_row(*row)
    console = Console()
    console.print(table)
    broken = {law: number for law, number in result.laws.items() if number}
    if broken:
        console.print("Laws broken: " + ", ".join(f"{law} {number}" for law, number in broken.items()), style="red")
        for each in result.violations:
            line = f"  {each['law']}  {each['sid']}  {each['at']}  expected: {each['expected']}"
            console.print(line, soft_wrap=True, highlight=False)
    else:
        console.print(f"All {len(result.laws)} laws kept, judged from the exchange's log.", style="green")
    for name, path in result.files.items():
        console.print(f"{name}: {path}", soft_wrap=True, highlight=False)
    if "environment" in result.files:
        console.print(f"Look around: . {result.files['environment']} && .venv/bin/outbound status", highlight=False)


def _rows(result: "RunResult") -> Iterator[tuple[str, str, str]]:
    read = result.policies
    yield (
        "policies",
        f"{read['taken_in']:,}",
        f"of {read['read']} rows; {read['duplicates']} twice, {read['quarantined']} quarantined",
    )
    yield "contacts", f"{result.contacts:,}", "people"
    yield "attempts", f"{result.attempts:,}", f"dials; {result.rang:,} rang"
    yield "answered", f"{result.answered:,}", _share(result.answered, result.rang, "of those that rang")
    yield "right party", f"{result.right_party:,}", _share(result.right_party, result.contacts, "of contacts")
    yield "verified", f"{result.verified:,}", _share(result.verified, result.contacts, "of contacts")
    yield "welcomed", f"{result.welcomed:,}", _share(result.welcomed, result.contacts, "of contacts")
    met = ", ".join(f"{kind} {number}" for kind, number in result.inbound.items())
    yield "rang us back", str(sum(result.inbound.values())), met
    asked = result.callbacks
    yield "callbacks", str(asked["asked"]), ", ".join(f"{k} {v}" for k, v in asked.items() if k != "asked" and v)
    for name, label in (
        ("refused", "refused"), ("opted_out", "opted out"), ("wrong_party", "wrong numbers"),
        ("complaint", "complaints"), ("wants_to_cancel", "want to cancel"), ("deceased", "said to have died"),
    ):  # fmt: skip
        yield label, str(result.dispositions.get(name, 0)), ""
    handed = ", ".join(f"{kind} {number}" for kind, number in result.for_a_person.items())
    yield "for a person", str(sum(result.for_a_person.values())), f"{handed}; a simulated desk took them up"
    missed = sum(result.not_called.values())
    yield "not called", str(missed), "" if missed else "nobody was left out"
    for reason, number in sorted(result.not_called.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {reason}", str(number), word(REASONS, reason, chinese=False)
    yield "records", str(result.records["filed"]), f"{result.records['pending']} pending"
    yield from _faults(result)
    runs = f"{result.flow_runs} flow runs" if result.flow_runs else "without Prefect"
    yield (
        "time",
        f"{result.wall_seconds:.1f} s",
        f"{result.virtual['from'][:10]} to {result.virtual['to'][:10]}, {runs}",
    )


def _faults(result: "RunResult") -> Iterator[tuple[str, str, str]]:
    struck = result.faults.get("struck", {})
    if not struck:
        return
    yield "faults", f"{sum(struck.values()):,}", "accidents by intent"
    for name, number in sorted(struck.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {name}", f"{number:,}", _about_fault(name, result)


def _about_fault(name: str, result: "RunResult") -> str:
    if name == "crash":
        died = result.faults["crash_points"]
        begun = ", ".join(f"{process} {number}" for process, number in result.faults["restarts"].items())
        return f"at {len(died)} of {len(result.faults['points_passed'])} points; begun again: {begun}"
    if name == "webhook_forged":
        return f"{result.faults['forgeries_taken']} taken for true"
    if name == "record_sink_down":
        return f"hours, and answers lost; {result.faults['deliveries_repeated']} deliveries came twice"
    return ""


def _share(part: int, whole: int, of: str) -> str:
    return f"{100 * part / whole:.0f} % {of}" if whole else ""


def serve_report(path: str) -> None:
    """Serve the report on the loopback interface until Ctrl-C."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Keep the terminal still."""

        def do_GET(self) -> None:
            """Serve the report and nothing else of its folder."""
            if self.path not in {"/", f"/{Path(path).name}"}:
                self.send_error(404)
                return
            self.path = f"/{Path(path).name}"
            super().do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(Path(path).parent))) as server:
        print(f"Report: http://127.0.0.1:{server.server_port}/  (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
