"""The drawings of the page on padding."""

from __future__ import annotations

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures
from tests.figures.test_figures import WORDS, cells, framed


def test_positions_are_those_of_the_geometry():
    """First and last window are framed where the geometry has them; the output is computed."""
    image = np.arange(20).reshape(4, 5)
    kernel = np.ones((2, 3))
    geometry = conv.Geometry.of((4, 5), (2, 3), padding="same", stride=(1, 2))
    figure = figures.positions(image, kernel, geometry, **WORDS)
    panel, _, output = (BeautifulSoup(panel, "html.parser") for panel in figure.panels)
    padded = np.pad(image, geometry.pads)
    assert [int(text) for text, _ in cells(panel)] == padded.ravel().tolist()
    expected = conv.naive.correlate(image, kernel, stride=(1, 2))
    assert [float(text) for text, _ in cells(output)] == expected.ravel().tolist()
    for dashed, index in ((False, (0, 0)), (True, (3, 2))):
        [window] = framed(panel, dashed=dashed)
        there = padded[geometry.window(index)]
        assert [int(text) for text in window] == there.ravel().tolist()
        assert framed(output, dashed=dashed) == [[f"{expected[index]:g}"]]


def test_positions_need_the_geometry_of_their_arrays():
    """A geometry of other sizes would frame the wrong places."""
    geometry = conv.Geometry.of((4,), (3,))
    with pytest.raises(ValueError, match=r"inputs and kernel of sizes \(\(5,\), \(3,\)\)"):
        figures.positions(np.ones(5), np.ones(3), geometry, **WORDS)
