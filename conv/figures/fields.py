"""How far an output sees through several layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from conv.figures.colours import LINE, TEXT, colour
from conv.figures.figure import Figure
from conv.geometry import Geometry

STEP, HIGH, TOP = 13, 46, 44  # pixels: from value to value, from layer to layer, above


def paths(stacks: Mapping[str, Sequence[Geometry]], *, caption: str, alt: str) -> Figure:
    """Draw how the first output depends on the input, layer by layer.

    Each value that it depends on is a filled circle, and below those of the input stands
    along how many paths they reach the output.

    Parameters
    ----------
    stacks : mapping of str to sequence of Geometry
        Layers by the name of their stack, the first layer first. Each has one spatial axis
        and is as long, padding included, as the output of the layer before.
    caption, alt : str
        See `conv.figures.Figure`.

    Raises
    ------
    ValueError
        If a layer is not as long as the output before it.

    Examples
    --------
    >>> two = [Geometry.of((n,), (2,), padding="valid") for n in (3, 2)]
    >>> paths({"two": two}, caption="Two layers.", alt="1 2 1").panels[0].count("<path")
    6
    """
    drawn = tuple(_stack(name, layers) for name, layers in stacks.items())
    return Figure(drawn, caption, alt)


def _stack(name: str, layers: Sequence[Geometry]) -> str:
    places = [STEP * (np.arange(*layers[0].padded_size) + 0.5)]
    for layer in layers:
        if layer.padded_size != places[-1].shape:
            raise ValueError(f"{layer} must be as long as {places[-1].shape}")
        windows = (layer.window((i,)) for i in range(*layer.output_size))
        places.append(np.array([places[-1][window].mean() for window in windows]))
    counts, drawn = np.eye(1, len(places[-1]), dtype=int)[0], ""
    roles = ("input", *["bar"] * (len(layers) - 1), "output")
    for level in range(len(layers), -1, -1):
        y = TOP + HIGH * (len(layers) - level)
        for x, count in zip(places[level], counts, strict=True):
            fill = colour(roles[level] if count else "page")
            faint = "" if count else ' stroke-opacity=".4"'
            drawn += f'<circle cx="{x:g}" cy="{y}" r="5" fill="{fill}"{faint}/>'
            if count and not level:
                drawn += f'<text x="{x:g}" y="{y + 22}" stroke="none">{count}</text>'
        if level:
            below = np.zeros(len(places[level - 1]), int)
            for i in np.flatnonzero(counts):
                window = layers[level - 1].window((i,))
                below[window] += counts[i]
                for x in places[level - 1][window]:
                    line = f"M{places[level][i]:g} {y}L{x:g} {y + HIGH}"
                    drawn = f'<path d="{line}" stroke-opacity=".5"/>{drawn}'
            counts = below
    width, height = STEP * len(counts), TOP + HIGH * len(layers) + 28
    return (
        f'<svg class="conv-grid" width="{width}" height="{height}" overflow="visible"'
        f' viewBox="0 0 {width} {height}" font-family="inherit" font-size="12"'
        f' text-anchor="middle" fill="{TEXT}" stroke="{LINE}"'
        f' xmlns="http://www.w3.org/2000/svg">{drawn}'
        f'<text y="14" font-size="14" font-weight="600" text-anchor="start"'
        f' stroke="none">{escape(name)}</text></svg>'
    )
