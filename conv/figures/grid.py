"""Numbers in cells, as inline SVG that takes its colours from the page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.figures.colours import ENTRIES, FOCUS, INK, LINE, ROLES, TEXT, colour
from conv.figures.figure import Figure
from conv.figures.picture import Picture
from conv.geometry import Pads

PADDING = colour("padding")
TINTS = [colour(f"entry-{number}") for number in range(len(ENTRIES))]
TITLE = 24  # height of the line above a grid
EDGE = 2  # around a grid, so that thick lines are not cut


@dataclass(frozen=True, eq=False)
class Grid:
    """A table of numbers to be drawn.

    Attributes
    ----------
    values : array_like, (N,) or (H, W)
        Numbers or short texts, one for each cell.
    title : str
        Name above the grid.
    role : {"input", "kernel", "output", "padding"}
        What the values are: decides the cells' colour.
    pads : tuple of (int, int)
        Cells of padding to draw around the values, for each axis; see
        `conv.Geometry.pads`.
    focus : tuple of slice or int, optional
        Cells to frame, as an index of the padded values: `conv.Geometry.window` for
        an input, a plain index for an output.
    tints : array_like of int, optional
        For each value the number of its colour instead of the role's, -1 for none.

    Raises
    ------
    ValueError
        If the values are not one- or two-dimensional, the role is unknown, pads or focus
        have not one item for each axis, or there is not one tint for each value.
    IndexError
        If the focus has no cells.
    """

    values: ArrayLike
    title: str = ""
    role: str = "input"
    pads: Pads = ()
    focus: tuple[slice | int, ...] | None = None
    tints: ArrayLike | None = None

    def __post_init__(self) -> None:
        shape = np.shape(self.values)
        if len(shape) not in (1, 2) or 0 in shape:
            raise ValueError(f"values must be (N,) or (H, W), not {shape}")
        if self.role not in ROLES:
            choices = ", ".join(map(repr, ROLES))
            raise ValueError(f"role must be one of {choices}, not {self.role!r}")
        for name, items in (("pads", self.pads), ("focus", self.focus)):
            if items and len(items) != len(shape):
                raise ValueError(
                    f"{name} must have one item for each axis of {shape}, not {items}"
                )
        if self.tints is not None and np.shape(self.tints) != shape:
            raise ValueError(
                f"tints must have the values' shape {shape}, not {np.shape(self.tints)}"
            )
        if self.focus is not None and not self._framed().any():
            raise IndexError(f"the focus {self.focus} has no cells in {self.texts.shape}")

    @property
    def texts(self) -> NDArray[Any]:
        """What stands in the cells, padding included, as a (rows, columns) array of str."""
        values = np.asarray(self.values, dtype=object)  # texts leave numbers numbers
        texts = np.array([format_number(value) for value in values.flat], dtype=object)
        return self._padded(texts.reshape(values.shape), "0")

    def _fills(self) -> NDArray[Any]:
        fills = np.full(np.shape(self.values), colour(self.role), dtype=object)
        if self.tints is not None:
            tints = np.asarray(self.tints)
            colours = np.array(TINTS, dtype=object)[tints % len(TINTS)]
            fills = np.where(tints < 0, "none", colours)
        return self._padded(fills, PADDING)

    def _framed(self) -> NDArray[np.bool_]:
        framed = self._padded(np.zeros(np.shape(self.values), bool), False)
        if self.focus is not None:
            framed[(0, *self.focus)[-2:]] = True
        return framed

    def _padded(self, cells: NDArray[Any], around: Any) -> NDArray[Any]:
        """Return cells as rows and columns, with padding around them."""
        pads = self.pads or ((0, 0),) * cells.ndim
        return np.atleast_2d(np.pad(cells, pads, constant_values=around))

    def html(self) -> str:
        """Return the drawing as an inline SVG element."""
        texts, fills = self.texts, self._fills()
        rows, columns = texts.shape
        cell, font = (34, 15) if columns <= 10 else (26, 12)
        wide = max(cell, 12 + round(0.6 * font * max(map(len, texts.flat))))
        top = TITLE if self.title else 0
        drawn = [
            _cells(np.argwhere(fills == fill), wide, cell, top, fill)
            for fill in dict.fromkeys(fills.flat)
        ]
        drawn.append(_texts(texts, wide, cell, top))
        for row, column, height, width in self._frames():
            drawn.append(
                f'<rect x="{column * wide}" y="{top + row * cell}" width="{width * wide}"'
                f' height="{height * cell}" fill="none" stroke="{FOCUS}"'
                ' stroke-width="3"/>'
            )
        if self.title:
            drawn.append(
                f'<text x="{columns * wide / 2:g}" y="15" font-weight="600"'
                f' fill="{TEXT}">{escape(self.title)}</text>'
            )
        width = max(columns * wide, 9 * len(self.title)) + 2 * EDGE
        height, left = top + rows * cell + 2 * EDGE, (columns * wide - width) / 2
        return (
            f'<svg class="conv-grid" width="{width}" height="{height}"'
            f' viewBox="{left:g} {-EDGE} {width} {height}" font-family="inherit"'
            f' font-size="{font}" text-anchor="middle"'
            ' xmlns="http://www.w3.org/2000/svg">'
            f"{''.join(drawn)}</svg>"
        )

    def _frames(self) -> list[tuple[int, int, int, int]]:
        """List frames as row, column, height, width: one for a block, or one a cell."""
        framed = self._framed()
        cells = np.argwhere(framed)
        if len(cells):
            (top, left), (bottom, right) = cells.min(0), cells.max(0) + 1
            if framed[top:bottom, left:right].all():
                return [(top, left, bottom - top, right - left)]
        return [(row, column, 1, 1) for row, column in cells]


def beside(*panels: Grid | Picture | str, caption: str, alt: str) -> Figure:
    """Draw grids and pictures beside each other, with signs such as "=" between them.

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
    return Figure(
        tuple(
            f'<span class="conv-sign">{escape(panel)}</span>'
            if isinstance(panel, str)
            else panel.html()
            for panel in panels
        ),
        caption,
        alt,
    )


