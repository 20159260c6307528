"""Where a kernel stands first and last, and what it gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from conv.figures.figure import Figure
from conv.figures.grid import Grid
from conv.figures.panels import beside
from conv.geometry import Geometry
from conv.matmul import correlate


def positions(
    inputs: ArrayLike, kernel: ArrayLike, geometry: Geometry, *, caption: str, alt: str
) -> Figure:
    """Draw the first and the last window of an input with its padding, and the output.

    Parameters
    ----------
    inputs, kernel : array_like, (N,) and (k,), or (H, W) and (h, w)
        What is cross-correlated.
    geometry : Geometry
        Of these sizes.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If the geometry is of other sizes.

    Examples
    --------
    >>> geometry = Geometry.of((4,), (3,), padding="full")
    >>> positions([1, 2, 3, 4], [1, 1, 1], geometry, caption="Full.", alt="1 3 6 9 7 4")
    Figure: Full. [1 3 6 9 7 4]
    """
    sizes = np.shape(inputs), np.shape(kernel)
    if sizes != (geometry.input_size, geometry.kernel_size):
        raise ValueError(f"the geometry must be of inputs and kernel of sizes {sizes}")
    pads, stride, dilation = geometry.pads, geometry.stride, geometry.dilation
    output = correlate(inputs, kernel, padding=pads, stride=stride, dilation=dilation)
    ends = [(0,) * len(output.shape), tuple(size - 1 for size in output.shape)]
    first, last = map(geometry.window, ends)
    return beside(
        Grid(inputs, "input", pads=pads, focus=first, last=last),
        "⋆",
        Grid(kernel, "kernel", role="kernel"),
        "=",
        Grid(output, "output", role="output", focus=ends[0], last=ends[1]),
        caption=caption,
        alt=alt,
    )
