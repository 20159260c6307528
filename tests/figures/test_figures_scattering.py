"""The drawing of what outputs lay back, and rows of figures."""

from __future__ import annotations

import numpy as np
import pytest

import conv
from conv import figures
from tests.figures.test_figures import WORDS, cells, parse


@pytest.mark.parametrize("n", [7, 8])
def test_rows_are_those_of_the_matrix_and_add_up(n):
    """A row is an output times its row of T, and the sums are those of `conv_transpose`."""
    y, w, options = np.array([2, 1, 3, 4]), [1, 2, 3], {"padding": 1, "stride": 2}
    grid = figures.scatter_grid(y, w, (n,), **options)
    inside = np.asarray(grid.values)[:, 3 : 3 + n]
    numbers = np.where(inside == "", "0", inside).astype(float)
    matrix = conv.kernel_matrix(w, (n,), **options)
    np.testing.assert_array_equal(numbers[:-1], y[:, None] * matrix)
    expected = conv.conv_transpose(y, w, (n,), **options)
    np.testing.assert_array_equal(numbers[-1], expected)


def test_roles_tell_what_is_dropped():
    """Outputs stand in front, sums on the padding are dashed, and zeros of a kernel show."""
    grid = figures.scatter_grid([1, 1], [0, 5], (2,), padding=[(1, 0)])
    roles = np.asarray(grid.role).tolist()
    assert roles == [
        ["output", "", "kernel", "kernel", ""],
        ["output", "", "", "kernel", "kernel"],
        ["", "", "padding", "input", "input"],
    ]
    assert grid.values[:, :3].tolist() == [["1", "→", "0"], ["1", "→", ""], ["Σ", "=", "0"]]


def test_rows_stand_below_each_other():
    """Each row has its panels, and the caption and the words are those given."""
    three, four = figures.Grid([3]), figures.Grid([4])
    soup = parse(figures.rows([three, "=", three], [four, four], **WORDS))
    lines = soup.select(".conv-panels > .conv-row")
    found = [[cells(grid)[0][0] for grid in line("svg")] for line in lines]
    assert found == [["3", "3"], ["4", "4"]]
    assert soup.figcaption.get_text() == WORDS["caption"]
