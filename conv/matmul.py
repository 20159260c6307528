"""The same numbers from matrix products."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from conv.geometry import Geometry, Padding, Size
from conv.operands import Array, Operands, float_dtype, pad, real
from conv.shapes import Shapes, group_count, spatial_size

BLOCK_BYTES = 2**20  # of windows at a time: few enough to stay in the processor's cache
LONGER = 3  # how many times as long as those of patches the runs of rows have to be
MATRIX_BYTES = 2**30  # largest kernel matrix that kernel_matrix builds

Index = tuple[int, slice, slice]  # of a block of outputs: image, rows, columns


def correlate(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
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
        One row of the table, in memory. Of a masked array the values under the mask count.
    padding : str, int or sequence of (int, int)
        Zeros around the input: ``"full"``, ``"same"`` or ``"valid"``, an amount for every
        side, or one ``(before, after)`` for each spatial axis. See `conv.Geometry.of`.
    stride : int or sequence of int
        Step from one output's window to the next.
    dilation : int or sequence of int
        Step from one entry of a window to the next.
    groups : int
        Channels and filters are divided into so many groups, in their order, and each
        group of filters sees its own group of channels alone: the kernel of a layer is
        ``(h, w, C / groups, F)``. With as many groups as channels it is called depthwise.

    Returns
    -------
    ndarray
        A new C-contiguous array, of the size that `conv.Geometry` gives. Floating point
        operands keep their common dtype; integers and booleans are computed in float64,
        float16 by way of float32.

    Raises
    ------
    ShapeError
        If the shapes are no row of the table or do not fit, or the output would be empty.
    TypeError
        If operands are not real numbers in memory, or an option is not made of integers.
    ValueError
        If an option has a value that is not allowed.

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
    >>> two_channels, one_by_one = np.array([[[1, 2]]]), np.array([[[[10, 100]]]])
    >>> correlate(two_channels, one_by_one, groups=2)
    array([[[ 10., 200.]]])
    """
    operands = Operands.of(
        inputs, kernel, padding=padding, stride=stride, dilation=dilation, groups=groups
    )
    return products(operands)


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
    ``im2col(inputs, kernel.shape[:2]) @ kernel.reshape(-1, filters)``. There are no groups:
    each window holds all channels.

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
        the window's values in the order of ``kernel.ravel()``. It holds each input as often
        as windows cover it: at stride 1 about ``h * w`` times the inputs' memory.

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
    size = spatial_size("kernel_size", kernel_size, "inputs", inputs.shape)
    shapes = Shapes.of(
        inputs.shape,
        size + inputs.shape[2:][-1:] + (1,) * (inputs.ndim - 3),
        padding=padding,
        stride=stride,
        dilation=dilation,
    )
    padded = pad(inputs.reshape(shapes.inputs), shapes.geometry, float_dtype(inputs))
    windows = _windows(padded, shapes.geometry)
    outputs, entries = math.prod(windows.shape[:3]), math.prod(windows.shape[3:])
    return windows.reshape(outputs, entries, copy=True)


