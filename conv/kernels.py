"""Named kernels, each built from what defines it.

All are written for cross-correlation: `conv.correlate` applies them as they stand.
Each function returns a new float64 array with the shape (h, w).

Examples
--------
>>> from conv import kernels
>>> kernels.sobel_x()
array([[-1.,  0.,  1.],
       [-2.,  0.,  2.],
       [-1.,  0.,  1.]])
"""

from __future__ import annotations

import math
import operator
from numbers import Real

import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float64]

_SMOOTH = np.array([1.0, 2.0, 1.0])  # binomial weights: a small Gaussian
_DIFFERENCE = np.array([-1.0, 0.0, 1.0])  # central difference, twice the slope

__all__ = [
    "box",
    "emboss",
    "gaussian",
    "identity",
    "laplacian",
    "motion_blur",
    "sharpen",
    "sobel_x",
    "sobel_y",
]


def identity(size: int = 3) -> Kernel:
    """Compute the kernel that changes nothing: 1 in the centre, 0 around it.

    Parameters
    ----------
    size : int
        Side of the kernel, odd, so that there is a centre.

    Raises
    ------
    ValueError
        If the size is even or less than 1.
    TypeError
        If the size is not an int.

    Examples
    --------
    >>> identity()
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    centre = _odd("size", size) // 2
    kernel = np.zeros((size, size))
    kernel[centre, centre] = 1
    return kernel


def box(size: int = 3) -> Kernel:
    """Compute the kernel of the mean: ``size * size`` equal weights that sum to one.

    Parameters
    ----------
    size : int
        Side of the kernel, at least 1.

    Raises
    ------
    ValueError
        If the size is less than 1.
    TypeError
        If the size is not an int.

    See Also
    --------
    - [conv.kernels.gaussian][]: a mean that weighs near pixels more.

    Examples
    --------
    >>> box(2)
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    side = _positive("size", size)
    return np.full((side, side), 1 / side**2)


def gaussian(size: int, sigma: float) -> Kernel:
    """Compute a Gaussian: weights that fall with distance and sum to one.

    The weight at distance ``r`` from the kernel's middle is proportional to
    ``exp(-r**2 / (2 * sigma**2))``. It is the outer product of two equal signals.

    Parameters
    ----------
    size : int
        Side of the kernel, at least 1. An even kernel's middle lies between four entries.
    sigma : float
        Standard deviation in pixels, more than 0.

    Raises
    ------
    ValueError
        If the size is less than 1, or sigma not positive and finite.
    TypeError
        If the size is not an int, or sigma not a real number.

    See Also
    --------
    - [conv.kernels.box][]: a mean with equal weights.

    Examples
    --------
    >>> gaussian(3, sigma=1).round(3)
    array([[0.075, 0.124, 0.075],
           [0.124, 0.204, 0.124],
           [0.075, 0.124, 0.075]])
    """
    side = _positive("size", size)
    if isinstance(sigma, bool) or not isinstance(sigma, Real):
        raise TypeError(f"sigma must be a real number, not {sigma!r}")
    try:
        spread = float(sigma)  # in float64, whatever type it came in
    except OverflowError:  # an integer beyond all floats
        spread = math.inf
    if not 0 < spread < math.inf:
        raise ValueError(f"sigma must be positive and finite, not {sigma!r}")
    squares = (np.arange(side) - (side - 1) / 2) ** 2
    squares -= squares.min()  # so that even the smallest sigma leaves a weight
    with np.errstate(all="ignore"):  # weights that are too small become zero
        weights = np.exp(-squares / spread / spread / 2)
        weights /= weights.sum()
        return np.outer(weights, weights)


def sobel_x() -> Kernel:
    """Compute Sobel's kernel for change from left to right.

    A central difference along the row, smoothed down the column: the outer product of
    ``[1, 2, 1]`` and ``[-1, 0, 1]``. On a ramp that rises by 1 for each pixel it gives 8.

    See Also
    --------
    - [conv.kernels.sobel_y][]: change from top to bottom.

    References
    ----------
    I. Sobel and G. Feldman, "A 3x3 isotropic gradient operator for image processing", talk
    at the Stanford Artificial Intelligence Project, 1968.

    Examples
    --------
    >>> sobel_x()
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    return np.outer(_SMOOTH, _DIFFERENCE)


def sobel_y() -> Kernel:
    """Compute Sobel's kernel for change from top to bottom: ``sobel_x`` transposed.

    See Also
    --------
    - [conv.kernels.sobel_x][]: change from left to right.

    Examples
    --------
    >>> sobel_y()
    array([[-1., -2., -1.],
           [ 0.,  0.,  0.],
           [ 1.,  2.,  1.]])
    """
    return np.outer(_DIFFERENCE, _SMOOTH)


def laplacian() -> Kernel:
    """Compute the Laplacian: the sum of the second differences along both axes.

    The second difference of a signal is ``[1, -2, 1]``. The Laplacian is 0 where brightness
    is constant or rises evenly. It has no direction: turned by a quarter, it is the same.

    See Also
    --------
    - [conv.kernels.sharpen][]: subtracts it from the image.

    Examples
    --------
    >>> laplacian()
    array([[ 0.,  1.,  0.],
           [ 1., -4.,  1.],
           [ 0.,  1.,  0.]])
    """
    second = np.zeros((3, 3))
    second[1] = 1, -2, 1
    return second + second.T


def sharpen() -> Kernel:
    """Compute the image minus its Laplacian: edges gain contrast, flat areas stay.

    See Also
    --------
    - [conv.kernels.laplacian][]: what is subtracted.

    Examples
    --------
    >>> sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    return identity() - laplacian()


def emboss() -> Kernel:
    """Compute relief lit from the top left: the image plus its slope along the diagonal.

    The slope is the difference between the neighbours below and right of a pixel and those
    above and left of it. Turned by half a turn, the kernel lights the relief from the
    opposite side: an embossing kernel has a direction, so it is never symmetric.

    Examples
    --------
    >>> emboss()
    array([[-2., -1.,  0.],
           [-1.,  1.,  1.],
           [ 0.,  1.,  2.]])
    """
    steps = np.array([[-1.0, 0.0, 1.0]])
    kernel: Kernel = identity() + steps + steps.T
    return kernel


def motion_blur(size: int) -> Kernel:
    """Compute the mean along a row: what a camera sees that moves sideways.

    Parameters
    ----------
    size : int
        Length of the movement in pixels, odd, so that the picture stays where it is.

    Raises
    ------
    ValueError
        If the size is even or less than 1.
    TypeError
        If the size is not an int.

    Examples
    --------
    >>> motion_blur(3) * 3
    array([[0., 0., 0.],
           [1., 1., 1.],
           [0., 0., 0.]])
    """
    centre = _odd("size", size) // 2
    kernel = np.zeros((size, size))
    kernel[centre] = 1 / size
    return kernel


def _positive(name: str, value: int) -> int:
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} must be an int, not {value!r}")
    if number < 1:
        raise ValueError(f"{name} must be at least 1, not {number}")
    return number


def _odd(name: str, value: int) -> int:
    number = _positive(name, value)
    if number % 2 == 0:
        raise ValueError(f"{name} must be odd, so that there is a centre, not {number}")
    return number
