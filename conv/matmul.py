"""The same numbers from matrix products.

`correlate` copies windows in blocks, few enough to stay in the processor's cache, and
multiplies each block by the kernel; `im2col` and `kernel_matrix` build a matrix as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from conv.geometry import Geometry, Padding, Size
from conv.operands import Array, Operands, float_dtype, pad, real
from conv.shapes import Index, Shapes, cut, cut_blocks, spatial_size

BLOCK_BYTES = 2**20  # of windows at a time: few enough to stay in the processor's cache
LONGER = 3  # how many times as long as those of patches the runs of rows have to be
MATRIX_BYTES = 2**30  # largest kernel matrix that kernel_matrix builds


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
        Two arrays in memory, with shapes from one row of the table. Masks are ignored.
    padding : str, int or sequence of (int, int)
        Zeros around the input: ``"full"``, ``"same"`` or ``"valid"``, an amount for every
        side, or one ``(before, after)`` for each spatial axis. ``"same"`` puts so many that
        ``n`` values give ``ceil(n / s)`` outputs at stride ``s``; of an odd number the
        extra one goes after. [conv.Geometry.of][] has the rules of all three.
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
        float16 by way of float32. So a float32 image gives float64 under a kernel of
        integers.

    Raises
    ------
    ShapeError
        If the shapes are no row of the table or do not fit, or the output would be empty.
    TypeError
        If operands are not real numbers in memory, or an option is not made of integers.
    ValueError
        If an option has a value that is not allowed.

    See Also
    --------
    - [conv.convolve][]: flips the kernel first, as mathematics does.
    - [conv.naive.correlate][]: the same numbers, one at a time, to be read.
    - [conv.im2col][], [conv.kernel_matrix][]: the matrices behind it.
    - ``numpy.pad``: other borders than zeros; then correlate with ``padding="valid"``.

    Notes
    -----
    The default, ``"same"``, keeps the size of an image, as a filter should. Layers of
    PyTorch and Keras pad nothing unless told to: their default is ``padding="valid"``.

    Beyond inputs, padded inputs and output, memory stays under 4 MiB whatever the size of
    the image, for all but very large kernels; a kernel of another type or order is copied.
    NaN and infinity appear where the definition puts them, without a warning.

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

    See Also
    --------
    - [conv.kernel_matrix][]: unfolds the kernel instead of the inputs.
    - ``numpy.lib.stride_tricks.sliding_window_view``: windows without a copy.

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

    See Also
    --------
    - [conv.im2col][]: unfolds the inputs instead of the kernel.
    - ``scipy.linalg.convolution_matrix``: for signals, of the flipped kernel.

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
    shapes = Shapes.on(
        input_size,
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
    matrix = np.zeros(outputs + columns, dtype)
    layer = np.moveaxis(kernel.reshape(shapes.kernel), 3, 0)
    for filters, channels in shapes.parts() if kernel.size else ():
        for i, j in np.ndindex(outputs[:2]):  # each output's row: the kernel on its window
            window = shapes.geometry.window((i, j))
            matrix[(i, j, filters, *window, channels)] = layer[filters]
    inside = matrix[:, :, :, *shapes.geometry.inside]  # padding adds nothing
    size = math.prod(outputs), math.prod(shapes.inputs)
    return np.ascontiguousarray(inside).reshape(size)


def products(operands: Operands) -> Array:
    """Compute what `correlate` returns, from operands that have been checked."""
    shapes, groups = operands.shapes, operands.shapes.groups
    if not (operands.inputs.size and operands.kernel.size):  # no image, channel or filter
        return np.zeros(shapes.output_shape, operands.dtype)
    filters = shapes.kernel[3]
    weights = operands.kernel.reshape(-1, groups, filters // groups)
    weights = weights.swapaxes(0, 1)[:, None, None]  # (groups, 1, 1, entries, filters)
    if filters < 16:  # BLAS is up to twice as fast with each filter in one piece
        weights = np.ascontiguousarray(weights.swapaxes(3, 4)).swapaxes(3, 4)
    output = np.empty(shapes.output, operands.dtype)
    # A single filter of a group has its outputs far apart: they are laid out afterwards.
    in_place = output.dtype == weights.dtype and not 1 < groups == filters
    with np.errstate(all="ignore"):  # what is not finite shows in the output
        for block, windows in blocks(operands):
            target = output[block].reshape(*windows.shape[1:4], groups, -1, copy=False)
            target = target.transpose(3, 0, 1, 2, 4)  # a view, laid out as the product is
            if in_place:
                np.matmul(windows, weights, out=target)
            else:
                target[...] = windows @ weights
    return output.reshape(shapes.output_shape)


def blocks(operands: Operands) -> Iterator[tuple[Index, Array]]:
    """Lay the windows of all outputs out as matrices, a block of outputs at a time.

    Rows are copied in runs as long as the output is wide, patches in runs as long as a row
    of the kernel with its channels. Long runs are copied faster; but the product of a row
    is smaller than that of many patches. So rows have to be clearly longer.

    Yields
    ------
    block : (slice, slice, slice)
        Images, rows and columns of the outputs.
    windows : ndarray, (groups, images, rows, columns, entries)
        Their windows, in a matrix for each row; or all in one, (groups, 1, 1, -1, entries).
    """
    shapes, groups = operands.shapes, operands.shapes.groups
    height, width, channels, _ = shapes.kernel
    run = channels * width if groups == 1 else channels
    is_laid_out = height == width == groups == 1  # windows are the image as it lies
    by_rows = shapes.output[2] > LONGER * run and not is_laid_out
    padded = operands.padded(planes=by_rows)
    return (_rows if by_rows else _patches)(padded, shapes.geometry, groups)


def _rows(padded: Array, geometry: Geometry, groups: int) -> Iterator[tuple[Index, Array]]:
    """Copy each row of padded planes (B, H, C, W) once for each column of the kernel.

    Each copy is moved on by one column. The copies of the rows that a row of outputs needs
    are then the matrix of its windows, as they lie. With a dilation, outputs so far apart
    that they need the same rows are taken together.
    """
    images, tall, channels, across = padded.shape
    (height, width), (down, right) = geometry.kernel_size, geometry.stride
    below, beside = geometry.dilation if height > 1 else (1, geometry.dilation[1])
    rows, columns = geometry.output_size
    copies = _view(
        padded,
        (images, tall, width, channels, columns),
        (tall * channels * across, channels * across, beside, across, right),
    )
    seen = channels // groups
    again = height if 1 < seen < channels else 1  # how often the last reshape copies
    cost = width * channels * again * padded.itemsize  # bytes for each number of a plane
    apart, step = below // math.gcd(down, below), down // math.gcd(down, below)
    wide = min(columns, max(1, BLOCK_BYTES // (2 * height * cost)))
    high = max(1, (BLOCK_BYTES // (wide * cost) - height) // step + 1)
    many = max(1, BLOCK_BYTES // (tall * columns * cost))
    for first in range(min(apart, rows)):
        together = range(first, rows, apart)
        needed = copies[:, first * down :: below]
        for block in cut((images, len(together), columns), (many, high, wide)):
            which, some, part = block
            under = slice(some.start * step, (some.stop - 1) * step + height)
            laid = np.ascontiguousarray(needed[which, under, ..., part])
            image, row, column, plane = (math.prod(laid.shape[n:]) for n in (1, 2, 3, 4))
            windows = _view(
                laid,
                (groups, len(laid), some.stop - some.start, height, width, seen, plane),
                (seen * plane, image, step * row, row, column, plane, 1),
            )
            windows = windows.reshape(*windows.shape[:3], -1, plane).swapaxes(3, 4)
            outputs = slice(together[some.start], together[some.stop - 1] + 1, apart)
            yield (which, outputs, part), windows


def _patches(
    padded: Array, geometry: Geometry, groups: int
) -> Iterator[tuple[Index, Array]]:
    """Copy each window of padded images (B, H, W, C) into a row of a matrix: im2col.

    A block is part of a row of outputs, whole rows, or whole images.
    """
    windows = _windows(padded, geometry)
    grouped = windows.reshape(*windows.shape[:5], groups, -1, copy=False)
    patches = BLOCK_BYTES // (math.prod(windows.shape[3:]) * padded.itemsize)
    for block in cut_blocks(windows.shape[:3], patches):
        laid = np.ascontiguousarray(grouped[block].transpose(5, 0, 1, 2, 3, 4, 6))
        yield block, laid.reshape(groups, 1, 1, math.prod(laid.shape[1:4]), -1)


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
