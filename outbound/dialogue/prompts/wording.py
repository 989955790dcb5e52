"""All prompts of one language, which may include each other and use macros: resolved and proved when loaded."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from jinja2 import TemplateError, meta, nodes
from jinja2.visitor import NodeTransformer
from msgspec import Struct

from outbound.dialogue.prompts.fields import FIELDS, SAMPLE
from outbound.dialogue.prompts.grammar import MOST_SOURCE, PromptError, environment_for, parsed
from outbound.dialogue.prompts.prompt import Prompt, tidy
from outbound.dialogue.prompts.work import check_work

MACROS = "_macros"
"""The name under which a file of prompts holds its macros."""

_MOST_INCLUDES = 20
_MARKS = ("{{", "{%", "{#")
"""What is left of a placeholder that was not read as one."""


class Wording(Struct, frozen=True):
    """The prompts of one language as they are written, and by name the texts in which macros are written."""

    language: str
    sources: Mapping[str, str] = {}
    macros: Mapping[str, str] = {}

    def compile(self, name: str) -> Prompt:
        """Compile and try prompt `name`; `PromptError` with what to mend."""
        return self.compile_text(self.sources[name], (name,))

    def compile_text(self, source: str, circle: tuple[str, ...] = ()) -> Prompt:
        """Compile and try a sentence that may use everything here."""
        if "include" not in source and "(" not in source:
            return compile_prompt(source, self.language)
        return _compiled(source, self, circle)


@lru_cache(maxsize=4096)
def compile_prompt(source: str, language: str) -> Prompt:
    """Compile and try one prompt that stands alone; `PromptError` with what to mend."""
    return _compiled(source, Wording(language), ())


def read_macros(source: str, language: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return by name the text in which macros are written; `PromptError` if it holds anything else.

    `known` are macros that they may call besides each other.
    """
    tree = parsed(source, language, known.keys())
    for node in tree.body:
        if not isinstance(node, nodes.Macro) and tidy("".join(_data_in(node))):
            raise PromptError("only macros stand here: {% macro NAME(...) %} ... {% endmacro %}", node.lineno)
    found = {node.name: source for node in tree.body if isinstance(node, nodes.Macro)}
    everything = Wording(language, {}, {**known, **found})
    for name in found:
        _Expansion(everything).need(name)
    _know_all(tree, frozenset(everything.macros))
    return found


def _compiled(source: str, wording: Wording, circle: tuple[str, ...]) -> Prompt:
    if "{" not in source and len(source) <= MOST_SOURCE:
        # Most prompts are plain sentences: Jinja would say the same of them, at half the time that a script takes.
        return Prompt(None, frozenset(), _tried(tidy(source)))
    expansion = _Expansion(wording)
    body = expansion.body(source, circle)
    tree = nodes.Template([*expansion.needed.values(), *body], lineno=1)
    variables = frozenset(meta.find_undeclared_variables(_at_home(tree, wording.language)))
    check_work(tree)
    try:
        template = environment_for(wording.language).from_string(tree)
        sample = tidy(template.render(SAMPLE))
    except TemplateError as error:
        raise PromptError(f"{error}", getattr(error, "lineno", None) or 1) from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, SyntaxError, RecursionError) as error:
        raise PromptError(f"it fails when it is tried with sample facts: {error}") from None
    said = _tried(sample)
    return Prompt(template, variables, None if variables else said)


def _tried(sample: str) -> str:
    """Return what a prompt says with sample facts; `PromptError` if that cannot be said."""
    if not sample:
        raise PromptError("it says nothing; write a sentence or remove it")
    if not sample.isprintable() or any(mark in sample for mark in _MARKS):
        raise PromptError("it holds characters that no voice can say; take them out")
    if len(sample) > MOST_SOURCE:
        text = f"{len(sample)} characters with all that it includes are no sentence; split it"
        raise PromptError(text, code="prompt_too_long")
    return sample


