"""The same numbers in two passes, for kernels that are a column times a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from conv.geometry import Geometry, Padding
from conv.matmul import kernel_matrix
from conv.operands import Array, Operands

TILE = 16  # outputs that one product makes along an axis; larger ones multiply more zeros


def correlate(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Array:
    """Compute the cross-correlation with a kernel of rank 1, along columns and then rows.

    At stride 1 an output takes h + w multiplications in place of h times w. Each pass
    multiplies tiles of the image by a small kernel matrix.

    Parameters
    ----------
    inputs, kernel : array_like of real numbers
        As for `conv.correlate`, finite; each channel of each filter is an outer product.
    padding, stride, dilation, groups
        As for `conv.correlate`.

    Returns
    -------
    ndarray
        As `conv.correlate`, up to rounding.

    Raises
    ------
    ValueError
        If a channel of a filter is not an outer product, or an operand is not finite.
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    See Also
    --------
    - ``numpy.linalg.svd``: splits any kernel into a sum of outer products.

    Examples
    --------
    >>> correlate([[1, 2, 3], [4, 5, 6]], [[1, 2], [2, 4]], padding="valid")
    array([[33., 42.]])
    """
    operands = Operands.of(
        inputs, kernel, padding=padding, stride=stride, dilation=dilation, groups=groups
    ).finite()
    shapes, geometry = operands.shapes, operands.shapes.geometry
    padded = operands.padded(planes=True)  # (B, H, C, W)
    output = np.zeros(shapes.output, padded.dtype)
    with np.errstate(all="ignore"):  # what overflows shows in the output
        for f in range(shapes.kernel[3]):
            for i, channel in enumerate(range(shapes.inputs[3])[shapes.channels_of(f)]):
                column, row = _factors(operands.kernel[:, :, i, f], i, f)
                plane = padded[:, :, channel]
                down = _down(plane, column, geometry, 0)
                across = _down(down.swapaxes(1, 2), row, geometry, 1)
                output[..., f] += across.swapaxes(1, 2)
    return operands.result(output)


def _factors(kernel: Array, channel: int, f: int) -> tuple[Array, Array]:
    """Split a kernel (h, w) into a column and a row, at its largest entry."""
    i, j = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    column, row, largest = kernel[:, j], kernel[i] / (kernel[i, j] or 1), abs(kernel[i, j])
    wrong = np.abs(kernel - np.outer(column, row)).max()
    if wrong > 8 * max(np.finfo(kernel.dtype).eps, np.finfo(float).eps) * largest:
        raise ValueError(
            "every channel of every filter must be a column times a row: channel"
            f" {channel} of filter {f} is not, by {wrong / largest:.1g} of its largest"
            " entry; conv.correlate takes any kernel"
        )
    return column, row


def _down(planes: Array, kernel: Array, geometry: Geometry, axis: int) -> Array:
    """Correlate planes (B, n, m) along n with a kernel, by the geometry of an axis."""
    outputs, stride = geometry.output_size[axis], geometry.stride[axis]
    dilation = geometry.dilation[axis]
    size = (TILE - 1) * stride + (len(kernel) - 1) * dilation + 1
    matrix = kernel_matrix(
        kernel, (size,), padding="valid", stride=stride, dilation=dilation
    )
    output = np.empty_like(planes, shape=(len(planes), outputs, planes.shape[2]))
    for first in range(0, outputs, TILE):
        part = planes[:, first * stride :][:, :size]
        target = output[:, first : first + TILE]
        np.matmul(matrix[: target.shape[1], : part.shape[1]], part, out=target)
    return output
