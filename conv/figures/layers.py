"""Matrices too wide for numbers: what is connected, and by how many weights."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.figures.colours import ENTRIES, LINE, PAGE, TEXT, colour
from conv.figures.figure import Figure

WIDE, HIGH = 5, 11  # pixels of a cell: three matrices of 36 columns stand in one row
LEFT, TOP, BELOW = 20, 44, 34  # for the names of rows, of the matrix, and of columns
Size = tuple[int, int]


def connections(
    matrices: Mapping[str, ArrayLike],
    input_size: Size,
    output_size: Size,
    *,
    caption: str,
    alt: str,
) -> Figure:
    """Draw matrices from the same pixels to the same outputs, their weights as shades.

    A shade stands for a weight's value, on one scale for all matrices; an empty cell is no
    connection. Each matrix says how many different weights it has.

    Parameters
    ----------
    matrices : mapping of str to array_like, (outputs, pixels)
        Matrices by name.
    input_size, output_size : (int, int)
        Rows and columns of the image whose pixels are the columns of a matrix, and of that
        whose pixels are its rows. Lines part the rows of either.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If a matrix does not go from the input's pixels to the output's.

    Examples
    --------
    >>> row = {"T": [[1, 2, 0], [0, 1, 2]]}
    >>> figure = connections(row, (1, 3), (1, 2), caption="Shared.", alt="1 2 0, 0 1 2")
    >>> "2 weights" in figure.panels[0]
    True
    """
    shape = (prod(output_size), prod(input_size))
    arrays = {name: np.asarray(matrix, float) for name, matrix in matrices.items()}
    for name, array in arrays.items():
        if array.shape != shape:
            raise ValueError(f"{name!r} must be {shape}, not {array.shape}")
    used = np.concatenate([array[array != 0] for array in arrays.values()])
    steps = np.linspace(used.min(), used.max(), 2 * len(ENTRIES) - 1)[1::2]
    panels = []
    for name, array in arrays.items():
        which = np.where(array == 0, -1, np.searchsorted(steps, array))
        weights = len(np.unique(array[array != 0]))
        count = f"{weights} weight{'s' * (weights != 1)}"
        panels.append(_panel(name, count, which, input_size, output_size))
    return Figure(tuple(panels), caption, alt)


def _panel(
    name: str, count: str, which: NDArray[np.intp], inputs: Size, outputs: Size
) -> str:
    """Draw one matrix, given which of the shades each cell has, or −1."""
    wide, high = WIDE * which.shape[1], HIGH * which.shape[0]
    drawn = f'<path d="M0 0h{wide}v{high}H0z" fill="{PAGE}"/>'
    for shade in range(len(ENTRIES)):
        cells = np.argwhere(which == shade)
        path = "".join(f"M{c * WIDE} {r * HIGH}h{WIDE}v{HIGH}h-{WIDE}z" for r, c in cells)
        fill = colour(f"entry-{shade}")
        drawn += f'<path d="{path}" fill="{fill}"/>' if path else ""
    across, down = WIDE * inputs[1], HIGH * outputs[1]
    lines = "".join(f"M{across * n} 0v{high}" for n in range(inputs[0] + 1))
    lines += "".join(f"M0 {down * n}h{wide}" for n in range(outputs[0] + 1))
    drawn += f'<path d="{lines}" stroke="{LINE}" fill="none"/>'
    for n in range(inputs[0]):
        drawn += f'<text x="{across * (n + 0.5)}" y="{high + 13}">{n}</text>'
    for n in range(outputs[0]):
        drawn += f'<text x="-5" y="{down * (n + 0.5) + 4}">{n}</text>'
    size = wide + LEFT + 1, high + TOP + BELOW
    return (
        '<svg data-search-exclude class="conv-grid" overflow="visible"'
        f' width="{size[0]}" height="{size[1]}"'
        f' viewBox="{-LEFT} {-TOP} {size[0]} {size[1]}" font-family="inherit"'
        f' font-size="12" text-anchor="middle" fill="{colour("muted")}"'
        ' xmlns="http://www.w3.org/2000/svg">'
        f'<text x="0" y="-28" font-size="14" font-weight="600" text-anchor="start"'
        f' fill="{TEXT}">{escape(name)}</text>'
        f'<text x="0" y="-9" font-size="13" text-anchor="start">{escape(count)}</text>'
        f'{drawn}<text x="{wide / 2}" y="{high + 29}">pixels, by row of the input</text>'
        f'<text transform="translate(-14 {high / 2}) rotate(-90)">outputs, by row</text>'
        "</svg>"
    )
