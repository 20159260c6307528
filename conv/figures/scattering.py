"""What outputs lay back on their windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from conv import Geometry, conv_transpose, kernel_matrix
from conv.figures.grid import Grid, format_number


def scatter_grid(
    outputs: ArrayLike,
    kernel: ArrayLike,
    input_size: Sequence[int],
    title: str = "",
    **options: Any,
) -> Grid:
    """Return outputs, what each lays on its window, and below them the sums, as a grid.

    Each output stands before its copy of the kernel, times its value. Of the sums those
    with a dashed line lie on the padding, and are dropped.

    Parameters
    ----------
    outputs, kernel : array_like, (N',) and (k,)
        As for `conv.conv_transpose`.
    input_size : (int,)
        As for `conv.conv_transpose`, like the options.
    title : str
        Name above the grid.

    Examples
    --------
    >>> scatter_grid([2, 3], [1, 5], (3,), padding="valid").values.tolist()
    [['2', '→', '2', '10', ''], ['3', '→', '', '3', '15'], ['Σ', '=', '2', '13', '15']]
    """
    y, w = np.ravel(outputs), np.ravel(kernel)
    geometry = Geometry.of(input_size, w.shape, **options)
    wide = geometry.padded_size
    steps: dict[str, Any] = {"stride": geometry.stride, "dilation": geometry.dilation}
    steps["padding"] = "valid"
    under = kernel_matrix(np.ones(w.shape), wide, **steps) > 0
    cells = np.full((len(y) + 1, wide[0] + 2), "", object)
    roles = cells.copy()
    cells[:-1, 0], roles[:-1, 0] = [format_number(value) for value in y], "output"
    laid = y[:, np.newaxis] * kernel_matrix(w, wide, **steps)
    sums = conv_transpose(y, w, wide, **steps)
    texts = [[format_number(value) for value in row] for row in [*laid, sums]]
    cells[:-1, 2:] = np.where(under, texts[:-1], "")
    roles[:-1, 2:] = np.where(under, "kernel", "")
    cells[:-1, 1], cells[-1] = "→", ["Σ", "=", *texts[-1]]
    roles[-1, 2:] = "padding"
    roles[-1, 2:][geometry.inside] = "input"
    return Grid(cells, title, roles, axes=("", " "))
