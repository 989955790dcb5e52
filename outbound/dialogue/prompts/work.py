"""How much a prompt may have to do: counted before it is tried, so that none is endless, or grows without end."""

from collections.abc import Iterable

from jinja2 import nodes

from outbound.dialogue.prompts.grammar import MOST_SOURCE, PromptError

_MOST_VISITS = 5_000
_TIMES, _WORDS = 3, 100
"""Times that a list of choices holds at most, and characters of a field or of what a filter makes of it."""

_TOO_MUCH = "this grows to more than anybody can listen to; write the sentence out"


def check_work(tree: nodes.Template) -> None:
    """Raise `PromptError` for a prompt that, with all that it includes and calls, says or does far too much."""
    _Work().size(tree.body, {})


class _Work:
    """Adds up how long everything may become, and how much is done for it; names stand for the length they may have."""

    def __init__(self) -> None:
        self._visits = 0
        self._macros: dict[str, nodes.Macro] = {}

    def size(self, body: Iterable[nodes.Node], names: dict[str, int], times: int = 1) -> int:
        """Return the most characters that nodes say, one after the other, done `times` times."""
        return sum(self._one(node, names, times) for node in body)

    def _one(self, node: nodes.Node, names: dict[str, int], times: int) -> int:
        self._visits += times
        size = self._of(node, names, times)
        if self._visits > _MOST_VISITS or size > _WORDS * MOST_SOURCE:
            raise PromptError(_TOO_MUCH, node.lineno or 1, "prompt_too_long")
        return size

    def _of(self, node: nodes.Node, names: dict[str, int], times: int) -> int:
        size = 0
        match node:
            case nodes.TemplateData():
                size = len(node.data)
            case nodes.Const():
                size = len(str(node.value))
            case nodes.Name():
                size = names.get(node.name, _WORDS)
            case nodes.Filter():
                size = max(_WORDS, self.size(node.iter_child_nodes(), names, times))
            case nodes.Macro():
                self._macros[node.name] = node
            case nodes.Call(node=nodes.Name() as called) if called.name in self._macros:
                size = self._called(self._macros[called.name], node, names, times)
            case nodes.Assign(target=nodes.Name() as target):
                names[target.name] = self._one(node.node, names, times)
            case nodes.For():
                rounds = _TIMES if _is_list(node.iter) else max(_TIMES, self._one(node.iter, names, times))
                size = rounds * self.size(node.body, names, times * rounds)
            case _:
                size = self.size(node.iter_child_nodes(), names, times)
        return size

    def _called(self, macro: nodes.Macro, call: nodes.Call, names: dict[str, int], times: int) -> int:
        given = [self._one(each, names, times) for each in (*call.args, *(each.value for each in call.kwargs))]
        longest = max((*given, *(self._one(each, names, times) for each in macro.defaults), _WORDS))
        return self.size(macro.body, {**names, **dict.fromkeys((each.name for each in macro.args), longest)}, times)


def _is_list(looped: nodes.Node) -> bool:
    return isinstance(looped, nodes.Name) and looped.name == "callback_choices"
