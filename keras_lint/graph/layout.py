"""A layered layout: where the boxes of a directed acyclic graph stand, and how its edges run.

The classic steps, each in its own function: ranks by longest path, a stand-in wherever an edge
passes a rank, few crossings by repeated medians, then the least movement from where the neighbours
stand that keeps boxes apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from keras_lint.model.dataclass import dataclass

GAP_X = 28.0
GAP_Y = 52.0
_SWEEPS = 8
_MOST_STAND_INS = 20_000  # past that, long edges run straight
_STAND_IN_WIDTH = 10.0


@dataclass(frozen=True)
class Box:
    """A node's rectangle: its middle in x, its upper edge, and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """Boxes by node; for each edge, in the order given, the points between its two boxes."""

    boxes: Mapping[str, Box]
    routes: Sequence[tuple[tuple[float, float], ...]]
    width: float
    height: float


def layout(sizes: Mapping[str, tuple[float, float]], edges: Sequence[tuple[str, str]]) -> Layout:
    """Lay out a graph from top to bottom.

    Args:
        sizes: width and height of every node, in an order that the drawing follows where it can.
        edges: pairs of nodes, from above to below.

    Returns:
        Coordinates from (0, 0) at the upper left.
    """
    ranks = _ranks(sizes, edges)
    chains: list[list[str]] = []
    widths = {node: size[0] for node, size in sizes.items()}
    rows: dict[int, list[str]] = {}
    for node, rank in ranks.items():
        rows.setdefault(rank, []).append(node)
    links: dict[str, list[str]] = {node: [] for node in sizes}  # to the rank below
    back: dict[str, list[str]] = {node: [] for node in sizes}  # to the rank above
    stand_ins = 0
    for number, (source, target) in enumerate(edges):
        chain = [source]
        long = range(ranks[source] + 1, ranks[target])
        if stand_ins + len(long) <= _MOST_STAND_INS:
            stand_ins += len(long)
            for rank in long:
                node = f"{number}@{rank}"
                rows[rank].append(node)
                widths[node] = _STAND_IN_WIDTH
                links[node], back[node] = [], []
                chain.append(node)
        chain.append(target)
        chains.append(chain)
        for above, below in pairwise(chain):
            if ranks.get(above, 0) != ranks.get(below, -1):
                links[above].append(below)
                back[below].append(above)
    order = [rows[rank] for rank in sorted(rows)]
    order = _fewer_crossings(order, links, back)
    xs = _places(order, widths, links, back)
    return _drawn(order, sizes, widths, xs, chains)


def _ranks(
    sizes: Mapping[str, tuple[float, float]], edges: Sequence[tuple[str, str]]
) -> dict[str, int]:
    """Longest way from the top; a node with nothing above it stands right above what it feeds."""
    targets: dict[str, list[str]] = {node: [] for node in sizes}
    waiting = dict.fromkeys(sizes, 0)
    for source, target in edges:
        targets[source].append(target)
        waiting[target] += 1
    sources = {node for node, count in waiting.items() if not count}
    ranks = dict.fromkeys(sizes, 0)
    ready = [node for node in sizes if not waiting[node]]
    done = 0
    while done < len(ready):
        node = ready[done]
        done += 1
        for target in targets[node]:
            ranks[target] = max(ranks[target], ranks[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for node in sources:
        below = [ranks[target] for target in targets[node]]
        if below:
            ranks[node] = max(0, min(below) - 1)
    return ranks


def _fewer_crossings(
    order: list[list[str]], links: Mapping[str, Sequence[str]], back: Mapping[str, Sequence[str]]
) -> list[list[str]]:
    """The rows reordered by the medians of their neighbours, down and up; the best of them."""
    best, fewest = [list(row) for row in order], _crossings(order, links)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        rows = range(1, len(order)) if down else range(len(order) - 2, -1, -1)
        for index in rows:
            fixed = order[index - 1 if down else index + 1]
            place = {node: position for position, node in enumerate(fixed)}
            near = back if down else links
            middle = {
                node: _median([place[other] for other in near[node] if other in place], position)
                for position, node in enumerate(order[index])
            }
            order[index].sort(key=middle.__getitem__)
        crossings = _crossings(order, links)
        if crossings < fewest:
            best, fewest = [list(row) for row in order], crossings
    return best


def _median(places: list[int], default: float) -> float:
    if not places:
        return default
    places.sort()
    half = len(places) // 2
    return places[half] if len(places) % 2 else (places[half - 1] + places[half]) / 2


def _crossings(order: list[list[str]], links: Mapping[str, Sequence[str]]) -> int:
    """How many pairs of edges between neighbouring rows cross: inversions, counted in a tree."""
    total = 0
    for upper, lower in pairwise(order):
        place = {node: position for position, node in enumerate(lower)}
        tree = [0] * (len(lower) + 1)
        seen = 0
        for node in upper:
            ends = [place[other] for other in links[node] if other in place]
            for end in ends:
                before, position = 0, end + 1
                while position:
                    before += tree[position]
                    position &= position - 1
                total += seen - before
            for end in ends:
                seen += 1
                position = end + 1
                while position <= len(lower):
                    tree[position] += 1
                    position += position & -position
    return total


def _places(
    order: list[list[str]],
    widths: Mapping[str, float],
    links: Mapping[str, Sequence[str]],
    back: Mapping[str, Sequence[str]],
) -> dict[str, float]:
    """The middle of every node: rows drawn to where their neighbours stand, again and again."""
    xs: dict[str, float] = {}
    for row in order:
        xs.update(_apart(row, [0.0] * len(row), widths))
    for sweep in range(2 * _SWEEPS):
        down = sweep % 2 == 0
        near = back if down else links
        for row in order if down else reversed(order):
            wanted = [
                sum(xs[other] for other in near[node]) / len(near[node]) if near[node] else xs[node]
                for node in row
            ]
            xs.update(_apart(row, wanted, widths))
    return xs


def _apart(row: list[str], wanted: list[float], widths: Mapping[str, float]) -> dict[str, float]:
    """The places nearest to the wanted ones (least squares) at which nothing overlaps."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + GAP_X)
    blocks: list[tuple[float, int]] = []  # mean of wanted minus offset, number of nodes
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, size = blocks.pop()
            mean = (mean * count + other * size) / (count + size)
            count += size
        blocks.append((mean, count))
    bases = [mean for mean, count in blocks for _ in range(count)]
    return {node: base + offset for node, base, offset in zip(row, bases, offsets, strict=True)}


def _drawn(
    order: list[list[str]],
    sizes: Mapping[str, tuple[float, float]],
    widths: Mapping[str, float],
    xs: Mapping[str, float],
    chains: Sequence[Sequence[str]],
) -> Layout:
    left = min((xs[node] - widths[node] / 2 for node in xs), default=0.0)
    right = max((xs[node] + widths[node] / 2 for node in xs), default=0.0)
    boxes: dict[str, Box] = {}
    passes: dict[str, tuple[tuple[float, float], ...]] = {}
    y = 0.0
    for row in order:
        height = max((sizes[node][1] for node in row if node in sizes), default=0.0)
        for node in row:
            x = xs[node] - left
            if node in sizes:
                own = sizes[node]
                boxes[node] = Box(x, y + (height - own[1]) / 2, own[0], own[1])
            else:
                passes[node] = ((x, y), (x, y + height))
        y += height + GAP_Y
    routes = [tuple(point for node in chain[1:-1] for point in passes[node]) for chain in chains]
    return Layout(boxes, routes, right - left, max(y - GAP_Y, 0.0))
