"""The filters of a layer, each above its output."""

from __future__ import annotations

import numpy as np
import pytest
from bs4 import BeautifulSoup

from conv import figures

X = np.random.default_rng(1).random((6, 8, 3))
WORDS = {"caption": "A caption.", "alt": "What it shows."}


def panels(kernel):
    """Return the panels of a figure as parsed HTML."""
    figure = figures.filters(X, kernel, **WORDS)
    return [BeautifulSoup(panel, "html.parser") for panel in figure.panels]


@pytest.mark.parametrize("size", [(3, 3), (2, 3), (4, 1)])
def test_the_entries_of_every_slice_stand_in_their_cells(size):
    """Read by their places, the numbers of a filter are its entries, channel by channel."""
    kernel = np.arange(-5, size[0] * size[1] * 6 - 5).reshape(*size, 3, 2) % 10 - 4
    for f, panel in enumerate(panels(kernel)[2:]):
        read = np.full((*size, 3), 99)
        for group in panel.select("g"):
            channel = int(group["transform"][10:-1]) // (size[1] * 15 + 4)
            for span in group.select("tspan"):
                columns, rows = ([*map(float, span[name].split())] for name in "xy")
                texts = [span.text] if len(columns) == 1 else [*span.text]
                tail = span.text[len(columns) - 1 :]  # the last may have two characters
                texts = [*texts[: len(columns) - 1], tail]
                for column, row, text in zip(columns, rows, texts, strict=True):
                    place = int((row - 36) // 15), int(column // 15), channel
                    read[place] = int(text.replace("–", "-"))
        assert np.array_equal(read, kernel[..., f])


def test_an_output_has_the_scale_of_signs_only_where_it_goes_below_0():
    """A difference has a picture in each scheme, a sum and a filter of zeros one grey one."""
    kernel = np.zeros((1, 2, 3, 3))
    kernel[..., 0], kernel[0, 0, :, 1], kernel[0, 1, :, 1] = 1, 1, -1
    grey, signed, zero = (panel.select("picture") for panel in panels(kernel)[2:])
    assert (len(grey), len(signed), len(zero)) == (0, 1, 0)


def test_the_channels_and_outputs_are_shown_in_their_sizes():
    """The input, its three channels, and outputs as large as valid leaves them."""
    drawn = panels(np.ones((3, 2, 3, 1)))
    titles = [title.text for p in drawn for title in p.select(".conv-picture > span")]
    assert titles == [f"{n} 6 × 8" for n in ("input", "red", "green", "blue")] + [
        "output 0 4 × 7"
    ]


@pytest.mark.parametrize("width", [1, 3])
def test_every_slice_has_the_name_of_its_channel_above_its_middle(width):
    """In each filter, red, green and blue from the left, shortened above narrow slices."""
    names = ["red", "green", "blue"]
    for panel in panels(np.ones((2, width, 3, 2)))[2:]:
        above = [text for text in panel.select("svg > text") if text.get("x")]
        assert [text.text for text in above] == [n if width > 2 else n[0] for n in names]
        places = [float(text["x"]) for text in above]
        assert places == [c * (15 * width + 4) + 15 * width / 2 for c in range(3)]


def test_the_channels_stand_in_one_row_above_all_filters():
    """So no channel stands in a column with one filter: a line says that all go into each."""
    above, line, *below = panels(np.ones((2, 2, 3, 4)))
    assert len(above.select(".conv-row > .conv-picture")) == 4
    assert line.text == "all three channels go into every filter"
    assert [len(panel.select(".conv-filter > svg")) for panel in below] == [1] * 4