def kernel_matrix(
    kernel: ArrayLike,
    input_size: Sequence[int],
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Array:
    """Write a kernel as the matrix that performs its cross-correlation.

    It is the matrix ``T`` for which ``T @ inputs.ravel()`` equals
    ``conv.correlate(inputs, kernel).ravel()``: the weights of a fully connected layer.

    Parameters
    ----------
    kernel : array_like of real numbers
        ``(k,)``, ``(h, w)``, ``(h, w, C)`` or ``(h, w, C, F)``, with ``C / groups`` for C.
    input_size : sequence of int
        ``(N,)`` for a signal, otherwise ``(H, W)``.
    padding : str, int or sequence of (int, int)
        As for `conv.correlate`.
    stride, dilation : int or sequence of int
        As for `conv.correlate`.
    groups : int
        As for `conv.correlate`.

    Returns
    -------
    ndarray, (outputs, inputs)
        A row for each output, filters last; a column for each input, channels last.

    Raises
    ------
    ValueError
        If the matrix, with columns for the padding, would take more than 1 GiB.
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    Notes
    -----
    SciPy's ``convolution_matrix(kernel, n)`` performs a convolution, so it is the matrix of
    the flipped kernel: ``kernel_matrix(kernel[::-1], (n,), padding="full")``. That is also
    the transpose of ``kernel_matrix(kernel, (n + len(kernel) - 1,), padding="valid")``.

    Examples
    --------
    >>> kernel_matrix([1, 2, 3], (4,))
    array([[2., 3., 0., 0.],
           [1., 2., 3., 0.],
           [0., 1., 2., 3.],
           [0., 0., 1., 2.]])
    """
    kernel = real("kernel", kernel)
    size = spatial_size("input_size", input_size, "kernel", kernel.shape)
    channels = tuple(group_count(groups) * seen for seen in kernel.shape[2:3])
    shapes = Shapes.of(
        size + channels,
        kernel.shape,
        padding=padding,
        stride=stride,
        dilation=dilation,
        groups=groups,
    )
    outputs = shapes.output[1:]
    columns = (*shapes.geometry.padded_size, shapes.inputs[3])
    dtype = float_dtype(kernel)
    needed = math.prod(outputs) * math.prod(columns) * dtype.itemsize
    if needed > MATRIX_BYTES:
        raise ValueError(
            f"the kernel matrix would have {math.prod(outputs)} rows and, with padding,"
            f" {math.prod(columns)} columns, and take {needed / 2**30:.1f} GiB; at most"
            f" {MATRIX_BYTES / 2**30:.0f} GiB is allowed"
        )
    layer = kernel.reshape(shapes.kernel)
    matrix = np.zeros(outputs + columns, dtype)
    for i, j, f in np.ndindex(outputs):  # each output's row: the kernel on its window
        window = shapes.geometry.window((i, j))
        matrix[(i, j, f, *window, shapes.channels_of(f))] = layer[..., f]
    (top, _), (left, _) = shapes.geometry.pads
    _, height, width, _ = shapes.inputs
    inside = matrix[..., top : top + height, left : left + width, :]  # padding adds nothing
    return inside.reshape(math.prod(outputs), math.prod(shapes.inputs))


def products(operands: Operands) -> Array:
    """Compute what `correlate` returns, from operands that have been checked."""
    shapes, groups = operands.shapes, operands.shapes.groups
    if not (operands.inputs.size and operands.kernel.size):  # no image, channel or filter
        return np.zeros(shapes.output_shape, operands.dtype)
    filters = shapes.kernel[3]
    weights = operands.kernel.reshape(-1, groups, filters // groups)
    weights = weights.swapaxes(0, 1)[:, None]  # (groups, 1, entries, filters)
    if filters < 16:  # BLAS is up to twice as fast with each filter in one piece
        weights = np.ascontiguousarray(weights.swapaxes(2, 3)).swapaxes(2, 3)
    output = np.empty(shapes.output, operands.kernel.dtype)
    with np.errstate(all="ignore"):  # what is not finite shows in the output
        for block, windows in blocks(operands):
            target = output[block].reshape(*windows.shape[1:3], groups, -1, copy=False)
            target = target.transpose(2, 0, 1, 3)  # a view that is laid out as the product
            if 1 < groups == filters:  # one filter a group: its outputs lie far apart
                target[...] = windows @ weights
            else:
                np.matmul(windows, weights, out=target)
    return output.reshape(shapes.output_shape).astype(operands.dtype, copy=False)


def blocks(operands: Operands) -> Iterator[tuple[Index, Array]]:
    """Lay the windows of all outputs out as matrices, a block of outputs at a time.

    Rows are copied in runs as long as the output is wide, patches in runs as long as a row
    of the kernel with its channels. Long runs are copied faster; but the product of a row
    is smaller than that of many patches. So rows have to be clearly longer.

    Yields
    ------
    block : (int, slice, slice)
        Image, rows and columns of the outputs.
    windows : ndarray, (groups, rows, columns, entries) or (groups, 1, outputs, entries)
        Their windows, as matrices.
    """
    shapes, groups = operands.shapes, operands.shapes.groups
    height, width, channels, _ = shapes.kernel
    run = channels * width if groups == 1 else channels
    in_place = height == width == groups == 1  # windows are the image as it lies
    by_rows = shapes.output[2] > LONGER * run and not in_place
    padded = operands.padded(planes=by_rows)
    return (_rows if by_rows else _patches)(padded, shapes.geometry, groups)


def _rows(padded: Array, geometry: Geometry, groups: int) -> Iterator[tuple[Index, Array]]:
    """Copy each row of padded planes (B, H, C, W) once for each column of the kernel.

    Each copy is moved on by one column. The copies of the rows that a row of outputs needs
    are then the matrix of its windows, as they lie.
    """
    images, tall, channels, across = padded.shape
    (height, width), (down, right) = geometry.kernel_size, geometry.stride
    (below, beside), extent = geometry.dilation, geometry.extent[0]
    copies = _view(
        padded,
        (images, tall, width, channels, geometry.output_size[1]),
        (tall * channels * across, channels * across, beside, across, right),
    )
    again = height if below > 1 or 1 < groups < channels else 1  # copied by reshape, below
    cost = width * channels * again * padded.itemsize  # bytes for each input of a column
    wide = min(geometry.output_size[1], max(1, BLOCK_BYTES // (2 * extent * cost)))
    high = max(1, (BLOCK_BYTES // (wide * cost) - extent) // down + 1)
    for image, rows, columns in _cut(images, geometry.output_size, high, wide):
        needed = slice(rows.start * down, (rows.stop - 1) * down + extent)
        block = np.ascontiguousarray(copies[image, needed, ..., columns])
        row, column, plane = (math.prod(block.shape[n:]) for n in (1, 2, 3))
        seen = channels // groups
        windows = _view(
            block,
            (groups, rows.stop - rows.start, height, width, seen, plane),
            (seen * plane, down * row, below * row, column, plane, 1),
        )
        windows = windows.reshape(*windows.shape[:2], -1, plane)
        yield (image, rows, columns), windows.swapaxes(2, 3)


def _patches(
    padded: Array, geometry: Geometry, groups: int
) -> Iterator[tuple[Index, Array]]:
    """Copy each window of padded images (B, H, W, C) into a row of a matrix: im2col.

    A block is whole rows of outputs, or part of one row.
    """
    windows = _windows(padded, geometry)
    grouped = windows.reshape(*windows.shape[:5], groups, -1, copy=False)
    patches = BLOCK_BYTES // (math.prod(windows.shape[3:]) * padded.itemsize)
    wide = min(geometry.output_size[1], max(1, patches))
    high = max(1, patches // wide)
    for block in _cut(len(padded), geometry.output_size, high, wide):
        copied = np.ascontiguousarray(grouped[block].transpose(4, 0, 1, 2, 3, 5))
        yield block, copied.reshape(groups, 1, math.prod(copied.shape[1:3]), -1)


def _windows(padded: Array, geometry: Geometry) -> Array:
    """View the windows of padded images (B, H, W, C): (B, H', W', h, w, C)."""
    images, tall, across, channels = padded.shape
    (down, right), (below, beside) = geometry.stride, geometry.dilation
    row = across * channels
    return _view(
        padded,
        (images, *geometry.output_size, *geometry.kernel_size, channels),
        (tall * row, down * row, right * channels, below * row, beside * channels, 1),
    )


def _view(array: Array, shape: Size, steps: Size) -> Array:
    """View a contiguous array in another shape, with steps along its axes in numbers."""
    taken = (step if n > 1 else 0 for n, step in zip(shape, steps, strict=True))
    strides = [step * array.itemsize for step in taken]
    return np.ndarray(shape, array.dtype, array, strides=strides)


def _cut(images: int, size: Size, high: int, wide: int) -> Iterator[Index]:
    """Cut the outputs of images into blocks of at most so many rows and columns."""
    rows, columns = size
    for image in range(images):
        for top in range(0, rows, high):
            for left in range(0, columns, wide):
                below, beside = min(top + high, rows), min(left + wide, columns)
                yield image, slice(top, below), slice(left, beside)
