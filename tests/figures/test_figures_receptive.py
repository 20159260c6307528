"""What one output sees after each of several layers."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures

DRAWN = {"1, 1": [1, 1], "2, 2": [2, 2], "1, 3": [1, 3]}
SIZE, CELL = 9, 196 // 9
WORDS = {"caption": "Fields.", "alt": "Three."}


def stages(drawn):
    """Return the figure's stages, parsed, by name."""
    shown = figures.fields(drawn, **WORDS)._repr_html_()
    found = BeautifulSoup(shown, "html.parser").select(".cs-one")
    return {stage["data-name"]: stage for stage in found}


def pixels(group):
    """Return how dark each pixel of a layer's drawing is."""
    shades = np.zeros((SIZE, SIZE))
    for path in group("path", attrs={"fill-opacity": True}):
        for x, y in re.findall(r"M(\d+) (\d+)h", path["d"]):
            shades[(int(y) - 26) // CELL, int(x) // CELL] = path["fill-opacity"]
    return shades


def test_what_is_drawn_is_what_an_output_depends_on():
    """The pixels on which the output in the middle depends, after each layer."""
    for name, stage in stages(DRAWN).items():
        places = np.eye(SIZE**2).reshape(SIZE, SIZE, -1)
        for group, dilation in zip(stage.select("[data-at]"), DRAWN[name], strict=True):
            ones = np.ones((3, 3, 1, SIZE**2))
            places = conv.correlate(places, ones, dilation=dilation, groups=SIZE**2)
            paths = places[SIZE // 2, SIZE // 2].reshape(SIZE, SIZE)
            shades = pixels(group)
            assert np.array_equal(shades > 0, paths > 0)
            dark = 0.15 + 0.85 * paths / paths.max()
            np.testing.assert_allclose(shades[paths > 0], dark[paths > 0], atol=0.0051)
            side = np.ptp(np.argwhere(paths), axis=0)[0] + 1
            count = np.count_nonzero(paths)
            assert group["data-say"].endswith(f": {count} of {side} × {side}")
            ring = group.select_one(".conv-ring")["d"]
            assert f"h{side * CELL}v{side * CELL}" in ring


def test_the_last_layer_is_seen_first():
    """The layers before it wait, and its note stands below."""
    for stage in stages(DRAWN).values():
        groups = stage.select("[data-at]")
        assert [group.has_attr("visibility") for group in groups] == [True, False]
        assert stage["data-at"] == "1"
        assert stage.p.text == groups[1]["data-say"]


@pytest.mark.parametrize("drawn", [{}, {"one": [1]}, {"one": [1], "two": [1, 2]}])
def test_stacks_must_be_as_long_as_each_other(drawn):
    """There must be some to compare, layer by layer."""
    with pytest.raises(ValueError, match="must be at least two rows of equal length"):
        figures.fields(drawn, **WORDS)
