"""Which shapes go together: axes, channels, groups, output. Tuples alone, no arrays."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conv.geometry import Geometry, Padding, ShapeError, Size, integer, sizes

Index = tuple[slice, ...]  # of a block of outputs: images, rows, columns
MOST_NUMBERS = 2**58  # of at most 16 bytes, that an array may have
# (ranks of inputs and kernel): the row of the table of shapes, as it reads
_ROWS = {
    (1, 1): "inputs (N,), kernel (k,): a signal",
    (2, 2): "inputs (H, W), kernel (h, w): a grey image",
    (3, 3): "inputs (H, W, C), kernel (h, w, C): one filter",
    (3, 4): "inputs (H, W, C), kernel (h, w, C, F): F filters",
    (4, 4): "inputs (B, H, W, C), kernel (h, w, C, F): F filters, B images",
}
_HINTS = {
    (3, 2): "; np.stack([kernel] * C, axis=-1) applies a 2-D kernel to each of C channels"
    " and adds the results up; grey images go in a batch as inputs[..., None], with"
    " kernel[..., None, None]",
    (4, 2): "; for a batch of grey images write kernel[..., None, None]",
    (4, 3): "; for one filter on a batch write kernel[..., None]",
}


@dataclass(frozen=True)
class Shapes:
    """Shapes of a batch of images, of a layer of filters, and of what they give.

    Every row of the table of shapes is the last one with axes of length 1: a signal is an
    image of one row, a grey image has one channel, one filter is a layer of one.

    Attributes
    ----------
    inputs : tuple of int, (B, H, W, C)
    kernel : tuple of int, (h, w, C / groups, F)
    groups : int
        Of channels and filters: each group of filters sees its own channels alone.
    geometry : Geometry
        Of the two spatial axes.
    output_shape : tuple of int
        The output's shape in the row that the caller used.
    """

    inputs: Size
    kernel: Size
    groups: int
    geometry: Geometry
    output_shape: Size

    @classmethod
    def of(
        cls,
        inputs: Size,
        kernel: Size,
        *,
        padding: Padding,
        stride: int | Sequence[int],
        dilation: int | Sequence[int],
        groups: int = 1,
    ) -> Shapes:
        """Check two shapes against the table, and add the axes that they lack.

        Raises
        ------
        ShapeError
            If the shapes are no row of the table, or do not fit each other or the groups.
        TypeError, ValueError
            If groups, or an option of `Geometry.of`, is not allowed.
        """
        _check_ranks(inputs, kernel)
        axes = min(len(kernel), 2)
        batch, size, channels = inputs[:-3], inputs[-3:][:axes], inputs[2:][-1:] or (1,)
        kernel_size, seen, filters = kernel[:axes], kernel[2:3] or (1,), kernel[3:] or (1,)
        groups = group_count(groups)
        for name, shape, found in (
            ("inputs", inputs, size),
            ("kernel", kernel, kernel_size),
        ):
            if 0 in found:
                raise ShapeError(f"{name} must not be empty along a spatial axis: {shape}")
        if filters[0] % groups:
            raise ShapeError(
                f"kernel {kernel} must have a last axis of filters, and a multiple of"
                f" groups={groups} of them"
            )
        if channels[0] != groups * seen[0]:
            hint = "both must have as many"
            if groups > 1:
                hint = f"with groups={groups} it must have 1/{groups} of them"
            elif len(inputs) == 3:
                hint += "; grey images go in a batch as inputs[..., None]"
            raise ShapeError(
                f"inputs {inputs} have {channels[0]} channels, kernel {kernel} has"
                f" {seen[0]}: {hint}"
            )
        geometry = Geometry.of(
            size, kernel_size, padding=padding, stride=stride, dilation=dilation
        )
        plane = geometry if axes == 2 else _of_one_row(geometry)
        padded = (batch or (1,)) + plane.padded_size + channels
        if math.prod(max(1, n) for n in padded) > MOST_NUMBERS:
            raise ShapeError(f"padded inputs of shape {padded} do not fit in any memory")
        return cls(
            (batch or (1,)) + plane.input_size + channels,
            plane.kernel_size + seen + filters,
            groups,
            plane,
            batch + geometry.output_size + kernel[3:],
        )

    @classmethod
    def on(
        cls,
        input_size: Sequence[int],
        kernel: Size,
        *,
        batch: Size = (),
        padding: Padding,
        stride: int | Sequence[int],
        dilation: int | Sequence[int],
        groups: int,
    ) -> Shapes:
        """Check a kernel's shape for inputs of a size, which have the channels it needs.

        Raises
        ------
        ShapeError
            If there is not one size for each spatial axis of the kernel.
        ShapeError, TypeError, ValueError
            As `of`.
        """
        size = spatial_size("input_size", input_size, "kernel", kernel)
        every = tuple(group_count(groups) * seen for seen in kernel[2:3])
        return cls.of(
            batch + size + every,
            kernel,
            padding=padding,
            stride=stride,
            dilation=dilation,
            groups=groups,
        )

    @property
    def output(self) -> Size:
        """The output's shape as a batch: (B, H', W', F)."""
        return self.inputs[0], *self.geometry.output_size, self.kernel[3]

    def channels_of(self, f: int) -> slice:
        """Return the channels that filter ``f`` sees: those of its group."""
        group, seen = f * self.groups // self.kernel[3], self.kernel[2]
        return slice(group * seen, (group + 1) * seen)

    def parts(self) -> list[tuple[slice, slice]]:
        """Return the filters and the channels of each group."""
        each = self.kernel[3] // self.groups
        firsts = range(0, self.kernel[3], each)
        return [(slice(f, f + each), self.channels_of(f)) for f in firsts]

    def mirrored(self) -> Shapes:
        """Exchange the zeros before and after each axis."""
        pads = tuple((after, before) for before, after in self.geometry.pads)
        return replace(self, geometry=replace(self.geometry, pads=pads))


