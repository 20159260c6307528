"""The drawings of matrices."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures
from tests.figures.test_figures import WORDS, cells


def test_a_kernel_matrix_shows_its_entries_and_no_zeros():
    """A cell holds the entry of the matrix, or nothing where no weight stands."""
    kernel = np.array([[0, 2], [3, -4]])
    figure = figures.matrix(kernel, (3, 4), padding="same", stride=(1, 2), **WORDS)
    matrix = conv.kernel_matrix(kernel, (3, 4), padding="same", stride=(1, 2))
    drawn = cells(BeautifulSoup(figure.panels[0], "html.parser"))
    numbers = [float(text.replace("−", "-") or 0) for text, _ in drawn]
    assert numbers == matrix.ravel().tolist()
    # the kernel's own zero is an entry like the others, and is written
    assert sum(bool(text) for text, _ in drawn) == np.count_nonzero(
        conv.kernel_matrix(np.ones((2, 2)), (3, 4), padding="same", stride=(1, 2))
    )


def test_equal_entries_have_equal_colours():
    """The colour tells which weight it is, not how large it is."""
    figure = figures.matrix([5, 5, 7], (5,), padding="valid", **WORDS)
    drawn = cells(BeautifulSoup(figure.panels[0], "html.parser"))
    colours = [fill for text, fill in drawn if text]
    assert colours == colours[:3] * 3
    assert len(set(colours)) == 3
    assert {fill for text, fill in drawn if not text} == {"none"}


def test_a_kernel_matrix_in_parts_is_the_same_matrix():
    """Its columns are drawn in their order and colours, and numbered above each part."""
    halves = figures.matrix(np.arange(6).reshape(2, 3), (3, 4), parts=2, **WORDS)
    whole = figures.matrix(np.arange(6).reshape(2, 3), (3, 4), **WORDS)
    panels = [BeautifulSoup(panel, "html.parser") for panel in halves.panels]
    drawn = [np.reshape(cells(panel), (12, 6, 2)) for panel in panels]
    expected = cells(BeautifulSoup(whole.panels[0], "html.parser"))
    assert np.concatenate(drawn, axis=1).reshape(-1, 2).tolist() == [*map(list, expected)]
    titles = [panel.find("text", attrs={"y": "15"}).text.strip() for panel in panels]
    assert titles == ["inputs 0 to 5", "inputs 6 to 11"]
    with pytest.raises(ValueError, match="equal division"):
        figures.matrix([1, 2], (3,), parts=2, **WORDS)


def test_connections_show_what_is_connected_and_count_the_weights():
    """Cells that are not empty are drawn, equal weights in one shade, and counted once."""
    shared = conv.kernel_matrix(np.arange(1, 7).reshape(2, 3), (3, 5), padding="valid")
    free = np.where(shared, 1 + np.arange(90).reshape(6, 15) / 18, 0)
    figure = figures.connections(
        {"free <": free, "shared": shared}, (3, 5), (2, 3), **WORDS
    )
    panels = [BeautifulSoup(panel, "html.parser") for panel in figure.panels]
    assert ["36 weights" in panels[0].text, "6 weights" in panels[1].text] == [True, True]
    assert "free <" in panels[0].text
    for panel, matrix in zip(panels, (free, shared), strict=True):
        shades = {
            path["fill"]: re.findall(r"M(\d+) (\d+)h5v", path["d"])
            for path in panel.select('path[fill*="entry"]')
        }
        places = {(int(y) // 11, int(x) // 5) for c in shades.values() for x, y in c}
        assert places == set(map(tuple, np.argwhere(matrix)))
    assert len(shades) == 6
    for places in shades.values():
        assert len({shared[int(y) // 11, int(x) // 5] for x, y in places}) == 1


def test_connections_of_one_weight_or_of_another_size():
    """One value for all weights is drawn; a matrix between other images is refused."""
    figure = figures.connections({"T": np.eye(4)}, (2, 2), (2, 2), **WORDS)
    assert "1 weight<" in figure.panels[0]
    with pytest.raises(ValueError, match=r"'T' must be \(4, 6\), not \(4, 4\)"):
        figures.connections({"T": np.eye(4)}, (2, 3), (2, 2), **WORDS)
