"""The product with the kernel matrix transposed: transposed convolution."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from conv.geometry import Geometry, Padding, ShapeError
from conv.operands import Array, common_dtype, real
from conv.shapes import Shapes


def conv_transpose(
    outputs: ArrayLike,
    kernel: ArrayLike,
    input_size: Sequence[int],
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Array:
    """Lay the kernel, times each output, back on that output's window, and add up.

    It is the product with the kernel matrix transposed: given the loss's gradient by the
    outputs of `conv.correlate`, it returns the gradient by the inputs. Layers that enlarge
    an image use it under the names transposed or fractionally strided convolution, and
    deconvolution, although it undoes nothing but the shape.

    | outputs          | kernel         | input_size | result         |
    | ---------------- | -------------- | ---------- | -------------- |
    | `(N',)`          | `(k,)`         | `(N,)`     | `(N,)`         |
    | `(H', W')`       | `(h, w)`       | `(H, W)`   | `(H, W)`       |
    | `(H', W')`       | `(h, w, C)`    | `(H, W)`   | `(H, W, C)`    |
    | `(H', W', F)`    | `(h, w, C, F)` | `(H, W)`   | `(H, W, C)`    |
    | `(B, H', W', F)` | `(h, w, C, F)` | `(H, W)`   | `(B, H, W, C)` |

    Parameters
    ----------
    outputs, kernel : array_like of real numbers
        One row of the table. The kernel is in the layout of `conv.correlate`, with
        ``C / groups`` for C.
    input_size : sequence of int
        Size of the result. It has to be named, because at stride ``s`` up to ``s`` sizes
        of an input give one size of the outputs.
    padding : str, int or sequence of (int, int)
        As for `conv.correlate`: what lies on the padding is dropped.
    stride, dilation : int or sequence of int
        As for `conv.correlate`: the stride is the step between the windows of the result.
    groups : int
        As for `conv.correlate`.

    Returns
    -------
    ndarray
        A new C-contiguous array in the shape of the inputs, of the type that
        `conv.correlate` would give.

    Raises
    ------
    ShapeError
        If the outputs do not have the size that inputs of this size give.
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    See Also
    --------
    - [conv.correlate][]: the product with the matrix itself.
    - [conv.kernel_matrix][]: the matrix, written out.

    Notes
    -----
    For PyTorch's ``conv_transpose2d`` the weight is ``kernel.transpose(3, 2, 0, 1)``, and
    ``input_size`` is ``(o - 1) * stride - 2 * padding + dilation * (k - 1) + 1 +
    output_padding`` for an output size ``o``. See chapter 4 of Dumoulin and Visin, *A guide
    to convolution arithmetic for deep learning* (2016).

    Examples
    --------
    >>> conv_transpose([1, 10], [1, 2, 3], (5,), padding="valid", stride=2)
    array([ 1.,  2., 13., 20., 30.])
    >>> conv_transpose([[1]], [[1, 2], [3, 4]], (3, 3), padding="valid", stride=2)
    array([[1., 2., 0.],
           [3., 4., 0.],
           [0., 0., 0.]])
    """
    outputs, kernel = real("outputs", outputs), real("kernel", kernel)
    batch = outputs.shape[:1] if outputs.ndim == kernel.ndim == 4 else ()
    shapes = Shapes.on(
        input_size,
        kernel.shape,
        batch=batch,
        padding=padding,
        stride=stride,
        dilation=dilation,
        groups=groups,
    )
    if outputs.shape != shapes.output_shape:
        raise ShapeError(
            f"outputs must have the shape {shapes.output_shape}, which inputs of size"
            f" {tuple(input_size)} give under the kernel {kernel.shape}, not"
            f" {outputs.shape}"
        )
    dtype, computed = common_dtype(outputs, kernel)
    with np.errstate(all="ignore"):  # what is not finite shows in the result
        scattered = _scatter(
            outputs.reshape(shapes.output).astype(computed, copy=False),
            kernel.reshape(shapes.kernel).astype(computed, copy=False),
            shapes,
        )
        inside = scattered[:, :, *shapes.geometry.inside]
        inside = np.ascontiguousarray(np.moveaxis(inside, 0, 3), dtype)
    channels = shapes.inputs[3:] if kernel.ndim > 2 else ()
    return inside.reshape(*batch, *input_size, *channels)


def _scatter(outputs: Array, kernel: Array, shapes: Shapes) -> Array:
    """Add up what each output lays on its window: (groups, B, H, W, C / groups), padded.

    All outputs lay one entry of the kernel on places that are as far apart as windows. The
    places are those of a window as well, with stride and dilation exchanged.
    """
    groups, geometry = shapes.groups, shapes.geometry
    height, width, seen, filters = shapes.kernel
    swapped = Geometry(
        geometry.padded_size,
        geometry.output_size,
        ((0, 0), (0, 0)),
        stride=geometry.dilation,
        dilation=geometry.stride,
    )
    each = filters // groups
    places = math.prod(shapes.output[:3])
    parts = outputs.reshape(places, groups, each).swapaxes(0, 1)
    weights = np.moveaxis(kernel.reshape(height, width, seen, groups, each), 2, 4)
    padded = np.zeros((groups, len(outputs), *geometry.padded_size, seen), kernel.dtype)
    for u, v in np.ndindex(height, width):
        place = padded[:, :, *swapped.window((u, v))]
        place += (parts @ weights[u, v]).reshape(place.shape)
    return padded
