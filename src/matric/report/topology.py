"""A school's cabling, drawn as SVG: the way in at the top, each device under the one it hangs on."""

from collections import deque
from html import escape

from matric.report.model import Link, Node

__all__ = ("drawn",)

_WIDTH, _HEIGHT = 128, 46
_GAP_X, _GAP_Y = 18, 44
_PER_ROW = 6


def drawn(nodes: tuple[Node, ...], links: tuple[Link, ...]) -> str:
    """The drawing; devices with no cable stand in a last row of their own."""
    if not nodes:
        return ""
    rows = _rows(nodes, links)
    widest = max(len(row) for row in rows)
    width = widest * (_WIDTH + _GAP_X) + _GAP_X
    height = len(rows) * (_HEIGHT + _GAP_Y)
    at: dict[str, tuple[float, float]] = {}
    for level, row in enumerate(rows):
        left = (width - len(row) * (_WIDTH + _GAP_X) + _GAP_X) / 2
        for index, name in enumerate(row):
            at[name] = (left + index * (_WIDTH + _GAP_X), _GAP_Y / 2 + level * (_HEIGHT + _GAP_Y))

    size = f'viewBox="0 0 {width:.0f} {height:.0f}" style="min-width:{min(width, 620):.0f}px;max-width:{width:.0f}px"'
    parts = [f'<svg class="topology" {size} role="img" aria-label="Cabling of the school">']
    parts += [_line(at[link.a], at[link.b], link) for link in links if link.a in at and link.b in at]
    parts += [_box(node, at[node.name]) for node in nodes]
    return "".join((*parts, "</svg>"))


def _rows(nodes: tuple[Node, ...], links: tuple[Link, ...]) -> list[list[str]]:
    """Names by distance from the way in (the router, else the core), at most ``_PER_ROW`` side by side."""
    near: dict[str, set[str]] = {node.name: set() for node in nodes}
    for link in links:
        if link.a in near and link.b in near:
            near[link.a].add(link.b)
            near[link.b].add(link.a)

    ranks = {"router": 0, "core": 1, "collapsed-core": 1}
    start = min(nodes, key=lambda node: (ranks.get(node.role, 2), node.name)).name
    depth = {start: 0}
    queue = deque([start])
    while queue:
        name = queue.popleft()
        for other in sorted(near[name] - depth.keys()):
            depth[other] = depth[name] + 1
            queue.append(other)

    deepest = max(depth.values())
    levels: dict[int, list[str]] = {}
    for node in nodes:
        levels.setdefault(depth.get(node.name, deepest + 1), []).append(node.name)
    rows: list[list[str]] = []
    for level in sorted(levels):
        names = levels[level]
        rows += [names[index : index + _PER_ROW] for index in range(0, len(names), _PER_ROW)]
    return rows


def _line(a: tuple[float, float], b: tuple[float, float], link: Link) -> str:
    x1, y1, x2, y2 = a[0] + _WIDTH / 2, a[1] + _HEIGHT / 2, b[0] + _WIDTH / 2, b[1] + _HEIGHT / 2
    title = f"{link.a} to {link.b}" + (f", {link.cables} cables" if link.cables > 1 else "")
    thick = " lag" if link.cables > 1 else ""
    return (
        f'<line class="cable{thick}" x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}">'
        f"<title>{escape(title)}</title></line>"
    )


def _box(node: Node, at: tuple[float, float]) -> str:
    x, y = at
    middle = x + _WIDTH / 2
    below = f" · {node.below} AP" if node.below else ""
    return (
        f'<g class="node {escape(node.state)}"><title>{escape(f"{node.name}: {node.role}, {node.state}")}</title>'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="8"/>'
        f'<text class="name" x="{middle:.0f}" y="{y + 20:.0f}">{escape(node.name)}</text>'
        f'<text class="role" x="{middle:.0f}" y="{y + 36:.0f}">{escape(node.role + below)}</text></g>'
    )
