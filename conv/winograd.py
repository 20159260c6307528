"""The same numbers for kernels of 3 by 3 with 2.25 multiplications in place of 9."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from conv.geometry import Padding
from conv.operands import Array, Operands, pad
from conv.shapes import cut_blocks

POINTS = (0, 1, -1, 2, -2)  # and infinity: as many as a tile of inputs is wide
BLOCK_BYTES = 2**19  # of transformed tiles at a time: few enough to stay in the cache


def correlate(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Array:
    """Compute the cross-correlation with kernels of 3 by 3 by Winograd's F(4x4, 3x3).

    Tiles of 6 by 6 inputs and the kernels are transformed, multiplied entry by entry while
    channels add up, and transformed back into 4 by 4 outputs: 36 multiplications where the
    definition has 144.

    Parameters
    ----------
    inputs, kernel : array_like of real numbers
        As for `conv.correlate`, finite; the kernel has 3 by 3 entries.
    padding
        As for `conv.correlate`.
    stride, dilation, groups : int
        Only 1.

    Returns
    -------
    ndarray
        As `conv.correlate`, with larger rounding errors: on random numbers their root mean
        square is typically 4 to 9 times as large, and with a single channel up to 25 times.

    Raises
    ------
    ValueError
        If the kernel is not 3 by 3, a stride, dilation or number of groups is not 1, or an
        operand is not finite.
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    References
    ----------
    A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks, 2015.

    Examples
    --------
    >>> correlate(np.eye(4), np.ones((3, 3)), padding="valid").round(6)
    array([[3., 2.],
           [2., 3.]])
    """
    operands = Operands.of(
        inputs, kernel, padding=padding, stride=stride, dilation=dilation, groups=groups
    ).finite()
    shapes, geometry = operands.shapes, operands.shapes.geometry
    found = (*shapes.kernel[:2], *geometry.stride, *geometry.dilation, shapes.groups)
    if found != (3, 3, 1, 1, 1, 1, 1):
        raise ValueError(
            "winograd takes a kernel of 3 by 3, with stride, dilation and groups of 1, not"
            f" {found[0]} by {found[1]} with {geometry.stride}, {geometry.dilation} and"
            f" {shapes.groups}; conv.correlate takes all of them"
        )
    if not (operands.inputs.size and operands.kernel.size):
        return operands.result(np.zeros(shapes.output))
    (channels, filters), dtype = shapes.kernel[2:], operands.kernel.dtype
    back, kernels, tiles = (m.astype(dtype) for m in transforms(4, 3, POINTS))
    whole = geometry.in_tiles((4, 4))
    padded = pad(operands.inputs, whole, dtype)
    windows = sliding_window_view(padded, (6, 6), axis=(1, 2))[:, ::4, ::4]
    windows = windows.transpose(4, 5, 0, 1, 2, 3)  # (6, 6, B, rows, columns, C)
    count = windows.shape[2:5]
    output = np.empty((*count[:2], 4, count[2], 4, filters), dtype)
    most = BLOCK_BYTES // (36 * (channels + filters) * dtype.itemsize)
    with np.errstate(all="ignore"):  # what overflows shows in the output
        weights = _both_axes(kernels, operands.kernel).reshape(36, channels, filters)
        for images, rows, columns in cut_blocks(count, most):
            laid = np.ascontiguousarray(windows[:, :, images, rows, columns])
            seen = _both_axes(tiles, laid).reshape(36, -1, channels)
            sums = (seen @ weights).reshape(6, 6, *laid.shape[2:5], filters)
            made = _both_axes(back, sums).transpose(2, 3, 0, 4, 1, 5)
            output[images, rows, :, columns] = made
    high, wide = geometry.output_size
    output = output.reshape(len(output), *whole.output_size, filters)
    return operands.result(output[:, :high, :wide])


def transforms(
    outputs: int, taps: int, points: Sequence[int]
) -> tuple[Array, Array, Array]:
    """Build the matrices of a fast correlation of a tile with a kernel, from points.

    With them, ``back @ ((kernels @ w) * (tiles @ x))`` are the outputs of the kernel ``w``
    on the tile ``x`` under valid. Behind it is a product of polynomials that is computed
    from its values at the points and at infinity; the correlation is its transpose.

    Parameters
    ----------
    outputs, taps : int
        Outputs of a tile, and entries of the kernel.
    points : sequence of int
        All different, ``outputs + taps - 2`` of them.

    Raises
    ------
    ValueError
        If there are not so many, or two are equal.

    Returns
    -------
    back, kernels, tiles : ndarray
        ``(outputs, n)``, ``(n, taps)`` and ``(n, n)``, for ``n = outputs + taps - 1``.

    References
    ----------
    A. Lavin and S. Gray, as above; B. Barabasz et al., Error Analysis and Improving the
    Accuracy of Winograd Convolution for Deep Neural Networks, 2020.

    Examples
    --------
    >>> back, kernels, tiles = transforms(2, 3, [0, 1, -1])
    >>> tiles.astype(int)
    array([[-1,  0,  1,  0],
           [ 0,  1,  1,  0],
           [ 0, -1,  1,  0],
           [ 0, -1,  0,  1]])
    >>> back @ ((kernels @ [1, 2, 3]) * (tiles @ [1, 0, 0, 1]))
    array([1., 3.])
    """
    if not len(set(points)) == len(points) == outputs + taps - 2:
        raise ValueError(
            f"points must be {outputs + taps - 2} different ints for {outputs} outputs and"
            f" {taps} taps, not {list(points)}"
        )

    def values(degree: int) -> Array:  # of polynomials; at infinity the last coefficient
        at_points = np.vander(points, degree, increasing=True)
        return np.vstack([at_points, np.eye(degree)[-1]])

    scale = [math.prod(p - q for q in points if q != p) for p in points]
    scaled = np.diag([*scale, 1.0])  # makes integers of the tiles' matrix
    tiles = np.rint(scaled @ np.linalg.inv(values(outputs + taps - 1)).T)
    return values(outputs).T, np.linalg.solve(scaled, values(taps)), tiles


def _both_axes(matrix: Array, array: Array) -> Array:
    """Multiply the first axis by a matrix, and the second."""
    first = np.tensordot(matrix, array, 1).reshape(len(matrix), array.shape[1], -1)
    both: Array = matrix @ first
    return both.reshape(len(matrix), len(matrix), *array.shape[2:])
