"""A small directed graph laid out in layers, from top to bottom: no box, label or line lies upon a box.

Labels and the bends of long lines take part as nodes of their own, so that they have their place too. Deterministic.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct, field

Size = tuple[float, float]
Point = tuple[float, float]

_APART, _LINE = 26.0, 14.0
_BETWEEN = 24.0
_PORTS = 30.0
_SWEEPS, _SETTLING = 16, 60
_STRAIGHT = 12.0
"""How much more a bend wants to lie in line with its neighbours than a box does."""


class Edge(Struct, frozen=True):
    """From node to node, with the size of its label (None: it has none)."""

    source: str
    target: str
    label: Size | None = None


class Route(Struct, frozen=True):
    """The line of an edge through `points`, from its source on, and the centre of its label."""

    points: tuple[Point, ...]
    label: Point | None


class Layout(Struct, frozen=True):
    """Centres of the nodes, lines of the edges (in the order in which they were given), and the size of it all."""

    centres: Mapping[str, Point]
    routes: tuple[Route, ...]
    size: Size


class _Chain(Struct, frozen=True):
    """The nodes of an edge from above to below, which way it points, and which of them is its label."""

    nodes: tuple[int, ...]
    down: bool
    label: int | None


class _Node(Struct):
    """A node in the making: a box, a label or a bend. `x` is its centre."""

    width: float
    height: float
    rank: int
    bend: bool
    x: float = 0.0
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)


def lay_out(sizes: Mapping[str, Size], edges: Sequence[Edge]) -> Layout:
    """Lay out the nodes with these sizes; edges lead between different ones of them."""
    down = _pointing_down(sizes, edges)
    ranks = _ranks(sizes, down)
    nodes = [_Node(width, height, ranks[name], bend=False) for name, (width, height) in sizes.items()]
    at = {name: number for number, name in enumerate(sizes)}
    chains = [_chain(nodes, at, each, down=(each.source, each.target) in down) for each in edges]
    layers = _layers(nodes)
    _order(nodes, layers)
    _place(nodes, layers)
    heights, tops = _heights(nodes, layers)
    left = min((each.x - each.width / 2 for each in nodes), default=0.0)
    for each in nodes:
        each.x -= left
    centres = {name: (nodes[at[name]].x, tops[nodes[at[name]].rank] + sizes[name][1] / 2) for name in sizes}
    routes = tuple(_route(nodes, chain, (tops, heights)) for chain in chains)
    width = max((each.x + each.width / 2 for each in nodes), default=0.0)
    return Layout(centres, routes, (width, tops[-1] + heights[-1] if tops else 0.0))


def _pointing_down(sizes: Mapping[str, Size], edges: Sequence[Edge]) -> set[tuple[str, str]]:
    """Return the edges as pairs from above to below: what leads back to where one is coming from is turned round."""
    following: dict[str, list[str]] = {name: [] for name in sizes}
    for edge in edges:
        following[edge.source].append(edge.target)
    pairs: set[tuple[str, str]] = set()
    done: set[str] = set()
    open_now: set[str] = set()

    def visit(name: str) -> None:
        done.add(name)
        open_now.add(name)
        for target in following[name]:
            pairs.add((target, name) if target in open_now else (name, target))
            if target not in done:
                visit(target)
        open_now.discard(name)

    entered = {edge.target for edge in edges}
    for name in (*(each for each in sizes if each not in entered), *sizes):
        if name not in done:
            visit(name)
    return pairs


def _ranks(sizes: Mapping[str, Size], down: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the layer of each node: two below the lowest of those that lead to it; labels lie in between."""
    above: dict[str, list[str]] = {name: [] for name in sizes}
    for source, target in sorted(down):
        above[target].append(source)
    ranks: dict[str, int] = {}

    def rank(name: str) -> int:
        if name not in ranks:
            ranks[name] = max((rank(each) + 2 for each in above[name]), default=0)
        return ranks[name]

    for name in sizes:
        rank(name)
    return ranks


def _chain(nodes: list[_Node], at: Mapping[str, int], edge: Edge, *, down: bool) -> _Chain:
    """Add the label and the bends of an edge; return its nodes."""
    top, bottom = (edge.source, edge.target) if down else (edge.target, edge.source)
    first, last = nodes[at[top]].rank, nodes[at[bottom]].rank
    labelled = first + 1 if down else last - 1
    chain, label = [at[top]], None
    for rank in range(first + 1, last):
        is_label = edge.label is not None and rank == labelled
        width, height = edge.label if edge.label is not None and is_label else (_LINE, 0.0)
        nodes.append(_Node(width, height, rank, bend=True))
        chain.append(len(nodes) - 1)
        label = chain[-1] if is_label else label
    chain.append(at[bottom])
    for upper, lower in pairwise(chain):
        nodes[upper].below.append(lower)
        nodes[lower].above.append(upper)
    return _Chain(tuple(chain), down, label)


