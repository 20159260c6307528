"""Numbers in cells, as inline SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.figures.cells import LAST, Cells
from conv.figures.colours import ENTRIES, FOCUS, ROLES, SIGNED, TEXT, colour
from conv.geometry import Pads

MARKED = 26  # the least height of a cell that has room for a mark
TITLE, AXIS = 26, 22  # pixels, above a grid, and for the name of its rows
EDGE = 3  # around a grid, so that rings are not cut
Focus = tuple[slice | int, ...]
FRAMES = (  # dashes, colours, and how far inside: edges of neighbours do not meet
    ("", FOCUS, 0),
    (' stroke-dasharray="9 4"', colour("link"), 4),
    (' stroke-dasharray="2 3"', TEXT, 4),
    (' stroke-dasharray="12 3 2 3"', colour("entry-7"), 0),
)


@dataclass(frozen=True, eq=False)
class Grid:
    """A table of numbers to be drawn.

    Attributes
    ----------
    values : array_like, (N,) or (H, W)
        Numbers or short texts, one for each cell.
    title : str
        Name above the grid; the size is added.
    role : str, or array_like of str
        What the values are, for all or for each: "input", "kernel", "output", "padding",
        or "" for none. It decides the cells' colour. Where an output goes below 0, all of
        it has the colours of the scale of signs.
    pads : tuple of (int, int)
        Cells of padding to draw around the values, for each axis; see
        `conv.Geometry.pads`.
    focus, last : tuple of slice or int, optional
        Cells to frame, the latter with dashes, as an index of the padded values:
        `conv.Geometry.window` for an input, a plain index for an output.
    frames : sequence of tuple of slice or int
        Further cells to frame, likewise, at most four: each in a colour and with dashes of
        its own, so that cells of two grids are seen to belong together.
    tints : array_like of int, optional
        For each value which of a kernel's entries it is or meets, in reading order, and -1
        for none: decides its colour instead of the role. A mark shows the entry's place.
    kernel_size : tuple of int
        Of that kernel. If not given, it is a square that has the largest tint.
    axes : (str, str)
        What the rows and what the columns stand for.

    Raises
    ------
    ValueError
        If the values are not one- or two-dimensional, a role is unknown, pads or focus
        have not one item for each axis, or there is not one role or tint for each value.
    IndexError
        If the focus has no cells.
    """

    values: ArrayLike
    title: str = ""
    role: ArrayLike = "input"
    pads: Pads = ()
    focus: Focus | None = None
    last: Focus | None = None
    tints: ArrayLike | None = None
    kernel_size: tuple[int, ...] = ()
    axes: tuple[str, str] = ("", "")
    frames: Sequence[Focus] = ()

    def __post_init__(self) -> None:
        shape = np.shape(self.values)
        if len(shape) not in (1, 2) or 0 in shape:
            raise ValueError(f"values must be (N,) or (H, W), not {shape}")
        for role in np.unique(self.role):
            if role not in ("", *ROLES):
                choices = ", ".join(map(repr, ROLES))
                raise ValueError(f"role must be one of {choices}, not {str(role)!r}")
        for name in ("pads", "focus", "last"):
            items = getattr(self, name)
            if items and len(items) != len(shape):
                raise ValueError(
                    f"{name} must have one item for each axis of {shape}, not {items}"
                )
        for name, one_for_all in (("role", ()), ("tints", shape)):
            items = getattr(self, name)
            if items is not None and np.shape(items) not in (shape, one_for_all):
                raise ValueError(
                    f"{name} must have the values' shape {shape}, not {np.shape(items)}"
                )
        if len(self.frames) > len(FRAMES):
            raise ValueError(
                f"frames must be at most {len(FRAMES)}, not {len(self.frames)}"
            )
        for focus in (self.focus, self.last, *self.frames):
            if focus is not None and not self._framed(focus).any():
                raise IndexError(f"the focus {focus} has no cells in {self.texts.shape}")

    @property
    def texts(self) -> NDArray[Any]:
        """What stands in the cells, padding included, as a (rows, columns) array of str."""
        values = np.asarray(self.values, dtype=object)  # texts leave numbers numbers
        texts = np.array([format_number(value) for value in values.flat], dtype=object)
        return self._padded(texts.reshape(values.shape), "0" if any(texts) else "")

    @property
    def colours(self) -> NDArray[Any]:
        """The names of the cells' colours, padding included, likewise; "" for none."""
        return self._padded(self._colours(), "padding")

    def width(self, cell: int) -> int:
        """Return the width of the drawing in pixels, if cells have this height."""
        title = 9 * len(self.title) + 8 * len(self.axes[1] or self._size())
        columns = self.texts.shape[1] * self._wide(cell)
        return int(max(columns, title) + 2 * EDGE + AXIS * bool(self.axes[0]))

    def html(self, cell: int = 34) -> str:
        """Return the drawing as an inline SVG element, whose cells have a height."""
        texts, names = self.texts, self.colours
        top = TITLE if self.title or any(self.axes) else 0
        pen = Cells(self._wide(cell), cell, top)
        drawn = []
        for name in dict.fromkeys(names.flat):
            places = np.argwhere(names == name)
            drawn.append(pen.draw(places, name))
            if name.startswith("entry") and cell >= MARKED:
                drawn.append(pen.mark(places, self._where(places), name))
            drawn.append(pen.write(np.where(names == name, texts, ""), name))
        drawn += pen.ring(self._framed(self.last), LAST)
        drawn += pen.ring(self._framed(self.focus))
        for n, frame in enumerate(self.frames):
            drawn += pen.ring(self._framed(frame), *FRAMES[n])
        width, height = self.width(cell), top + len(texts) * cell + 2 * EDGE
        left = -EDGE - AXIS * bool(self.axes[0])
        return (
            f'<svg class="conv-grid" width="{width}" height="{height}"'
            f' viewBox="{left} {-EDGE} {width} {height}" font-family="inherit"'
            f' font-size="{pen.font}" text-anchor="middle"'
            ' xmlns="http://www.w3.org/2000/svg">'
            f"{''.join(drawn)}{self._words(top, len(texts) * cell)}</svg>"
        )

    def _words(self, top: int, height: int) -> str:
        """Write the title, the size, and what rows and columns stand for."""
        muted, words = colour("muted"), ""
        if top:
            words = (
                f'<text y="15" font-size="14" text-anchor="start" fill="{muted}">'
                f'<tspan font-weight="600" fill="{TEXT}">{escape(self.title)} </tspan>'
                f'<tspan font-size="13">{escape(self.axes[1] or self._size())}</tspan>'
                "</text>"
            )
        if self.axes[0]:
            turned = f"translate({4 - AXIS / 2} {top + height / 2}) rotate(-90)"
            words += (
                f'<text transform="{turned}" font-size="13" fill="{muted}">'
                f"{escape(self.axes[0])}</text>"
            )
        return words

    def _size(self) -> str:
        shape = np.shape(self.values)
        return f"{shape[0]} × {shape[1]}" if len(shape) == 2 and self.title else ""

    def _wide(self, cell: int) -> int:
        font = Cells(cell, cell, 0).font
        return max(cell, 12 + round(0.6 * font * max(map(len, self.texts.flat))))

    def _colours(self) -> NDArray[Any]:
        shape = np.shape(self.values)
        if self.tints is not None:
            share = np.asarray(self.tints) / max(1, np.prod(self._kernel()) - 1)
            if np.prod(self._kernel()) == 1:
                share = np.full(shape, 0.5)
            return np.where(np.asarray(self.tints) < 0, "", _step(share, "entry", ENTRIES))
        if np.array_equal(self.role, "output") and _below_0(self.values):
            values = np.asarray(self.values, float)
            return _step(values / np.abs(values).max() / 2 + 0.5, "signed", SIGNED)
        return np.broadcast_to(np.asarray(self.role, dtype=object), shape)

    def _kernel(self) -> tuple[int, int]:
        """Return the rows and columns of the kernel that the tints number."""
        side = isqrt(int(np.max(np.asarray(self.tints), initial=0))) + 1
        rows, columns = ((1, *self.kernel_size) if self.kernel_size else (side, side))[-2:]
        return rows, columns

    def _where(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return where entries stand in their kernel, from 0 to 1 on each axis."""
        tints = self._padded(np.asarray(self.tints), -1)[tuple(places.T)]
        rows, columns = self._kernel()
        down, across = np.divmod(tints, columns)
        return np.column_stack([down / max(1, rows - 1), across / max(1, columns - 1)])

    def _framed(self, focus: Focus | None) -> NDArray[np.bool_]:
        framed = self._padded(np.zeros(np.shape(self.values), bool), False)
        if focus is not None:
            framed[(0, *focus)[-2:]] = True
        return framed

    def _padded(self, cells: NDArray[Any], around: Any) -> NDArray[Any]:
        """Return cells as rows and columns, with padding around them."""
        pads = self.pads or ((0, 0),) * cells.ndim
        return np.atleast_2d(np.pad(cells, pads, constant_values=around))


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


def _step(share: NDArray[np.float64], name: str, scale: tuple[Any, ...]) -> NDArray[Any]:
    """Return the names of a scale's colours that are nearest to shares from 0 to 1."""
    names = np.array([f"{name}-{n}" for n in range(len(scale))], dtype=object)
    return np.take(names, np.rint(np.clip(share, 0, 1) * (len(scale) - 1)).astype(int))


def _below_0(values: ArrayLike) -> bool:
    array = np.asarray(values)
    return bool(array.dtype.kind in "if" and (array < 0).any())
