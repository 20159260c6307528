"""Matrices of a convolution, with equal entries in equal colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from conv.figures.figure import Figure
from conv.figures.grid import Grid, format_number
from conv.figures.panels import beside
from conv.geometry import Padding
from conv.matmul import im2col, kernel_matrix


def matrix(
    kernel: ArrayLike,
    input_size: Sequence[int],
    *,
    caption: str,
    alt: str,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    parts: int = 1,
) -> Figure:
    """Draw the matrix of a kernel; the cells of one of its entries share a colour.

    Parameters
    ----------
    kernel : array_like, (k,) or (h, w)
        The kernel.
    input_size : sequence of int
        As for `conv.kernel_matrix`, like padding, stride and dilation.
    caption, alt : str
        See `conv.figures.Figure`.
    parts : int
        Into how many drawings the columns are divided. They stand side by side, or, where
        one of all columns would be too small to read, below each other.

    Raises
    ------
    ValueError
        If the columns cannot be divided into so many equal parts.

    Examples
    --------
    >>> matrix([1, 2], (3,), padding="valid", caption="Matrix.", alt="1 2 0, 0 1 2")
    Figure: Matrix. [1 2 0, 0 1 2]
    """
    grid = matrix_grid(
        kernel, input_size, padding=padding, stride=stride, dilation=dilation
    )
    (rows, across), drawn = grid.axes, []
    texts, tints = np.asarray(grid.values), np.asarray(grid.tints)
    for part in np.split(np.arange(texts.shape[1]), parts):
        name = f"{across} {part[0]} to {part[-1]}" if parts > 1 else across
        cells, entries = texts[:, part], tints[:, part]
        drawn.append(replace(grid, values=cells, tints=entries, axes=(rows, name)))
    return beside(*drawn, caption=caption, alt=alt)


def matrix_grid(
    kernel: ArrayLike, input_size: Sequence[int], title: str = "", **options: Any
) -> Grid:
    """Return the matrix of a kernel as a grid whose zeros are empty cells.

    Examples
    --------
    >>> matrix_grid([5, 7], (3,), padding="valid").values.tolist()
    [['5', '7', ''], ['', '5', '7']]
    """
    entries = np.ravel(kernel)
    numbers = np.arange(1, entries.size + 1).reshape(np.shape(kernel))
    which = kernel_matrix(numbers, input_size, **options).astype(int)
    texts = np.array(["", *map(format_number, entries)])
    axes = ("outputs", "inputs")
    size = np.shape(kernel)
    return Grid(texts[which], title, tints=which - 1, kernel_size=size, axes=axes)


def patches(inputs: ArrayLike, kernel: ArrayLike, *, caption: str, alt: str) -> Figure:
    """Draw an image, and its windows as rows under the kernel, each before its output.

    A window and its row have a frame of one colour and kind. Each column of the rows stands
    under the entry of the kernel that it meets.

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
    w, (rows, columns) = np.ravel(kernel), np.shape(kernel)
    windows = im2col(inputs, (rows, columns), padding="valid")
    cells = [[*w, "y"], *np.column_stack([windows, windows @ w]).tolist()]
    roles = [["kernel"] * w.size + [""], *[["input"] * w.size + ["output"]] * len(windows)]
    places = np.ndindex(*np.subtract(np.shape(inputs), (rows, columns)) + 1)
    frames = [(slice(i, i + rows), slice(j, j + columns)) for i, j in places]
    of = [(row, slice(None)) for row in range(1, len(cells))]
    axes = ("", "under the kernel, and their outputs")
    image = Grid(inputs, "image", frames=frames)
    matrix = Grid(np.array(cells, object), "patches", roles, axes=axes, frames=of)
    return beside(image, matrix, caption=caption, alt=alt)
