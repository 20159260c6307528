"""Hypothesis strategies: layers of every row of the table of shapes, on integer values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import conv

ROWS = ["signal", "grey", "filter", "layer", "batch"]
DTYPES = [
    *("int8", "uint8", "int64", "bool"),
    *("float16", "float32", "float64", "longdouble", ">f4", ">f8"),
]


@dataclass
class Case:
    """Operands and options of one call, with the geometry that they have."""

    inputs: np.ndarray
    kernel: np.ndarray
    options: dict[str, Any]
    geometry: conv.Geometry

    @property
    def size(self):
        return self.geometry.input_size


def memory_layouts(array):
    """Return the same values in memory in another way each."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    read_only = array.copy()
    read_only.flags.writeable = False
    backwards = np.ascontiguousarray(array[::-1])[::-1]
    return [array, np.asfortranarray(array), wide[..., ::2], backwards, read_only]


@st.composite
def geometries(draw, axes=None, most=7):
    """Draw a geometry whose kernel fits, and the options that give it."""
    axes = draw(st.integers(1, 2)) if axes is None else axes
    one_for_each = st.lists(st.integers(1, 3), min_size=axes, max_size=axes)
    pair = st.tuples(st.integers(0, 3), st.integers(0, 3))
    sizes = st.lists(st.integers(1, most), min_size=axes, max_size=axes).map(tuple)
    options = {
        "padding": draw(
            st.sampled_from(["full", "same", "valid"])
            | st.integers(0, 3)
            | st.lists(pair, min_size=axes, max_size=axes)
        ),
        "stride": draw(st.integers(1, 3) | one_for_each),
        "dilation": draw(st.integers(1, 2) | one_for_each),
    }
    input_size, kernel_size = draw(sizes), draw(sizes)
    try:
        return conv.Geometry.of(input_size, kernel_size, **options), options
    except conv.ShapeError:  # the kernel is larger than the input: pad until it fits
        options["padding"] = "full"
        return conv.Geometry.of(input_size, kernel_size, **options), options


@st.composite
def cases(draw, rows=ROWS, dtypes=DTYPES):
    """Draw operands of one row of the table, of integer values small enough to be exact."""
    row = draw(st.sampled_from(rows))
    geometry, options = draw(geometries(axes=1 if row == "signal" else 2))
    groups = draw(st.integers(1, 3)) if row in ROWS[3:] else 1
    seen = (draw(st.integers(0, 3)),) if row in ROWS[2:] else ()
    channels = tuple(groups * number for number in seen)
    filters = (groups * draw(st.integers(0, 6)),) if row in ROWS[3:] else ()
    batch = (draw(st.integers(0, 2)),) if row == "batch" else ()
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def operand(shape):
        dtype = np.dtype(draw(st.sampled_from(dtypes)))
        low = 0 if dtype.kind in "bu" else -3
        values = random.integers(low, 2 if dtype.kind == "b" else 4, shape).astype(dtype)
        layouts = memory_layouts(values)
        return layouts[draw(st.integers(0, len(layouts) - 1))]

    inputs = operand(batch + geometry.input_size + channels)
    kernel = operand(geometry.kernel_size + seen + filters)
    if groups > 1 or draw(st.booleans()):
        options["groups"] = groups
    return Case(inputs, kernel, options, geometry)
