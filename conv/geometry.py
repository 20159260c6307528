"""Where a kernel may stand on its input: pads, sizes and windows, in integers alone."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

Size = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]
Padding = str | int | Sequence[Sequence[int]]


class ShapeError(ValueError):
    """Sizes or shapes that do not fit together."""


@dataclass(frozen=True)
class Geometry:
    """The positions that a kernel takes on an input, along each spatial axis.

    Build one with `of`, or directly: either way its numbers are checked and completed.

    Attributes
    ----------
    input_size, kernel_size : tuple of int
        Number of values along each spatial axis.
    pads : tuple of (int, int)
        Zeros put before and after the input, for each axis.
    stride : tuple of int
        Step from one position of the kernel to the next.
    dilation : tuple of int
        Step from one entry of the kernel to the next, measured on the input.

    Raises
    ------
    ShapeError, ValueError, TypeError
        As `of`.

    See Also
    --------
    - [conv.correlate][]: uses the geometry of the same options.

    Examples
    --------
    >>> Geometry.of((5, 7), (3, 2), padding="same")
    ... # doctest: +NORMALIZE_WHITESPACE
    Geometry(input_size=(5, 7), kernel_size=(3, 2), pads=((1, 1), (0, 1)),
             stride=(1, 1), dilation=(1, 1))
    """

    input_size: Size
    kernel_size: Size
    pads: Pads
    stride: Size
    dilation: Size

    def __post_init__(self) -> None:
        inputs = sizes("input_size", self.input_size)
        kernel = sizes("kernel_size", self.kernel_size)
        if len(inputs) != len(kernel):
            raise ShapeError(
                f"input_size {inputs} and kernel_size {kernel} must have as many axes as"
                f" each other, not {len(inputs)} and {len(kernel)}"
            )
        stride = _for_each_axis("stride", self.stride, len(inputs))
        dilation = _for_each_axis("dilation", self.dilation, len(inputs))
        pads = _pads(self.pads, inputs, kernel, stride, dilation)
        vars(self).update(
            input_size=inputs,
            kernel_size=kernel,
            pads=pads,
            stride=stride,
            dilation=dilation,
        )
        if min(self.output_size) < 1:
            raise ShapeError(
                f"the kernel fits nowhere: with dilation {dilation} it covers"
                f" {self.extent}, the padded input has {self.padded_size}"
            )

    @classmethod
    def of(
        cls,
        input_size: Sequence[int],
        kernel_size: Sequence[int],
        *,
        padding: Padding = "same",
        stride: int | Sequence[int] = 1,
        dilation: int | Sequence[int] = 1,
    ) -> Geometry:
        """Compute the geometry of a kernel on an input.

        Parameters
        ----------
        input_size, kernel_size : sequence of int
            One size for each spatial axis, at least 1 each.
        padding : str, int or sequence of (int, int)
            A mode, the zeros on every side, or one ``(before, after)`` for each axis.
            For input size ``n``, kernel size ``k``, stride ``s`` and dilation ``d``:
            ``"full"`` puts ``d(k-1)`` zeros on both sides, ``"valid"`` none, and
            ``"same"`` so many that the output's size is ``ceil(n/s)``; of an odd number
            the extra one goes after.
        stride, dilation : int or sequence of int
            One number for all axes, or one for each; at least 1.

        Raises
        ------
        ShapeError
            If a size is less than 1, the sizes differ in their number of axes, or the
            kernel fits nowhere on the padded input.
        ValueError
            If the padding, stride or dilation has a value that is not allowed.
        TypeError
            If an argument is not made of integers.

        Notes
        -----
        The rule of ``"same"`` is TensorFlow's and JAX's, and PyTorch's at stride 1. An odd
        number of zeros has one more after the input than before: at stride 1 and an odd
        dilation an even kernel needs one, and with a stride an odd kernel may.

        Examples
        --------
        >>> Geometry.of((8,), (4,), padding="same").pads
        ((1, 2),)
        >>> Geometry.of((8,), (4,), padding="valid", stride=2).output_size
        (3,)
        """
        return cls(input_size, kernel_size, padding, stride, dilation)  # type: ignore[arg-type]

    @cached_property
    def extent(self) -> Size:
        """Input values from the kernel's first entry to its last: ``d(k-1) + 1``."""
        pairs = zip(self.kernel_size, self.dilation, strict=True)
        return tuple(d * (k - 1) + 1 for k, d in pairs)

    @cached_property
    def padded_size(self) -> Size:
        """Size of the input with its pads."""
        pairs = zip(self.input_size, self.pads, strict=True)
        return tuple(n + before + after for n, (before, after) in pairs)

    @cached_property
    def output_size(self) -> Size:
        """Number of positions: ``floor((n + before + after - extent) / s) + 1``."""
        axes = zip(self.padded_size, self.extent, self.stride, strict=True)
        return tuple((n - extent) // s + 1 for n, extent, s in axes)

    @cached_property
    def inside(self) -> tuple[slice, ...]:
        """Slices of the padded input that hold the input.

        Examples
        --------
        >>> Geometry.of((5,), (4,)).inside
        (slice(1, 6, None),)
        """
        axes = zip(self.pads, self.input_size, strict=True)
        return tuple(slice(before, before + n) for (before, _), n in axes)

    def in_tiles(self, tile: int | Sequence[int]) -> Geometry:
        """Add zeros after the input, until tiles of so many outputs fill the output.

        Parameters
        ----------
        tile : int or sequence of int
            Outputs of a tile along each spatial axis, at least 1.

        Raises
        ------
        TypeError, ValueError
            If they are not so many ints of at least 1.

        Examples
        --------
        >>> Geometry.of((5,), (3,)).in_tiles((4,)).output_size
        (8,)
        """
        tile = _for_each_axis("tile", tile, len(self.pads))
        axes = zip(self.pads, self.output_size, tile, self.stride, strict=True)
        return replace(self, pads=tuple((b, a + -n % t * s) for (b, a), n, t, s in axes))

    def window(self, index: Sequence[int]) -> tuple[slice, ...]:
        """Slices of the padded input that the kernel covers for one output.

        Parameters
        ----------
        index : sequence of int
            The output's index, one for each spatial axis.

        Raises
        ------
        IndexError
            If there is no such output.
        TypeError
            If the index is not made of integers.

        Examples
        --------
        >>> Geometry.of((8,), (3,), padding="valid", stride=2, dilation=2).window((1,))
        (slice(2, 7, 2),)
        """
        try:
            index = tuple(map(operator.index, index))
        except TypeError:
            raise TypeError(
                f"index must be an int for each spatial axis, not {index!r}"
            ) from None
        if len(index) != len(self.output_size) or not all(
            0 <= i < n for i, n in zip(index, self.output_size, strict=True)
        ):
            raise IndexError(f"no output {index} in an output of size {self.output_size}")
        axes = zip(index, self.stride, self.extent, self.dilation, strict=True)
        return tuple(slice(i * s, i * s + extent, d) for i, s, extent, d in axes)

    def input_of(self, block: Sequence[slice]) -> tuple[tuple[slice, ...], Pads]:
        """Slices of the input that a block of outputs needs, and the zeros beside them.

        Parameters
        ----------
        block : sequence of slice
            Neighbouring outputs: a slice without a step for each spatial axis.

        Returns
        -------
        slices : tuple of slice
            All inputs from the block's first window to its last; none, if these lie wholly
            among the zeros.
        pads : tuple of (int, int)
            The zeros that these windows cover, for each axis: the slices, with this
            padding, give the block.

        Raises
        ------
        IndexError
            If there is no such block, or it has no outputs.

        Examples
        --------
        >>> Geometry.of((8,), (3,)).input_of((slice(0, 4),))
        ((slice(0, 5, None),), ((1, 0),))
        """
        places = [range(n)[part] for n, part in zip(self.output_size, block, strict=False)]
        if len(block) != len(self.pads) or not all(p and p.step == 1 for p in places):
            raise IndexError(f"no block {block} in an output of size {self.output_size}")
        slices: list[slice] = []
        pads: list[tuple[int, int]] = []
        axes = zip(
            places, self.stride, self.extent, self.pads, self.input_size, strict=True
        )
        for outputs, s, extent, (before, _), n in axes:
            first = outputs[0] * s - before  # below 0 among the zeros
            stop = outputs[-1] * s - before + extent
            slices.append(slice(sorted((0, first, n))[1], sorted((0, stop, n))[1]))
            pads.append((min(0, stop) - min(0, first), max(n, stop) - max(n, first)))
        return tuple(slices), tuple(pads)


def _same(n: int, extent: int, stride: int) -> tuple[int, int]:
    outputs = -(-n // stride)
    total = max(0, (outputs - 1) * stride + extent - n)
    return total // 2, total - total // 2


_MODES: dict[str, Callable[[int, int, int], tuple[int, int]]] = {
    "full": lambda n, extent, stride: (extent - 1, extent - 1),
    "same": _same,
    "valid": lambda n, extent, stride: (0, 0),
}


def _pads(
    padding: Padding, inputs: Size, kernel: Size, stride: Size, dilation: Size
) -> Pads:
    allowed = (
        f"padding must be one of {', '.join(map(repr, _MODES))}, an int of at least 0, or"
        f" a (before, after) pair for each of {len(inputs)} spatial axes"
    )
    if isinstance(padding, str):
        if padding not in _MODES:
            close = get_close_matches(padding.lower(), _MODES, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"{allowed}, not {padding!r}{hint}")
        axes = zip(inputs, kernel, stride, dilation, strict=True)
        return tuple(_MODES[padding](n, d * (k - 1) + 1, s) for n, k, s, d in axes)
    sides = _items(padding)
    if sides is None:
        amount = integer(padding, 0, allowed)
        return ((amount, amount),) * len(inputs)
    pairs = [_items(side) or () for side in sides]
    if len(pairs) != len(inputs) or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{allowed}, not {padding!r}")
    return tuple(
        (integer(before, 0, allowed), integer(after, 0, allowed)) for before, after in pairs
    )


def sizes(name: str, value: Sequence[int]) -> Size:
    """Return sizes as a tuple of ints, or raise an error that names the argument."""
    allowed = f"{name} must be a tuple of ints of at least 1, one for each spatial axis"
    items = _items(value)
    if items is None:
        raise TypeError(f"{allowed}, not {value!r}")
    numbers = tuple(integer(item, None, allowed) for item in items)
    if not numbers or min(numbers) < 1:
        raise ShapeError(f"{allowed}, not {numbers}")
    return numbers


def _for_each_axis(name: str, value: int | Sequence[int], axes: int) -> Size:
    allowed = f"{name} must be an int of at least 1, or one for each of {axes} spatial axes"
    items = _items(value)
    if items is None:
        return (integer(value, 1, allowed),) * axes
    steps = tuple(integer(item, 1, allowed) for item in items)
    if len(steps) != axes:
        raise ValueError(f"{allowed}, not {steps}")
    return steps


def _items(value: Any) -> tuple[Any, ...] | None:
    try:
        return None if isinstance(value, str | bytes) else tuple(value)
    except TypeError:
        return None


def integer(value: Any, least: int | None, allowed: str) -> int:
    """Return an int of at least so much, or raise an error that says what is allowed."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{allowed}, not {value!r}")
    if least is not None and number < least:
        raise ValueError(f"{allowed}, not {number}")
    return number
