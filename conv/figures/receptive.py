"""What one output sees through several layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from conv import convolve
from conv.figures.cells import Cells
from conv.figures.colours import TEXT, colour
from conv.figures.grid import EDGE, TITLE
from conv.figures.slide import HIDDEN, Slide, stage

KERNEL, WIDE = 3, 196  # along each axis; pixels of the input at most
PALE = 0.15  # how opaque the pixel with the fewest paths is at least


def fields(dilations: Mapping[str, Sequence[int]], *, caption: str, alt: str) -> Slide:
    """Draw the pixels that one output depends on, after each of several layers.

    All kernels are 3 by 3. A pixel's colour is the stronger, the more paths lead from it to
    the output, compared with the one that has most; a frame is around all of them. The
    last layer comes first, and the reader goes through the layers from the input on.

    Parameters
    ----------
    dilations : mapping of str to sequence of int
        The dilation of each layer, from the input on, by a name.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If there are fewer than two names, or not as many layers for each.

    Examples
    --------
    >>> fields({"near": [1, 1], "far": [1, 2]}, caption="Fields.", alt="5 by 5, 7 by 7.")
    Slide: Fields. [5 by 5, 7 by 7.]
    """
    if len(dilations) < 2 or len({*map(len, dilations.values())}) != 1:
        raise ValueError(
            f"dilations must be at least two rows of equal length, not {dict(dilations)}"
        )
    size = max(1 + (KERNEL - 1) * sum(each) for each in dilations.values())
    stages = (_stage(name, each, size) for name, each in dilations.items())
    return Slide(tuple(stages), caption, alt)


def _stage(name: str, dilations: Sequence[int], size: int) -> str:
    """Draw the input, of a size along each axis, as the output of each layer sees it."""
    pen, last = Cells(WIDE // size, WIDE // size, TITLE), len(dilations) - 1
    pixels = pen.draw(np.argwhere(np.ones((size, size))), "")
    drawn, notes, paths = f'<g opacity=".35">{pixels}</g>', [], np.ones(1)
    for layer, dilation in enumerate(dilations):
        paths = convolve(paths, np.ones(KERNEL), padding="full", dilation=dilation)
        edge = (size - len(paths)) // 2
        seen = np.pad(np.outer(paths, paths), edge)
        span = np.pad(np.ones((len(paths),) * 2, bool), edge)
        notes += [
            f"layer {layer + 1}: {np.count_nonzero(seen)} of {len(paths)} × {len(paths)}"
        ]
        known = f'data-at="{layer}" data-say="{notes[-1]}"{HIDDEN * (layer != last)}'
        drawn += f"<g {known}>{_shades(pen, seen)}{''.join(pen.ring(span))}</g>"
    side = size * (WIDE // size) + 2 * EDGE
    svg = (
        f'<svg width="{side}" height="{side + TITLE}" font-family="inherit"'
        f' viewBox="{-EDGE} {-EDGE} {side} {side + TITLE}"'
        f' xmlns="http://www.w3.org/2000/svg"><text y="14" font-size="14"'
        f' font-weight="600" fill="{TEXT}">{escape(name)}</text>{drawn}</svg>'
    )
    data = {"count": last + 1, "columns": 1, "step": "0px", "dwell": 1500}
    return stage(svg, notes[-1], name=name, at=last, **data)


def _shades(pen: Cells, seen: NDArray[np.float64]) -> str:
    """Draw the pixels that are seen, those with as many paths as one element."""
    fill, drawn = colour("link"), ""
    for count in np.unique(seen[seen > 0]):
        opaque = PALE + (1 - PALE) * count / seen.max()
        cells = "".join(
            f"M{column * pen.width} {pen.top + row * pen.height}"
            f"h{pen.width}v{pen.height}h-{pen.width}z"
            for row, column in np.argwhere(seen == count)
        )
        drawn += f'<path d="{cells}" fill="{fill}" fill-opacity="{opaque:.2f}"/>'
    return drawn
