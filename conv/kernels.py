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
    "gabor",
    "gaussian",
    "identity",
    "laplacian",
    "laplacian_of_gaussian",
    "motion_blur",
    "scharr_x",
    "sharpen",
    "sobel_x",
    "sobel_y",
    "unsharp",
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
    weights = _bell(_positive("size", size), sigma)
    with np.errstate(under="ignore"):  # products that are too small become zero
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


def scharr_x() -> Kernel:
    """Compute Scharr's kernel for change from left to right.

    Like Sobel's, but smoothed by ``[3, 10, 3]``, so that the slopes along the row and down
    the column, which its transpose measures, give the direction of an edge more exactly. On
    a ramp that rises by 1 for each pixel it gives 32.

    See Also
    --------
    - [conv.kernels.sobel_x][]: less exact in direction, and less noisy.

    References
    ----------
    H. Scharr, "Optimale Operatoren in der Digitalen Bildverarbeitung", dissertation,
    University of Heidelberg, 2000.

    Examples
    --------
    >>> scharr_x()
    array([[ -3.,   0.,   3.],
           [-10.,   0.,  10.],
           [ -3.,   0.,   3.]])
    """
    return np.outer([3, 10, 3], _DIFFERENCE)


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


def laplacian_of_gaussian(size: int, sigma: float) -> Kernel:
    """Compute the Laplacian of a Gaussian: what the two do one after the other.

    The Gaussian's second differences along both axes, added up. It answers most to spots
    with a radius of about ``sigma * sqrt(2)``, with a positive number if they are dark, and
    with 0 where brightness is constant or rises evenly.

    Parameters
    ----------
    size : int
        Side of the kernel, at least 3; the Gaussian's is less by 2.
    sigma : float
        Standard deviation of the Gaussian in pixels, more than 0.

    Raises
    ------
    ValueError
        If the size is less than 3, or sigma not positive and finite.
    TypeError
        If the size is not an int, or sigma not a real number.

    See Also
    --------
    - [conv.kernels.laplacian][]: without the Gaussian, which is the same at size 3.

    References
    ----------
    D. Marr and E. Hildreth, "Theory of edge detection", Proceedings of the Royal Society of
    London B 207, 1980.

    Examples
    --------
    >>> laplacian_of_gaussian(5, sigma=0.5).round(2)
    array([[ 0.  ,  0.01,  0.08,  0.01,  0.  ],
           [ 0.01,  0.12,  0.31,  0.12,  0.01],
           [ 0.08,  0.31, -2.14,  0.31,  0.08],
           [ 0.01,  0.12,  0.31,  0.12,  0.01],
           [ 0.  ,  0.01,  0.08,  0.01,  0.  ]])
    """
    weights = _bell(_positive("size", size, least=3) - 2, sigma)
    smooth, second = np.pad(weights, 1), np.convolve(weights, [1, -2, 1])
    with np.errstate(under="ignore"):
        kernel: Kernel = np.outer(smooth, second) + np.outer(second, smooth)
    return kernel


def sharpen() -> Kernel:
    """Compute the image minus its Laplacian: edges gain contrast, flat areas stay.

    See Also
    --------
    - [conv.kernels.laplacian][]: what is subtracted.
    - [conv.kernels.unsharp][]: a wider and milder way.

    Examples
    --------
    >>> sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    return identity() - laplacian()


def unsharp(size: int, sigma: float, amount: float = 1) -> Kernel:
    """Compute unsharp masking: the image plus its difference from a blurred copy.

    Parameters
    ----------
    size : int
        Side of the kernel, odd, so that there is a centre.
    sigma : float
        Standard deviation in pixels of the Gaussian that blurs the copy, more than 0.
    amount : float
        What the difference is multiplied by, more than 0.

    Raises
    ------
    ValueError
        If the size is even or less than 1, or sigma or amount not positive and finite.
    TypeError
        If the size is not an int, or sigma or amount not a real number.

    See Also
    --------
    - [conv.kernels.gaussian][]: the blur.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, "Digital Image Processing", 4th edition, Pearson, 2018,
    section 3.6.

    Examples
    --------
    >>> unsharp(3, sigma=1).round(3)
    array([[-0.075, -0.124, -0.075],
           [-0.124,  1.796, -0.124],
           [-0.075, -0.124, -0.075]])
    """
    detail = identity(size) - gaussian(size, sigma)
    with np.errstate(under="ignore"):
        kernel: Kernel = identity(size) + _width("amount", amount) * detail
    return kernel


def emboss() -> Kernel:
    """Compute relief lit from the top left: the image plus its slope along the diagonal.

    The slope is the difference between the neighbours below and right of a pixel and those
    above and left of it. Turned by half a turn, the kernel lights the relief from the
    opposite side: an embossing kernel has a direction, so half a turn always changes it.

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


