"""The windows of an image as rows of a matrix: im2col."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from conv.figures.figure import Figure
from conv.figures.grid import Grid
from conv.figures.panels import beside
from conv.geometry import Geometry
from conv.matmul import correlate, im2col


def patches(inputs: ArrayLike, kernel: ArrayLike, *, caption: str, alt: str) -> Figure:
    """Draw an image, its windows as rows under the kernel, and the outputs beside them.

    A window and its row have frames of one colour and kind. Each row is level with the
    output that it makes, and each of its columns stands under the entry that it meets.

    Parameters
    ----------
    inputs, kernel : array_like, (H, W) and (h, w)
        What is cross-correlated, under ``valid``; it has at most four windows.
    caption, alt : str
        See `conv.figures.Figure`.

    Examples
    --------
    >>> patches([[1, 2, 3]], [[4, 5]], caption="Two windows.", alt="1 2, 2 3: 14 23")
    Figure: Two windows. [1 2, 2 3: 14 23]
    """
    x, w = np.asarray(inputs), np.asarray(kernel)
    geometry = Geometry.of(x.shape, w.shape, padding="valid")
    windows = [geometry.window(place) for place in np.ndindex(geometry.output_size)]
    rows = np.vstack([w.ravel(), im2col(x, w.shape, padding="valid")])
    output = correlate(x, w, padding="valid").ravel().tolist()
    frames = [(row, slice(None)) for row in range(1, len(rows))]
    roles = np.where(np.arange(len(rows))[:, None] == 0, "kernel", "input")
    makes = np.where(roles[:, :1] == "kernel", "", "output")
    blank = ("", " ")  # the size would count the first row
    return beside(
        Grid(x, "image", frames=windows),
        "→",
        (
            Grid(
                rows,
                "patches",
                np.broadcast_to(roles, rows.shape),
                axes=("", "under the kernel"),
                frames=frames,
            ),
            Grid(
                [["y"], *([v] for v in output)], "output", makes, axes=blank, frames=frames
            ),
        ),
        caption=caption,
        alt=alt,
    )