def _layers(nodes: list[_Node]) -> list[list[int]]:
    layers: list[list[int]] = [[] for _ in range(max((each.rank for each in nodes), default=-1) + 1)]
    for number, node in enumerate(nodes):
        layers[node.rank].append(number)
    return layers


def _order(nodes: list[_Node], layers: list[list[int]]) -> None:
    """Order each layer so that few lines cross: by the middle of the neighbours, down and up, keeping the best."""
    best, fewest = [list(each) for each in layers], _crossings(nodes, layers)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for layer in layers if downwards else reversed(layers):
            places = {number: place for each in layers for place, number in enumerate(each)}

            def middle(number: int, downwards: bool = downwards, places: Mapping[int, int] = places) -> float:
                near = nodes[number].above if downwards else nodes[number].below
                return sum(places[each] for each in near) / len(near) if near else float(places[number])

            layer.sort(key=middle)
        crossings = _crossings(nodes, layers)
        if crossings < fewest:
            best, fewest = [list(each) for each in layers], crossings
    layers[:] = best


def _crossings(nodes: list[_Node], layers: list[list[int]]) -> int:
    total = 0
    for upper, lower in pairwise(layers):
        places = {number: place for place, number in enumerate(lower)}
        ends = [sorted(places[each] for each in nodes[number].below) for number in upper]
        for at, mine in enumerate(ends):
            total += sum(1 for later in ends[at + 1 :] for b in later for a in mine if a > b)
    return total


def _place(nodes: list[_Node], layers: list[list[int]]) -> None:
    """Give every node its `x`: as near to its neighbours as the others of its layer leave room for."""
    for layer in layers:
        _spread(nodes, layer, [0.0] * len(layer))
    for sweep in range(_SETTLING):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [_wanted(nodes, number) for number in layer]
            _spread(nodes, layer, wanted)


def _wanted(nodes: list[_Node], number: int) -> float:
    node = nodes[number]
    near = [*node.above, *node.below]
    if not near:
        return node.x
    weights = [_STRAIGHT if nodes[each].bend and node.bend else 1.0 for each in near]
    return sum(nodes[each].x * weight for each, weight in zip(near, weights, strict=True)) / sum(weights)


def _spread(nodes: list[_Node], layer: list[int], wanted: list[float]) -> None:
    """Set the nodes of a layer as near to where they want to be as keeps them apart (least squares, in order)."""
    offsets, so_far = [], 0.0
    for place, number in enumerate(layer):
        if place:
            before = nodes[layer[place - 1]]
            so_far += (before.width + nodes[number].width) / 2 + _APART
        offsets.append(so_far)
    blocks: list[tuple[float, int]] = []
    for value, offset in zip(wanted, offsets, strict=True):
        mean, count = value - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, more = blocks.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        blocks.append((mean, count))
    level = [mean for mean, count in blocks for _ in range(count)]
    for number, base, offset in zip(layer, level, offsets, strict=True):
        nodes[number].x = base + offset


def _heights(nodes: list[_Node], layers: list[list[int]]) -> tuple[list[float], list[float]]:
    heights = [max((nodes[each].height for each in layer), default=0.0) for layer in layers]
    tops, y = [], 0.0
    for height in heights:
        tops.append(y)
        y += height + _BETWEEN
    return heights, tops


def _route(nodes: list[_Node], chain: _Chain, bands: tuple[list[float], list[float]]) -> Route:
    tops, heights = bands
    first, *bends, last = chain.nodes
    begin = _port(nodes, first, chain.nodes[1], below=True)
    rank = nodes[first].rank
    points: list[Point] = [(begin, tops[rank] + nodes[first].height), (begin, tops[rank] + heights[rank])]
    label: Point | None = None
    for number in bends:
        node = nodes[number]
        points += [(node.x, tops[node.rank]), (node.x, tops[node.rank] + heights[node.rank])]
        if number == chain.label:
            label = (node.x, tops[node.rank] + node.height / 2)
    points.append((_port(nodes, last, chain.nodes[-2], below=False), tops[nodes[last].rank]))
    return Route(tuple(points if chain.down else reversed(points)), label)


def _port(nodes: list[_Node], number: int, neighbour: int, *, below: bool) -> float:
    """Return where on a box's edge the line to a neighbour begins: side by side, in the neighbours' order."""
    node = nodes[number]
    near = sorted(node.below if below else node.above, key=lambda each: (nodes[each].x, each))
    apart = min(_PORTS, node.width / (len(near) + 1))
    return node.x + (near.index(neighbour) - (len(near) - 1) / 2) * apart
