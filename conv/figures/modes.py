"""The three modes of padding beside each other, each with its window on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.figures.cells import Cells
from conv.figures.colours import TEXT, colour
from conv.figures.grid import EDGE, TITLE, Grid
from conv.figures.slide import HIDDEN, Slide, Stage
from conv.geometry import Geometry
from conv.matmul import correlate

WIDE = 204  # pixels, for the cells of a stage
CELLS = range(22, 17, -1)  # heights of a cell: the first is taken that lets all fit
DASHES = ' stroke-dasharray="7 5"'


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
    Slide: Modes. [The window of 1 × 2 has 2 places under valid, 4 under same, and 6 under full.]
    """  # noqa: E501
    x, w = np.asarray(image), np.asarray(kernel)
    most = WIDE // CELLS[-1]
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] + 2 * w.shape[1] - 2 > most:
        raise ValueError(
            "image and kernel must have two axes and at most"
            f" {most} columns in all, not {x.shape} and {w.shape}"
        )
    stages = tuple(_stage(x, w, mode) for mode in ("valid", "same", "full"))
    valid, same, full = (stage.count for stage in stages)
    words = (
        f"The window of {_by(w.shape)} has {valid} places under valid, {same} under same,"
        f" and {full} under full."
    )
    return Slide(stages, caption, alt or words, moved=False)


def _stage(x: NDArray[Any], w: NDArray[Any], mode: str) -> Stage:
    """Draw a mode: the padded image in the frame of full, and the output below it."""
    geometry = Geometry.of(x.shape, w.shape, padding=mode)
    output = correlate(x, w, padding=mode)
    grid, result = Grid(x, pads=geometry.pads), Grid(output, role="output")
    reach = np.subtract(w.shape, 1)
    corner = reach - [before for before, _ in geometry.pads]  # in both frames
    frame, room = x.shape + 2 * reach, x.shape + reach
    cell = min(CELLS[0], WIDE // int(frame[1]))
    pen = Cells(cell, cell, TITLE)
    first, last = (
        _placed(np.ones(w.shape, bool), corner + place, frame, False)
        for place in ((0, 0), np.subtract(output.shape, 1))
    )
    names, texts = (
        _placed(cells, corner, frame, "") for cells in (grid.colours, grid.texts)
    )
    detail = (
        f"padded {_by(grid.texts.shape)}" if any(map(any, geometry.pads)) else _by(x.shape)
    )
    above = [_title(mode, detail), _ghosts(pen, names == "")]
    for name in ("padding", "input"):
        above.append(pen.draw(np.argwhere(names == name), name))
        above.append(pen.write(np.where(names == name, texts, ""), name))
    above += [*pen.ring(last, DASHES), _moved(pen.ring(first))]
    names, texts = (
        _placed(cells, corner, room, "") for cells in (result.colours, result.texts)
    )
    places = np.argwhere(texts != "")
    below = [_title("output", _by(output.shape)), _ghosts(pen, texts == "")]
    pale = "".join(pen.draw(places[[n]], names[*at]) for n, at in enumerate(places))
    below.append(f'<g opacity=".35">{pale}</g>')
    below.append(f'<g data-at="-1">{pen.write(texts, "")}</g>')
    for n, at in enumerate(places):
        name, here = names[*at], np.where(_one(at, room), texts, "")
        cells = pen.draw(places[[n]], name) + pen.write(here, name)
        below.append(f'<g data-from="{n}"{HIDDEN}>{cells}</g>')
    ends = (_one(places[n], room) for n in (-1, 0))
    below += [*pen.ring(next(ends), DASHES), _moved(pen.ring(next(ends)))]
    top, left = TITLE + int(frame[0]) * cell + 8, int(reach[1]) * cell // 2
    width, height = int(frame[1]) * cell, top + TITLE + int(room[0]) * cell
    svg = (
        f'<svg width="{width + 2 * EDGE}" height="{height + 2 * EDGE}" viewBox="{-EDGE}'
        f' {-EDGE} {width + 2 * EDGE} {height + 2 * EDGE}" font-family="inherit"'
        ' font-size="12" text-anchor="middle" xmlns="http://www.w3.org/2000/svg">'
        f'{"".join(above)}<g transform="translate({left} {top})">{"".join(below)}</g></svg>'
    )
    count, note = len(places), f"{len(places)} place{'s' * (len(places) > 1)}"
    return Stage(svg, count, output.shape[1], f"{cell}px", 0, mode, note)


def _placed(
    cells: NDArray[Any], corner: NDArray[Any], size: NDArray[Any], rest: Any
) -> NDArray[Any]:
    """Return a frame of a size that holds cells from a corner on."""
    after = size - corner - cells.shape
    pads = np.stack([corner, after], axis=1)
    return np.pad(cells, pads, constant_values=rest)


def _one(place: NDArray[np.intp], size: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return a frame of a size that is true in one place."""
    return _placed(np.ones((1, 1), bool), place, size, False)


def _moved(drawn: Iterable[str]) -> str:
    return f'<g class="cs-move">{"".join(drawn)}</g>'


def _ghosts(pen: Cells, where: NDArray[np.bool_]) -> str:
    """Draw the cells of the frame that a mode leaves out."""
    dots = ' stroke-dasharray="1 3"'
    cells = pen.draw(np.argwhere(where), "")
    return f'<g opacity=".5"{dots}>{cells}</g>'


def _title(name: str, detail: str) -> str:
    return (
        f'<text y="15" font-size="14" text-anchor="start" fill="{colour("muted")}">'
        f'<tspan font-weight="600" fill="{TEXT}">{name} </tspan>'
        f'<tspan font-size="13">{detail}</tspan></text>'
    )


def _by(size: tuple[int, ...]) -> str:
    return " × ".join(map(str, size))
