"""What the filters of a layer make of a colour picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.figures.cells import Cells
from conv.figures.colours import SIGNED, TEXT, colour
from conv.figures.figure import Figure
from conv.figures.grid import format_number
from conv.figures.picture import Picture
from conv.matmul import correlate

SIDE, GAP = 15, 4  # pixels: of a cell, and between slices
TITLE, NAMES = 22, 14  # pixels above the slices: for the filter's name, and for theirs
CHANNELS = ("red", "green", "blue")


def filters(inputs: ArrayLike, kernel: ArrayLike, *, caption: str, alt: str) -> Figure:
    """Draw a picture and its channels, and below them each filter above its output.

    A line between them says that all channels go into every filter, which is drawn as its
    slices, each with the name of its channel. Outputs of both signs are shown
    on the scale of signs up to half of their largest value, others from 0 to the largest.

    Parameters
    ----------
    inputs, kernel : array_like, (H, W, 3) and (h, w, 3, F)
        Red, green and blue, and what they are cross-correlated with, under ``valid``.
    caption, alt : str
        See `conv.figures.Figure`.

    Examples
    --------
    >>> filters([[[1, 0, 0]]], [[[[1], [0], [-1]]]], caption="Red.", alt="One pixel.")
    Figure: Red. [One pixel.]
    """
    x, w = np.asarray(inputs), np.asarray(kernel)
    planes = zip(CHANNELS, np.moveaxis(x, -1, 0), strict=True)
    shown = [Picture(x, "input"), *(Picture(plane, name) for name, plane in planes)]
    row = "".join(picture.html() for picture in shown)
    panels = [f'<div class="conv-panels conv-row">{row}</div>']
    panels += ['<p class="conv-into">all three channels go into every filter</p>']
    for f, y in enumerate(np.moveaxis(correlate(x, w, padding="valid"), -1, 0)):
        most = np.abs(y).max() or 1
        low = -most / 2 if (y < 0).any() else 0
        picture = Picture(y, f"output {f}", (low, -low or most), signed=low < 0)
        one = _slices(w[..., f], f"filter {f}") + picture.html()
        panels.append(f'<span class="conv-filter">{one}</span>')
    return Figure(tuple(panels), caption, alt)


def _slices(w: NDArray[np.float64], title: str) -> str:
    """Draw a filter's slices (h, w, C) beside each other, on the scale of signs."""
    top, wide = TITLE + NAMES, w.shape[1] * SIDE
    pen, drawn, across = Cells(SIDE, SIDE, top), "", wide + GAP
    shades = np.rint(2 + 2 * w / (np.abs(w).max() or 1)).astype(int)
    words = [format_number(entry).replace("−", "–") for entry in w.flat]  # to fit in
    texts = np.array(words, object).reshape(w.shape)
    for c, name in enumerate(CHANNELS):
        word = name if w.shape[1] > 2 else name[0]  # as there is room
        x, y = c * across + wide / 2, top - 5
        drawn += f'<text x="{x:g}" y="{y}" fill="{colour("muted")}">{word}</text>'
    for c, shade in np.ndindex(w.shape[2], len(SIGNED)):
        here, name = shades[..., c] == shade, f"signed-{shade}"
        drawn += f'<g transform="translate({c * across})">'
        drawn += pen.draw(np.argwhere(here), name)
        drawn += pen.write(np.where(here, texts[..., c], ""), name) + "</g>"
    width, height = w.shape[2] * across - GAP + 2, w.shape[0] * SIDE + top + 1
    size = (
        f'{title} <tspan font-size="13" font-weight="400" fill="{colour("muted")}">'
        f"{' × '.join(map(str, w.shape))}</tspan>"
    )
    return (
        f'<svg class="conv-grid" width="{width}" height="{height}"'
        f' viewBox="-1 0 {width} {height}" font-family="inherit" font-size="11"'
        f' text-anchor="middle" xmlns="http://www.w3.org/2000/svg"><text y="14"'
        f' font-size="14" font-weight="600" text-anchor="start" fill="{TEXT}">'
        f"{size}</text>{drawn}</svg>"
    )
