"""Blocks of an output, one after the other, each with the inputs that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from conv.figures.cells import LAST, Cells
from conv.figures.colours import TEXT
from conv.figures.grid import EDGE, TITLE
from conv.figures.slide import HIDDEN, Slide, stage
from conv.geometry import Geometry

BLOCKS, WIDE = 3, 200  # along each axis; pixels of a padded image at most


def blocks(geometries: Mapping[str, Geometry], *, caption: str, alt: str) -> Slide:
    """Draw images above their outputs in nine blocks, one of which is framed.

    Dashes in the image are around all that the block's windows cover, zeros too, and a
    line around the inputs at the block's own place. A cell of an output is as wide as the
    stride, so that a block is as wide as these. The block in the middle comes first, and
    the reader moves on.

    Parameters
    ----------
    geometries : mapping of str to Geometry
        What to draw, by names: squares, each with an output of three by three equal blocks.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If one is no square, or its output has not three by three equal blocks.

    Examples
    --------
    >>> blocks({"a": Geometry.of((6, 6), (3, 3))}, caption="Blocks.", alt="Nine of them.")
    Slide: Blocks. [Nine of them.]
    """
    for name, of in geometries.items():
        alike = all(len({*sizes}) == 1 for sizes in (of.padded_size, of.stride, of.pads))
        if len(of.pads) != 2 or not alike or of.output_size[0] % BLOCKS:
            sizes = f"an image of {of.input_size} with an output of {of.output_size}"
            raise ValueError(f"{name} must be a square with nine equal blocks, not {sizes}")
    ring = max(max(of.pads[0]) for of in geometries.values())
    cell = WIDE // max(of.input_size[0] + 2 * ring for of in geometries.values())
    stages = (_stage(name, of, ring, cell) for name, of in geometries.items())
    return Slide(tuple(stages), caption, alt)


def _stage(name: str, of: Geometry, ring: int, cell: int) -> str:
    """Draw an image, which has the same place in all stages, and its output below."""
    (before, _), n, wide = of.pads[0], of.input_size[0], cell * of.stride[0]
    sides = of.output_size[0] // BLOCKS * np.arange(BLOCKS + 1)
    parts = [slice(*pair) for pair in pairwise(sides.tolist())]
    places = list(product(parts, parts))
    at, pixels, outputs = len(places) // 2, Cells(cell, cell, 0), Cells(wide, wide, 0)
    roles = np.full(of.padded_size, "padding")
    roles[of.inside] = "input"
    image = "".join(pixels.draw(np.argwhere(roles == one), one) for one in np.unique(roles))
    first = of.window([part.start for part in places[at]])
    last = of.window([part.stop - 1 for part in places[at]])
    covered = tuple(slice(a.start, b.stop) for a, b in zip(first, last, strict=True))
    image += _ring(pixels, _mask(of.padded_size, covered), LAST)
    above = zip(places[at], of.stride, strict=True)
    own = tuple(slice(before + s * p.start, before + s * p.stop) for p, s in above)
    image += _ring(pixels, _mask(of.padded_size, own))
    output, notes = "", []
    for place, block in enumerate(places):
        (rows, columns), _ = of.input_of(block)
        notes += [f"rows {_span(rows)}, columns {_span(columns)}"]
        cells = outputs.draw(np.argwhere(_mask(of.output_size, block)), "output")
        output += (
            f'<g data-at="{place}" data-say="{notes[-1]}"/><g opacity=".3">{cells}</g>'
        )
        output += f'<g data-from="{place}"{HIDDEN * (place > at)}>{cells}</g>'
    output += _ring(outputs, _mask(of.output_size, places[at]))
    padded, size = (ring + n + ring) * cell, n * cell
    width, height = padded + 2 * EDGE, 2 * TITLE + padded + size + 2 * EDGE
    left, below = ring * cell, 2 * TITLE + padded
    shift, words = (ring - before) * cell, "×".join(map(str, of.output_size))
    svg = (
        f'<svg width="{width}" height="{height}" viewBox="{-EDGE} {-EDGE} {width} {height}"'
        f' font-family="inherit" font-size="13" fill="{TEXT}"'
        ' xmlns="http://www.w3.org/2000/svg">'
        f'<text y="14" font-size="14" font-weight="600">{escape(name)}</text>'
        f'<g transform="translate({shift} {TITLE + shift})">{image}</g>'
        f'<text x="{left}" y="{below - 9}">output {words}</text>'
        f'<g transform="translate({left} {below})">{output}</g></svg>'
    )
    data = {"count": len(places), "columns": BLOCKS, "step": f"{sides[1] * wide}px"}
    return stage(svg, notes[at], name=name, at=at, **data)


def _mask(shape: tuple[int, ...], part: tuple[slice, ...]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    mask[part] = True
    return mask


def _ring(pen: Cells, framed: NDArray[np.bool_], dashes: str = "") -> str:
    return f'<g class="cs-move">{"".join(pen.ring(framed, dashes))}</g>'


def _span(part: slice) -> str:
    return f"{part.start} to {part.stop - 1}"
