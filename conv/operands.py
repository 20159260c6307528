"""Inputs and kernel as arrays of one form: real numbers of a common type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.geometry import Geometry, Padding
from conv.shapes import Shapes

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Operands:
    """Inputs and kernel as a batch of images and a layer of filters.

    Attributes
    ----------
    inputs : ndarray, (B, H, W, C)
    kernel : ndarray, (h, w, C / groups, F)
        In the type of the computation: the output's, but never below float32.
    shapes : Shapes
        Of both, and of what they give.
    dtype : numpy.dtype
        Of the output: the operands' common dtype, where integers and booleans count as
        float64.
    """

    inputs: Array
    kernel: Array
    shapes: Shapes
    dtype: np.dtype[Any]

    @classmethod
    def of(
        cls,
        inputs: ArrayLike,
        kernel: ArrayLike,
        *,
        padding: Padding,
        stride: int | Sequence[int],
        dilation: int | Sequence[int],
        groups: int,
    ) -> Operands:
        """Check inputs and kernel, and bring them to their common form.

        Raises
        ------
        TypeError
            If they are not real numbers.
        ShapeError, TypeError, ValueError
            As `Shapes.of`.
        """
        inputs, kernel = real("inputs", inputs), real("kernel", kernel)
        shapes = Shapes.of(
            inputs.shape,
            kernel.shape,
            padding=padding,
            stride=stride,
            dilation=dilation,
            groups=groups,
        )
        dtype, computed = common_dtype(inputs, kernel)
        with np.errstate(all="ignore"):  # what is not finite shows in the output
            layer = kernel.reshape(shapes.kernel).astype(computed, copy=False)
        return cls(inputs.reshape(shapes.inputs), layer, shapes, dtype)

    def finite(self) -> Operands:
        """Return them, or raise a ValueError if there is NaN or infinity in them.

        For methods that multiply by zero what an output does not see.
        """
        for name, array in (("inputs", self.inputs), ("kernel", self.kernel)):
            if not np.isfinite(array).all():
                raise ValueError(
                    f"{name} must be finite for this method, and has NaN or infinity;"
                    " conv.correlate takes both"
                )
        return self

    def result(self, output: Array) -> Array:
        """Bring outputs (B, H', W', F) to the dtype and the shape that the caller gets."""
        with np.errstate(all="ignore"):  # what is not finite shows in the output
            whole = np.ascontiguousarray(output, self.dtype)
        return whole.reshape(self.shapes.output_shape)

    def padded(self, *, planes: bool = False) -> Array:
        """Return the inputs among their zeros, as `pad` does."""
        return pad(self.inputs, self.shapes.geometry, self.kernel.dtype, planes=planes)


def real(name: str, values: ArrayLike) -> Array:
    """Return an array of real numbers, or raise a TypeError that names the argument."""
    if hasattr(values, "__dask_graph__"):
        raise TypeError(
            f"{name} must be in memory, not a lazy array: hand conv to its map_overlap, or"
            " compute it first"
        )
    try:
        array = np.asarray(values)
    except Exception as error:  # objects convert themselves, and raise errors of many kinds
        raise TypeError(f"{name} must be an array of numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, not {array.dtype}")
    return array


def float_dtype(array: Array) -> np.dtype[Any]:
    """Return the native dtype of a floating point array, and float64 for any other."""
    return array.dtype.newbyteorder("=") if array.dtype.kind == "f" else np.dtype("f8")


def common_dtype(*operands: Array) -> tuple[np.dtype[Any], np.dtype[Any]]:
    """Return the dtype of what operands give, and the one that it is computed in."""
    dtype = np.result_type(*map(float_dtype, operands))
    return dtype, np.result_type(dtype, np.float32)


def pad(
    images: Array, geometry: Geometry, dtype: np.dtype[Any], *, planes: bool = False
) -> Array:
    """Put zeros around the images of a batch (B, H, W, C), and bring them to a dtype.

    The result is contiguous, and the images themselves where there is nothing to do. In
    planes, (B, H, C, W), each channel's row lies in one piece.
    """
    order = (0, 1, 3, 2) if planes else (0, 1, 2, 3)
    batch, *_, channels = images.shape
    shape = (batch, *geometry.padded_size, channels)
    with np.errstate(all="ignore"):  # what is not finite shows in the output
        if shape == images.shape:
            return np.ascontiguousarray(images.transpose(order), dtype)
        padded = np.zeros([shape[axis] for axis in order], dtype)
        padded.transpose(order)[:, *geometry.inside] = images
    return padded