def group_count(groups: int) -> int:
    """Return a number of groups as an int, or raise an error that says what is allowed."""
    return integer(groups, 1, "groups must be an int of at least 1")


def spatial_axes(name: str, shape: Size) -> int:
    """Return how many axes of inputs or of a kernel are spatial, or raise a ShapeError."""
    if not 1 <= len(shape) <= 4:
        raise ShapeError(f"{name} must have one to four axes, not shape {shape}")
    return min(len(shape), 2)


def spatial_size(name: str, size: Sequence[int], other: str, shape: Size) -> Size:
    """Return a size as a tuple, or raise an error if it does not suit another's shape."""
    numbers, axes = sizes(name, size), spatial_axes(other, shape)
    if len(numbers) != axes:
        raise ShapeError(
            f"{name} must have a number for each spatial axis of {other} {shape}, {axes} in"
            f" all, not {numbers}"
        )
    return numbers


def _check_ranks(inputs: Size, kernel: Size) -> None:
    a, b = len(inputs), len(kernel)
    if (a, b) not in _ROWS:
        closest = min(_ROWS, key=lambda row: abs(row[0] - a) + abs(row[1] - b))
        raise ShapeError(
            f"inputs {inputs} and kernel {kernel} do not go together; the closest that do"
            f" are {_ROWS[closest]}{_HINTS.get((a, b), '')}"
        )


def _of_one_row(geometry: Geometry) -> Geometry:
    """Return the geometry of a signal as that of an image of one row."""
    return Geometry(
        (1, *geometry.input_size),
        (1, *geometry.kernel_size),
        ((0, 0), *geometry.pads),
        (1, *geometry.stride),
        (1, *geometry.dilation),
    )


def cut(size: Size, most: Size) -> Iterator[Index]:
    """Cut the outputs into blocks of at most so many images, rows and columns."""
    axes = zip(size, most, strict=True)
    return itertools.product(
        *([slice(i, min(i + m, n)) for i in range(0, n, m)] for n, m in axes)
    )


def cut_blocks(size: Size, most: int) -> Iterator[Index]:
    """Cut them into parts of a row, whole rows or images, of about so many outputs."""
    _, rows, columns = size
    wide = min(columns, max(1, most))
    high = min(rows, max(1, most // wide))
    return cut(size, (max(1, most // (wide * high)), high, wide))
