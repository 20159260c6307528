"""One output of a filter over several channels, worked out channel by channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from conv.figures.figure import Figure
from conv.figures.grid import Grid, format_number
from conv.figures.panels import rows
from conv.geometry import Geometry


def channels(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    names: Sequence[str],
    caption: str,
    alt: str,
    at: tuple[int, int] = (0, 0),
    divisor: float = 1,
) -> Figure:
    """Draw a row for each channel: its window, its slice of the kernel, their products.

    Below them stand the sums of the rows, added up to one output.

    Parameters
    ----------
    inputs, kernel : array_like, (H, W, C) and (h, w, C)
        What is cross-correlated, in the mode ``valid``.
    names : sequence of str
        Of the channels.
    caption, alt : str
        See `conv.figures.Figure`.
    at : (int, int)
        Row and column of the output.
    divisor : float
        What the output is divided by in the end; 1 shows no division.

    Examples
    --------
    >>> channels([[[1, 2]]], [[[3, 4]]], names="ab", caption="3 + 8.", alt="11")
    Figure: 3 + 8. [11]
    """
    x, w = np.asarray(inputs), np.asarray(kernel)
    window = Geometry.of(x.shape[:2], w.shape[:2], padding="valid").window(at)
    sums, lines = [], []
    for channel, name in enumerate(names):
        plane, layer = x[..., channel], w[..., channel]
        products = plane[window] * layer
        sums.append(format_number(products.sum()))
        made = Grid(products, "products", "", axes=("", f"sum {sums[-1]}".ljust(12)))
        seen, slice_ = Grid(plane, name, focus=window), Grid(layer, "slice", "kernel")
        lines.append((seen, "×", slice_, "=", made))
    words = " + ".join(sums).replace("+ −", "− ")
    total = (x[window] * w).sum()
    if divisor != 1:
        words += f", ÷ {format_number(divisor)} = {format_number(total / divisor)}"
    output = Grid([[total]], "output", "output", axes=("", f"= {words}"))
    drawn = rows(*lines, caption=caption, alt=alt)
    return Figure((*drawn.panels, output.html()), caption, alt)
