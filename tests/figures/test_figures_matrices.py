"""The drawings of matrices."""

from __future__ import annotations

import numpy as np
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
