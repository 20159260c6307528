"""The definition, in loops: the specification that the fast implementation must meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from conv.geometry import Padding
from conv.operands import Array, Operands


def correlate(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Array:
    """Compute the cross-correlation of inputs and kernel, one output at a time.

    Parameters, result and errors are those of `conv.correlate`. This version is
    there to be read and to be compared with: it has no fast path.

    See Also
    --------
    - [conv.correlate][]: the same numbers from matrix products, in less time.

    Examples
    --------
    >>> correlate([1, 2, 3, 4], [1, 0, -1], padding="valid")
    array([-2., -2.])
    """
    operands = Operands.of(
        inputs, kernel, padding=padding, stride=stride, dilation=dilation, groups=groups
    )
    shapes, padded = operands.shapes, operands.padded()
    output = np.empty(shapes.output, padded.dtype)
    with np.errstate(all="ignore"):  # what is not finite shows in the output
        for b, i, j, f in np.ndindex(output.shape):
            rows, columns = shapes.geometry.window((i, j))
            window = padded[b, rows, columns, shapes.channels_of(f)]
            output[b, i, j, f] = np.sum(window * operands.kernel[..., f])
        return output.reshape(shapes.output_shape).astype(operands.dtype)
