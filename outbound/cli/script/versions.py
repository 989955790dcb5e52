"""`outbound script versions` and `show`: what was ever said to anybody, as it stood on that day."""

from typing import TYPE_CHECKING, Annotated

import typer

from outbound.cli.show import SHORT_ID, print_json, print_table

if TYPE_CHECKING:
    from datetime import datetime

    from outbound.bootstrap import House

_EMPTY = "No script was spoken yet: a version is kept with the first call that begins with it."
_ALONE = frozenset({"understanding", "faq", "phrases"})
"""Folders that every script shares; their files say what is understood, and which answers are given."""


def versions(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the versions of scripts that were spoken, and how many calls were held with each.

    Example: outbound script versions
    """
    from outbound.adapters.sql.views.script_versions import spoken_versions
    from outbound.bootstrap import open_house

    with open_house().store.reading() as connection:
        found = spoken_versions(connection)
    if json:
        print_json(found)
        return
    columns = ("version", "script", "kept_at", "calls", "last_call")
    rows = [(each.version[:SHORT_ID], each.script, each.kept_at, each.calls, each.last_call or "") for each in found]
    print_table("Versions of scripts", columns, rows, empty=_EMPTY)


def show(
    version: Annotated[str, typer.Argument(help="A version as a call's record or `script versions` gives it.")],
    *,
    files: Annotated[
        bool, typer.Option("--files", help="Also what the script understands, and approved answers.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, with every file.")] = False,
) -> None:
    """Print a script as it was spoken then: its steps and its wording in every language. The beginning is enough.

    Example: outbound script show 3f9a61c20b7d
    """
    from outbound.bootstrap import open_house

    whole, name, kept_at, contents = _kept(open_house(), version)
    texts = {path: content for path, content in sorted(contents.items()) if _is_text(content)}
    if json:
        shown = {path: content.decode() for path, content in texts.items()}
        sizes = {path: len(content) for path, content in sorted(contents.items()) if path not in texts}
        print_json({"version": whole, "script": name, "kept_at": kept_at, "files": shown, "recordings_bytes": sizes})
        return
    print(f"# {name}, version {whole}, kept since {kept_at:%Y-%m-%d %H:%M} UTC")
    for path, content in texts.items():
        if files or path.partition("/")[0] not in _ALONE:
            print(f"\n# ===== {path}\n{content.decode().rstrip()}")
    for path in sorted(contents.keys() - texts.keys()):
        print(f"\n# ===== {path}: a recording of {len(contents[path])} bytes")
    if not files:
        print("\n# With --files also what the script understands, and the approved answers.")


def _kept(house: "House", version: str) -> "tuple[str, str, datetime, dict[str, bytes]]":
    from outbound.adapters.files.scripts.packing import unpack
    from outbound.adapters.sql.views.script_versions import packed_contents
    from outbound.usecases.problems import InputProblemError

    with house.store.reading() as connection:
        found = packed_contents(connection, version) if version else ()
    if len(found) != 1:
        which = "several versions begin so; give more of it" if found else "no such version was spoken"
        raise InputProblemError(f"VERSION: {version!r}: {which}. `outbound script versions` lists them")
    ((whole, name, kept_at, content),) = found
    return whole, name, kept_at, unpack(content)


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
