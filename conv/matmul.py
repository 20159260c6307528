"""The same numbers from matrix products."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from conv.geometry import Geometry, Padding, sizes
from conv.operands import Array, Operands, float_dtype, real

BLOCK_BYTES = 2**20  # of patches at a time: few enough to stay in the processor's cache
MATRIX_BYTES = 2**30  # largest kernel matrix that kernel_matrix builds


def correlate(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> Array:
    """Compute the cross-correlation of inputs and kernel by matrix products.

    Frameworks call this operation convolution. The kernel is laid on the input without
    being flipped; each output is the sum of the products of the entries that then meet.

    | inputs         | kernel         | output           | what it is               |
    | -------------- | -------------- | ---------------- | ------------------------ |
    | `(N,)`         | `(k,)`         | `(N',)`          | a signal                 |
    | `(H, W)`       | `(h, w)`       | `(H', W')`       | a grey image             |
    | `(H, W, C)`    | `(h, w, C)`    | `(H', W')`       | one filter on C channels |
    | `(H, W, C)`    | `(h, w, C, F)` | `(H', W', F)`    | a layer of F filters     |
    | `(B, H, W, C)` | `(h, w, C, F)` | `(B, H', W', F)` | a layer on a batch       |

    Parameters
    ----------
    inputs, kernel : array_like of real numbers
        One row of the table. `conv.Geometry` gives the sizes of the output.
    padding : str, int or sequence of (int, int)
        Zeros around the input: ``"full"``, ``"same"`` or ``"valid"``, an amount for every
        side, or one ``(before, after)`` for each spatial axis. See `conv.Geometry.of`.
    stride : int or sequence of int
        Step from one output's window to the next.
    dilation : int or sequence of int
        Step from one entry of a window to the next.

    Returns
    -------
    ndarray
        A new C-contiguous array. Floating point operands keep their common dtype;
        integers and booleans are computed in float64, float16 by way of float32.

    Raises
    ------
    ShapeError
        If the shapes are no row of the table or do not fit, or the output would be empty.
    TypeError
        If operands are not real numbers, or padding, stride or dilation not integers.
    ValueError
        If padding, stride or dilation has a value that is not allowed.

    Notes
    -----
    Beyond inputs, padded inputs and output, memory stays under 4 MiB whatever the size of
    the image, for all but very large kernels. NaN and infinity appear where the definition
    puts them, without a warning.

    Examples
    --------
    >>> correlate([1, 2, 3, 4], [1, 0, -1], padding="valid")
    array([-2., -2.])
    >>> correlate([[1, 2], [3, 4]], [[1, 1], [1, 1]], padding="full")
    array([[ 1.,  3.,  2.],
           [ 4., 10.,  6.],
           [ 3.,  7.,  4.]])
    """
    layer = Operands.of(
        inputs,
        kernel,
        padding=padding,
        stride=stride,
        dilation=dilation,
    )
    with np.errstate(all="ignore"):  # what is not finite shows in the output
        return _products(layer).reshape(layer.output_shape)


def im2col(
    inputs: ArrayLike,
    kernel_size: Sequence[int],
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> Array:
    """Copy every window of the inputs into a row of a matrix.

    The cross-correlation with a kernel of that size is then the product
    ``im2col(inputs, kernel.shape[:2]) @ kernel.reshape(-1, filters)``.

    Parameters
    ----------
    inputs : array_like of real numbers
        ``(N,)``, ``(H, W)``, ``(H, W, C)`` or ``(B, H, W, C)``.
    kernel_size : sequence of int
        ``(k,)`` for a signal, otherwise ``(h, w)``.
    padding : str, int or sequence of (int, int)
        As for `conv.correlate`.
    stride, dilation : int or sequence of int
        As for `conv.correlate`.

    Returns
    -------
    ndarray, (outputs, entries)
        A row for each position of the kernel, image after image and row after row; in it
        the window's values in the order of ``kernel.ravel()``. It repeats each input as
        often as windows cover it: about ``h * w`` times the memory of the inputs.

    Raises
    ------
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    Examples
    --------
    >>> im2col([1, 2, 3, 4], (3,), padding="valid")
    array([[1., 2., 3.],
           [2., 3., 4.]])
    """
    inputs = real("inputs", inputs)
    filters = (1,) if inputs.ndim == 4 else ()
    shape = (*sizes("kernel_size", kernel_size), *inputs.shape[2:][-1:], *filters)
    kernel = np.broadcast_to(np.zeros((), float_dtype(inputs)), shape)
    layer = Operands.of(inputs, kernel, padding=padding, stride=stride, dilation=dilation)
    padded = layer.padded()
    patches = _flatten(_windows(padded, layer.geometry), padded.dtype)
    return patches.astype(layer.dtype, copy=False)


def kernel_matrix(
    kernel: ArrayLike,
    input_size: Sequence[int],
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> Array:
    """Write a kernel as the matrix that performs its cross-correlation.

    It is the matrix ``W`` for which ``W @ inputs.ravel()`` equals
    ``conv.correlate(inputs, kernel).ravel()``: the weights of a fully connected layer.

    Parameters
    ----------
    kernel : array_like of real numbers
        ``(k,)``, ``(h, w)``, ``(h, w, C)`` or ``(h, w, C, F)``.
    input_size : sequence of int
        ``(N,)`` for a signal, otherwise ``(H, W)``.
    padding : str, int or sequence of (int, int)
        As for `conv.correlate`.
    stride, dilation : int or sequence of int
        As for `conv.correlate`.

    Returns
    -------
    ndarray, (outputs, inputs)
        A row for each output, filters last; a column for each input, channels last.

    Raises
    ------
    ValueError
        If the matrix would take more than 1 GiB.
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    Examples
    --------
    >>> kernel_matrix([1, 2, 3], (4,))
    array([[2., 3., 0., 0.],
           [1., 2., 3., 0.],
           [0., 1., 2., 3.],
           [0., 0., 1., 2.]])
    """
    kernel = real("kernel", kernel)
    size = sizes("input_size", input_size)
    geometry = Geometry.of(
        size,
        kernel.shape[: len(size)],
        padding=padding,
        stride=stride,
        dilation=dilation,
    )
    shape = size + kernel.shape[2:3]
    inputs, filters = math.prod(shape), math.prod(kernel.shape[3:])
    outputs, dtype = math.prod(geometry.output_size), float_dtype(kernel)
    needed = outputs * filters * inputs * dtype.itemsize
    if needed > MATRIX_BYTES:
        raise ValueError(
            f"the kernel matrix would have {outputs * filters} rows and {inputs} columns"
            f" and take {needed / 2**30:.1f} GiB; at most {MATRIX_BYTES / 2**30:.0f} GiB"
            " is allowed"
        )
    layer = Operands.of(
        np.arange(1, inputs + 1).reshape(shape),  # each input's column, from 1
        kernel,
        padding=padding,
        stride=stride,
        dilation=dilation,
    )
    padded = layer.padded()
    columns = _flatten(_windows(padded, layer.geometry), padded.dtype).astype(int)
    output, entry = np.nonzero(columns)  # where a window holds an input, not padding
    matrix = np.zeros((outputs, filters, inputs), dtype)
    weights = layer.kernel.reshape(columns.shape[1], filters)
    matrix[output, :, columns[output, entry] - 1] = weights[entry]
    return matrix.reshape(outputs * filters, inputs)


def _products(layer: Operands) -> Array:
    """Return the outputs of all images, (B, rows, columns, F)."""
    filters = layer.kernel.shape[-1]
    if not layer.kernel.size:  # no channels or no filters
        return np.zeros(layer.batch_shape, layer.dtype)
    output = np.empty(layer.batch_shape, layer.dtype)
    shared = _outputs_per_patch(layer)
    padded = layer.padded(surplus=-output.shape[2] % shared)
    if shared > 1 and not math.isfinite(np.vdot(padded, padded)):
        shared, padded = 1, layer.padded()  # zero times infinity would be NaN
    weights = _shifted_copies(layer.kernel, shared)
    patch_bytes = sum(weights.shape) * weights.itemsize  # with its outputs
    windows = _windows(padded, layer.geometry, shared)
    for image, result in zip(windows, output, strict=True):
        for rows, patches in _blocks(image, patch_bytes):
            block = _flatten(image[rows, patches], weights.dtype)
            columns = slice(patches.start * shared, patches.stop * shared)
            target = result[rows, columns]
            if target.size == len(block) * weights.shape[1]:
                np.matmul(block, weights, out=target.reshape(len(block), -1))
            else:  # the last patches of each row end beyond the output
                products = (block @ weights).reshape(len(target), -1, filters)
                target[:] = products[:, : target.shape[1]]
    return output


def _outputs_per_patch(layer: Operands) -> int:
    """Count the neighbouring outputs that are computed from one, wider patch.

    With one filter, patches times kernel is a matrix times a vector, which reads memory
    more than it computes. Neighbours need much the same inputs: let them share a patch.
    """
    adjacent = layer.geometry.stride[1] == layer.geometry.dilation[1] == 1
    if not adjacent:
        return 1
    filters: int = layer.kernel.shape[-1]
    return max(1, min(8, 16 // filters, layer.geometry.output_size[1]))


def _shifted_copies(kernel: Array, shared: int) -> Array:
    """Return weights (entries of a patch, shared * F): the kernel, ``shared`` times over.

    Each copy stands one column further right. That is a kernel matrix, of a very small
    input: the two ways to a matrix product meet here.
    """
    height, width, _, filters = kernel.shape
    if shared == 1:
        return kernel.reshape(-1, filters)
    return kernel_matrix(kernel, (height, width + shared - 1), padding="valid").T


def _windows(padded: Array, geometry: Geometry, shared: int = 1) -> Array:
    """View the windows of a batch of padded images, without copying.

    The result has the shape (B, rows, columns, h, runs). A run is what lies side by side
    in memory, one item of as many bytes: copying it takes one step, however long it is.
    """
    height, width = geometry.kernel_size
    runs, length = (1, width + shared - 1) if geometry.dilation[1] == 1 else (width, 1)
    column = padded.shape[3] * padded.itemsize  # bytes from one to the next
    row = padded.shape[2] * column
    image = padded.shape[1] * row
    (down, right), (below, beside) = geometry.stride, geometry.dilation
    rows, columns = geometry.output_size
    return np.ndarray(
        (len(padded), rows, -(-columns // shared), height, runs),
        f"V{length * column}",
        padded.data,
        strides=(
            image,
            down * row,
            right * shared * column,
            below * row,
            beside * column,
        ),
    )


def _flatten(windows: Array, dtype: np.dtype[Any]) -> Array:
    """Lay windows of values of a dtype into rows, as a copy where they overlap."""
    count = math.prod(windows.shape[:-2])
    entries = math.prod(windows.shape[-2:]) * windows.itemsize // dtype.itemsize
    if not entries:  # no channels
        return np.empty((count, 0), dtype)
    return np.ascontiguousarray(windows).view(dtype).reshape(count, entries)


def _blocks(image: Array, patch_bytes: int) -> Iterator[tuple[slice, slice]]:
    """Cut rows and columns of windows into blocks that stay in cache."""
    rows, columns = image.shape[:2]
    width = min(columns, max(1, BLOCK_BYTES // patch_bytes))
    height = max(1, BLOCK_BYTES // (width * patch_bytes))
    for top in range(0, rows, height):
        for left in range(0, columns, width):
            yield slice(top, top + height), slice(left, left + width)
