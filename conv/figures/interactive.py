"""The interactive explorer, preset to what a page discusses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conv import convolve, correlate
from conv.figures.figure import Figure
from conv.figures.grid import Grid
from conv.figures.panels import beside
from conv.figures.presets import LIMITS, VERSION

VIEWS = ("", "matrix", "im2col", "scatter")
CONTROLS = ("padding", "operation", "kernel")


@dataclass(frozen=True)
class Explorer:
    """A figure that the reader can change; without scripts, the figure as it is."""

    figure: Figure
    address: str
    view: str
    controls: tuple[str, ...]
    large: bool

    def __repr__(self) -> str:
        return f"Explorer: {self.address} [{self.figure.alt}]"

    def _repr_html_(self) -> str:
        size = "address" if self.large else "small"
        return (
            f'<div><conv-explorer {size} view="{self.view}"'
            f' controls="{" ".join(self.controls)}" state="{escape(self.address)}">'
            f"{self.figure._repr_html_()}</conv-explorer></div>"  # div: a block in Markdown
        )


def explorer(
    inputs: ArrayLike,
    kernel: ArrayLike,
    *,
    caption: str,
    alt: str,
    padding: str = "valid",
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
    flipped: bool = False,
    at: tuple[int, int] = (0, 0),
    view: str = "",
    controls: Sequence[str] = (),
    large: bool = False,
) -> Explorer:
    """Let the reader change a convolution and see every view of it.

    This site brings the scripts; in a notebook the figure stands as it is.

    Parameters
    ----------
    inputs, kernel : array_like, (H, W) and (h, w)
        Numbers to begin with; at most 12 by 12 and 7 by 7.
    caption, alt : str
        Of the figure that stands there without scripts; see `conv.figures.Figure`.
    padding : {"full", "same", "valid"}
        As for `conv.correlate`, like stride and dilation.
    flipped : bool
        Whether to convolve, not to cross-correlate.
    at : (int, int)
        Row and column of the output that is looked at first.
    view : {"", "matrix", "im2col", "scatter"}
        Which matrix is shown, or, by a large one, at first.
    controls : sequence of {"padding", "operation", "kernel"}
        What can be chosen above the grids; by a large one, everything.
    large : bool
        Whether it is its page's main part, which keeps its state in the address.

    Raises
    ------
    ValueError
        If there is no such view, control or output, or inputs or kernel are too large.

    Examples
    --------
    >>> explorer([[1, 2]], [[3]], caption="One.", alt="1 2 times 3")
    Explorer: v=1&input=1x2:1,2&kernel=1x1:3&padding=valid&stride=1,1&dilation=1,1&op=correlate&at=0,0 [1 2 times 3]
    """  # noqa: E501
    if view not in VIEWS:
        raise ValueError(f"view must be one of {', '.join(map(repr, VIEWS))}, not {view!r}")
    for control in controls:
        if control not in CONTROLS:
            choices = ", ".join(map(repr, CONTROLS))
            raise ValueError(f"controls must be of {choices}, not {control!r}")
    x, w = np.asarray(inputs), np.asarray(kernel)
    for name, array in (("inputs", x), ("kernel", w)):
        most = LIMITS[name.removesuffix("s")]
        if array.ndim != 2 or not 1 <= min(array.shape) <= max(array.shape) <= most:
            raise ValueError(
                f"{name} must have two axes of 1 to {most} values, not {array.shape}"
            )
    operation = convolve if flipped else correlate
    output = operation(x, w, padding=padding, stride=stride, dilation=dilation)
    if not all(0 <= place < size for place, size in zip(at, output.shape, strict=True)):
        raise ValueError(f"at must be a place in the output {output.shape}, not {at}")
    figure = beside(
        Grid(x, "input"),
        "∗" if flipped else "⋆",
        Grid(w, "kernel", "kernel"),
        "=",
        Grid(output, "output", "output"),
        caption=caption,
        alt=alt,
    )
    address = "&".join(
        [
            f"v={VERSION}",
            f"input={_written(x)}",
            f"kernel={_written(w)}",
            f"padding={padding}",
            f"stride={stride[0]},{stride[1]}",
            f"dilation={dilation[0]},{dilation[1]}",
            f"op={operation.__name__}",
            f"at={at[0]},{at[1]}",
        ]
    )
    return Explorer(figure, address, view, tuple(controls), large)


def _written(array: NDArray[np.generic]) -> str:
    height, width = array.shape
    return f"{height}x{width}:{','.join(f'{value:g}' for value in array.flat)}"
