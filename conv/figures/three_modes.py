"""The three modes of padding beside each other, each with its window on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from conv.figures.cells import LAST, Cells
from conv.figures.colours import TEXT, colour
from conv.figures.grid import EDGE, TITLE, Grid
from conv.figures.slide import HIDDEN, Slide, stage
from conv.geometry import Geometry
from conv.matmul import correlate

WIDE, MOST, COLUMNS = 204, 22, 11  # pixels of a stage and of a cell at most; cells in a row


def modes(image: ArrayLike, kernel: ArrayLike, *, caption: str, alt: str = "") -> Slide:
    """Draw the modes ``valid``, ``same`` and ``full`` in a row, with windows to be moved.

    All three have the frame that the padded image has under ``full``, so that the image
    never moves: a mode fills more or less of its ring with zeros. The window stands at its
    first place, with dashes at its last, and the output of the cross-correlation is
    complete. The reader moves all three at once, each through its own places in reading
    order; one that has fewer places waits at its last.

    Parameters
    ----------
    image, kernel : array_like, (H, W) and (h, w)
        Few enough values for eleven columns in the frame, ``W + 2 (w - 1)``.
    caption, alt : str
        See `conv.figures.Figure`. If not given, alt tells the sizes of the outputs.

    Raises
    ------
    ValueError
        If image or kernel have not two axes, the image is too wide, or the kernel is larger
        than the image.

    Examples
    --------
    >>> modes([[1, 2], [3, 4]], [[1, 1]], caption="Modes.")
    Slide: Modes. [The window of 1 × 2 has so many places: 2 in the mode valid, 4 in the mode same, 6 in the mode full.]
    """  # noqa: E501
    x, w = np.asarray(image), np.asarray(kernel)
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] + 2 * w.shape[1] - 2 > COLUMNS:
        sizes = f"{x.shape} and {w.shape}"
        allowed = f"two axes and at most {COLUMNS} columns in all"
        raise ValueError(f"image and kernel must have {allowed}, not {sizes}")
    ys = {mode: correlate(x, w, padding=mode) for mode in ("valid", "same", "full")}
    places = ", ".join(f"{y.size} in the mode {mode}" for mode, y in ys.items())
    words = f"The window of {_by(w.shape)} has so many places: {places}."
    stages = tuple(_stage(x, w, y, mode) for mode, y in ys.items())
    return Slide(stages, caption, alt or words)


def _stage(x: Any, w: Any, y: Any, mode: str) -> str:
    """Draw a mode: the padded image in the frame of full, and the output below it."""
    pads = Geometry.of(x.shape, w.shape, padding=mode).pads
    reach = np.subtract(w.shape, 1)
    corner = reach - [before for before, _ in pads]  # of what a mode has, in both frames
    frame, room = x.shape + 2 * reach, x.shape + reach
    cell = min(MOST, WIDE // frame[1])
    detail = f"padded {_by(x.shape + np.sum(pads, 1))}" if np.any(pads) else "no padding"
    padded = Grid(x, mode, pads=pads, axes=("", detail))
    output = Grid(y, "output", "output", axes=("", _by(y.shape)))
    top, left = 2 * TITLE + frame[0] * cell + 8, reach[1] * cell // 2
    width, height = frame[1] * cell + 2 * EDGE, top + room[0] * cell + 2 * EDGE
    svg = (
        f'<svg width="{width}" height="{height}" viewBox="{-EDGE} {-EDGE} {width} {height}"'
        ' font-family="inherit" font-size="12" text-anchor="middle"'
        ' xmlns="http://www.w3.org/2000/svg">'
        f"{_frame(padded, (0, TITLE), cell, frame, corner, w.shape)}"
        f"{_frame(output, (left, top), cell, room, corner, (1, 1))}</svg>"
    )
    data = {"count": y.size, "columns": y.shape[1], "step": f"{cell}px", "at": 0}
    return stage(svg, f"{y.size} place{'s' * (y.size > 1)}", name=mode, **data)


def _frame(grid: Grid, at: Any, cell: int, size: Any, corner: Any, ring: Any) -> str:
    """Draw a grid from a corner of a frame on; of an output, each cell on its own, too."""
    pen, names, texts, fills, inks = Cells(cell, cell, 0), grid.colours, grid.texts, "", ""
    for name in np.unique(names):
        fills += pen.draw(np.argwhere(names == name), name)
        inks += pen.write(np.where(names == name, texts, ""), name)
    if grid.role == "output":
        fills = f'<g opacity=".35">{fills}</g>'
        inks = f'<g data-at="-1">{pen.write(texts, "")}</g>'
        for n, (row, column) in enumerate(np.ndindex(texts.shape)):
            name, text = str(names[row, column]), texts[[row]][:, [column]]
            place = f"translate({column * cell} {row * cell})"
            one = pen.draw(np.zeros((1, 2), int), name) + pen.write(text, name)
            inks += f'<g data-from="{n}" transform="{place}"{HIDDEN}>{one}</g>'
    first, last = np.zeros((2, *texts.shape), bool)
    first[: ring[0], : ring[1]] = last[-ring[0] :, -ring[1] :] = True
    return (
        f'<g transform="translate({at[0]} {at[1]})"><text y="-11" font-size="14"'
        f' text-anchor="start" fill="{colour("muted")}"><tspan font-weight="600"'
        f' fill="{TEXT}">{grid.title} </tspan><tspan font-size="13">{grid.axes[1]}</tspan>'
        '</text><g opacity=".5" stroke-dasharray="1 3">'
        f"{pen.draw(np.argwhere(np.ones(size)), '')}</g>"
        f'<g transform="translate({corner[1] * cell} {corner[0] * cell})">{fills}{inks}'
        f'{"".join(pen.ring(last, LAST))}<g class="cs-move">{"".join(pen.ring(first))}'
        "</g></g></g>"
    )


def _by(size: Any) -> str:
    return " × ".join(map(str, size))
