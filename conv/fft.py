"""The same numbers from products of spectra: the convolution theorem, tile by tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from conv.geometry import Padding
from conv.operands import Array, Operands, pad


def correlate(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Array:
    """Compute the cross-correlation by discrete Fourier transforms of tiles.

    A tile's spectrum times the conjugate spectrum of the kernel is the spectrum of their
    circular cross-correlation. Only where the kernel stays inside the tile does it equal
    the one that is asked for, so tiles overlap by the kernel's extent less one, and the
    rest is discarded: overlap-save. With a stride, outputs are computed and left out.

    Parameters
    ----------
    inputs, kernel : array_like of real numbers
        As for `conv.correlate`, finite.
    padding, stride, dilation, groups
        As for `conv.correlate`.

    Returns
    -------
    ndarray
        As `conv.correlate`, up to rounding that is relative to a tile's largest values.

    Raises
    ------
    ValueError
        If an operand is not finite.
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing, section 8.7.

    Examples
    --------
    >>> correlate([1, 2, 3, 4], [1, 0, -1], padding="valid").round(6)
    array([-2., -2.])
    """
    operands = Operands.of(
        inputs, kernel, padding=padding, stride=stride, dilation=dilation, groups=groups
    ).finite()
    shapes, dtype = operands.shapes, operands.kernel.dtype
    every = replace(shapes.geometry, stride=(1, 1))
    tile = tuple(map(_tile, every.extent, every.output_size))
    high, wide = (t - extent + 1 for t, extent in zip(tile, every.extent, strict=True))
    whole = every.in_tiles((high, wide))
    padded = pad(operands.inputs, whole, dtype)
    tiles = sliding_window_view(padded, tile, axis=(1, 2))[:, ::high, ::wide]
    images, rows, columns = tiles.shape[:3]
    output = np.zeros((images, rows, high, columns, wide, shapes.kernel[3]), dtype)
    parts = shapes.parts() if operands.kernel.size else []
    with np.errstate(all="ignore"):  # what overflows shows in the output
        spectra = _spectra(operands.kernel, every.dilation, tile)
        for image, row in np.ndindex(images, rows):
            seen = np.fft.rfft2(tiles[image, row]).swapaxes(0, 1)
            for f, c in parts:
                pairs = zip(seen[c], spectra[:, f], strict=True)
                product = sum(channel[:, None] * entries for channel, entries in pairs)
                sums = np.fft.irfft2(product, tile)[..., :high, :wide]
                output[image, row, ..., f] = sums.transpose(2, 0, 3, 1)
    rows, columns = every.output_size
    down, right = shapes.geometry.stride
    output = output.reshape(images, *whole.output_size, shapes.kernel[3])
    return operands.result(output[:, :rows:down, :columns:right])


def _tile(extent: int, outputs: int) -> int:
    """Choose the length of tiles: few numbers in all, fast to transform, in the cache."""
    lengths = range(32 * -(-extent // 32), max(192, 4 * extent) + 1, 32)
    best = min(lengths, key=lambda length: -(-outputs // (length - extent + 1)) * length)
    return _fast(min(best, outputs + extent - 1))


def _fast(length: int) -> int:
    """Return the next length without a prime factor above 5: it divides a power of 30."""
    return next(n for n in count(length) if pow(30, n.bit_length(), n) == 0)


def _spectra(kernel: Array, dilation: Sequence[int], tile: Sequence[int]) -> Array:
    """Transform kernels, spread by the dilation, and conjugate: that is the flip."""
    height, width, channels, filters = kernel.shape
    below, beside = dilation
    spread = np.zeros((channels, filters, *tile), kernel.dtype)
    entries = spread[..., : height * below : below, : width * beside : beside]
    entries[...] = kernel.transpose(2, 3, 0, 1)
    return np.fft.rfft2(spread).conj()
