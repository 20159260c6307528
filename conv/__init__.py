"""Convolution and cross-correlation: the definition, and the same numbers fast.

Examples
--------
>>> import conv
>>> conv.correlate([0, 0, 1, 0, 0], [1, 2, 3])
array([0., 3., 2., 1., 0.])
>>> conv.convolve([0, 0, 1, 0, 0], [1, 2, 3])
array([0., 1., 2., 3., 0.])
"""

from importlib import import_module
from types import ModuleType

from conv import fft, kernels, matmul, naive, separable, timing, winograd
from conv.convolution import convolve, flip
from conv.geometry import Geometry, ShapeError
from conv.matmul import correlate, im2col, kernel_matrix
from conv.transpose import conv_transpose

__all__ = [
    "Geometry",
    "ShapeError",
    "conv_transpose",
    "convolve",
    "correlate",
    "fft",
    "flip",
    "im2col",
    "kernel_matrix",
    "kernels",
    "matmul",
    "naive",
    "separable",
    "timing",
    "winograd",
]


def __getattr__(name: str) -> ModuleType:
    """Import what is not always needed when it is first asked for."""
    if name in {"figures", "images", "libraries"}:
        return import_module(f"conv.{name}")
    raise AttributeError(f"module 'conv' has no attribute {name!r}")
