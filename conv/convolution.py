"""Convolution: cross-correlation with the kernel flipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from conv.geometry import Padding
from conv.matmul import products
from conv.operands import Array, Operands, real
from conv.shapes import spatial_axes


def flip(kernel: ArrayLike) -> Array:
    """Reverse a kernel along its spatial axes, and leave channels and filters in place.

    Parameters
    ----------
    kernel : array_like
        ``(k,)``, ``(h, w)``, ``(h, w, C)`` or ``(h, w, C, F)``.

    Returns
    -------
    ndarray
        A view of the kernel, of the same shape.

    Raises
    ------
    ShapeError
        If the kernel has no axis or more than four.
    TypeError
        If it does not hold real numbers.

    See Also
    --------
    - [conv.convolve][]: flips its kernel itself.

    Examples
    --------
    >>> flip([[1, 2, 3], [4, 5, 6]])
    array([[6, 5, 4],
           [3, 2, 1]])
    """
    array = real("kernel", kernel)
    return array[(slice(None, None, -1),) * spatial_axes("kernel", array.shape)]


def convolve(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: Padding = "same",
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Array:
    """Compute the convolution of inputs and kernel: the kernel is flipped first.

    The mode ``"same"`` is mirrored together with the kernel: of an odd number of zeros, one
    more is put before the input, not after it. Pads given as numbers stay as they are.

    Parameters
    ----------
    inputs, kernel : array_like of real numbers
        As for `conv.correlate`.
    padding : str, int or sequence of (int, int)
        As for `conv.correlate`.
    stride, dilation : int or sequence of int
        As for `conv.correlate`.
    groups : int
        As for `conv.correlate`.

    Returns
    -------
    ndarray
        At stride and dilation 1, in all three modes, what ``numpy.convolve`` gives for
        signals and ``scipy.signal.convolve2d`` for images, if the kernel is not larger than
        the input.

    Raises
    ------
    ShapeError, TypeError, ValueError
        As `conv.correlate`.

    See Also
    --------
    - [conv.correlate][]: the same without the flip, which deep learning calls convolution.
    - [conv.flip][]: the flip alone.

    Examples
    --------
    >>> convolve([0, 0, 1, 0, 0], [1, 2, 3])
    array([0., 1., 2., 3., 0.])
    >>> convolve([1, 2, 3], [0, 1, 0.5], padding="full")
    array([0. , 1. , 2.5, 4. , 1.5])
    """
    flipped = flip(kernel)
    operands = Operands.of(
        inputs, flipped, padding=padding, stride=stride, dilation=dilation, groups=groups
    )
    if isinstance(padding, str):
        operands = replace(operands, shapes=operands.shapes.mirrored())
    return products(operands)