def format_number(value: Any) -> str:
    """Write a number in three significant digits, or a text as it is.

    Up to a million, all digits before the point are written.

    >>> format_number(-0.0625), format_number(1234.5)
    ('−0.0625', '1234')
    """
    if isinstance(value, str):
        return value
    digits = ".0f" if 999.5 <= abs(value) < 999_999.5 else ".3g"
    return f"{value + 0.0:{digits}}".replace("-", "−")


def _cells(places: NDArray[np.intp], width: int, height: int, top: int, fill: str) -> str:
    """Draw the cells of one colour, given as (row, column), as one element."""
    dashed = ""
    if fill == PADDING:  # from middle to middle of a dash, so that neighbours' dashes meet
        dashed = f' stroke-dasharray="{height / 10}" stroke-dashoffset="{height / 20}"'
    boxes = (
        f"M{column * width} {top + row * height}h{width}v{height}h-{width}z"
        for row, column in places
    )
    return f'<path d="{"".join(boxes)}" fill="{fill}" stroke="{LINE}"{dashed}/>'


def _texts(texts: NDArray[Any], width: int, height: int, top: int) -> str:
    """Write texts into the middle of their cells, in as few elements as SVG allows.

    An element gives places to its first characters, one to each, and the rest follows
    the last of them: so all of its texts but the last must be one character long.
    """
    cells = np.argwhere(texts)
    ends = [index + 1 for index, cell in enumerate(cells) if len(texts[*cell]) > 1]
    spans = []
    for run in filter(len, np.split(cells, ends)):
        rows, columns = run.T
        x = " ".join(f"{place:g}" for place in (columns + 0.5) * width)
        y = " ".join(f"{place:g}" for place in top + (rows + 0.5) * height + 5)
        words = escape("".join(texts[rows, columns]))
        spans.append(f'<tspan x="{x}" y="{y}">{words}</tspan>')
    return f'<text fill="{INK}">{"".join(spans)}</text>'