class _Expansion(NodeTransformer):
    """Writes out what one prompt includes, and collects the macros that it needs, each after those it needs itself."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._circle: tuple[str, ...] = ()
        self._includes = 0
        self._own: set[str] = set()
        self.needed: dict[str, nodes.Macro] = {}

    def body(self, source: str, circle: tuple[str, ...]) -> list[nodes.Node]:
        """Return the nodes of a sentence with everything that it includes; `PromptError` with what to mend."""
        tree = parsed(source, self._wording.language, self._wording.macros.keys())
        _know_all(tree, frozenset(self._wording.macros))
        self._walk(tree, circle)
        return list(tree.body)

    def need(self, name: str) -> None:
        """Take up a macro, and those that it needs before it."""
        called = f"{name}()"
        _no_circle(self._circle, called)
        if name not in self.needed:
            tree = parsed(self._wording.macros[name], self._wording.language, self._wording.macros.keys())
            macro = next(each for each in tree.body if isinstance(each, nodes.Macro) and each.name == name)
            self._walk(macro, (*self._circle, called))
            self.needed[name] = macro

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - the visitor's way to name it
        """Put the other prompt in its place."""
        if not isinstance(node.template, nodes.Const) or node.ignore_missing or not node.with_context:
            raise PromptError('a prompt is included by its name alone: {% include "NAME" %}', node.lineno)
        name = str(node.template.value)
        if name not in self._wording.sources or name.startswith("_"):
            raise PromptError(f"there is no prompt '{name}' to include in {self._wording.language}", node.lineno,
                              "unknown_include")  # fmt: skip
        _no_circle(self._circle, name, node.lineno)
        self._includes += 1
        if self._includes > _MOST_INCLUDES:
            raise PromptError(f"more than {_MOST_INCLUDES} prompts in one; write it more plainly", node.lineno)
        try:
            inner = self.body(self._wording.sources[name], (*self._circle, name))
        except PromptError as error:
            raise PromptError(str(error), error.line, error.code, error.place or name) from None
        return nodes.Scope(inner, lineno=node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        """Note the macro that is called."""
        name = getattr(node.node, "name", "")
        _no_circle(self._circle, f"{name}()", node.lineno)
        if name in self._wording.macros:
            self.need(name)
        elif name not in self._own:
            raise PromptError(f"macro '{name}' is used before it is written", node.lineno)
        return self.generic_visit(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        """Walk a macro that the prompt itself holds; it may use those before it, so that none comes back to itself."""
        if node.name in self._wording.macros:
            raise PromptError(f"there is a macro '{node.name}' for all prompts already; rename this one", node.lineno)
        self._walk(node, (*self._circle, f"{node.name}()"))
        self._own.add(node.name)
        return node

    def _walk(self, node: nodes.Node, circle: tuple[str, ...]) -> None:
        before, self._circle = self._circle, circle
        self.generic_visit(node)
        self._circle = before


def _know_all(tree: nodes.Template, macros: frozenset[str]) -> None:
    """Raise `PromptError` for a variable that no call knows."""
    names = meta.find_undeclared_variables(tree) - FIELDS.keys() - macros
    for name in sorted(names):
        line = next((each.lineno for each in tree.find_all(nodes.Name) if each.name == name), 1)
        text = f"unknown variable '{name}'; a prompt may use {', '.join(sorted(FIELDS))}"
        raise PromptError(text, line, "unknown_variable")


def _no_circle(circle: tuple[str, ...], name: str, line: int = 1) -> None:
    if name in circle:
        way = " > ".join((*circle[circle.index(name) :], name))
        raise PromptError(f"prompts include each other in a circle: {way}; take one of them out", line, "prompt_circle")


def _data_in(node: nodes.Node) -> Iterator[str]:
    yield from (each.data for each in node.find_all(nodes.TemplateData))
    if not isinstance(node, nodes.Output) or any(not isinstance(each, nodes.TemplateData) for each in node.nodes):
        yield "something else"


def _at_home(tree: nodes.Template, language: str) -> nodes.Template:
    tree.set_environment(environment_for(language))
    return tree
