"""Commands whose options are plain text, so that reading them does not load a validation library first."""

from typing import Any

from typer.core import TyperCommand, TyperGroup


class _PlainText:
    """Stands in for typer's own coercion, which would turn text into text by way of pydantic (0.2 s)."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the text as typed; an option that may be repeated as a list."""
        del ctx
        if value is None:
            return () if param.multiple else None
        return list(value) if param.multiple else value


_PLAIN = _PlainText()


def _take_plainly(command: TyperCommand | TyperGroup, ctx: Any) -> None:
    for param in command.get_params(ctx):
        setattr(param, "_runtime_param", _PLAIN)  # noqa: B010  typer fills it on first use


class QuickCommand(TyperCommand):
    """For commands with text options and flags only, that must answer in half a second."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line."""
        _take_plainly(self, ctx)
        return super().parse_args(ctx, args)


class QuickGroup(TyperGroup):
    """A group of commands that has no options but flags; its commands coerce as they like."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line up to the command's name."""
        _take_plainly(self, ctx)
        return super().parse_args(ctx, args)
