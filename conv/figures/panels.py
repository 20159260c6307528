"""Grids and pictures beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from numpy.typing import ArrayLike

from conv.figures.figure import Figure
from conv.figures.grid import EDGE, TITLE, Grid
from conv.figures.picture import Picture

ROOM = 640  # pixels, for panels in a row
GAP, SIGN = 16, 28  # between two panels, and for a sign between them
CELLS = range(34, 21, -1)  # heights of a cell: the first is taken that lets all panels fit
SCALES = (3, 2, 1)  # pixels for each value of a picture, likewise


def beside(*panels: Grid | Picture | str, caption: str, alt: str) -> Figure:
    """Draw grids and pictures beside each other, with signs such as "=" between them.

    Cells, and then pixels, are as large as lets all of them stand in one row. If a grid
    has a single row, all signs are level with it.

    Parameters
    ----------
    *panels : Grid, Picture or str
        Drawings, and the texts that stand between them.
    caption, alt : str
        See `conv.figures.Figure`.

    Examples
    --------
    >>> beside(Grid([1, 2], "a"), "+", Grid([3, 4], "b"), caption="A sum.", alt="1 2, 3 4")
    Figure: A sum. [1 2, 3 4]
    """
    signs = sum(isinstance(panel, str) for panel in panels)
    room = ROOM - GAP * (len(panels) - signs - 1) - (SIGN + GAP) * signs

    def width(cell: int, scale: int) -> int:
        sizes = {Grid: cell, Picture: scale}
        return sum(p.width(sizes[type(p)]) for p in panels if not isinstance(p, str))

    cell = next((size for size in CELLS if width(size, 1) <= room), CELLS[-1])
    scale = next((size for size in SCALES if width(cell, size) <= room), 1)
    single = any(isinstance(panel, Grid) and len(panel.texts) == 1 for panel in panels)
    level = f"{TITLE + EDGE + (cell - SIGN) // 2}px"
    place = f' style="--level: {level}"' if single else ""
    drawn, sign = [], ""
    for panel in panels:
        if isinstance(panel, str):
            sign = f'<span class="conv-sign"{place}>{escape(panel)}</span>'
        else:
            html = panel.html(cell if isinstance(panel, Grid) else scale)
            drawn.append(f'<span class="conv-joined">{sign}{html}</span>' if sign else html)
            sign = ""
    return Figure(tuple(drawn), caption, alt)


def rows(*lines: Sequence[Grid | Picture | str], caption: str, alt: str) -> Figure:
    """Draw rows of panels below each other, each as `beside` draws it.

    Examples
    --------
    >>> one, two = Grid([1]), Grid([2])
    >>> rows([one, "→", two], [two, "←", one], caption="Both ways.", alt="1 2, 2 1")
    Figure: Both ways. [1 2, 2 1]
    """
    drawn = (beside(*panels, caption=caption, alt=alt).panels for panels in lines)
    row = '<div class="conv-panels conv-row">{}</div>'
    return Figure(tuple(row.format("".join(panels)) for panels in drawn), caption, alt)


def pictures(
    arrays: Mapping[str, ArrayLike],
    *,
    caption: str,
    alt: str,
    limits: tuple[float, float] = (0, 1),
) -> Figure:
    """Show arrays as pictures, side by side, each with its name above it.

    Parameters
    ----------
    arrays : mapping of str to array_like, (H, W) or (H, W, 3)
        Pictures by name.
    caption, alt : str
        See `conv.figures.Figure`.
    limits : (float, float)
        See `conv.figures.Picture`, as for the errors.

    Examples
    --------
    >>> pictures({"dark": [[0, 0.1]], "bright": [[0.9, 1]]}, caption="Pair.", alt="Two.")
    Figure: Pair. [Two.]
    """
    panels = [Picture(values, name, limits) for name, values in arrays.items()]
    return beside(*panels, caption=caption, alt=alt)