def gabor(size: int, sigma: float, wavelength: float, angle: float = 0) -> Kernel:
    """Compute a Gabor filter: a Gaussian times a wave, for stripes of one width.

    The weight at ``(across, down)`` from the kernel's middle is that of the Gaussian, times
    ``cos(2 * pi * (across * cos(angle) + down * sin(angle)) / wavelength)``. Its sum is not
    exactly 0: of an even area a kernel that is wide enough lets about
    ``exp(-2 * (pi * sigma / wavelength)**2)`` through.

    Parameters
    ----------
    size : int
        Side of the kernel, at least 1; six times sigma holds nearly all of it.
    sigma : float
        Standard deviation of the Gaussian in pixels, more than 0.
    wavelength : float
        From one bright stripe to the next in pixels, at least 2: pixels hold no finer ones.
    angle : float
        Direction in which the brightness changes, in radians: 0 is to the right, so that
        stripes stand upright, and ``pi / 2`` is down.

    Raises
    ------
    ValueError
        If the size is less than 1, sigma not positive and finite, the wavelength less than
        2, or one of them or the angle not finite.
    TypeError
        If the size is not an int, or one of the others not a real number.

    References
    ----------
    J. G. Daugman, "Uncertainty relation for resolution in space, spatial frequency, and
    orientation optimized by two-dimensional visual cortical filters", Journal of the
    Optical Society of America A 2 (7), 1985; after D. Gabor, 1946, for signals.

    Examples
    --------
    >>> gabor(3, sigma=1, wavelength=2).round(3)
    array([[-0.075,  0.124, -0.075],
           [-0.124,  0.204, -0.124],
           [-0.075,  0.124, -0.075]])
    """
    envelope, turn = gaussian(size, sigma), _real("angle", angle)
    period = _real("wavelength", wavelength, 2, "finite and at least 2")
    steps = np.arange(len(envelope)) - (len(envelope) - 1) / 2
    along = np.add.outer(steps * math.sin(turn), steps * math.cos(turn))
    with np.errstate(under="ignore"):
        kernel: Kernel = envelope * np.cos(2 * np.pi * along / period)
    return kernel


def _bell(side: int, sigma: float) -> NDArray[np.float64]:
    """Compute the weights of a Gaussian along one axis, which sum to one."""
    spread = _width("sigma", sigma)
    squares = (np.arange(side) - (side - 1) / 2) ** 2
    squares -= squares.min()  # so that even the smallest sigma leaves a weight
    with np.errstate(all="ignore"):  # weights that are too small become zero
        weights: NDArray[np.float64] = np.exp(-squares / spread / spread / 2)
        weights /= weights.sum()
    return weights


def _width(name: str, value: float) -> float:
    return _real(name, value, math.ulp(0), "positive and finite")


def _real(name: str, value: float, least: float = -math.inf, rule: str = "finite") -> float:
    """Return a finite number in float64, whatever type it came in."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, not {value!r}")
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        number = math.inf
    if not (math.isfinite(number) and number >= least):
        raise ValueError(f"{name} must be {rule}, not {value!r}")
    return number


def _positive(name: str, value: int, least: int = 1) -> int:
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} must be an int, not {value!r}")
    if number < least:
        raise ValueError(f"{name} must be at least {least}, not {number}")
    return number


def _odd(name: str, value: int) -> int:
    number = _positive(name, value)
    if number % 2 == 0:
        raise ValueError(f"{name} must be odd, so that there is a centre, not {number}")
    return number
