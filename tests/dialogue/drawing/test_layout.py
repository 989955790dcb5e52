"""What is laid out lies apart: boxes, labels and lines."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.dialogue.drawing.layered import Edge, Layout, Size, lay_out
from outbound.dialogue.drawing.packing import pack
from outbound.dialogue.drawing.text import fold, width_of

NAMES = tuple("abcdefgh")
SIZES = st.fixed_dictionaries({name: st.tuples(st.floats(40, 240), st.floats(20, 120)) for name in NAMES})
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=16, unique=True)
Rectangle = tuple[float, float, float, float]


def rectangle(centre: tuple[float, float], size: Size) -> Rectangle:
    """Left, top, right, bottom."""
    (x, y), (wide, high) = centre, size
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether two rectangles share more than an edge."""
    return (
        one[0] < other[2] - 0.01 and other[0] < one[2] - 0.01 and one[1] < other[3] - 0.01 and other[1] < one[3] - 0.01
    )


def all_of(layout: Layout, sizes: dict[str, Size], edges: list[Edge]) -> list[Rectangle]:
    """Boxes and labels."""
    boxes = [rectangle(layout.centres[name], size) for name, size in sizes.items()]
    labels = [
        rectangle(route.label, edge.label)
        for route, edge in zip(layout.routes, edges, strict=True)
        if route.label is not None and edge.label is not None
    ]
    return boxes + labels


@settings(max_examples=60, deadline=None)
@given(SIZES, PAIRS)
def test_nothing_lies_upon_another(sizes: dict[str, Size], pairs: list[tuple[str, str]]) -> None:
    """No box or label covers another, every label has its place, and all of it lies on the page."""
    edges = [Edge(source, target, (50, 18)) for source, target in pairs if source != target]
    layout = lay_out(sizes, edges)
    found = all_of(layout, sizes, edges)
    assert len(found) == len(sizes) + len(edges)
    assert not [pair for pair in combinations(found, 2) if overlap(*pair)]
    wide, high = layout.size
    assert all(left >= -0.01 and top >= -0.01 and right <= wide + 0.01 and bottom <= high + 0.01
               for left, top, right, bottom in found)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(SIZES, PAIRS)
def test_lines_pass_boxes_by(sizes: dict[str, Size], pairs: list[tuple[str, str]]) -> None:
    """A line leaves its source and enters its target at their edges, and crosses the inside of no box."""
    edges = [Edge(source, target) for source, target in pairs if source != target]
    layout = lay_out(sizes, edges)
    boxes = {name: rectangle(layout.centres[name], size) for name, size in sizes.items()}
    insides = {name: (box[0] + 0.2, box[1] + 0.2, box[2] - 0.2, box[3] - 0.2) for name, box in boxes.items()}
    for edge, route in zip(edges, layout.routes, strict=True):
        for name, x, y in ((edge.source, *route.points[0]), (edge.target, *route.points[-1])):
            left, top, right, bottom = boxes[name]
            assert left <= x <= right
            assert min(abs(y - top), abs(y - bottom)) < 0.01
        for (x, y), (to_x, to_y) in zip(route.points, route.points[1:], strict=False):
            line = (min(x, to_x), min(y, to_y), max(x, to_x) + 0.1, max(y, to_y) + 0.1)
            assert not [name for name, box in insides.items() if overlap(line, box)]


@given(SIZES, PAIRS)
@settings(max_examples=20, deadline=None)
def test_the_same_graph_is_laid_out_alike(sizes: dict[str, Size], pairs: list[tuple[str, str]]) -> None:
    """Nothing is left to chance."""
    edges = [Edge(source, target, (50, 18)) for source, target in pairs if source != target]
    assert lay_out(sizes, edges) == lay_out(sizes, edges)


def test_what_leads_on_stands_below() -> None:
    """A call is read from top to bottom; what leads back points upwards."""
    sizes = dict.fromkeys("abc", (100.0, 40.0))
    laid = lay_out(sizes, [Edge("a", "b"), Edge("b", "c"), Edge("c", "b")])
    assert laid.centres["a"][1] < laid.centres["b"][1] < laid.centres["c"][1]
    up = laid.routes[2].points
    assert up[0][1] > up[-1][1]


@given(st.lists(st.tuples(st.floats(10, 900), st.floats(10, 900)), max_size=14))
def test_panels_lie_apart(sizes: list[Size]) -> None:
    """Panels keep their distance, whatever their sizes."""
    corners = pack(sizes, 1000, 10)
    found = [(x, y, x + wide, y + high) for (x, y), (wide, high) in zip(corners, sizes, strict=True)]
    assert not [pair for pair in combinations(found, 2) if overlap(*pair)]


def test_text_is_folded() -> None:
    """Lines fit, words stay whole, no line begins with a full stop, and what is too much ends in an ellipsis."""
    text = "您好，這裡是安心人壽的自動語音電話。 This is an automated call."
    lines = fold(text, 10, 80, 20)
    assert all(width_of(line, 10) <= 90 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not [line for line in lines if line[0] in "，。"]
    assert fold(text, 10, 80, 2)[-1].endswith("…")
    assert fold("", 10, 80, 2) == ()
    assert all(width_of(line, 10) <= 40 for line in fold("averyveryverylongword", 10, 40, 9))
