"""What readers of the site choose from, and how far they may go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conv import kernels

VERSION = "1"  # of the explorer's addresses
# Most rows and columns, and most of each setting; values are at most so far from 0.
LIMITS = {"input": 12, "kernel": 7, "pad": 12, "stride": 12, "dilation": 6, "value": 10**6}

SIGNED_LIMIT = 150  # per cent on either end of the scale of signs of a photograph's output


def _whole(kernel: NDArray[np.float64], divisor: int = 1) -> tuple[NDArray[np.int64], int]:
    """Return a kernel as whole numbers, and what they are divided by.

    >>> _whole(kernels.box(3), 9)[0][0]
    array([1, 1, 1])
    """
    return np.rint(kernel * divisor).astype(int), divisor


# What each of them does, in the words of a reader who looks at the output.
ABOUT = {
    "identity": "The centre alone: every pixel stays as it is.",
    "blur": "The mean of nine pixels.",
    "Gaussian": "A mean in which near pixels count more: a softer blur.",
    "sharpen": "Five times the pixel, minus its four neighbours: differences grow.",
    "Sobel x": "Upright edges. Above 0: it gets brighter to the right.",
    "Sobel y": "Level edges. Above 0: it gets brighter further down.",
    "Laplacian": "The neighbours minus the centre: fine detail in every direction.",
    "emboss": "A relief, lit from the top left.",
    "own": "",
}

# By name: whole numbers, which cross-correlation lays on as they are, and their divisor.
KERNELS: dict[str, tuple[NDArray[np.int64], int]] = {
    "identity": _whole(kernels.identity()),
    "blur": _whole(kernels.box(3), 9),
    "Gaussian": (np.outer([1, 2, 1], [1, 2, 1]), 16),
    "sharpen": _whole(kernels.sharpen()),
    "Sobel x": _whole(kernels.sobel_x()),
    "Sobel y": _whole(kernels.sobel_y()),
    "Laplacian": _whole(kernels.laplacian()),
    "emboss": _whole(kernels.emboss()),
}
