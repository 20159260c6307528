"""What a grid is drawn with: cells of one colour, their numbers and marks, and rings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conv.figures.colours import COLOURS, FOCUS, LINE, PAGE, TEXT, colour

INKS = {"": TEXT, "padding": colour("muted")}  # of numbers, where it is not that of roles
LAST = ' stroke-dasharray="7 5"'  # of the ring around the last place
MARK, DOT = 9, 3  # pixels of the mark of an entry's place in its kernel


@dataclass(frozen=True)
class Cells:
    """Draws cells of one size in pixels, the first row of which begins at ``top``."""

    width: int
    height: int
    top: int

    @property
    def font(self) -> int:
        """The size of numbers in pixels."""
        return 15 if self.height >= 30 else 12

    def draw(self, places: NDArray[np.intp], name: str) -> str:
        """Draw the cells of one colour, given as (row, column), as one element."""
        dashes = ""
        if name == "padding":  # from middle to middle of a dash, so that neighbours' meet
            tenth = self.height / 10
            dashes = f' stroke-dasharray="{tenth}" stroke-dashoffset="{tenth / 2}"'
        boxes = "".join(self._box(row, column, 1, 1) for row, column in places)
        fill = colour(name) if name else "none"
        return f'<path d="{boxes}" fill="{fill}" stroke="{LINE}"{dashes}/>'

    def write(self, texts: NDArray[Any], name: str) -> str:
        """Write texts into the middle of their cells, in as few elements as SVG allows.

        An element gives places to its first characters, one to each, and the rest follows
        the last of them: so all of its texts but the last must be one character long.
        """
        cells = np.argwhere(texts)
        ends = [index + 1 for index, cell in enumerate(cells) if len(texts[*cell]) > 1]
        spans = []
        for run in filter(len, np.split(cells, ends)):
            rows, columns = run.T
            x = " ".join(f"{place:g}" for place in (columns + 0.5) * self.width)
            y = " ".join(
                f"{place:g}" for place in self.top + (rows + 0.5) * self.height + 5
            )
            words = escape("".join(texts[rows, columns]))
            spans.append(f'<tspan x="{x}" y="{y}">{words}</tspan>')
        ink = colour(f"{name}-ink" if f"{name}-ink" in COLOURS else "ink")
        return (
            f'<text fill="{INKS.get(name, ink)}">{"".join(spans)}</text>' if spans else ""
        )

    def mark(self, places: NDArray[np.intp], where: NDArray[np.float64], name: str) -> str:
        """Draw into cells where their entries stand in the kernel, from 0 to 1 an axis.

        The mark is a small square, for the kernel, with a dot in the entry's place: what
        tells entries apart when there are more of them than colours.
        """
        squares, dots = "", ""
        for (row, column), (down, across) in zip(places, where, strict=True):
            x, y = column * self.width + 2, self.top + row * self.height + 2
            squares += f"M{x} {y}h{MARK}v{MARK}h-{MARK}z"
            x, y = x + across * (MARK - DOT), y + down * (MARK - DOT)
            dots += f"M{x:g} {y:g}h{DOT}v{DOT}h-{DOT}z"
        ink = colour(f"{name}-ink")
        square = f'<path d="{squares}" fill="{ink}" opacity=".2"/>'
        return f'{square}<path d="{dots}" fill="{ink}"/>'

    def ring(
        self,
        framed: NDArray[np.bool_],
        dashes: str = "",
        stroke: str = FOCUS,
        inset: int = 0,
    ) -> Iterator[str]:
        """Draw rings around cells, in two tones: seen on every colour."""
        for block in _blocks(framed):
            box = self._box(*block, inset=inset)
            yield f'<path d="{box}" fill="none" stroke="{PAGE}" stroke-width="5"/>'
            yield (
                f'<path class="conv-ring" d="{box}" fill="none" stroke="{stroke}"'
                f' stroke-width="3"{dashes}/>'
            )

    def _box(
        self, row: int, column: int, rows: int, columns: int, *, inset: int = 0
    ) -> str:
        x, y = column * self.width + inset, self.top + row * self.height + inset
        wide, high = columns * self.width - 2 * inset, rows * self.height - 2 * inset
        return f"M{x} {y}h{wide}v{high}h-{wide}z"


def _blocks(framed: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """List framed cells as row, column, rows, columns: one block, or one for each cell."""
    cells = np.argwhere(framed)
    if len(cells):
        (top, left), (bottom, right) = cells.min(0), cells.max(0) + 1
        if framed[top:bottom, left:right].all():
            return [(top, left, bottom - top, right - left)]
    return [(row, column, 1, 1) for row, column in cells]
