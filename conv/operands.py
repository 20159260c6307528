"""The table of shapes: what can be correlated with what, brought to one form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv.geometry import Geometry, Padding, ShapeError, Size

Array = NDArray[Any]

# (ranks of inputs and kernel): the row as it reads, the axes that each lacks
_ROWS: dict[tuple[int, int], tuple[str, Size, Size]] = {
    (1, 1): ("inputs (N,), kernel (k,): a signal", (0, 1, 3), (0, 2, 3)),
    (2, 2): ("inputs (H, W), kernel (h, w): a grey image", (0, 3), (2, 3)),
    (3, 3): ("inputs (H, W, C), kernel (h, w, C): one filter", (0,), (3,)),
    (3, 4): ("inputs (H, W, C), kernel (h, w, C, F): F filters", (0,), ()),
    (4, 4): ("inputs (B, H, W, C), kernel (h, w, C, F): F filters, B images", (), ()),
}


@dataclass(frozen=True, eq=False)
class Operands:
    """Inputs and kernel as a batch of images and a layer of filters.

    Every row of the table of shapes is the last one with axes of length 1: a signal is an
    image of one row, a grey image has one channel, one filter is a layer of one.

    Attributes
    ----------
    inputs : ndarray, (B, H, W, C)
    kernel : ndarray, (h, w, C, F)
    geometry : Geometry
        Of the two spatial axes.
    dtype : numpy.dtype
        What the output holds: the operands' common dtype, where integers and booleans
        count as float64. The computation itself is never below float32.
    output_shape : tuple of int
        The output's shape in the row that the caller used.
    """

    inputs: Array
    kernel: Array
    geometry: Geometry
    dtype: np.dtype[Any]
    output_shape: Size

    @classmethod
    def of(
        cls,
        inputs: ArrayLike,
        kernel: ArrayLike,
        *,
        padding: Padding,
        stride: int | Sequence[int],
        dilation: int | Sequence[int],
    ) -> Operands:
        """Check inputs and kernel against the table, and add the axes they lack.

        Raises
        ------
        ShapeError
            If the shapes are no row of the table, or do not fit each other.
        TypeError
            If the values are not real numbers.
        """
        inputs, kernel = real("inputs", inputs), real("kernel", kernel)
        input_axes, kernel_axes = _missing_axes(inputs.shape, kernel.shape)
        batch = inputs.shape[: inputs.ndim - 3] if inputs.ndim > 3 else ()
        size = inputs.shape[len(batch) :][:2]
        geometry = Geometry.of(
            size,
            kernel.shape[: len(size)],
            padding=padding,
            stride=stride,
            dilation=dilation,
        )
        dtype = np.result_type(float_dtype(inputs), float_dtype(kernel))
        return cls(
            np.expand_dims(inputs, input_axes),
            np.expand_dims(kernel, kernel_axes).astype(
                np.result_type(dtype, "f4"), copy=False
            ),
            _with_two_axes(geometry),
            dtype,
            batch + geometry.output_size + kernel.shape[3:],
        )

    @property
    def batch_shape(self) -> Size:
        """Shape of the output as a batch: (B, H', W', F)."""
        return len(self.inputs), *self.geometry.output_size, self.kernel.shape[3]

    def padded(self, surplus: int = 0) -> Array:
        """Return the inputs among zeros, with ``surplus`` more columns at the right."""
        (top, _), (left, _) = self.geometry.pads
        batch, rows, columns, channels = self.inputs.shape
        height, width = self.geometry.padded_size
        padded = np.zeros((batch, height, width + surplus, channels), self.kernel.dtype)
        padded[:, top : top + rows, left : left + columns] = self.inputs
        return padded


def real(name: str, values: ArrayLike) -> Array:
    """Return an array of real numbers, or raise a TypeError that names the argument."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise TypeError(f"{name} must be an array of numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, not {array.dtype}")
    return array


def float_dtype(array: Array) -> np.dtype[Any]:
    """Return an array's own dtype if it is a floating point one, else float64."""
    return array.dtype if array.dtype.kind == "f" else np.dtype(np.float64)


def _missing_axes(inputs: Size, kernel: Size) -> tuple[Size, Size]:
    ranks = len(inputs), len(kernel)
    if ranks not in _ROWS:
        closest = min(_ROWS, key=lambda row: _distance(row, ranks))
        hint = ""
        if ranks == (3, 2):
            hint = (
                "; np.stack([kernel] * C, axis=-1) applies a 2-D kernel to each of C"
                " channels and adds the results up"
            )
        raise ShapeError(
            f"inputs {inputs} and kernel {kernel} do not go together; the closest that do"
            f" are {_ROWS[closest][0]}{hint}"
        )
    if len(kernel) > 2 and inputs[-1] != kernel[2]:
        raise ShapeError(
            f"inputs {inputs} have {inputs[-1]} channels, kernel {kernel} has {kernel[2]}:"
            " both must have as many"
        )
    _, input_axes, kernel_axes = _ROWS[ranks]
    return input_axes, kernel_axes


def _distance(row: Sequence[int], ranks: Sequence[int]) -> int:
    return sum(abs(a - b) for a, b in zip(row, ranks, strict=True))


def _with_two_axes(geometry: Geometry) -> Geometry:
    if len(geometry.input_size) == 2:
        return geometry
    return Geometry(
        (1, *geometry.input_size),
        (1, *geometry.kernel_size),
        ((0, 0), *geometry.pads),
        (1, *geometry.stride),
        (1, *geometry.dilation),
    )
