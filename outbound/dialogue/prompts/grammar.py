"""What a prompt may be made of: fields, filters, macros, conditions, loops over times, and other prompts."""

from collections.abc import Collection, Iterator

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outbound.dialogue.spoken import filters_for

MOST_SOURCE = 1500
"""Characters of a prompt as it is written: more than any voice says at once, and enough for every choice of words."""

_MOST_LOOPS = 4
_OF_LOOPS = frozenset({"index", "index0", "first", "last", "length"})
_SPECIAL = frozenset({"self", "super", "caller", "varargs", "kwargs"})
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.Keyword, nodes.For,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test, nodes.Add,
    nodes.Sub, nodes.Assign, nodes.Macro, nodes.Call, nodes.Getattr, nodes.Include,
)  # fmt: skip
_ONLY = "only fields, filters and macros may be used here: no attributes, calls, subscripts or imports"


class PromptError(ValueError):
    """A prompt that cannot be used; `line` counts within what is written from 1.

    `place` names the prompt where the mistake stands, if it is another one.
    """

    def __init__(self, text: str, line: int = 1, code: str = "prompt", place: str | None = None) -> None:
        super().__init__(text)
        self.line, self.code, self.place = line, code, place


_environments: dict[str, ImmutableSandboxedEnvironment] = {}


def environment_for(language: str) -> ImmutableSandboxedEnvironment:
    """Return where the prompts of a language are read: no globals, its filters, an error for whatever is unknown."""
    if language not in _environments:
        made = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        made.globals.clear()
        made.filters = {**{name: made.filters[name] for name in ("length", "first", "last")}, **filters_for(language)}
        made.tests = {name: made.tests[name] for name in ("defined", "none")}
        _environments[language] = made
    return _environments[language]


def parsed(source: str, language: str, macros: Collection[str]) -> nodes.Template:
    """Return the tree of a prompt that may call `macros`; `PromptError` for what it cannot be or may not do."""
    if len(source) > MOST_SOURCE:
        text = f"{len(source)} characters are no sentence; split it into several prompts of at most 480"
        raise PromptError(text, code="prompt_too_long")
    try:
        tree = environment_for(language).parse(source)
    except TemplateError as error:
        raise PromptError(f"{error}", getattr(error, "lineno", None) or 1) from None
    except RecursionError:
        raise PromptError("too many brackets in each other; write it more plainly") from None
    for fault in _faults(tree, language, {*macros, *(each.name for each in tree.find_all(nodes.Macro))}):
        raise fault
    return tree


def _faults(tree: nodes.Template, language: str, macros: Collection[str]) -> Iterator[PromptError]:
    counters = [each.node for each in tree.find_all(nodes.Getattr) if _is_counter(each)]
    for node in (tree, *tree.find_all(nodes.Node)):
        if _reaches_out(node, macros, counters):
            yield PromptError(_ONLY, node.lineno or 1, "reaches_python")
    known = environment_for(language)
    for kind, allowed in ((nodes.Filter, known.filters), (nodes.Test, known.tests)):
        for each in tree.find_all(kind):
            if each.name not in allowed:
                text = f"there is no '{each.name}' for values here; known: {', '.join(sorted(allowed))}"
                yield PromptError(text, each.lineno, "unknown_filter")
    if len(list(tree.find_all(nodes.For))) > _MOST_LOOPS:
        yield PromptError(f"more than {_MOST_LOOPS} loops in one sentence; write it more plainly")


def _reaches_out(node: nodes.Node, macros: Collection[str], counters: list[nodes.Expr]) -> bool:
    match node:
        case nodes.Getattr():
            return not _is_counter(node)
        case nodes.Call():
            return not (isinstance(node.node, nodes.Name) and node.node.name in macros)
        case nodes.Name(name="loop"):
            return not any(node is each for each in counters)
        case nodes.Name():
            return node.name in _SPECIAL
        case nodes.For():
            return bool(node.recursive)
        case _:
            return not isinstance(node, _ALLOWED)


def _is_counter(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in _OF_LOOPS
