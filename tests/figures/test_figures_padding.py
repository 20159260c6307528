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
    first, last, output = (BeautifulSoup(panel, "html.parser") for panel in figure.panels)
    padded = np.pad(image, geometry.pads)
    for panel, index in ((first, (0, 0)), (last, (3, 2))):
        [window] = framed(panel)
        assert [int(text) for text in window] == padded[
            geometry.window(index)
        ].ravel().tolist()
        assert [int(text) for text, _ in cells(panel)] == padded.ravel().tolist()
    expected = conv.naive.correlate(image, kernel, stride=(1, 2)).ravel().tolist()
    assert [float(text) for text, _ in cells(output)] == expected


def test_positions_name_the_size_of_the_output():
    """The panels say which window they frame, and how large the output is."""
    geometry = conv.Geometry.of((4, 5), (2, 3), padding="valid")
    figure = figures.positions(np.ones((4, 5)), np.ones((2, 3)), geometry, **WORDS)
    titles = [
        BeautifulSoup(panel, "html.parser")("text")[-1].text for panel in figure.panels
    ]
    assert titles == ["first window", "last window", "output, size 3 by 3"]


def test_positions_need_the_geometry_of_their_arrays():
    """A geometry of other sizes would frame the wrong places."""
    geometry = conv.Geometry.of((4,), (3,))
    with pytest.raises(ValueError, match=r"inputs and kernel of sizes \(\(5,\), \(3,\)\)"):
        figures.positions(np.ones(5), np.ones(3), geometry, **WORDS)
